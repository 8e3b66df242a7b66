"""Jobs in the order they were begun, done a batch at a time: by the database thread, or by the loop they came from."""

from __future__ import annotations

import asyncio
import threading
from collections import deque
from collections.abc import Sequence
from typing import Protocol

from onedoor.errors import WrongContext
from onedoor.stores.sqlite_job import Pending, answer

_BATCH = 256
_SMALL = 128
"""As many a loop does by itself; more would keep it from its other work for too long."""


class Run(Protocol):
    """Does jobs in one transaction; False, with nothing done, where it would have to wait and may not."""

    def __call__(self, jobs: Sequence[Pending], *, wait: bool) -> bool: ...


class Jobs:
    """What is still to be done. Whoever does some holds `turn` meanwhile, so that they are done in order."""

    def __init__(self, run: Run) -> None:
        self.turn = threading.Lock()
        self._run = run
        self._waiting: deque[Pending] = deque()
        self._gate = threading.Lock()
        self._shut = False

    def put(self, job: Pending) -> None:
        """Take a job. Raises WrongContext once shut."""
        with self._gate:
            if self._shut:
                raise WrongContext("this store is closed")
            self._waiting.append(job)

    def shut(self) -> None:
        """Take no more."""
        with self._gate:
            self._shut = True

    @property
    def over(self) -> bool:
        """Whether everything is done and nothing more will come."""
        return self._shut and not self._waiting

    def do(self) -> bool:
        """Do a batch, however long that takes; False if there was none. The caller holds the turn."""
        batch = self._next()
        if batch:
            _done(self._run, batch, wait=True)
            answer(batch)
        return bool(batch)

    def do_at_once(self, loop: asyncio.AbstractEventLoop) -> bool:
        """Do everything here in the loop, if it is little and nothing has to be waited for."""
        if len(self._waiting) > _SMALL or not self.turn.acquire(blocking=False):
            return False
        try:
            batch = self._next()
            done = not batch or _done(self._run, batch, wait=False)
            if not done:
                self._waiting.extendleft(reversed(batch))
        finally:
            self.turn.release()
        if done:
            answer(batch, here=loop)
        return done

    def _next(self) -> list[Pending]:
        """The next batch; others only add to the end meanwhile."""
        return [self._waiting.popleft() for _ in range(min(len(self._waiting), _BATCH))]


def _done(run: Run, batch: Sequence[Pending], *, wait: bool) -> bool:
    """Run a batch; if it fails, that is what everyone who waits is told."""
    try:
        return run(batch, wait=wait)
    except Exception as error:  # noqa: BLE001 - everyone who waits is told
        for job in batch:
            job.fail(error)
        return True
