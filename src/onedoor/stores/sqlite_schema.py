"""The tables, and the steps from each version of them to the next.

An index costs every call some 5 µs: there is one for what a row is found by, and one for its time. AUTOINCREMENT costs
as much, and an export needs it: no number is given twice, even when the newest rows were dropped.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import apsw

from onedoor.errors import StoreError

APPLICATION = 0x6F6E6564
"""What PRAGMA application_id says in a file of ours: "oned"."""

_STATE = "CREATE TABLE state(key TEXT PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID;"

_ATTEMPTS = """
CREATE TABLE attempts(
    seq INTEGER PRIMARY KEY AUTOINCREMENT, permit TEXT NOT NULL, call TEXT NOT NULL, number INTEGER, at REAL,
    ended REAL, task TEXT, caller TEXT, run TEXT, provider TEXT, model TEXT, served TEXT, outcome TEXT, error TEXT,
    status INTEGER, input INTEGER, output INTEGER, cached INTEGER, cache_write INTEGER, reasoning INTEGER,
    estimated INTEGER, nano_usd INTEGER, price_source TEXT, waited REAL, seconds REAL, first_token REAL,
    UNIQUE(call, permit));
CREATE INDEX attempts_at ON attempts(at);
CREATE TRIGGER attempts_stay BEFORE UPDATE ON attempts
    BEGIN SELECT RAISE(ABORT, 'the ledger is append-only: attempts are never changed'); END;
"""

_CALLS = """
CREATE TABLE calls(
    seq INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, at REAL, task TEXT, caller TEXT, run TEXT,
    model TEXT, served TEXT, provider TEXT, outcome TEXT, error TEXT, message TEXT, attempts INTEGER,
    retries INTEGER, degraded TEXT, cached INTEGER, finish_reason TEXT, input INTEGER, output INTEGER,
    cached_input INTEGER, reasoning INTEGER, estimated INTEGER, nano_usd INTEGER, price_source TEXT, seconds REAL,
    first_token REAL, score REAL, verdict TEXT, modes TEXT, edits TEXT,
    prompt_hash TEXT, metadata TEXT, trail TEXT);
CREATE INDEX calls_at ON calls(at);
CREATE TRIGGER calls_stay BEFORE UPDATE ON calls
    BEGIN SELECT RAISE(ABORT, 'the ledger is append-only: calls are never changed'); END;
"""

_BODIES = """
CREATE TABLE bodies(
    seq INTEGER PRIMARY KEY AUTOINCREMENT, call TEXT NOT NULL UNIQUE, at REAL, request TEXT, reply TEXT);
CREATE INDEX bodies_at ON bodies(at);
"""

_EVENTS = """
CREATE TABLE events(
    seq INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, at REAL, actor TEXT, action TEXT, subject TEXT,
    detail TEXT);
CREATE INDEX events_at ON events(at);
"""

_ASKED = """
ALTER TABLE calls ADD COLUMN user TEXT NOT NULL DEFAULT '';
ALTER TABLE calls ADD COLUMN template TEXT NOT NULL DEFAULT '';
ALTER TABLE calls ADD COLUMN found TEXT NOT NULL DEFAULT '[]';
ALTER TABLE calls ADD COLUMN trimmed TEXT NOT NULL DEFAULT '[]';
ALTER TABLE calls ADD COLUMN parent TEXT NOT NULL DEFAULT '';
ALTER TABLE calls ADD COLUMN origin TEXT NOT NULL DEFAULT '';
UPDATE bodies SET request = '{"messages":' || request || ',"context":[]}';
"""

_VERDICTS = """
CREATE TABLE verdicts(
    seq INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, call TEXT NOT NULL, at REAL, model TEXT,
    verdict TEXT, kind TEXT, by TEXT, reason TEXT, score REAL);
CREATE INDEX verdicts_call ON verdicts(call);
CREATE INDEX verdicts_at ON verdicts(at);
CREATE TRIGGER verdicts_stay BEFORE UPDATE ON verdicts
    BEGIN SELECT RAISE(ABORT, 'the ledger is append-only: verdicts are never changed'); END;
"""

MIGRATIONS: tuple[str, ...] = (_STATE + _ATTEMPTS + _CALLS + _BODIES + _EVENTS, _ASKED + _VERDICTS)
"""Step n makes version n + 1 out of version n. A step that was released is never changed."""


def migrate(connection: apsw.Connection, file: Path, *, steps: Sequence[str] = MIGRATIONS) -> None:
    """Bring a file to the newest version, in one transaction. The caller holds the store's lock."""
    version = known_version(connection, file, newest=len(steps))
    if version < len(steps):
        with connection:
            _climb(connection, steps, version)


def known_version(connection: apsw.Connection, file: Path, *, newest: int = len(MIGRATIONS)) -> int:
    """The version of a file, 0 if it is empty. Raises StoreError if it is newer than this onedoor, or not ours."""
    version = _number(connection, "user_version")
    if _number(connection, "application_id") != APPLICATION and _has_tables(connection):
        raise StoreError(f"{file}: it is another program's database; use another path")
    if version > newest:
        raise StoreError(
            f"{file}: it was written by a newer onedoor (schema version {version}, this one knows {newest}); "
            "upgrade onedoor or use another path"
        )
    return version


def _climb(connection: apsw.Connection, steps: Sequence[str], version: int) -> None:
    for step in steps[version:]:
        connection.execute(step)
    connection.pragma("user_version", len(steps))
    connection.pragma("application_id", APPLICATION)


def _number(connection: apsw.Connection, pragma: str) -> int:
    return int(connection.pragma(pragma))


def _has_tables(connection: apsw.Connection) -> bool:
    return bool(connection.execute("SELECT 1 FROM sqlite_schema LIMIT 1").fetchall())
