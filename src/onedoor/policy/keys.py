"""Which row a limit counts in, and which book a budget keeps in the window that holds now."""

from __future__ import annotations

from onedoor.policy.budget import Opened
from onedoor.policy.rows import Rows
from onedoor.policy.terms import Budget, Limit
from onedoor.policy.windows import FOREVER, calendar_window


def meter_key(limit: Limit) -> str:
    """Limits of the same kind and period share what they count, but gcra counts in its own limit's time."""
    rate = limit.rate
    kind = f"gcra/{rate.limit}" if rate.algorithm == "gcra" else rate.algorithm
    return f"rate/{limit.key}/{limit.unit}/{kind}/{rate.period:.12g}"


def book_window(rows: Rows, budget: Budget, now: float) -> tuple[str, float, float]:
    """The book's key, and when its window begins and ends."""
    head = _head(budget)
    if budget.period == "run":
        return head, 0.0, FOREVER
    if budget.period == "rolling":
        return _rolling(rows, budget, now)
    start, end = calendar_window(budget.period, budget.zone, now)
    return f"{head}/{start:.0f}", start, end


def opened_key(budget: Budget) -> str:
    """The row that says when a budget's rolling window began."""
    return f"window/{_head(budget)}"


def _rolling(rows: Rows, budget: Budget, now: float) -> tuple[str, float, float]:
    """A rolling window begins with the first call after the last one ended. A clock set back begins none."""
    length = budget.hours * 3600
    opened = rows.get(opened_key(budget), Opened)
    since = opened.since if opened is not None and abs(now - opened.since) < length else now
    return f"{_head(budget)}/{since:.3f}", since, since + length


def _head(budget: Budget) -> str:
    length = f"/{budget.hours:.12g}h" if budget.period == "rolling" else ""
    return f"budget/{budget.key}/{budget.metric}/{budget.period}{length}"
