"""A loopback server that answers so many at once and refuses the others; what it counts is the truth."""

from __future__ import annotations

import asyncio
from collections import Counter, deque
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress

ANSWER = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 2\r\n\r\n{}"
REFUSAL = b"HTTP/1.1 429 Too Many Requests\r\nretry-after: 0\r\ncontent-length: 2\r\n\r\n{}"


class Bearing:
    """`at_once` is what each client has under way, by the path it asks; `lately` whom the last requests were of, and
    whether they were answered."""

    def __init__(self, bears: int, seconds: float) -> None:
        self.bears = bears
        self.seconds = seconds
        self.at_once: Counter[str] = Counter()
        self.lately: deque[tuple[str, bool]] = deque(maxlen=100)
        self.asked = 0
        self._moved = asyncio.Event()
        self._connections = 0

    async def until(self, seen: Callable[[], bool]) -> None:
        """Wait until it has seen that."""
        async with asyncio.timeout(30):
            while not seen():
                self._moved.clear()
                await self._moved.wait()

    async def more(self) -> None:
        """Wait until it is asked again."""
        asked = self.asked
        await self.until(lambda: self.asked > asked)

    @property
    def refused(self) -> int:
        """How many of the last requests were too many."""
        return sum(not answered for _, answered in self.lately)

    def answered(self, name: str) -> int:
        """How many of the last requests were this client's and answered."""
        return self.lately.count((name, True))

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection, request after request."""
        self._connections += 1
        with suppress(asyncio.IncompleteReadError, ConnectionError):
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).decode()
                await reader.readexactly(2)
                writer.write(await self._reply(head.split()[1].strip("/")))
        writer.close()
        with suppress(ConnectionError):
            await writer.wait_closed()
        self._connections -= 1
        self._moved.set()

    async def idle(self) -> None:
        """Wait until all its clients have gone."""
        await self.until(lambda: not self._connections)

    async def _reply(self, name: str) -> bytes:
        fits = self.at_once.total() < self.bears
        self.lately.append((name, fits))
        self.asked += 1
        self._moved.set()
        if not fits:
            return REFUSAL
        self.at_once[name] += 1
        try:
            await asyncio.sleep(self.seconds)
        finally:
            self.at_once[name] -= 1
        return ANSWER


@asynccontextmanager
async def bearing(bears: int, *, seconds: float) -> AsyncIterator[tuple[Bearing, str]]:
    """The server, and its address."""
    server = Bearing(bears, seconds)
    async with await asyncio.start_server(server.serve, "127.0.0.1", 0) as listening:
        try:
            yield server, f"http://127.0.0.1:{listening.sockets[0].getsockname()[1]}"
        finally:
            await server.idle()
