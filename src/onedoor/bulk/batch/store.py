"""The batches of a run, in its own file: what was handed over, under which name, and what came of it.

They are beside the rows so that they are deleted with them, and so that one statement forgets what has become a row.
The connection is its own: it and the rows' serve one thread, and neither has a transaction open across an `await`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import apsw

from onedoor.providers.batches import Answered
from onedoor.stores.sqlite_file import telling

T = TypeVar("T")

_SCHEMA = """
CREATE TABLE IF NOT EXISTS batches (
    id INTEGER PRIMARY KEY, provider TEXT NOT NULL, model TEXT NOT NULL, mark TEXT NOT NULL, name TEXT,
    begun REAL NOT NULL, cancelled REAL, ended REAL
);
CREATE TABLE IF NOT EXISTS requests (
    id TEXT PRIMARY KEY, batch INTEGER NOT NULL, outcome TEXT NOT NULL DEFAULT '', status INTEGER NOT NULL DEFAULT 0,
    body BLOB NOT NULL DEFAULT x'', held BLOB
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS requests_by_batch ON requests (batch);
"""
_FIND = """
SELECT requests.batch, name, outcome, status, body, coalesce(batches.cancelled, batches.ended, 0.0)
FROM requests JOIN batches ON batches.id = requests.batch WHERE requests.id = ?
"""
_BATCHES = "SELECT id, provider, model, mark, name, begun, cancelled FROM batches"
_OPEN = "SELECT 1 FROM batches WHERE ended IS NULL LIMIT 1"
_GOING = "SELECT 1 FROM batches WHERE ended IS NULL AND cancelled IS NULL LIMIT 1"
_SETTLED = """
DELETE FROM requests WHERE EXISTS (
    SELECT 1 FROM batches, {rows} AS row
    WHERE batches.id = requests.batch AND ended IS NOT NULL AND row.fingerprint = unhex(substr(requests.id, 1, 32))
    AND ifnull(json_extract(CAST(row.data AS TEXT), '$.at'), 0)
        + ifnull(json_extract(CAST(row.data AS TEXT), '$.seconds'), 0) >= batches.begun
)
"""
"""A row that landed before the batch was made is of an earlier try: what it failed with is being asked again."""


@dataclass(frozen=True, slots=True)
class Batch:
    """One batch: the run's number for it, and the provider's name for it, None until that is known."""

    id: int
    provider: str
    model: str
    mark: str
    name: str | None
    begun: float
    cancelled: float | None = None


@dataclass(frozen=True, slots=True)
class Kept:
    """A request that was handed over. `over` is when its batch was cancelled, else when it ended; 0 while it hasn't."""

    batch: int
    name: str | None
    answered: Answered | None
    over: float


class Store:
    """The batches of the run in this file. Every method is one short transaction. Raises StoreError."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._connection = telling(file, lambda: _opened(file))

    def close(self) -> None:
        """Let go of the file."""
        self._connection.close()

    def begin(self, provider: str, model: str, mark: str, ids: Sequence[str], now: float) -> Batch:
        """Write down what is about to be handed over."""

        def work() -> Batch:
            self._run(
                "INSERT INTO batches (provider, model, mark, begun) VALUES (?, ?, ?, ?)", provider, model, mark, now
            )
            batch = Batch(self._connection.last_insert_rowid(), provider, model, mark, None, now)
            self._connection.executemany(
                "INSERT INTO requests (id, batch) VALUES (?, ?)", [(id_, batch.id) for id_ in ids]
            )
            return batch

        return self._write(work)

    def named(self, batch: int, name: str) -> None:
        """The provider has it, under this name."""
        self._write(lambda: self._run("UPDATE batches SET name = ? WHERE id = ?", name, batch))

    def drop(self, batch: int) -> None:
        """The provider never had it."""

        def work() -> None:
            self._run("DELETE FROM requests WHERE batch = ?", batch)
            self._run("DELETE FROM batches WHERE id = ?", batch)

        self._write(work)

    def put(self, batch: int, answers: Sequence[Answered]) -> None:
        """What came of some of its requests."""
        told = [(one.outcome, one.status, one.body, one.id, batch) for one in answers]
        update = "UPDATE requests SET outcome = ?, status = ?, body = ? WHERE id = ? AND batch = ? AND outcome = ''"
        self._write(lambda: self._connection.executemany(update, told))

    def hold(self, held: Sequence[tuple[bytes, str]]) -> None:
        """What the attempts of requests hold in the state."""
        update = "UPDATE requests SET held = ? WHERE id = ?"
        self._write(lambda: self._connection.executemany(update, held))

    def held(self) -> list[bytes]:
        """What attempts of earlier passes held."""
        return [bytes(one) for (one,) in self._rows("SELECT held FROM requests WHERE held IS NOT NULL")]

    def release(self) -> None:
        """Nothing is held any more."""
        self._write(lambda: self._run("UPDATE requests SET held = NULL WHERE held IS NOT NULL"))

    def end(self, batch: int, now: float) -> None:
        """Everything that will ever come of it is here."""
        self._write(lambda: self._run("UPDATE batches SET ended = ? WHERE id = ?", now, batch))

    def cancel(self, batch: int, now: float) -> None:
        """Somebody has cancelled it."""
        self._write(lambda: self._run("UPDATE batches SET cancelled = ? WHERE id = ?", now, batch))

    def find(self, id_: str) -> Kept | None:
        """A request that was handed over."""
        row = self._one(_FIND, id_)
        if row is None:
            return None
        batch, name, outcome, status, body, over = row
        return Kept(batch, name, Answered(id_, outcome, status, body) if outcome else None, over)

    def open(self, provider: str | None = None) -> list[Batch]:
        """Batches that haven't ended, as far as anybody knows."""
        rows = self._rows(f"{_BATCHES} WHERE ended IS NULL AND ifnull(?1, provider) = provider ORDER BY id", provider)
        return [Batch(*row) for row in rows]

    def names(self, provider: str) -> list[str]:
        """The provider's names of all batches there were."""
        return [
            name for (name,) in self._rows("SELECT name FROM batches WHERE provider = ? AND name IS NOT NULL", provider)
        ]

    def unanswered(self, batch: int) -> list[str]:
        """The requests of a batch of which nothing is known yet."""
        return [id_ for (id_,) in self._rows("SELECT id FROM requests WHERE batch = ? AND outcome = ''", batch)]

    def forget(self) -> None:
        """Drop the requests of every question that has come to its row since, once their batch has ended."""
        rows = self._one("SELECT name FROM sqlite_master WHERE type = 'table' AND name = 'rows'")
        if rows is not None:
            self._write(lambda: self._run(_SETTLED.format(rows=rows[0])))

    def _run(self, statement: str, *values: Any) -> None:
        self._connection.execute(statement, values)

    def _one(self, statement: str, *values: Any) -> tuple[Any, ...] | None:
        return telling(self._file, lambda: self._connection.execute(statement, values).fetchone())

    def _rows(self, statement: str, *values: Any) -> Iterator[tuple[Any, ...]]:
        return iter(telling(self._file, lambda: self._connection.execute(statement, values).fetchall()))

    def _write(self, work: Callable[[], T]) -> T:
        return telling(self._file, lambda: self._transacted(work))

    def _transacted(self, work: Callable[[], T]) -> T:
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            done = work()
            self._connection.execute("COMMIT")
        except BaseException:
            if self._connection.in_transaction:
                self._connection.execute("ROLLBACK")
            raise
        return done


def has_open(file: Path) -> bool:
    """Whether a run has batches that haven't ended, as far as anybody knows. Its file is only read."""
    return _any(file, _OPEN)


def has_going(file: Path) -> bool:
    """Whether it has batches that nobody has cancelled and nobody has fetched."""
    return _any(file, _GOING)


def _any(file: Path, which: str) -> bool:
    connection = telling(file, lambda: apsw.Connection(str(file), flags=apsw.SQLITE_OPEN_READWRITE))
    with closing(connection):
        connection.set_busy_timeout(5000)
        made = connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'batches'").fetchone()
        return made is not None and connection.execute(which).fetchone() is not None


def _opened(file: Path) -> apsw.Connection:
    connection = apsw.Connection(str(file), flags=apsw.SQLITE_OPEN_READWRITE)
    connection.set_busy_timeout(5000)
    connection.pragma("synchronous", "full")
    connection.execute(_SCHEMA)
    return connection
