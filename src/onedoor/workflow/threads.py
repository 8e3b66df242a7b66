"""Functions that take their time, in threads that nothing waits for when the program ends."""

from __future__ import annotations

import asyncio
import contextvars
import os
import threading
from collections.abc import Callable
from concurrent.futures import Executor, Future
from dataclasses import dataclass, field
from functools import partial
from typing import Any, ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")

MOST_WAITING = 256
"""Threads at once that mostly wait for the door."""


class Daemons(Executor):
    """A thread of its own for each call."""

    def submit(self, function: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        """Call it in a new thread."""
        future: Future[T] = Future()
        future.set_running_or_notify_cancel()
        threading.Thread(target=_work, args=(future, partial(function, *args, **kwargs)), daemon=True).start()
        return future


def _work(future: Future[Any], function: Callable[[], Any]) -> None:
    try:
        value = function()
    except StopIteration as error:  # which no coroutine can be told
        future.set_exception(RuntimeError(f"it raised {error!r}"))
    except BaseException as error:  # noqa: BLE001 - raised where it is waited for
        future.set_exception(error)
    else:
        future.set_result(value)


@dataclass(frozen=True, slots=True)
class Threads:
    """The threads of a run: few that work, as they keep everybody else from it, and many that wait for the door."""

    executor: Daemons = field(default_factory=Daemons)
    working: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore((os.cpu_count() or 1) + 4))
    waiting: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(MOST_WAITING))

    async def work(self, function: Callable[[], T]) -> T:
        """What a function gives that does its work alone."""
        async with self.working:
            called = partial(contextvars.copy_context().run, function)
            return await asyncio.get_running_loop().run_in_executor(self.executor, called)

    async def wait(self, function: Callable[[], T]) -> T:
        """What a function gives that waits for the loop."""
        async with self.waiting:
            return await asyncio.wrap_future(self.executor.submit(contextvars.copy_context().run, function))
