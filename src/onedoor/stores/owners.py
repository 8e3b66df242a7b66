"""Who shares a store: one locked file per owner, and a lock that can be taken means a dead owner.

No moment shows an owner's file without its lock while the owner lives: the file is made under a hidden name, locked,
and only then renamed to the owner's name, which keeps the lock. Besides, registering, looking for the dead, burying and
leaving all happen under the store's own lock, so that a hidden file met by a newcomer is what a crash left, never one
being made. Names are never used twice: dead stays dead, and a file that a crash leaves unburied is found dead again.

A lock belongs to the open file, not to the process. So a second descriptor in the same process is refused like any
other, and a forked child shares its parent's: it closes its copies at once, which leaves the parent's lock held.
"""

from __future__ import annotations

import fcntl
import os
import secrets
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

from onedoor.stores.sqlite_lock import taken

_HIDDEN = "."


class Owners:
    """This process's place among the owners of a store, in a directory of their own."""

    def __init__(
        self, folder: Path, *, every: float = 0.1, name: str = "", clock: Callable[[], float] = time.monotonic
    ) -> None:
        self.name = name or owner_name()
        self.folder = folder
        self._every = every
        self._clock = clock
        self._looked = -every
        self._dead: tuple[str, ...] = ()
        self._fd = _register(folder, self.name)

    def names(self) -> tuple[str, ...]:
        """Every owner that has a file, alive or dead, oldest first."""
        return tuple(_names(self.folder))

    def dead(self) -> tuple[str, ...]:
        """Owners whose lock nobody holds, oldest first, as of at most `every` seconds ago."""
        now = self._clock()
        if now - self._looked >= self._every:
            self._dead = tuple(
                name for name in _names(self.folder) if name != self.name and _is_dead(self.folder / name)
            )
            self._looked = now
        return self._dead

    def bury(self, names: Iterable[str]) -> None:
        """Remove the files of dead owners."""
        for name in names:
            (self.folder / name).unlink(missing_ok=True)
            self._dead = tuple(other for other in self._dead if other != name)

    def leave(self) -> None:
        """Go, leaving nothing to be found dead."""
        (self.folder / self.name).unlink(missing_ok=True)
        self.drop()

    def drop(self) -> None:
        """Close the own file: here that gives the lock up, in a forked child it leaves the parent's alone."""
        fd, self._fd = self._fd, -1
        if fd >= 0:
            os.close(fd)


def owner_name() -> str:
    """A name nobody had before, in the order of time: when it began, its process, and chance."""
    return f"{datetime.now(UTC):%Y%m%dT%H%M%S.%f}-{os.getpid()}-{secrets.token_hex(4)}"


def _register(folder: Path, name: str) -> int:
    folder.mkdir(exist_ok=True)
    _sweep(folder)
    hidden = folder / f"{_HIDDEN}{name}"
    fd = os.open(hidden, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o644)
    try:
        fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        hidden.rename(folder / name)
    except OSError:
        os.close(fd)
        raise
    return fd


def _sweep(folder: Path) -> None:
    for left in folder.glob(f"{_HIDDEN}*"):
        left.unlink(missing_ok=True)


def _names(folder: Path) -> list[str]:
    return sorted(name for name in os.listdir(folder) if not name.startswith(_HIDDEN))


def _is_dead(file: Path) -> bool:
    with suppress(FileNotFoundError):  # left in good order a moment ago
        fd = os.open(file, os.O_RDONLY | os.O_CLOEXEC)
        try:
            return _let_go(fd)
        finally:
            os.close(fd)
    return False


def _let_go(fd: int) -> bool:
    """Whether nobody holds the lock. Closing alone would not unlock it again: a child forked meanwhile has a copy."""
    if not taken(fd):
        return False
    fcntl.flock(fd, fcntl.LOCK_UN)
    return True
