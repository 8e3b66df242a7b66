"""When a budget's window begins and ends. A window is part of a budget's key, so nothing is ever reset."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

Period = Literal["day", "week", "month", "rolling", "run"]

FOREVER = float("inf")


def calendar_window(period: Literal["day", "week", "month"], zone: ZoneInfo, now: float) -> tuple[float, float]:
    """The window that holds `now`, as seconds since the epoch; weeks begin on Monday.

    A day with a clock change has 23 or 25 hours. Where a change takes the clock over midnight, a few minutes may
    belong to the day beside the one on the calendar: windows follow each other without gap or overlap.
    """
    day = datetime.fromtimestamp(now, zone).date()
    start, end = _bounds(period, zone, day)
    if start <= now < end:
        return start, end
    first, after = _days(period, day)
    return _bounds(period, zone, after if now >= end else first - timedelta(days=1))


@lru_cache(maxsize=256)
def _bounds(period: Literal["day", "week", "month"], zone: ZoneInfo, day: date) -> tuple[float, float]:
    """The window of a day on the calendar. Remembered, as every call of a day asks for it."""
    first, after = _days(period, day)
    return _midnight(first, zone), _midnight(after, zone)


def _days(period: Literal["day", "week", "month"], today: date) -> tuple[date, date]:
    if period == "day":
        return today, today + timedelta(days=1)
    if period == "week":
        monday = today - timedelta(days=today.weekday())
        return monday, monday + timedelta(days=7)
    first = today.replace(day=1)
    return first, (first + timedelta(days=32)).replace(day=1)


def _midnight(day: date, zone: ZoneInfo) -> float:
    """A day's first midnight; where a clock change skips it, as long after the change as it would have been."""
    return datetime.combine(day, time(), zone).timestamp()
