"""How every configured budget stands."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from onedoor.config import Budget, Caller, Config, Model, Provider, Run
from onedoor.policy.budget import NEW, Book, Metric
from onedoor.policy.rows import Rows
from onedoor.policy.windows import FOREVER, calendar_window


@dataclass(frozen=True, slots=True)
class BudgetLine:
    """One budget in the window that holds now; amounts are nano-dollars or tokens.

    level  whose it is: "provider/hosted", "caller/etl"
    left   what may still be reserved; below zero after an overrun
    ends   epoch seconds when the window ends; None for one that never does or hasn't begun
    """

    level: str
    window: str
    metric: Metric
    spent: int
    reserved: int
    cap: int
    left: int
    ends: float | None
    strict: bool
    guaranteed: bool


def budgets(config: Config, rows: Rows, now: float) -> tuple[BudgetLine, ...]:
    """Every budget of every level."""
    return tuple(_line(level, table, rows, now) for level, table in _tables(config))


def _tables(config: Config) -> Iterator[tuple[str, Budget]]:
    levels: Mapping[str, Mapping[str, Provider | Model | Caller | Run]] = {
        "provider": config.providers,
        "model": config.models,
        "caller": config.callers,
        "run": config.runs,
    }
    for kind, named in levels.items():
        for name, level in named.items():
            yield from ((f"{kind}/{name}", table) for table in level.budgets)


def _line(level: str, table: Budget, rows: Rows, now: float) -> BudgetLine:
    metric: Metric = "usd" if table.usd is not None else "tokens"
    cap = round(table.usd * 1e9) if table.usd is not None else table.tokens or 0
    book, ends = _book(rows, f"budget/{level}/{metric}/{table.per}", table, now)
    return BudgetLine(
        level=level,
        window=_window(table),
        metric=metric,
        spent=book.spent,
        reserved=book.reserved,
        cap=cap,
        left=cap - book.spent - book.reserved,
        ends=ends,
        strict=table.strict,
        guaranteed=table.guaranteed,
    )


def _book(rows: Rows, head: str, table: Budget, now: float) -> tuple[Book, float | None]:
    """The book of the window that holds now, and its end."""
    books = [book for _, book in rows.scan(head, Book)]
    if table.per == "run":
        return next(iter(books), NEW), None
    if table.per == "rolling":
        length = table.hours * 3600
        running = next((book for book in books if book.end - length <= now < book.end), None)
        return (NEW, None) if running is None else (running, running.end)
    _, end = calendar_window(table.per, ZoneInfo(table.timezone), now)
    return next((book for book in books if book.end == end), NEW), None if end == FOREVER else end


def _window(table: Budget) -> str:
    """The window in words: "day UTC", "rolling 5 h", "run"."""
    if table.per == "rolling":
        return f"rolling {table.hours:g} h"
    return table.per if table.per == "run" else f"{table.per} {table.timezone}"
