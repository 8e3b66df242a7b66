"""A real HTTP server on loopback that answers what a test tells it to and writes down every request."""

from __future__ import annotations

import asyncio
import socket
import struct
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

import msgspec
from aiohttp import web

RESET = struct.pack("ii", 1, 0)


@dataclass(frozen=True, slots=True)
class Answer:
    """What the server says: `cut` resets the connection before the head or after the last chunk."""

    chunks: tuple[bytes, ...] = ()
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    cut: Literal["", "before", "during"] = ""
    delay: float = 0.0


@dataclass(frozen=True, slots=True)
class Received:
    """One request as it came in."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes
    peer: Any

    @property
    def json(self) -> Any:
        return msgspec.json.decode(self.body)


class Wire:
    """Answers in the order given; a request too many gets a 500 and is counted all the same."""

    def __init__(self) -> None:
        self.requests: list[Received] = []
        self.url = ""
        self._answers: deque[Answer] = deque()
        self._runner: web.AppRunner | None = None

    def says(self, *answers: Answer) -> None:
        self._answers.extend(answers)

    @property
    def sent(self) -> Any:
        """The body of the only request."""
        assert len(self.requests) == 1
        return self.requests[0].json

    async def open(self) -> Wire:
        app = web.Application()
        app.router.add_route("*", "/{path:.*}", self._handle)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.01)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        self.url = f"http://127.0.0.1:{self._runner.addresses[0][1]}"
        return self

    async def close(self) -> None:
        if self._runner is not None:
            await self._runner.cleanup()

    async def _handle(self, request: web.Request) -> web.StreamResponse:
        peer = request.transport and request.transport.get_extra_info("peername")
        received = Received(request.method, request.path, request.headers.copy(), await request.read(), peer)
        self.requests.append(received)
        answer = self._answers.popleft() if self._answers else Answer(status=500)
        if answer.cut == "before":
            _reset(request)
            return web.Response()
        response = web.StreamResponse(status=answer.status, headers=answer.headers)
        await response.prepare(request)
        for chunk in answer.chunks:
            await response.write(chunk)
            await asyncio.sleep(answer.delay)
        if answer.cut == "during":
            _reset(request)
        return response


def _reset(request: web.Request) -> None:
    assert request.transport is not None
    request.transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
    request.transport.abort()


def closed_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])
