"""Columns of text."""

from __future__ import annotations

from collections.abc import Sequence


def table(rows: Sequence[Sequence[object]], *, head: Sequence[str] = ()) -> list[str]:
    """Lines whose columns are as wide as what they hold; numbers to the right."""
    body = [[str(cell) for cell in row] for row in rows]
    cells = [list(head), *body] if head else body
    columns = range(len(cells[0])) if cells else range(0)
    widths = [max(len(row[place]) for row in cells) for place in columns]
    right = [bool(body) and all(_number(row[place]) for row in body) for place in columns]
    return ["  ".join(_cell(row[i], widths[i], right[i]) for i in columns).rstrip() for row in cells]


def _cell(text: str, width: int, right: bool) -> str:
    return text.rjust(width) if right else text.ljust(width)


def _number(text: str) -> bool:
    return text.lstrip("$~").replace(".", "").replace("%", "").replace(" s", "").replace("-", "").strip().isdigit()
