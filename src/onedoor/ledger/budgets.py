"""How every configured budget stands."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from onedoor.config import Budget, Caller, Config, Model, Provider, Run
from onedoor.plan import budget_of
from onedoor.policy.budget import NEW, Book, Metric
from onedoor.policy.keys import book_window
from onedoor.policy.rows import Rows
from onedoor.policy.windows import FOREVER


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
    budget = budget_of(level, table)
    key, _, end = book_window(rows, budget, now)
    book = rows.get(key, Book)
    kept = book or NEW
    return BudgetLine(
        level=level,
        window=_window(table),
        metric=budget.metric,
        spent=kept.spent,
        reserved=kept.reserved,
        cap=budget.cap,
        left=budget.cap - kept.spent - kept.reserved,
        ends=None if end == FOREVER or (table.per == "rolling" and book is None) else end,
        strict=table.strict,
        guaranteed=table.guaranteed,
    )


def _window(table: Budget) -> str:
    """The window in words: "day UTC", "rolling 5 h", "run"."""
    if table.per == "rolling":
        return f"rolling {table.hours:g} h"
    return table.per if table.per == "run" else f"{table.per} {table.timezone}"
