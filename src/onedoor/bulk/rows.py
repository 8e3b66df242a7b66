"""The rows of a run in one SQLite file: what is in it is never asked for again, whatever happens to the process."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

import apsw
import msgspec

from onedoor.bulk.result import Head, Result
from onedoor.bulk.seen import Seen
from onedoor.stores.sqlite_file import telling
from onedoor.stores.sqlite_lock import FileLock

GROUP = 64
"""Rows that are written together at most; whoever adds them sees to it that none waits long."""

_TOUCHES = 4096
_ADD = """
INSERT INTO rows (key, fingerprint, place, pass, step, error, nano_usd, data) VALUES (?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (key, fingerprint) DO UPDATE SET place = excluded.place, pass = excluded.pass, step = excluded.step,
error = excluded.error, nano_usd = excluded.nano_usd, data = excluded.data
"""
_FIND = "SELECT key, data FROM rows WHERE fingerprint = ? ORDER BY error LIMIT 1"
_OWN = "SELECT key, data FROM rows WHERE key = ? AND fingerprint = ?"
_PASS = "SELECT pass FROM rows WHERE key = ? AND fingerprint = ?"
_CLASH = "SELECT place FROM rows WHERE key = ? AND pass = ? AND fingerprint <> ? AND step = '' LIMIT 1"
_LATEST = """
SELECT data, place FROM rows
WHERE step = '' AND pass = (SELECT max(pass) FROM rows AS other WHERE other.key = rows.key AND other.step = '')
ORDER BY place, id
"""
_PASSED = "SELECT data, place FROM rows WHERE step = '' AND pass = ? ORDER BY place, id"
_ASKED = "SELECT data, place FROM rows WHERE step <> '' AND pass = ? ORDER BY place, id"
_ERRORS = """
SELECT error, count(*) FROM rows WHERE error <> '' AND pass = ? AND step = '' GROUP BY error ORDER BY 2 DESC, 1
"""
_CALLS = """
SELECT step, count(*), sum(error <> ''), sum(nano_usd) FROM rows WHERE step <> '' AND pass = ? GROUP BY step
"""
_VALUES = """
SELECT value.key, count(*) FROM rows, json_each(CAST(rows.data AS TEXT), '$.data') AS value
WHERE rows.step = '' AND rows.pass = ?1 AND json_extract(CAST(rows.data AS TEXT), '$.step') IS NULL GROUP BY value.key
UNION ALL SELECT json_extract(CAST(data AS TEXT), '$.step') AS once, 1 FROM rows
WHERE step = '' AND pass = ?1 AND error = '' AND once IS NOT NULL
"""
_encode = msgspec.json.Encoder().encode
_result = msgspec.json.Decoder(Result)

Row = tuple[str, bytes]
"""What a row is known by: its item's key, and the fingerprint of what was asked."""

New = tuple[Result, bool]
"""A result that isn't written yet, and whether it only sums up what the rows of its calls say."""


class StepFigures(msgspec.Struct, frozen=True):
    """What a step of a workflow came to: the values there are, its calls, those of them that failed, and their cost."""

    values: int = 0
    calls: int = 0
    failed: int = 0
    nano_usd: int = 0


@dataclass(slots=True)
class Rows:
    """The rows of one run, open for one process. `add` keeps up to GROUP rows back, `flush` writes them.

    What a new run hasn't `_seen` isn't looked up in its file: that costs as much as all else a run does for a call.
    """

    file: Path
    head: Head
    connection: apsw.Connection
    _lock: FileLock | None = None
    _seen: Seen | None = None
    _new: dict[Row, New] = field(default_factory=dict)
    _asked: dict[bytes, Result] = field(default_factory=dict)
    _keys: dict[str, tuple[bytes, int]] = field(default_factory=dict)
    _touched: dict[Row, tuple[int, int]] = field(default_factory=dict)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the file. What wasn't flushed is lost."""
        self.connection.close()
        if self._lock is not None:
            self._lock.drop()

    def find(self, key: str, fingerprint: bytes) -> Result | None:
        """What this question came to, for this item or else for another one."""
        own = self._new.get((key, fingerprint))
        if own is not None:
            return own[0]
        if self._seen is not None and fingerprint not in self._seen:
            return None
        found = self.connection.execute(_FIND, (fingerprint,)).fetchone()
        if found is not None and found[0] != key:
            found = self.connection.execute(_OWN, (key, fingerprint)).fetchone() or found
        if (found is None or found[0] != key) and fingerprint in self._asked:
            return self._asked[fingerprint]
        return None if found is None else _result.decode(found[1])

    def clash(self, key: str, fingerprint: bytes) -> int | None:
        """The place of another item of this pass with the same key and another question."""
        asked, place = self._keys.get(key, (fingerprint, 0))
        if asked != fingerprint:
            return place
        if self._seen is not None and key not in self._seen:
            return None
        found = self.connection.execute(_CLASH, (key, self.head.passes, fingerprint)).fetchone()
        return None if found is None else int(found[0])

    def add(self, fingerprint: bytes, result: Result, *, sums: bool = False) -> None:
        """Keep a result; written with the next flush, which is now when there are enough.

        One that only `sums` up what the rows of its calls say costs nothing beside them.
        """
        self._new[(result.key, fingerprint)] = (result, sums)
        if result.ok or fingerprint not in self._asked:
            self._asked[fingerprint] = result
        if sums or not result.step:
            self._keys.setdefault(result.key, (fingerprint, result.place))
        if self._seen is not None:
            self._seen.add(fingerprint)
            self._seen.add(result.key)
        if len(self._new) >= GROUP:
            self.flush()

    def touch(self, fingerprint: bytes, result: Result) -> bool:
        """This row belongs to this pass, too, at this place; False where it did already."""
        known = self.current(result.key, fingerprint)
        self._touched[(result.key, fingerprint)] = (self.head.passes, result.place)
        if len(self._touched) >= _TOUCHES:
            self.flush()
        return not known

    def current(self, key: str, fingerprint: bytes) -> bool:
        """Whether this row belongs to this pass already."""
        row = (key, fingerprint)
        if row in self._touched or row in self._new:
            return True
        return self.connection.execute(_PASS, row).fetchone() == (self.head.passes,)

    @property
    def lasting(self) -> bool:
        """Whether what is flushed outlives the process."""
        return self._lock is not None

    def flush(self, *, head: bool = False) -> None:
        """Write down everything there is, in one transaction. Raises StoreError, and then keeps it for another try."""
        if not head and not self._new and not self._touched:
            return
        telling(self.file, lambda: self._write(head))
        self._new.clear()
        self._asked.clear()
        self._keys.clear()
        self._touched.clear()

    def each(self) -> Iterator[Result]:
        """The latest result of every item, in input order, read one at a time."""
        for data, place in self.connection.execute(_LATEST):
            yield msgspec.structs.replace(_result.decode(data), place=place)

    def passed(self) -> Iterator[Result]:
        """The result of every item of this pass, in input order, read one at a time."""
        for data, place in self.connection.execute(_PASSED, (self.head.passes,)):
            yield msgspec.structs.replace(_result.decode(data), place=place)

    def asked(self) -> Iterator[Result]:
        """The calls of a workflow's latest pass, in input order of their items, read one at a time."""
        for data, place in self.connection.execute(_ASKED, (self.head.passes,)):
            yield msgspec.structs.replace(_result.decode(data), place=place)

    @property
    def empty(self) -> bool:
        """Whether nothing has come to anything, in any pass."""
        return not self._new and self.connection.execute("SELECT 1 FROM rows LIMIT 1").fetchone() is None

    def spent(self) -> int:
        """Nano-dollars of all rows, those of earlier settings included."""
        (spent,) = next(self.connection.execute("SELECT coalesce(sum(nano_usd), 0) FROM rows"))
        return int(spent)

    def errors(self) -> dict[str, int]:
        """How many items failed with each code, the most frequent first."""
        return {str(code): int(count) for code, count in self.connection.execute(_ERRORS, (self.head.passes,))}

    def steps(self) -> dict[str, StepFigures]:
        """What each step of a workflow came to in this pass, by its name; one that nothing came of isn't there."""
        found: dict[str, StepFigures] = {}
        for step, calls, failed, nano_usd in self.connection.execute(_CALLS, (self.head.passes,)):
            found[str(step)] = StepFigures(0, int(calls), int(failed), int(nano_usd))
        for step, values in self.connection.execute(_VALUES, (self.head.passes,)):
            found[str(step)] = msgspec.structs.replace(found.get(str(step), StepFigures()), values=int(values))
        return found

    def _write(self, head: bool) -> None:
        passes = self.head.passes
        rows = [
            (key, asked, result.place, passes, *_told(result, sums), _line(result))
            for (key, asked), (result, sums) in self._new.items()
        ]
        connection = self.connection
        connection.execute("BEGIN IMMEDIATE")
        try:
            connection.executemany(_ADD, rows)
            if self._touched:
                connection.executemany(
                    "UPDATE rows SET pass = ?, place = ? WHERE key = ? AND fingerprint = ?",
                    ((*now, *row) for row, now in self._touched.items()),
                )
            if head:
                connection.execute("INSERT OR REPLACE INTO head VALUES (1, ?)", (_encode(self.head),))
            connection.execute("COMMIT")
        except BaseException:
            if connection.in_transaction:
                connection.execute("ROLLBACK")
            raise


def _told(result: Result, sums: bool) -> tuple[str, str, int]:
    """What is asked of rows: whose call it is, how it failed, and what it cost beside other rows."""
    return ("", result.error, 0) if sums else (result.step, result.error, result.nano_usd or 0)


def _line(result: Result) -> bytes:
    """A result as JSON; half a character, which no file can hold, becomes a question mark."""
    try:
        return _encode(result)
    except UnicodeEncodeError:
        data = _whole(msgspec.to_builtins(result))
        return msgspec.json.encode(data)


def _whole(value: object) -> object:
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode()
    if isinstance(value, dict):
        return {_whole(name): _whole(inner) for name, inner in value.items()}
    return [_whole(inner) for inner in value] if isinstance(value, list | tuple) else value
