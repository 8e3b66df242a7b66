"""The file and its one writing connection, used by one thread at a time."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Literal, TypeVar

import apsw

from onedoor.errors import StoreError
from onedoor.stores.owners import Owners
from onedoor.stores.sqlite_batch import Batch
from onedoor.stores.sqlite_errors import store_error
from onedoor.stores.sqlite_fork import closed, opened, refuse_inherited
from onedoor.stores.sqlite_job import Pending
from onedoor.stores.sqlite_lock import FileLock
from onedoor.stores.sqlite_log import Log
from onedoor.stores.sqlite_pace import Pace
from onedoor.stores.sqlite_rows import StateRows
from onedoor.stores.sqlite_schema import known_version, migrate
from onedoor.stores.sqlite_version import wal_is_safe

Durability = Literal["process", "power"]

T = TypeVar("T")
_log = logging.getLogger(__name__)
_CHECKPOINT_PAGES = 1000
_NORMAL = 1
_WAL_BYTES = 64 * 2**20


class SqliteFile:
    """One SQLite file, its lock and this process's place among its owners."""

    def __init__(self, file: Path, *, durability: Durability, busy_seconds: float) -> None:
        refuse_inherited(file)
        self._file = file
        self._busy_seconds = busy_seconds
        self._pace = Pace()
        self._lock = telling(file, lambda: FileLock(file.with_name(f"{file.name}.lock"), seconds=busy_seconds))
        telling(file, lambda: self._open(durability, busy_seconds))

    @property
    def quick(self) -> bool:
        """Whether a commit waits for no disk and no other process, as far as one can tell beforehand."""
        return self._unsynced and self._pace.quick and not self.untidy

    @property
    def untidy(self) -> bool:
        """Whether it is time to tidy up."""
        return self._log.long

    def run(self, jobs: Sequence[Pending], *, wait: bool = True) -> bool:
        """Do every job in one transaction of the file. Raises StoreError if none of it could be kept.

        False, with nothing done, if others are writing and this one may not wait.
        """
        return telling(self._file, lambda: self._waiting(jobs) if wait else self._at_once(jobs))

    def tidy(self) -> None:
        """Keep the log short."""
        if self.untidy:
            try:
                telling(self._file, self._move_log)
            except StoreError:
                _log.warning("the log could not be moved into the file yet", exc_info=True)

    def close(self, orderly: bool) -> None:
        """Let go of the file. If not orderly, others will find this owner dead and deal with what it still held."""
        try:
            telling(self._file, lambda: self._close(orderly))
        except StoreError:
            _log.warning("the store could not be closed in good order", exc_info=True)
        closed(self._connection)
        self._let_go()

    def _let_go(self) -> None:
        """Close the lock files. In a forked child that leaves the parent's locks alone."""
        self.owners.drop()
        self._lock.drop()

    def _open(self, durability: Durability, busy_seconds: float) -> None:
        """Two that open a new file at once make it one after the other."""
        try:
            with self._lock.held():
                self._connection = connect(self._file, durability=durability, busy_seconds=busy_seconds)
                self._unsynced = self._connection.pragma("synchronous") == _NORMAL
                self._log = Log(self._connection)
                self._rows = StateRows(self._connection)
                self.owners = Owners(self._file.with_name(f"{self._file.name}-owners"))
                opened(self._connection, self._file, self._let_go)
        except BaseException:
            self._lock.drop()
            raise

    def _move_log(self) -> None:
        with self._lock.held():
            self._log.move()

    def _waiting(self, jobs: Sequence[Pending]) -> bool:
        with self._lock.held():
            self._begin(self._busy_seconds)
            self._transact(jobs)
        return True

    def _at_once(self, jobs: Sequence[Pending]) -> bool:
        if not self._lock.take():
            self._pace.shared()
            return False
        try:
            begun = self._begun()
            if begun:
                self._transact(jobs)
        finally:
            self._lock.free()
        return begun

    def _begun(self) -> bool:
        """Begin unless a program without our lock is writing."""
        try:
            self._begin(0.0)
        except apsw.BusyError:
            return False
        return True

    def _begin(self, busy_seconds: float) -> None:
        self._connection.set_busy_timeout(int(busy_seconds * 1000))
        self._connection.execute("BEGIN IMMEDIATE")

    def _transact(self, jobs: Sequence[Pending]) -> None:
        """Do the jobs in the transaction that has begun, and end it."""
        try:
            self._do(jobs)
        except BaseException:
            self._roll_back()
            raise

    def _do(self, jobs: Sequence[Pending]) -> None:
        if self._rows.begin():
            self._pace.shared()
        batch = Batch(self._rows, self.owners)
        for job in jobs:
            if job.run(batch):
                batch.keep()
            else:
                batch.undo()
        batch.write(self._connection)
        self._pace.commit(lambda: self._connection.execute("COMMIT"))
        batch.committed()

    def _roll_back(self) -> None:
        """SQLite may have rolled back by itself."""
        self._rows.forget()
        if self._connection.in_transaction:
            self._connection.execute("ROLLBACK")

    def _close(self, orderly: bool) -> None:
        try:
            with self._lock.held():
                if orderly:
                    self.owners.leave()
                self._connection.wal_checkpoint(mode=apsw.SQLITE_CHECKPOINT_PASSIVE)
                self._connection.close()
        finally:
            self._connection.close()


def telling(file: Path, step: Callable[[], T]) -> T:
    """Take a step; whatever SQLite or the operating system says comes out as a StoreError with what to do."""
    try:
        return step()
    except StoreError:
        raise
    except Exception as error:
        raise store_error(error, file) from error


def connect(file: Path, *, durability: Durability, busy_seconds: float, version: str = "") -> apsw.Connection:
    """Open a file for writing and bring it to the newest version. The caller holds the store's lock."""
    connection = apsw.Connection(str(file))
    try:
        connection.set_busy_timeout(int(busy_seconds * 1000))
        known_version(connection, file)
        _refuse_read_only(connection, file)
        _set_journal(connection, file, durability=durability, version=version or apsw.sqlite_lib_version())
        migrate(connection, file)
    except BaseException:
        connection.close()
        raise
    return connection


def _refuse_read_only(connection: apsw.Connection, file: Path) -> None:
    if connection.readonly("main"):
        raise StoreError(f"{file}: it can't be written to; make the file and its directory writable")


def _set_journal(connection: apsw.Connection, file: Path, *, durability: Durability, version: str) -> None:
    safe = wal_is_safe(version)
    if not safe:
        _log.warning(
            "SQLite %s can lose commits in WAL mode: %s is kept with a slow journal; upgrade apsw", version, file
        )
    mode = "wal" if safe else "delete"
    if connection.pragma("journal_mode", mode) != mode:
        raise StoreError(
            f"{file}: its journal can't be set to {mode} (SQLite {version}); end other users or move it to a local disk"
        )
    connection.pragma("synchronous", "normal" if safe and durability == "process" else "full")
    connection.pragma("wal_autocheckpoint", _CHECKPOINT_PAGES)
    connection.pragma("journal_size_limit", _WAL_BYTES)
