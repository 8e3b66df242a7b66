"""Reading the file while others write: a read-only connection that never waits for a writer, nor makes one wait."""

from __future__ import annotations

import os
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import apsw

from onedoor.errors import StoreError, WrongContext
from onedoor.stores.sqlite_errors import store_error
from onedoor.stores.sqlite_fork import FORKED, closed, opened, refuse_inherited
from onedoor.stores.sqlite_schema import known_version

if TYPE_CHECKING:
    from apsw import SQLiteValue

_BUSY_SECONDS = 5.0


class Reader:
    """A read-only view of a store's file, opened when first asked. Threads may share it; they take turns."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._turn = threading.Lock()
        self._pid = os.getpid()
        self._connection: apsw.Connection | None = None
        self._closed = False

    def query(self, sql: str, parameters: Sequence[SQLiteValue] = ()) -> list[tuple[SQLiteValue, ...]]:
        """All rows of a SELECT. Blocks while it runs: from a coroutine, call it in a thread."""
        if os.getpid() != self._pid:
            raise WrongContext(FORKED)
        try:
            with self._turn:
                return self._connected().execute(sql, parameters).fetchall()
        except apsw.Error as error:
            raise store_error(error, self._file) from error

    def close(self) -> None:
        """Let go of the file."""
        with self._turn:
            self._closed = True
            if self._connection is not None:
                self._connection.close()
                closed(self._connection)

    def _connected(self) -> apsw.Connection:
        if self._closed:
            raise WrongContext("this store is closed")
        if self._connection is None:
            self._connection = _connect(self._file)
        return self._connection


def open_readonly(path: str | os.PathLike[str]) -> Reader:
    """Read a store's file without taking part in it. Raises StoreError if there is none."""
    file = Path(path).resolve()
    if not file.exists():
        raise StoreError(f"{file}: there is no such file; check the path")
    reader = Reader(file)
    reader.query("SELECT 1")
    return reader


def _connect(file: Path) -> apsw.Connection:
    refuse_inherited(file)
    connection = apsw.Connection(str(file), flags=apsw.SQLITE_OPEN_READONLY)
    try:
        connection.set_busy_timeout(int(_BUSY_SECONDS * 1000))
        known_version(connection, file)
    except BaseException:
        connection.close()
        raise
    opened(connection, file)
    return connection
