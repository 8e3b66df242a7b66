"""The file of a run: made, opened by the one process that is at it, or looked at from elsewhere."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from typing import Any

import apsw
import msgspec

from onedoor.bulk.result import FORMAT, Head
from onedoor.bulk.rows import Rows
from onedoor.bulk.seen import Seen
from onedoor.errors import InvalidCall, StoreError
from onedoor.places import make_room
from onedoor.stores.sqlite_file import telling
from onedoor.stores.sqlite_lock import FileLock
from onedoor.stores.sqlite_version import wal_is_safe

_SCHEMA = """
CREATE TABLE IF NOT EXISTS head (id INTEGER PRIMARY KEY CHECK (id = 1), data BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS rows (
    id INTEGER PRIMARY KEY, key TEXT NOT NULL, fingerprint BLOB NOT NULL, place INTEGER NOT NULL, pass INTEGER NOT NULL,
    step TEXT NOT NULL, error TEXT NOT NULL, nano_usd INTEGER NOT NULL, data BLOB NOT NULL, UNIQUE (key, fingerprint)
);
CREATE INDEX IF NOT EXISTS rows_by_question ON rows (fingerprint, error);
"""
_HEAD = "SELECT data FROM head"
_head = msgspec.json.Decoder(Head)


def opened(file: Path | None, fresh: Head) -> Rows:
    """The rows of a run to write to: those there are, or new ones under this head; without a file, temporary ones.

    Raises InvalidCall where another process is at it, StoreError where nothing can be written.
    """
    if file is None:
        return Rows(Path("a temporary file"), fresh, _made(apsw.Connection("")), None, Seen())
    make_room(file)
    lock = telling(file, lambda: FileLock(lock_of(file), seconds=0.0))
    try:
        if not lock.take():
            raise InvalidCall(f"run {fresh.name!r} is under way already; `onedoor runs watch` shows it")
        connection = telling(file, lambda: _made(_connected(file)))
        kept = _read(connection.execute(_HEAD).fetchone(), file)
        return Rows(file, kept or fresh, connection, lock, None if kept else Seen())
    except BaseException:
        lock.drop()
        raise


def looked_at(file: Path) -> Rows:
    """The rows of a run to read, while another process may write. Raises InvalidCall for what isn't a run."""
    connection = telling(file, lambda: apsw.Connection(str(file), flags=apsw.SQLITE_OPEN_READWRITE))
    try:
        connection.set_busy_timeout(5000)
        data = telling(file, lambda: connection.execute(_HEAD).fetchone())
        head = _read(data, file)
    except StoreError as error:
        connection.close()
        raise InvalidCall(f"{file} isn't a run: {error}") from error
    except InvalidCall:
        connection.close()
        raise
    if head is None:
        connection.close()
        raise InvalidCall(f"{file} isn't a run that began")
    return Rows(file, head, connection)


def copied(file: Path) -> Rows:
    """The rows of a run in a temporary file, to do with as one likes. Raises InvalidCall for what isn't a run."""
    copy = apsw.Connection("")
    with looked_at(file) as rows:
        with copy.backup("main", rows.connection, "main") as backup:
            backup.step()
        head = rows.head
    return Rows(file, head, copy)


def began(file: Path) -> bool:
    """Whether a run has got as far as to have a head: its process may have died before. Raises StoreError."""
    return telling(file, lambda: _began(file))


def _began(file: Path) -> bool:
    with closing(apsw.Connection(str(file), flags=apsw.SQLITE_OPEN_READWRITE)) as connection:
        connection.set_busy_timeout(5000)
        found = connection.execute("SELECT count(*) FROM sqlite_master WHERE name = 'head'").fetchone()
        return found == (1,) and connection.execute(_HEAD).fetchone() is not None


def under_way(file: Path) -> bool:
    """Whether a process is at this run now."""
    if not lock_of(file).exists():
        return False
    lock = FileLock(lock_of(file), seconds=0.0)
    try:
        return not lock.take()
    finally:
        lock.drop()


def lock_of(file: Path) -> Path:
    """The file a run's one process holds locked."""
    return file.with_name(f"{file.name}.lock")


def _connected(file: Path) -> apsw.Connection:
    connection = apsw.Connection(str(file))
    connection.set_busy_timeout(5000)
    connection.pragma("journal_mode", "wal" if wal_is_safe(apsw.sqlite_lib_version()) else "delete")
    connection.pragma("synchronous", "normal")
    return connection


def _made(connection: apsw.Connection) -> apsw.Connection:
    connection.execute(_SCHEMA)
    return connection


def _read(row: tuple[Any, ...] | None, file: Path) -> Head | None:
    """The head of a run. Raises InvalidCall for one that another version has written."""
    if row is None:
        return None
    head = _head.decode(row[0])
    if head.format != FORMAT:
        raise InvalidCall(f"{file} was written by another version of onedoor; give the run another name")
    return head
