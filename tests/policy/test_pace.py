"""How many calls at once: a table of what happens, and laws."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onedoor.policy.pace import (
    BACK,
    FEWEST,
    ROUND,
    SLOW,
    UNKNOWN,
    Latency,
    Pace,
    anew,
    full,
    grown,
    slow,
    slowed,
    timed,
    under,
    within,
)
from onedoor.policy.spans import SLACK

NOW = 1_700_000_000.0
CALM = Pace(32, 22.4, NOW, NOW + 5)

PACES: dict[str, tuple[Pace, float]] = {
    "all well at the ceiling stays there": (grown(full(32)), 32),
    "all well below it grows by one in a round": (grown(Pace(32, 10.0), 10), 10.95),
    "pushed back takes three in ten away": (slowed(full(32), NOW, 1.0), 22.4),
    "a second push in the same round takes nothing more": (slowed(CALM, NOW + 4.9, 1.0), 22.4),
    "nor does one that is told late": (slowed(CALM, NOW - 1, 1.0), 22.4),
    "a push in the next round does": (slowed(CALM, NOW + 5.1, 1.0), 15.68),
    "a clock set back keeps nothing calm": (slowed(CALM, NOW - SLACK - 1, 1.0), 15.68),
    "one call is always allowed": (slowed(Pace(32, 1.0), NOW, 1.0), 1.0),
    "a higher ceiling is reached at once by what nothing slowed down": (under(full(8), 32), 32),
    "and by and by by what was": (under(Pace(8, 5.0), 32), 5),
    "no more at once than the provider says it takes": (within(full(32), 9), 9),
    "nor fewer than one": (within(full(32), 0), 1),
    "where it takes more that is nothing to go by": (within(Pace(32, 4.0), 9), 4),
    "nor is saying nothing": (within(full(32), None), 32),
    "a lower ceiling holds at once": (under(Pace(32, 20.0), 8), 8),
}


@pytest.mark.parametrize("name", PACES)
def test_paces(name: str) -> None:
    pace, allowed = PACES[name]
    assert pace.allowed == pytest.approx(allowed, rel=0.01)


@pytest.mark.parametrize(("seconds", "calm"), [(2.5, 2.5), (0.0, ROUND)])
def test_a_round_is_as_long_as_a_call_or_as_a_429_shuts_where_none_has_landed(seconds: float, calm: float) -> None:
    assert slowed(full(32), NOW, seconds).calm == NOW + calm


TOLD = st.lists(st.tuples(st.integers(0, 50), st.floats(0, 10), st.floats(0, 3)), max_size=100)


@given(st.integers(1, 500), TOLD)
def test_it_is_never_below_one_nor_above_its_ceiling(ceiling: int, told: list[tuple[int, float, float]]) -> None:
    pace, now = full(ceiling), NOW
    for landed, step, seconds in told:
        now += step
        pace = grown(slowed(pace, now, seconds), landed)
        assert 1 <= pace.now <= ceiling


@given(st.floats(1, 100), st.lists(st.integers(0, 30), max_size=20))
def test_however_calls_are_told_of_the_pace_is_the_same(allowed: float, parts: list[int]) -> None:
    pace = Pace(10_000, allowed)
    for landed in parts:
        pace = grown(pace, landed)
    assert pace.allowed == pytest.approx(grown(Pace(10_000, allowed), sum(parts)).allowed)


def test_after_trouble_it_finds_back_to_its_ceiling() -> None:
    assert grown(slowed(full(16), NOW, 1.0), 80).now == 16


def after(answers: Sequence[float], latency: Latency = UNKNOWN) -> Latency:
    for seconds in answers:
        latency = timed(latency, seconds)
    return latency


LATENCIES: dict[str, tuple[list[float], bool]] = {
    "a few answers say nothing": ([1.0] * FEWEST + [9.0] * 5, False),
    "one slow answer is chance": ([1.0] * 50 + [30.0], False),
    "answers that became slow are growth": ([1.0] * 50 + [9.0] * 20, True),
    "answers that are twice as long are no growth": ([1.0] * 50 + [2.0] * 500, False),
    "what was slow from the start is how it is": ([30.0] * 100, False),
}


@pytest.mark.parametrize("name", LATENCIES)
def test_latencies(name: str) -> None:
    answers, found = LATENCIES[name]
    assert slow(after(answers)) is found


def test_answers_that_are_no_faster_with_fewer_at_once_are_longer_ones() -> None:
    """Another step of the work, or another prompt: slowing down on and on would help nobody."""
    latency = after([9.0] * 20, after([1.0] * 50))
    assert slow(latency)
    longer = after([9.0] * FEWEST, anew(latency))
    assert not slow(longer)
    assert not slow(after([9.0] * 200, longer))


def test_answers_that_are_faster_with_fewer_at_once_were_slow_from_load() -> None:
    latency = after([9.0] * 50, after([1.0] * 50))
    assert slow(after([latency.usual * BACK] * FEWEST, anew(latency)))


def test_after_a_push_back_the_best_is_still_known() -> None:
    latency = anew(after([1.0] * 50))
    assert slow(after([SLOW + 1] * FEWEST, latency))


def four_at_once(at_once: int) -> float:
    """A server that works at four answers at once, and makes the others wait."""
    return max(1.0, at_once / 4)


def alike(at_once: int) -> float:
    """A server for which it's all the same."""
    return 2.0


def settled(ceiling: int, server: Callable[[int], float]) -> Pace:
    """Where a route ends up."""
    pace, latency, now = Pace(ceiling, 1.0), UNKNOWN, NOW
    for _ in range(400):
        took = server(pace.now)
        now += took + 0.001
        for _ in range(pace.now):
            latency = timed(latency, took)
        if slow(latency):
            pace, latency = slowed(pace, now, took), anew(latency)
        pace = grown(pace, pace.now)
    return pace


def test_a_server_that_slows_down_under_load_is_spared() -> None:
    assert 4 <= settled(100, four_at_once).now <= 4 * SLOW / BACK


def test_a_server_that_does_not_is_used_whole() -> None:
    assert settled(100, alike).now == 100
