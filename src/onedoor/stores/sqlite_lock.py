"""One lock file in front of the database: a waiter asks again soon, where SQLite's own would sleep ever longer."""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from onedoor.stores.sqlite_errors import locked

_FIRST, _LONGEST = 50e-6, 500e-6


class FileLock:
    """An exclusive lock between processes, let go of by the kernel if the process dies."""

    def __init__(self, file: Path, *, seconds: float) -> None:
        self._file = file
        self._seconds = seconds
        self._fd = os.open(file, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o666)

    @contextmanager
    def held(self) -> Iterator[None]:
        """Hold the lock; raises StoreError if it doesn't come free in time."""
        if not self.take():
            self._wait()
        try:
            yield
        finally:
            self.free()

    def take(self) -> bool:
        """Take the lock if it is free."""
        return taken(self._fd)

    def free(self) -> None:
        """Let go of the lock."""
        fcntl.flock(self._fd, fcntl.LOCK_UN)

    def drop(self) -> None:
        """Close the file. In a forked child this leaves the parent's hold alone, as it doesn't unlock."""
        fd, self._fd = self._fd, -1
        if fd >= 0:
            os.close(fd)

    def _wait(self) -> None:
        """Ask again and again: the blocking call has no time limit."""
        pause, until = _FIRST, time.monotonic() + self._seconds
        while not taken(self._fd):
            if time.monotonic() > until:
                raise locked(self._file, self._seconds)
            time.sleep(pause)
            pause = min(pause * 1.5, _LONGEST)


def taken(fd: int) -> bool:
    """Try to lock an open file, without waiting."""
    try:
        fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
