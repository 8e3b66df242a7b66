"""The embedded store: one SQLite file, shared by every process of a machine."""

from __future__ import annotations

import asyncio
import logging
import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar, get_args

from onedoor.errors import ConfigError, WrongContext
from onedoor.stores.engine import Transaction
from onedoor.stores.sqlite_file import Durability, SqliteFile
from onedoor.stores.sqlite_fork import FORKED
from onedoor.stores.sqlite_job import Job
from onedoor.stores.sqlite_jobs import Jobs
from onedoor.stores.sqlite_mounts import network_kind
from onedoor.stores.sqlite_read import Reader, open_readonly
from onedoor.stores.sqlite_thread import StoreThread
from onedoor.stores.sqlite_turns import Turns

if TYPE_CHECKING:
    from apsw import SQLiteValue

__all__ = ["Durability", "Reader", "SqliteEngine", "open_readonly"]

T = TypeVar("T")
_log = logging.getLogger(__name__)


class SqliteEngine:
    """Decisions on one SQLite file. Opening waits for the disk; after that only its own thread does.

    What begins in one turn of a loop is one transaction. The loop writes it by itself where it needn't wait, for other
    processes or for a disk that was slow of late; else the thread does.

    durability    "process": what is answered survives the end of any process, by kill or crash; "power": also a power
                  cut, at the price of one disk flush per batch
    busy_seconds  how long to wait for other processes before a transaction fails

    Beside the file there are `<file>.lock` and the directory `<file>-owners`; leave both alone while it is in use.
    """

    def __init__(
        self, path: str | os.PathLike[str], *, durability: Durability = "process", busy_seconds: float = 5.0
    ) -> None:
        _check(path, durability)
        self._path = Path(path).resolve()
        _warn_of_network(self._path)
        self._pid = os.getpid()
        self._file = SqliteFile(self._path, durability=durability, busy_seconds=busy_seconds)
        self._jobs = Jobs(self._file.run)
        self._thread = StoreThread(self._jobs, self._file.tidy, self._file.close)
        self._turns = Turns(self._end_turn)
        self._reader = Reader(self._path)

    @property
    def owner(self) -> str:
        """This process's name among the owners."""
        return self._file.owners.name

    def transact(self, work: Callable[[Transaction], T]) -> asyncio.Future[T]:
        """Run `work`, all or nothing, once this turn of the loop is over. Cancelling the wait doesn't undo it.

        Raises WrongContext outside an event loop, after a fork and after closing.
        """
        self._own()
        loop = _loop()
        future: asyncio.Future[T] = loop.create_future()
        self._jobs.put(Job(work, future))
        self._turns.begun(loop)
        return future

    def query(self, sql: str, parameters: Sequence[SQLiteValue] = ()) -> list[tuple[SQLiteValue, ...]]:
        """All rows of a SELECT on the ledger. Blocks while it runs: from a coroutine, call it in a thread."""
        return self._reader.query(sql, parameters)

    async def close(self) -> None:
        """Finish what was begun and let go. Settle first: what this owner still holds then, nobody will find."""
        self._own()
        self._thread.close()
        await asyncio.to_thread(self._end)

    def _end_turn(self, loop: asyncio.AbstractEventLoop) -> None:
        """Do what has begun; a forked child leaves it to its parent."""
        if os.getpid() != self._pid:
            return
        done = self._file.quick and self._jobs.do_at_once(loop)
        if self._file.untidy or not done:
            self._thread.wake()

    def _end(self) -> None:
        self._reader.close()
        self._thread.join()

    def _own(self) -> None:
        if os.getpid() != self._pid:
            raise WrongContext(FORKED)


def _check(path: str | os.PathLike[str], durability: str) -> None:
    if os.fspath(path) in {"", ":memory:"}:
        raise ConfigError(f"the store needs a file, not {os.fspath(path)!r}; for one in memory use MemoryEngine")
    if durability not in get_args(Durability):
        raise ConfigError(f'durability is "process" or "power", not {durability!r}')


def _warn_of_network(file: Path) -> None:
    kind = network_kind(file)
    if kind:
        _log.warning(
            "%s is on %s, a network file system, where locks can't be trusted; keep it on a local disk", file, kind
        )


def _loop() -> asyncio.AbstractEventLoop:
    try:
        return asyncio.get_running_loop()
    except RuntimeError:
        raise WrongContext("a transaction begins inside a running event loop") from None
