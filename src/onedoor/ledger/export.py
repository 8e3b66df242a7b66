"""The ledger as JSON lines for another program to read along: every row exactly once, in the order it was written."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, cast

import msgspec

from onedoor.errors import Misuse
from onedoor.ledger.jsonl import Lines
from onedoor.ledger.rows import columns, json_columns, true_or_false
from onedoor.policy.ledger import AttemptRow, CallRow, VerdictRow
from onedoor.stores.sqlite_read import Reader

if TYPE_CHECKING:
    from apsw import SQLiteValue

Table = Literal["calls", "attempts", "verdicts"]

KINDS: Mapping[Table, type[msgspec.Struct]] = {"calls": CallRow, "attempts": AttemptRow, "verdicts": VerdictRow}
BATCH = 500


@dataclass(frozen=True, slots=True)
class Export:
    """One table on its way into one file. The file says how far it is: nothing else is remembered."""

    reader: Reader
    lines: Lines
    table: Table
    now: Callable[[], float] = time.time

    def check(self) -> None:
        """Raises Misuse where the file is ahead of the ledger, so that it must be another ledger's."""
        sql = "SELECT coalesce(max(seq), 0) FROM sqlite_sequence WHERE name = ?"
        newest = cast("int", self.reader.query(sql, (self.table,))[0][0])
        if self.lines.last > newest:
            raise Misuse(
                f"the file ends with row {self.lines.last} and the ledger with row {newest}: "
                "it was written from another state; give another file"
            )

    def once(self) -> int:
        """Write every row there is and that the file has not; how many they were."""
        total = 0
        while count := self._batch():
            total += count
        self.lines.age(self.now())
        return total

    def _batch(self) -> int:
        kind = KINDS[self.table]
        sql = f"SELECT seq, {columns(kind)} FROM {self.table} WHERE seq > ? ORDER BY seq LIMIT ?"
        rows = self.reader.query(sql, (self.lines.last, BATCH))
        now = self.now()
        self.lines.append([(cast("int", row[0]), line(self.table, row, now)) for row in rows], now)
        return len(rows)


def line(table: Table, row: Sequence[SQLiteValue], now: float) -> bytes:
    """One row as a line; its `seq` is the first value."""
    kind = KINDS[table]
    named: dict[str, object] = {"seq": row[0], "table": table, "exported_at": round(now, 3)}
    named.update(zip(kind.__struct_fields__, row[1:], strict=True))
    for name in json_columns(kind):
        named[name] = msgspec.Raw(str(named[name]).encode())
    for name in true_or_false(kind):
        named[name] = bool(named[name])
    return msgspec.json.encode(named) + b"\n"
