"""A server, and each adapter pointed at it."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from onedoor.providers.provider import Provider

from .dialects import DIALECTS, KEY, Dialect
from .wire import Wire


@pytest.fixture
async def wire() -> AsyncIterator[Wire]:
    server = await Wire().open()
    yield server
    await server.close()


@pytest.fixture(params=DIALECTS, ids=lambda dialect: dialect.name)
def dialect(request: pytest.FixtureRequest) -> Dialect:
    return request.param


@pytest.fixture
async def provider(dialect: Dialect, wire: Wire) -> AsyncIterator[Provider]:
    adapter = dialect.make("p", wire.url, key=KEY)
    yield adapter
    await adapter.close()
