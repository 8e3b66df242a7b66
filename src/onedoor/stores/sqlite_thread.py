"""The thread that does what no loop may wait for, and lives until all of it is done."""

from __future__ import annotations

import queue
import threading
import weakref
from collections.abc import Callable
from functools import partial

from onedoor.stores.sqlite_jobs import Jobs

_NAME = "onedoor-store"
_POLL = 0.005


class StoreThread:
    """Does all jobs each time it is woken, and `tidy` after every batch, until closed; then it calls `end`.

    When the program ends without closing, it goes on for as long as any other thread that keeps the program alive, and
    then does what is still waiting. `end` is told whether it was closed.
    """

    def __init__(self, jobs: Jobs, tidy: Callable[[], None], end: Callable[[bool], None]) -> None:
        self._jobs = jobs
        self._tidy = tidy
        self._end = end
        self._bell: queue.SimpleQueue[None] = queue.SimpleQueue()
        self._closed = False
        self._leaving = False
        threading._register_atexit(partial(_leave, weakref.ref(self)))  # type: ignore[attr-defined]
        self._thread = threading.Thread(target=self._live, name=_NAME, daemon=False)
        self._thread.start()

    def wake(self) -> None:
        """There is something to do."""
        self._bell.put(None)

    def close(self) -> None:
        """Take no more, do what is waiting, end."""
        self._closed = True
        self._jobs.shut()
        self.wake()

    def join(self) -> None:
        """Wait for the end."""
        self._thread.join()

    def leave(self) -> None:
        """The program is ending."""
        self._leaving = True
        self.wake()

    def _live(self) -> None:
        while not self._over():
            self._sleep()
            with self._jobs.turn:
                self._work()
        with self._jobs.turn:
            self._end(self._closed)

    def _work(self) -> None:
        self._tidy()
        while self._jobs.do():
            self._tidy()

    def _over(self) -> bool:
        if self._leaving and _alone():
            self._jobs.shut()
        return self._jobs.over

    def _sleep(self) -> None:
        """Until woken; at the program's end there may be nobody left to do that."""
        try:
            self._bell.get(timeout=_POLL if self._leaving else None)
        except queue.Empty:
            return


def _leave(thread: weakref.ref[StoreThread]) -> None:
    alive = thread()
    if alive is not None:
        alive.leave()


def _alone() -> bool:
    """Whether no thread but stores' keeps the program alive; the main one has come to its end by now."""
    main = threading.main_thread()
    others = (thread for thread in threading.enumerate() if not thread.daemon and thread is not main)
    return all(thread.name == _NAME for thread in others)
