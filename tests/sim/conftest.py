from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from math import inf
from typing import Any

import pytest

from onedoor.providers.openai import OpenAI
from onedoor.sim import SimTransport, Simulator, serve
from onedoor.tap import Silent
from onedoor.trail import Trail
from onedoor.types import Call, Candidate, Limits, Message, Options, Text

Reach = Callable[[Simulator], AbstractAsyncContextManager[OpenAI]]
Ask = Callable[..., Call]


@asynccontextmanager
async def in_process(simulator: Simulator) -> AsyncIterator[OpenAI]:
    yield OpenAI("sim", "sim://in-process/v1", transport=SimTransport(simulator))


@asynccontextmanager
async def over_http(simulator: Simulator) -> AsyncIterator[OpenAI]:
    async with serve(simulator) as url:
        provider = OpenAI("sim", url)
        try:
            yield provider
        finally:
            await provider.close()


@pytest.fixture
def reaches() -> tuple[Reach, Reach]:
    return in_process, over_http


@pytest.fixture(params=[in_process, over_http], ids=["in_process", "over_http"])
def reach(request: pytest.FixtureRequest) -> Reach:
    return request.param


@pytest.fixture
def simulator() -> Simulator:
    return Simulator(speed=inf)


def _ask(model: str, prompt: str = "", *, stream: bool = False, texts: tuple[str, ...] = (), **options: Any) -> Call:
    return Call(
        id="call",
        task="test",
        caller="test",
        messages=(Message("user", (Text(prompt),)),),
        options=Options(**options),
        limits=Limits(),
        tap=Silent(),
        trail=Trail(),
        stream=stream,
        candidate=Candidate(model, "sim", model),
        texts=texts,
    )


@pytest.fixture
def ask() -> Ask:
    return _ask
