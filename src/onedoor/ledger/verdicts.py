"""What was said of answers: every opinion is kept, and which one holds is found when it is read."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import groupby
from typing import TYPE_CHECKING, NamedTuple, cast

import msgspec

from onedoor.ledger.rows import columns, read
from onedoor.policy.ledger import VerdictRow
from onedoor.policy.verdicts import holds
from onedoor.types import Verdict

if TYPE_CHECKING:
    from apsw import SQLiteValue

    Query = Callable[[str, Sequence[SQLiteValue]], list[tuple[SQLiteValue, ...]]]

_REJECTIONS = f"""
SELECT c.task, {", ".join(f"v.{name}" for name in VerdictRow.__struct_fields__)}
FROM verdicts v LEFT JOIN calls c ON c.id = v.call
WHERE v.verdict = 'rejected' AND v.at >= ? AND v.at < ? AND coalesce(c.task, '') = coalesce(?, c.task, '')
ORDER BY v.at DESC, v.seq DESC LIMIT ?
"""


class Said(NamedTuple):
    """What of an opinion decides which one holds."""

    verdict: Verdict
    kind: str
    by: str


class Rejection(msgspec.Struct, frozen=True):
    """A rejection, and the task of the call it is about."""

    task: str
    said: VerdictRow


def opinions(query: Query, call: str) -> tuple[VerdictRow, ...]:
    """All that was said of a call's answers, in the order it was said."""
    sql = f"SELECT {columns(VerdictRow)} FROM verdicts WHERE call = ? ORDER BY seq"
    return tuple(read(VerdictRow, row) for row in query(sql, (call,)))


def holding(said: Iterable[VerdictRow]) -> Mapping[str, Verdict]:
    """The verdict that holds for each model that answered this call."""
    by_model = groupby(sorted(said, key=lambda row: row.model), key=lambda row: row.model)
    return {model: holds(map(_said, rows)) for model, rows in by_model}


def rejections(
    query: Query,
    *,
    since: float | None = None,
    until: float | None = None,
    task: str | None = None,
    limit: int = 20,
) -> tuple[Rejection, ...]:
    """The latest rejections, newest first, also those that no longer hold."""
    end = float("inf") if until is None else until
    rows = query(_REJECTIONS, (since or 0.0, end, task, limit))
    return tuple(Rejection(str(name or ""), read(VerdictRow, row)) for name, *row in rows)


def _said(row: VerdictRow) -> Said:
    return Said(cast("Verdict", row.verdict), row.kind, row.by)
