"""What a whole run will cost, take and fail, from a sample of it."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

from onedoor.bulk.result import Result
from onedoor.policy.intervals import wilson
from onedoor.quality.forecast import Forecast, Tally, forecast, t95


@dataclass(frozen=True, slots=True)
class Expected:
    """A run foretold from `asked` of its `total` items, with 95 % intervals.

    `cost` is None while fewer than five answers have a price; `seconds` are mean, low and high at this concurrency.
    """

    asked: int
    total: int
    cost: Forecast | None
    seconds: tuple[float, float, float]
    failed: float
    failed_low: float
    failed_high: float


def expected(results: Iterable[Result], *, total: int, at_once: int) -> Expected:
    """What the sample says of all items: of its costs, of its seconds, of its failures."""
    costs, times, asked, failed = Tally(), Tally(), 0, 0
    for result in results:
        asked += 1
        failed += bool(result.error)
        costs.add(result.nano_usd)
        times.add(round(result.seconds * 1e9))
    low, high = wilson(failed, asked)
    return Expected(
        asked,
        total,
        forecast(0, {"": costs}, {"": total}) if total else None,
        _seconds(times, total, at_once),
        failed / asked if asked else 0.0,
        low,
        high,
    )


def _seconds(times: Tally, total: int, at_once: int) -> tuple[float, float, float]:
    """Seconds of the whole: items wait for each other only at its end."""
    rounds = total / max(1, min(at_once, total or 1)) / 1e9
    if times.n < 2:
        return times.mean * rounds, 0.0, math.inf
    half = t95(times.n - 1) * math.sqrt(times.variance / times.n)
    return times.mean * rounds, max(0.0, times.mean - half) * rounds, (times.mean + half) * rounds
