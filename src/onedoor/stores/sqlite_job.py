"""A work on its way to the file, and back to the loop that waits for it."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterable
from copy import copy
from typing import Generic, Protocol, TypeVar

import apsw

from onedoor.stores.engine import Transaction

T = TypeVar("T")
_log = logging.getLogger(__name__)


class Pending(Protocol):
    """A job, whatever its work returns."""

    @property
    def loop(self) -> asyncio.AbstractEventLoop: ...

    def run(self, transaction: Transaction) -> bool: ...

    def fail(self, error: BaseException) -> None: ...

    def answer(self) -> None: ...

    def unheard(self) -> None: ...


class Job(Generic[T]):
    """What to do, and who waits for it."""

    _value: T

    def __init__(self, work: Callable[[Transaction], T], future: asyncio.Future[T]) -> None:
        self._work = work
        self._future = future
        self._error: BaseException | None = None
        self.loop = future.get_loop()

    def run(self, transaction: Transaction) -> bool:
        """Do the work; False if it raised. What SQLite itself raises ends the whole batch."""
        try:
            self._value = self._work(transaction)
        except apsw.Error:
            raise
        except BaseException as error:  # noqa: BLE001 - it belongs to the one who waits
            self._error = _awaitable(error)
        return self._error is None

    def fail(self, error: BaseException) -> None:
        """The batch failed; a work that raised keeps its own error. Each waiter gets an error of its own."""
        if self._error is None:
            self._error = copy(error)
            self._error.__cause__ = error.__cause__

    def answer(self) -> None:
        """Tell the one who waits, on their loop."""
        if self._future.done():
            self.unheard()
        elif self._error is not None:
            self._future.set_exception(self._error)
        else:
            self._future.set_result(self._value)

    def unheard(self) -> None:
        """Nobody waits any more."""
        if self._error is not None:
            _log.warning("a transaction nobody waits for any more failed", exc_info=self._error)


def answer(jobs: Iterable[Pending], *, here: asyncio.AbstractEventLoop | None = None) -> None:
    """Tell everyone who waits: at once those of the loop that runs `here`, and the others by waking each loop once."""
    by_loop: dict[asyncio.AbstractEventLoop, list[Pending]] = {}
    for job in jobs:
        by_loop.setdefault(job.loop, []).append(job)
    for loop, theirs in by_loop.items():
        if loop is here:
            _answer_all(theirs)
        else:
            _wake(loop, theirs)


def _wake(loop: asyncio.AbstractEventLoop, jobs: list[Pending]) -> None:
    try:
        loop.call_soon_threadsafe(_answer_all, jobs)
    except RuntimeError:  # the loop is closed
        for job in jobs:
            job.unheard()


def _answer_all(jobs: list[Pending]) -> None:
    for job in jobs:
        job.answer()


def _awaitable(error: BaseException) -> BaseException:
    """A future takes any error but StopIteration, which would end the coroutine that awaits it."""
    if not isinstance(error, StopIteration):
        return error
    told = RuntimeError("the work of a transaction raised StopIteration")
    told.__cause__ = error
    return told
