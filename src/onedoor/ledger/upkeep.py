"""Looking after a state's file while others use it: check, back up, drop what is old, give space back."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import cast

import apsw

from onedoor.errors import Misuse, StoreError
from onedoor.stores.sqlite_errors import store_error
from onedoor.stores.sqlite_file import connect
from onedoor.stores.sqlite_lock import FileLock, taken
from onedoor.stores.sqlite_read import Reader, open_readonly

TABLES = ("calls", "attempts", "bodies", "events", "verdicts")
BATCH = 2_000
BUSY_SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class Health:
    """What a state's file is like. Sizes are bytes.

    problems  what SQLite's integrity check says, empty when the file is sound; `rows` aren't counted when it isn't
    owners    processes that use it now; `dead` died and will be dealt with by the next call
    """

    path: str
    problems: tuple[str, ...]
    schema_version: int
    sqlite: str
    journal: str
    bytes: int
    wal_bytes: int
    rows: Mapping[str, int]
    owners: tuple[str, ...]
    dead: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Old:
    """What is to go: rows older than one moment, bodies older than another; None keeps them all."""

    rows: float | None
    bodies: float | None

    @property
    def before(self) -> Mapping[str, float]:
        """The moment before which each table's rows go."""
        given = {table: self.bodies if table == "bodies" else self.rows for table in TABLES}
        return {table: moment for table, moment in given.items() if moment is not None}


def health(path: Path) -> Health:
    """Check a file. Reads all of it."""
    reader = open_readonly(path)
    try:
        problems = _problems(reader)
        owners, dead = _owners(path)
        return Health(
            path=str(path),
            problems=problems,
            schema_version=cast("int", reader.query("PRAGMA user_version")[0][0]),
            sqlite=apsw.sqlite_lib_version(),
            journal=str(reader.query("PRAGMA journal_mode")[0][0]),
            bytes=path.stat().st_size,
            wal_bytes=_size(path.with_name(f"{path.name}-wal")),
            rows={} if problems else {table: _count(reader.query, table, None) for table in (*TABLES, "state")},
            owners=owners,
            dead=dead,
        )
    finally:
        reader.close()


def back_up(path: Path, copy: Path) -> int:
    """Copy a file as of one moment through SQLite's backup, while others write; the size of the copy in bytes.

    The copy gets its name when it is whole and on disk. Raises StoreError, and Misuse where the name is taken.
    """
    if copy.exists():
        raise Misuse(f"{copy} is already there; give another name")
    part = copy.with_name(f"{copy.name}.part")
    try:
        part.unlink(missing_ok=True)
        _copy(path, part)
        part.rename(copy)
    except (apsw.Error, OSError) as error:
        part.unlink(missing_ok=True)
        raise store_error(error, copy) from error
    return copy.stat().st_size


def counts(path: Path, old: Old) -> Mapping[str, int]:
    """How many rows of each table would go."""
    reader = open_readonly(path)
    try:
        return {table: _count(reader.query, table, before) for table, before in old.before.items()}
    finally:
        reader.close()


def prune(path: Path, old: Old, *, busy_seconds: float = BUSY_SECONDS) -> Mapping[str, int]:
    """Drop old rows, some at a time so that calls under way hardly wait; how many went."""
    gone = dict.fromkeys(old.before, 0)
    with _writing(path, busy_seconds) as step:
        for table, before in old.before.items():
            while count := step(_drop, table, before):
                gone[table] += count
                time.sleep(0.005)  # let others have the lock
    return gone


def vacuum(path: Path, *, busy_seconds: float = BUSY_SECONDS) -> int:
    """Rewrite the file without its gaps; the bytes it is smaller by. Calls wait meanwhile."""
    before = path.stat().st_size
    with _writing(path, busy_seconds) as step:
        step(_vacuum)
    return before - path.stat().st_size


Step = Callable[..., int]


@contextmanager
def _writing(path: Path, busy_seconds: float) -> Iterator[Step]:
    """A writing connection; every step is done under the store's own lock."""
    open_readonly(path).close()
    lock = FileLock(path.with_name(f"{path.name}.lock"), seconds=busy_seconds)
    try:
        with lock.held():
            connection = connect(path, durability="process", busy_seconds=busy_seconds)

        def step(work: Callable[..., int], *arguments: object) -> int:
            with lock.held():
                return work(connection, *arguments)

        try:
            yield step
        finally:
            with lock.held():
                connection.close()
    except apsw.Error as error:
        raise store_error(error, path) from error
    finally:
        lock.drop()


def _drop(connection: apsw.Connection, table: str, before: float) -> int:
    with connection:
        some = f"SELECT seq FROM {table} WHERE at < ? ORDER BY at LIMIT {BATCH}"
        connection.execute(f"DELETE FROM {table} WHERE seq IN ({some})", (before,))
        count = connection.changes()
    return count


def _vacuum(connection: apsw.Connection) -> int:
    connection.execute("VACUUM")
    connection.wal_checkpoint(mode=apsw.SQLITE_CHECKPOINT_TRUNCATE)
    return 0


def _problems(reader: Reader) -> tuple[str, ...]:
    """What the integrity check says; where the damage is such that it can't run, that."""
    try:
        said = tuple(str(row[0]) for row in reader.query("PRAGMA integrity_check"))
    except StoreError as error:
        if isinstance(error.__cause__, apsw.CorruptError):
            return (str(error.__cause__),)
        raise
    return () if said == ("ok",) else said


def _copy(path: Path, part: Path) -> None:
    """All pages in one step: SQLite shows it one moment of the file, however long that takes."""
    open_readonly(path).close()
    source = apsw.Connection(str(path), flags=apsw.SQLITE_OPEN_READONLY)
    try:
        source.set_busy_timeout(int(BUSY_SECONDS * 1000))
        copy = apsw.Connection(str(part))
        try:
            with copy.backup("main", source, "main") as backup:
                backup.step(-1)
            copy.pragma("journal_mode", "delete")
        finally:
            copy.close()
    finally:
        source.close()


def _count(query: Callable[..., list[tuple[object, ...]]], table: str, before: float | None) -> int:
    condition, parameters = ("", ()) if before is None else (" WHERE at < ?", (before,))
    return cast("int", query(f"SELECT count(*) FROM {table}{condition}", parameters)[0][0])


def _size(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0


def _owners(path: Path) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The living and the dead: a living owner's file is locked."""
    folder = path.with_name(f"{path.name}-owners")
    names = sorted(name for name in os.listdir(folder) if not name.startswith(".")) if folder.exists() else []
    dead = tuple(name for name in names if _lockable(folder / name))
    return tuple(name for name in names if name not in dead), dead


def _lockable(file: Path) -> bool:
    """Whether nobody holds an owner's lock; closing the descriptor lets go of it again."""
    try:
        fd = os.open(file, os.O_RDONLY | os.O_CLOEXEC)
    except FileNotFoundError:
        return False
    try:
        return taken(fd)
    finally:
        os.close(fd)
