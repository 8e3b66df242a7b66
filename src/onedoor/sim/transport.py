"""The simulator in process: a transport that reaches it without a socket."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager
from urllib.parse import urlsplit

from onedoor.policy.faults import cut
from onedoor.providers.transport import HttpRequest
from onedoor.sim.simulator import Exchange, Simulator


class SimTransport:
    """Hands requests to a simulator of the same process; a cut answer raises StreamBroken as over HTTP."""

    def __init__(self, simulator: Simulator, provider: str = "sim") -> None:
        self._simulator = simulator
        self._provider = provider

    @asynccontextmanager
    async def send(self, request: HttpRequest) -> AsyncIterator[_Answer]:
        path = urlsplit(request.url).path.removeprefix("/v1")
        async with self._simulator.take(request.method, path, request.body) as exchange:
            yield _Answer(exchange, self._provider)

    async def close(self) -> None:
        """There is nothing to let go of."""


class _Answer:
    __slots__ = ("_exchange", "_provider", "headers", "status")

    def __init__(self, exchange: Exchange, provider: str) -> None:
        self._exchange = exchange
        self._provider = provider
        self.status = exchange.script.status
        self.headers: Mapping[str, str] = _Headers(exchange.script.headers)

    async def read(self) -> bytes:
        return b"".join([chunk async for chunk in self.chunks()])

    async def chunks(self) -> AsyncIterator[bytes]:
        async for body in self._exchange.pieces():
            yield body
        if self._exchange.script.cut:
            raise cut(self._provider, "early (simulated)")


class _Headers(Mapping[str, str]):
    """Looked up without regard to case."""

    def __init__(self, headers: Mapping[str, str]) -> None:
        self._headers = headers

    def __getitem__(self, name: str) -> str:
        return self._headers[name.lower()]

    def __iter__(self) -> Iterator[str]:
        return iter(self._headers)

    def __len__(self) -> int:
        return len(self._headers)
