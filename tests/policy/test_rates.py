"""So many units a period: nothing passes too soon, and nothing waits longer than it must."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onedoor.policy.rates import NEVER, NEW, Algorithm, Meter, Rate, corrected, idle, taken, wait
from onedoor.policy.spans import SLACK

NOW = 1_700_000_000.0
ALGORITHMS = st.sampled_from(["gcra", "sliding", "fixed"])
RATES = st.builds(
    Rate,
    st.integers(1, 1000),
    st.sampled_from([0.5, 1.0, 60.0, 3600.0, 86400.0]),
    ALGORITHMS,
    st.none() | st.floats(0.5, 50),
)
STEPS = st.lists(st.tuples(st.floats(0, 1.5), st.integers(1, 30)), max_size=60)
"""Pauses as parts of the period, and units asked for."""


def passed(rate: Rate, steps: list[tuple[float, int]]) -> list[tuple[float, int]]:
    """When how many units passed, everything that must wait being dropped."""
    meter, now, through = NEW, NOW, []
    for pause, units in steps:
        now += pause * pause * rate.period
        if wait(rate, meter, units, now) == 0:
            meter = taken(rate, meter, units, now)
            through.append((now, units))
    return through


def busiest(through: list[tuple[float, int]], period: float) -> int:
    """The most units within any stretch of one period."""
    return max((sum(units for at, units in through if start <= at < start + period) for start, _ in through), default=0)


@given(RATES, STEPS)
def test_no_period_sees_more_than_the_limit_allows(rate: Rate, steps: list[tuple[float, int]]) -> None:
    through = passed(rate, steps)
    largest = max((units for _, units in through), default=0)
    most = 2.0 * rate.limit
    if rate.algorithm == "gcra":
        few = max(1.0, rate.limit * min(1.0, 5 / rate.period), largest)
        most = rate.limit + (few if rate.burst is None else max(1.0, rate.burst))
    assert busiest(through, rate.period) <= most + 0.01


@given(RATES, STEPS)
def test_no_calendar_period_sees_more_than_the_limit(rate: Rate, steps: list[tuple[float, int]]) -> None:
    if rate.algorithm == "gcra":
        return
    counts: dict[float, int] = {}
    for at, units in passed(rate, steps):
        counts[at // rate.period] = counts.get(at // rate.period, 0) + units
    assert max(counts.values(), default=0) <= rate.limit


@given(RATES, STEPS, st.integers(1, 1100))
def test_the_wait_is_exact(rate: Rate, steps: list[tuple[float, int]], units: int) -> None:
    meter, now = NEW, NOW
    for pause, more in steps:
        now += pause * rate.period
        if wait(rate, meter, more, now) == 0:
            meter = taken(rate, meter, more, now)
    seconds = wait(rate, meter, units, now)
    if seconds == NEVER:
        assert units > (rate.limit if rate.algorithm != "gcra" or rate.burst is None else max(1.0, rate.burst))
    elif seconds > 0:
        assert wait(rate, meter, units, now + seconds) == 0
        assert seconds < 2e-3 or wait(rate, meter, units, now + seconds - 1e-3) > 0


@given(RATES, st.integers(1, 3000))
def test_what_fits_in_an_empty_meter_is_not_made_to_wait(rate: Rate, units: int) -> None:
    assert wait(rate, NEW, units, NOW) in {0.0, NEVER}
    if units == 1:
        assert wait(rate, NEW, units, NOW) == 0.0


@pytest.mark.parametrize(
    ("algorithm", "burst", "units", "seconds"),
    [
        ("gcra", None, 60, 0.0),
        ("gcra", None, 61, NEVER),
        ("gcra", 10.0, 10, 0.0),
        ("gcra", 10.0, 11, NEVER),
        ("gcra", 0.1, 1, 0.0),
        ("sliding", None, 60, 0.0),
        ("sliding", None, 61, NEVER),
        ("fixed", None, 61, NEVER),
        ("fixed", None, 0, 0.0),
    ],
)
def test_what_can_never_pass_says_so(algorithm: Algorithm, burst: float | None, units: int, seconds: float) -> None:
    assert wait(Rate(60, 60.0, algorithm, burst), NEW, units, NOW) == seconds


def test_a_burst_passes_whole_and_then_one_each_interval() -> None:
    rate, meter = Rate(60, 60.0), NEW
    for _ in range(5):
        assert wait(rate, meter, 1, NOW) == 0
        meter = taken(rate, meter, 1, NOW)
    assert wait(rate, meter, 1, NOW) == pytest.approx(1.0, abs=1e-5)
    assert wait(rate, meter, 1, NOW + 1.00001) == 0


def test_a_call_larger_than_the_default_burst_waits_for_an_empty_meter() -> None:
    rate = Rate(60_000, 60.0)
    meter = taken(rate, NEW, 6000, NOW)
    assert wait(rate, meter, 6000, NOW) == pytest.approx(6.0, abs=1e-5)


def test_sliding_fades_the_previous_period() -> None:
    rate, start = Rate(10, 60.0, "sliding"), NOW - NOW % 60
    meter = taken(rate, NEW, 10, start + 30)
    assert wait(rate, meter, 1, start + 30) == pytest.approx(36.0, abs=1e-5)
    assert wait(rate, meter, 5, start + 60) == pytest.approx(30.0, abs=1e-5)
    assert wait(rate, meter, 5, start + 90) == 0


def test_fixed_begins_anew_with_each_period() -> None:
    rate, start = Rate(10, 60.0, "fixed"), NOW - NOW % 60
    meter = taken(rate, NEW, 10, start + 59)
    assert wait(rate, meter, 1, start + 59) == pytest.approx(1.0, abs=1e-5)
    assert wait(rate, meter, 10, start + 60) == 0


@given(RATES, st.integers(1, 30), st.integers(1, 30))
def test_a_correction_at_once_is_as_if_the_truth_had_been_taken(rate: Rate, estimate: int, actual: int) -> None:
    before = taken(rate, NEW, 2, NOW)
    found = corrected(rate, taken(rate, before, estimate, NOW), actual - estimate, since=NOW, now=NOW)
    truth = taken(rate, before, actual, NOW)
    assert (found.ahead, found.current) == pytest.approx((truth.ahead, truth.current))


@pytest.mark.parametrize("algorithm", ["gcra", "sliding", "fixed"])
def test_nothing_is_given_back_out_of_a_time_already_forgotten(algorithm: Algorithm) -> None:
    rate = Rate(10, 10.0, algorithm, 5.0)
    start = NOW - NOW % 10
    long_ago = taken(rate, NEW, 5, start)
    meter = taken(rate, long_ago, 5, start + 30)
    assert corrected(rate, meter, -5, since=start, now=start + 30) == meter


def test_a_correction_goes_to_the_window_it_was_taken_in() -> None:
    rate, start = Rate(10, 10.0, "sliding"), NOW - NOW % 10
    meter = taken(rate, taken(rate, NEW, 8, start), 2, start + 10)
    meter = corrected(rate, meter, -6, since=start, now=start + 11)
    assert (meter.previous, meter.current) == (2, 2)
    assert corrected(rate, meter, 3, since=start + 10, now=start + 11).current == 5


@given(RATES, STEPS, st.floats(SLACK + 1, 1e6))
def test_a_clock_set_back_locks_nobody_out_for_long(rate: Rate, steps: list[tuple[float, int]], back: float) -> None:
    meter, now = NEW, NOW
    for pause, units in steps:
        now += pause * rate.period
        if wait(rate, meter, units, now) == 0:
            meter = taken(rate, meter, units, now)
    seconds = wait(rate, meter, 1, now - back)
    usual = wait(rate, meter, 1, meter.seen) if rate.algorithm == "gcra" else 2 * rate.period
    assert seconds <= usual + SLACK + 1e-3


@given(ALGORITHMS, st.integers(1, 20), st.lists(st.floats(0, 1), min_size=30, max_size=60))
def test_a_clock_that_steps_back_and_forth_lets_nothing_slip(
    algorithm: Algorithm, limit: int, steps: list[float]
) -> None:
    """Decisions are made with the times at which they were asked for, a little out of order."""
    rate, meter, through = Rate(limit, 60.0, algorithm, limit), NEW, 0
    for seconds in [0.0, *steps]:
        at = NOW - NOW % 60 - seconds
        if wait(rate, meter, 1, at) == 0:
            meter, through = taken(rate, meter, 1, at), through + 1
    assert through <= limit
    assert through == limit or algorithm == "gcra"


@given(st.integers(1, 1000), st.integers(1, 50), st.floats(0, 100))
def test_a_whole_burst_passes_at_once_at_any_moment(limit: int, burst: int, later: float) -> None:
    rate, meter = Rate(limit, 60.0, burst=burst), NEW
    for _ in range(burst):
        assert wait(rate, meter, 1, NOW + later) == 0
        meter = taken(rate, meter, 1, NOW + later)
    assert wait(rate, meter, 1, NOW + later) > 0


def test_refusing_is_only_asking() -> None:
    meter = Meter(ahead=100, seen=NOW)
    assert wait(Rate(1, 1.0), meter, 1, NOW) > 0
    assert meter == Meter(ahead=100, seen=NOW)


@given(RATES, STEPS, st.floats(0, 5), st.integers(1, 30))
def test_an_idle_meter_says_no_more_than_a_new_one(
    rate: Rate, steps: list[tuple[float, int]], pause: float, units: int
) -> None:
    meter, now = NEW, NOW
    for step, asked in steps:
        now += step * step * rate.period
        if wait(rate, meter, asked, now) == 0:
            meter = taken(rate, meter, asked, now)
    now += pause * rate.period
    if idle(meter, rate.period, now):
        assert wait(rate, meter, units, now) == wait(rate, NEW, units, now)
    assert not idle(taken(rate, meter, 1, now), rate.period, now)
