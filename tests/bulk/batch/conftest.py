"""A simulator served on loopback, for tests of batches."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from onedoor.sim import Simulator, serve


@pytest.fixture
def simulator() -> Simulator:
    """A batch takes 30 ms of it."""
    return Simulator(speed=1_000.0)


@pytest.fixture
async def url(simulator: Simulator) -> AsyncIterator[str]:
    async with serve(simulator) as address:
        yield address


@pytest.fixture(params=["openai", "anthropic"])
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(autouse=True)
def no_state(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each test names its own."""
    monkeypatch.delenv("ONEDOOR_STATE", raising=False)
