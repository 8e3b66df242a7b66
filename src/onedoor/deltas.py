"""An answer read while it is being written."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable

from onedoor.errors import WrongContext
from onedoor.tap import Live, Tap
from onedoor.types import Delta, Reply


class AsyncDeltas:
    """An answer being written: iterate it inside `async with`; `reply` is the whole once it is there."""

    def __init__(self, run: Callable[[Tap], Awaitable[Reply]]) -> None:
        self._run = run
        self._task: asyncio.Future[Reply] | None = None
        self._waiting: deque[Delta] = deque()
        self._news = asyncio.Event()

    async def __aenter__(self) -> AsyncDeltas:
        self._task = asyncio.ensure_future(self._run(Live(self._put)))
        self._task.add_done_callback(lambda _: self._news.set())
        return self

    async def __aexit__(self, *error: object) -> None:
        if self._task is not None and not self._task.done():
            self._task.cancel()
            await asyncio.wait([self._task])
        seen(self._task)

    def __aiter__(self) -> AsyncIterator[Delta]:
        return self

    async def __anext__(self) -> Delta:
        task = _entered(self._task)
        while not self._waiting:
            if task.done():
                finished(task)
                raise StopAsyncIteration
            self._news.clear()
            await self._news.wait()
        return self._waiting.popleft()

    @property
    def reply(self) -> Reply:
        """The whole reply. Raises what the call raised, or WrongContext while it isn't there yet."""
        return finished(_entered(self._task))

    def _put(self, delta: Delta) -> None:
        self._waiting.append(delta)
        self._news.set()


def finished(task: asyncio.Future[Reply]) -> Reply:
    """The reply of a stream that has been read to its end."""
    if task.cancelled():
        raise WrongContext("the stream was left before its end, which cancelled the call: there is no reply")
    if not task.done():
        raise WrongContext("the reply isn't there yet: read the stream to its end first")
    return task.result()


def seen(task: asyncio.Future[Reply] | None) -> None:
    """Whoever leaves a stream has seen its error; asyncio need not report it again."""
    if task is not None and task.done() and not task.cancelled():
        task.exception()


def _entered(task: asyncio.Future[Reply] | None) -> asyncio.Future[Reply]:
    if task is None:
        raise WrongContext("a stream begins with its block: `async with door.stream(…) as deltas`")
    return task
