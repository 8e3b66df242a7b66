"""When a day, a week or a month begins and ends, wherever the clocks change."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onedoor.policy.windows import calendar_window

Calendar = Literal["day", "week", "month"]
HOUR = 3600
ZONES = [
    "UTC",
    "Europe/Berlin",
    "America/New_York",
    "America/Sao_Paulo",
    "America/St_Johns",
    "America/Havana",
    "America/Toronto",
    "Africa/Cairo",
    "Africa/Casablanca",
    "Asia/Beirut",
    "Asia/Tehran",
    "Asia/Kolkata",
    "Asia/Kathmandu",
    "Australia/Lord_Howe",
    "Pacific/Apia",
    "Pacific/Kwajalein",
    "Pacific/Kiritimati",
    "America/Scoresbysund",
    "America/Nuuk",
    "Antarctica/Troll",
]
PERIODS = st.sampled_from(["day", "week", "month"])
MOMENTS = st.floats(0, 2_500_000_000)


def at(zone: str, *when: int) -> float:
    return datetime(*when, tzinfo=ZoneInfo(zone)).timestamp()  # type: ignore[misc, arg-type]


def window(period: Calendar, zone: str, now: float) -> tuple[float, float]:
    return calendar_window(period, ZoneInfo(zone), now)


@pytest.mark.parametrize(
    ("zone", "day", "hours"),
    [
        ("UTC", (2024, 3, 31), 24),
        ("Europe/Berlin", (2024, 3, 31), 23),
        ("Europe/Berlin", (2024, 10, 27), 25),
        ("America/New_York", (2024, 3, 10), 23),
        ("America/New_York", (2024, 11, 3), 25),
        ("America/Sao_Paulo", (2018, 11, 4), 23),
        ("America/Sao_Paulo", (2018, 2, 17), 25),
        ("Africa/Cairo", (2023, 4, 28), 23),
        ("Africa/Cairo", (2023, 10, 26), 25),
        ("Australia/Lord_Howe", (2024, 4, 7), 24.5),
        ("America/Havana", (2024, 11, 3), 25),
    ],
)
def test_a_day_lasts_as_long_as_its_clock_says(zone: str, day: tuple[int, int, int], hours: float) -> None:
    start, end = window("day", zone, at(zone, *day, 12))
    assert end - start == hours * HOUR
    assert window("day", zone, start) == window("day", zone, end - 0.001) == (start, end)


def test_where_midnight_is_skipped_the_day_begins_at_the_change() -> None:
    start, _ = window("day", "America/Sao_Paulo", at("America/Sao_Paulo", 2018, 11, 4, 12))
    assert start == datetime(2018, 11, 4, 3, tzinfo=UTC).timestamp()
    assert datetime.fromtimestamp(start, ZoneInfo("America/Sao_Paulo")).hour == 1


@pytest.mark.parametrize(
    ("period", "now", "first", "last"),
    [
        ("week", (2024, 1, 1, 0), (2024, 1, 1), (2024, 1, 8)),
        ("week", (2023, 12, 31, 23), (2023, 12, 25), (2024, 1, 1)),
        ("week", (2024, 2, 29, 5), (2024, 2, 26), (2024, 3, 4)),
        ("month", (2024, 2, 29, 23), (2024, 2, 1), (2024, 3, 1)),
        ("month", (2023, 2, 28, 23), (2023, 2, 1), (2023, 3, 1)),
        ("month", (2024, 12, 31, 23), (2024, 12, 1), (2025, 1, 1)),
        ("month", (2024, 1, 31, 12), (2024, 1, 1), (2024, 2, 1)),
        ("day", (2024, 2, 28, 23), (2024, 2, 28), (2024, 2, 29)),
        ("day", (2000, 2, 29, 1), (2000, 2, 29), (2000, 3, 1)),
    ],
)
@pytest.mark.parametrize("zone", ["UTC", "Europe/Berlin", "Asia/Kathmandu"])
def test_where_weeks_and_months_begin(
    zone: str, period: Calendar, now: tuple[int, ...], first: tuple[int, ...], last: tuple[int, ...]
) -> None:
    assert window(period, zone, at(zone, *now)) == (at(zone, *first), at(zone, *last))


@pytest.mark.parametrize(
    ("zone", "change"),
    [
        ("America/St_Johns", datetime(2006, 10, 29, 2, 31, tzinfo=UTC)),
        ("America/Toronto", datetime(1919, 3, 31, 4, 30, tzinfo=UTC)),
    ],
)
def test_a_change_that_takes_the_clock_over_midnight_loses_no_minute(zone: str, change: datetime) -> None:
    for minutes in range(-120, 120):
        now = change.timestamp() + 60 * minutes
        start, end = window("day", zone, now)
        assert start <= now < end
        assert window("day", zone, start) == window("day", zone, end - 1) == (start, end)


@given(PERIODS, st.sampled_from(ZONES), MOMENTS)
def test_windows_follow_each_other_without_gap_or_overlap(period: Calendar, zone: str, now: float) -> None:
    start, end = window(period, zone, now)
    assert start <= now < end
    assert window(period, zone, start) == (start, end)
    assert window(period, zone, end - 0.001) == (start, end)
    assert window(period, zone, end)[0] == end
    assert window(period, zone, start - 0.001)[1] == start


@pytest.mark.parametrize("zone", ZONES)
def test_every_change_of_the_clock_is_tiled(zone: str) -> None:
    """The hours around every change there has been: that is where a boundary could be lost."""
    place = ZoneInfo(zone)
    moment, last = datetime(1970, 1, 2, tzinfo=UTC), None
    while moment.year < 2038:
        offset = moment.astimezone(place).utcoffset()
        if last is not None and offset != last:
            _tiled(place, moment.timestamp())
        last, moment = offset, moment + timedelta(days=3)


def _tiled(place: ZoneInfo, near: float) -> None:
    now, expected = near - 5 * 24 * HOUR, None
    while now < near + 2 * 24 * HOUR:
        start, end = calendar_window("day", place, now)
        assert start <= now < end
        assert expected is None or start == expected
        now = expected = end
