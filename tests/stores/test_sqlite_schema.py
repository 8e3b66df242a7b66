"""Versions of the tables, and which SQLite may write them how."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

import apsw
import pytest

from onedoor.errors import StoreError
from onedoor.ledger.ledger import Ledger
from onedoor.state import State
from onedoor.state_ledger import StateLedger
from onedoor.stores.sqlite import SqliteEngine, open_readonly
from onedoor.stores.sqlite_file import connect
from onedoor.stores.sqlite_schema import MIGRATIONS, migrate
from onedoor.stores.sqlite_values import TABLES, values
from onedoor.stores.sqlite_version import wal_is_safe
from onedoor.trail import Opinion

from ..ledger.book import attempt, call  # noqa: TID252 - one set of rows for both

Opened = Callable[..., SqliteEngine]
ADDED = frozenset({"user", "template", "found", "trimmed", "parent", "origin"})
"""What a call has since the second version."""
ADD_COLUMN = "ALTER TABLE calls ADD COLUMN mood TEXT;"


NEWEST = len(MIGRATIONS)


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
    newer = re.escape("a newer onedoor (schema version 99, this one knows 2); upgrade onedoor or use another path")
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
    assert version(file) == NEWEST + 2


async def test_a_file_of_the_first_version_keeps_its_rows(file: Path) -> None:
    """They are read like new ones, and verdicts on them can be written."""
    older = apsw.Connection(str(file))
    migrate(older, file, steps=MIGRATIONS[:1])
    told, tried = call("aa", metadata={"n": 1}), attempt("p", "aa")
    for row in (told, tried):
        names = [name for name in type(row).__struct_fields__ if name not in ADDED]
        kept = dict(zip(type(row).__struct_fields__, values(row), strict=True))
        marks = ", ".join("?" * len(names))
        sql = f"INSERT INTO {TABLES[type(row)]}({', '.join(names)}) VALUES ({marks})"
        older.execute(sql, tuple(kept[name] for name in names))
    request = '[{"role":"user","parts":[{"text":"what?"}]}]'
    older.execute("INSERT INTO bodies(call, at, request, reply) VALUES ('aa', 1, ?, '')", (request,))
    older.close()

    await SqliteEngine(file).close()

    assert version(file) == NEWEST
    with Ledger(file) as ledger:
        story = ledger.show("aa")
    assert (story.call, story.attempts) == (told, (tried,))
    assert story.body is not None
    assert json.loads(story.body.request) == {"messages": json.loads(request), "context": []}
    state = State(lambda: SqliteEngine(file))
    found = await StateLedger(state).judge("aa", Opinion("rejected", "person", "ann"), 2.0)
    await state.close()
    assert (found.id, found.origin) == ("aa", "")


async def test_a_step_that_fails_leaves_the_file_as_it_was(opened: Opened, file: Path) -> None:
    await opened().close()
    connection = apsw.Connection(str(file))
    with pytest.raises(apsw.SQLError):
        migrate(connection, file, steps=(*MIGRATIONS, ADD_COLUMN, "CREATE TABLE calls(x);"))
    assert "mood" not in str(connection.execute("SELECT sql FROM sqlite_schema").fetchall())
    connection.close()
    assert version(file) == NEWEST


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
