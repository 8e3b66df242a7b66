"""What a fork does to open files.

SQLite keeps a table of its own of the locks a process holds, per file. A forked child inherits the table but not the
locks: a connection it opened to the same file would believe in locks it doesn't have, and its commits could be lost. So
a child may not open what its parent had open, and never touches the parent's connections, not even to close them.

The table lives as long as the process, and so does this one: the one place where the stores keep something in a module.
"""

from __future__ import annotations

import os
import weakref
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import apsw

from onedoor.errors import WrongContext

FORKED = "this store was open when the process was forked; open it only after forking, or start processes with spawn"

Identity = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Held:
    """An open file, and what a forked child does first: let go of what it may."""

    identity: Identity
    let_go: Callable[[], None]


_open: weakref.WeakKeyDictionary[apsw.Connection, Held] = weakref.WeakKeyDictionary()
_inherited: dict[Identity, list[apsw.Connection]] = {}


def opened(connection: apsw.Connection, file: Path, let_go: Callable[[], None] = lambda: None) -> None:
    """This connection is open from now on."""
    _open[connection] = Held(_identity(file), let_go)


def closed(connection: apsw.Connection) -> None:
    """This connection is closed."""
    _open.pop(connection, None)


def refuse_inherited(file: Path) -> None:
    """Raise WrongContext if this process was forked from one that had the file open."""
    if _inherited and file.exists() and _identity(file) in _inherited:
        raise WrongContext(f"{file}: {FORKED}")


def _identity(file: Path) -> Identity:
    status = file.stat()
    return status.st_dev, status.st_ino


def _in_child() -> None:
    for connection, held in _open.items():
        held.let_go()
        _inherited.setdefault(held.identity, []).append(connection)
    _open.clear()


os.register_at_fork(after_in_child=_in_child)
