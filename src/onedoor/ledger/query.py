"""Which calls to read, as SQL."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from apsw import SQLiteValue

Condition = tuple[str, "SQLiteValue"]


@dataclass(frozen=True, slots=True)
class Filter:
    """Calls that fit everything given. Times are epoch seconds; `since` counts, `until` doesn't.

    model  your name for it, or what the provider called it
    error  a code, with or without what stands behind it: "input_blocked" or "input_blocked/override.above"
    text   in what was asked or answered, where bodies are kept; capitals of ASCII letters don't matter
    """

    since: float | None = None
    until: float | None = None
    task: str | None = None
    caller: str | None = None
    user: str | None = None
    model: str | None = None
    run: str | None = None
    outcome: str | None = None
    error: str | None = None
    min_nano_usd: int | None = None
    text: str | None = None


EVERY = Filter()

COLUMNS = {
    "since": "at >= ?",
    "until": "at < ?",
    "task": "+task = ?",
    "caller": "caller = ?",
    "user": "user = ?",
    "model": "? IN (model, served)",
    "run": "run = ?",
    "outcome": "outcome = ?",
    "error": "? IN (error, substr(error, 1, instr(error || '/', '/') - 1))",
    "min_nano_usd": "nano_usd >= ?",
    "text": r"EXISTS (SELECT 1 FROM bodies WHERE call = calls.id AND request || char(10) || reply LIKE ? ESCAPE '\')",
}
"""The plus keeps the order by time on its own index: a page is read without sorting."""


def where(wanted: Filter) -> tuple[str, list[SQLiteValue]]:
    """The conditions of a filter, and their parameters."""
    given = {name: getattr(wanted, name) for name in COLUMNS}
    if given["text"] is not None:
        given["text"] = _like(given["text"])
    used = {name: value for name, value in given.items() if value is not None}
    return " AND ".join(["1", *(COLUMNS[name] for name in used)]), list(used.values())


def _like(text: str) -> str:
    """A pattern that finds a text inside JSON, where quotes and line ends are escaped."""
    inside = msgspec.json.encode(text).decode()[1:-1]
    for special in ("\\", "%", "_"):
        inside = inside.replace(special, f"\\{special}")
    return f"%{inside}%"
