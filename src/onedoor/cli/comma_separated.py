"""Rows for a spreadsheet."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence

Value = str | int | float | bool | None

_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def comma_separated(rows: Sequence[Mapping[str, Value]]) -> str:
    """A header and a line for each row; what isn't known is empty. Text never begins like a formula."""
    written = io.StringIO()
    writer = csv.writer(written, lineterminator="\n")
    writer.writerow(rows[0])
    writer.writerows([_safe(value) for value in row.values()] for row in rows)
    return written.getvalue()


def _safe(value: Value) -> Value:
    """A spreadsheet would run a name like "=cmd()"; a quote before it makes it a text."""
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA) else value
