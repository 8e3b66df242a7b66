"""The thread that alone writes the file: it takes what is waiting, up to a batch, and lives until all of it is done."""

from __future__ import annotations

import queue
import threading
import weakref
from collections.abc import Callable, Sequence
from functools import partial

from onedoor.errors import WrongContext
from onedoor.stores.sqlite_job import Pending, answer

_NAME = "onedoor-store"
_BATCH = 256
_POLL = 0.005


class StoreThread:
    """Hands batches of jobs to `run` until closed, then calls `end`.

    When the program ends without closing, it goes on for as long as any other thread that keeps the program alive, and
    then does what is still waiting. `end` is told whether it was closed.
    """

    def __init__(self, run: Callable[[Sequence[Pending]], None], end: Callable[[bool], None]) -> None:
        self._run = run
        self._end = end
        self._queue: queue.SimpleQueue[Pending | None] = queue.SimpleQueue()
        self._gate = threading.Lock()
        self._shut = False
        self._closed = False
        self._leaving = False
        threading._register_atexit(partial(_leave, weakref.ref(self)))  # type: ignore[attr-defined]
        self._thread = threading.Thread(target=self._live, name=_NAME, daemon=False)
        self._thread.start()

    def put(self, job: Pending) -> None:
        """Begin a job. Raises WrongContext once closed."""
        with self._gate:
            if self._shut:
                raise WrongContext("this store is closed")
            self._queue.put(job)

    def close(self) -> None:
        """Take no more, do what is waiting, end."""
        self._closed = True
        self._refuse()
        self._queue.put(None)

    def join(self) -> None:
        """Wait for the end."""
        self._thread.join()

    def leave(self) -> None:
        """The program is ending."""
        self._leaving = True
        self._queue.put(None)

    def _live(self) -> None:
        while (first := self._next()) is not None:
            self._batch([first, *self._waiting()])
        self._end(self._closed)

    def _next(self) -> Pending | None:
        """The next job; None at the end."""
        while not self._over():
            job = self._take()
            if job is not None:
                return job
        return None

    def _over(self) -> bool:
        if self._leaving and _alone():
            self._refuse()
        return self._shut and self._queue.empty()

    def _take(self) -> Pending | None:
        try:
            return self._queue.get(timeout=_POLL if self._leaving else None)
        except queue.Empty:
            return None

    def _waiting(self) -> list[Pending]:
        """What else is waiting, to make up a batch."""
        some = min(self._queue.qsize(), _BATCH - 1)
        return [job for job in (self._queue.get_nowait() for _ in range(some)) if job is not None]

    def _batch(self, jobs: Sequence[Pending]) -> None:
        try:
            self._run(jobs)
        except Exception as error:  # noqa: BLE001 - everyone who waits is told
            for job in jobs:
                job.fail(error)
        answer(jobs)

    def _refuse(self) -> None:
        with self._gate:
            self._shut = True


def _leave(thread: weakref.ref[StoreThread]) -> None:
    alive = thread()
    if alive is not None:
        alive.leave()


def _alone() -> bool:
    """Whether no thread but stores' keeps the program alive; the main one has come to its end by now."""
    main = threading.main_thread()
    others = (thread for thread in threading.enumerate() if not thread.daemon and thread is not main)
    return all(thread.name == _NAME for thread in others)
