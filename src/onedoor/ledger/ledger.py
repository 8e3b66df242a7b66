"""The ledger, read while others write it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

from onedoor.errors import UnknownCall as UnknownCall
from onedoor.ledger.quality import Quality, quality
from onedoor.ledger.query import EVERY, Filter, where
from onedoor.ledger.rollup import By, Rollup, rollups
from onedoor.ledger.rows import columns, read
from onedoor.ledger.verdicts import Rejection, opinions, rejections
from onedoor.policy.ledger import AttemptRow, BodyRow, CallRow, EventRow, VerdictRow
from onedoor.stores.sqlite_read import Reader, open_readonly

if TYPE_CHECKING:
    from apsw import SQLiteValue

PAGE = 500
_IDS = """
SELECT id FROM calls WHERE id >= ?1 AND id < ?2 UNION SELECT call FROM attempts WHERE call >= ?1 AND call < ?2
ORDER BY 1 LIMIT 6
"""
_END = (float("inf"), 2**63 - 1)


@dataclass(frozen=True, slots=True)
class Story:
    """One call whole. `call` is None when its process died before it could be written down."""

    id: str
    call: CallRow | None
    attempts: tuple[AttemptRow, ...]
    body: BodyRow | None
    verdicts: tuple[VerdictRow, ...] = ()


class Ledger:
    """What happened, from a state's file. Raises StoreError when it can't be read."""

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self.path = Path(path)
        self._reader = open_readonly(path)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the file."""
        self._reader.close()

    @property
    def reader(self) -> Reader:
        """The read-only view underneath, for SQL of your own."""
        return self._reader

    def calls(self, wanted: Filter = EVERY, *, limit: int | None = None) -> Iterator[CallRow]:
        """Calls, newest first, a page at a time: any number of them takes the memory of one page."""
        left, after = limit, _END
        while left is None or left > 0:
            size = PAGE if left is None else min(left, PAGE)
            page = self._page(wanted, after, size)
            for *_, row in page:
                yield row
            if len(page) < size:
                return
            after = page[-1][:2]
            left = None if left is None else left - size

    def show(self, start: str) -> Story:
        """One call by its id, the beginning of its id, or "last". Raises UnknownCall."""
        found = self.find(start)
        calls = self._reader.query(f"SELECT {columns(CallRow)} FROM calls WHERE id = ?", (found,))
        bodies = self._reader.query(f"SELECT {columns(BodyRow)} FROM bodies WHERE call = ?", (found,))
        return Story(
            id=found,
            call=next((read(CallRow, row) for row in calls), None),
            attempts=self.attempts(found),
            body=next((read(BodyRow, row) for row in bodies), None),
            verdicts=opinions(self._reader.query, found),
        )

    def find(self, start: str) -> str:
        """The id of a call, of which `start` is the beginning, or "last". Raises UnknownCall."""
        return self._last() if start == "last" else self._id(start)

    def attempts(self, call: str) -> tuple[AttemptRow, ...]:
        """The attempts of a call, in order."""
        sql = f"SELECT {columns(AttemptRow)} FROM attempts WHERE call = ? ORDER BY number, seq"
        return tuple(read(AttemptRow, row) for row in self._reader.query(sql, (call,)))

    def report(
        self, by: By, *, since: float | None = None, until: float | None = None, task: str | None = None
    ) -> tuple[Rollup, ...]:
        """What calls came to, per task, model, caller, user, day, run or prompt."""
        return rollups(self._reader.query, by, since=since, until=until, task=task)

    def quality(
        self, by: By = "task", *, since: float | None = None, until: float | None = None, task: str | None = None
    ) -> Quality:
        """How good the answers were, the same per model."""
        return quality(self._reader.query, by, since=since, until=until, task=task)

    def rejections(
        self, *, since: float | None = None, until: float | None = None, task: str | None = None, limit: int = 20
    ) -> tuple[Rejection, ...]:
        """The latest rejections, newest first."""
        return rejections(self._reader.query, since=since, until=until, task=task, limit=limit)

    def events(self, *, limit: int = 100) -> tuple[EventRow, ...]:
        """Hands on switches, newest first."""
        sql = f"SELECT {columns(EventRow)} FROM events ORDER BY seq DESC LIMIT ?"
        return tuple(read(EventRow, row) for row in self._reader.query(sql, (limit,)))

    def _page(self, wanted: Filter, after: tuple[float, int], size: int) -> list[tuple[float, int, CallRow]]:
        condition, parameters = where(wanted)
        sql = (
            f"SELECT at, seq, {columns(CallRow)} FROM calls WHERE {condition} AND (at, seq) < (?, ?) "
            "ORDER BY at DESC, seq DESC LIMIT ?"
        )
        rows = self._reader.query(sql, (*parameters, *after, size))
        return [(_number(at), int(_number(seq)), read(CallRow, values)) for at, seq, *values in rows]

    def _last(self) -> str:
        """The latest call that no other call made: a judge of its answer comes later."""
        rows = self._reader.query("SELECT id FROM calls WHERE parent = '' ORDER BY at DESC, seq DESC LIMIT 1")
        if not rows:
            raise UnknownCall(f"{self.path}: no call is written down yet")
        return str(rows[0][0])

    def _id(self, start: str) -> str:
        """The one id that begins so, of calls or of attempts whose call was never written."""
        rows = self._reader.query(_IDS, (start, f"{start}\U0010ffff"))
        found = [str(row[0]) for row in rows]
        if start in found or len(found) == 1:
            return start if start in found else found[0]
        if found:
            raise UnknownCall(f"more than one call begins with {start!r}: {', '.join(found)}")
        raise UnknownCall(f"there is no call {start!r}; `onedoor calls` lists them")


def _number(value: SQLiteValue) -> float:
    if isinstance(value, int | float):
        return value
    raise TypeError(f"{value!r} is no number")
