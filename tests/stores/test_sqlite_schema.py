"""Versions of the tables, and which SQLite may write them how."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import apsw
import pytest

from onedoor.errors import StoreError
from onedoor.stores.sqlite import SqliteEngine, open_readonly
from onedoor.stores.sqlite_file import connect
from onedoor.stores.sqlite_schema import MIGRATIONS, migrate
from onedoor.stores.sqlite_values import TABLES
from onedoor.stores.sqlite_version import wal_is_safe

Opened = Callable[..., SqliteEngine]
ADD_COLUMN = "ALTER TABLE calls ADD COLUMN mood TEXT;"


def version(file: Path) -> object:
    connection = apsw.Connection(str(file))
    try:
        return connection.pragma("user_version")
    finally:
        connection.close()


@pytest.mark.parametrize(("kind", "table"), TABLES.items(), ids=TABLES.values())
async def test_a_table_has_a_column_for_every_field(opened: Opened, kind: type, table: str) -> None:
    columns = opened().query("SELECT name FROM pragma_table_info(?) WHERE name <> 'seq'", (table,))
    assert tuple(name for (name,) in columns) == kind.__struct_fields__  # type: ignore[attr-defined]


async def test_a_file_of_a_newer_version_is_refused_and_left_alone(opened: Opened, file: Path) -> None:
    await opened().close()
    connection = apsw.Connection(str(file))
    connection.pragma("user_version", 99)
    connection.close()
    newer = re.escape("a newer onedoor (schema version 99, this one knows 1); upgrade onedoor or use another path")
    with pytest.raises(StoreError, match=newer):
        SqliteEngine(file)
    with pytest.raises(StoreError, match=newer):
        open_readonly(file)
    assert version(file) == 99


async def test_an_older_file_climbs_every_step(opened: Opened, file: Path) -> None:
    await opened().close()
    connection = apsw.Connection(str(file))
    migrate(connection, file, steps=(*MIGRATIONS, ADD_COLUMN, "CREATE TABLE moods(name);"))
    assert connection.execute("SELECT mood FROM calls").fetchall() == []
    connection.close()
    assert version(file) == 3


async def test_a_step_that_fails_leaves_the_file_as_it_was(opened: Opened, file: Path) -> None:
    await opened().close()
    connection = apsw.Connection(str(file))
    with pytest.raises(apsw.SQLError):
        migrate(connection, file, steps=(*MIGRATIONS, ADD_COLUMN, "CREATE TABLE calls(x);"))
    assert "mood" not in str(connection.execute("SELECT sql FROM sqlite_schema").fetchall())
    connection.close()
    assert version(file) == 1


@pytest.mark.parametrize(
    ("sqlite", "safe"),
    [
        ("3.7.0", False),
        ("3.40.1", False),
        ("3.44.5", False),
        ("3.44.6", True),
        ("3.45.0", False),
        ("3.49.9", False),
        ("3.50.4", False),
        ("3.50.6", False),
        ("3.50.7", True),
        ("3.51.2", False),
        ("3.51.3", True),
        ("3.52.0", False),
        ("3.52.1", True),
        ("3.53.0", True),
        ("3.54.1", True),
        ("4.0.0", True),
    ],
)
def test_which_sqlite_may_use_a_write_ahead_log(sqlite: str, safe: bool) -> None:
    assert wal_is_safe(sqlite) is safe


def test_the_sqlite_that_runs_here_is_safe() -> None:
    assert wal_is_safe(apsw.sqlite_lib_version())


@pytest.mark.parametrize(
    ("sqlite", "durability", "journal", "synchronous"),
    [("3.51.3", "process", "wal", 1), ("3.51.3", "power", "wal", 2), ("3.51.2", "process", "delete", 2)],
)
def test_a_vulnerable_sqlite_gets_the_slow_journal(
    file: Path, caplog: pytest.LogCaptureFixture, sqlite: str, durability: str, journal: str, synchronous: int
) -> None:
    connection = connect(file, durability=durability, busy_seconds=1, version=sqlite)  # type: ignore[arg-type]
    assert connection.pragma("journal_mode") == journal
    assert connection.pragma("synchronous") == synchronous
    assert ("can lose commits" in caplog.text) is (journal == "delete")
    connection.close()


def test_a_vulnerable_sqlite_may_not_join_those_who_use_the_log(file: Path) -> None:
    first = connect(file, durability="process", busy_seconds=0.01)
    first.execute("SELECT * FROM state").fetchall()
    with pytest.raises((StoreError, apsw.BusyError)):
        connect(file, durability="process", busy_seconds=0.01, version="3.51.2")
    first.close()
