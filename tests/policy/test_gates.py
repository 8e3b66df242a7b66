"""A provider that says slow down, and one that refuses the key."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onedoor.policy.gates import (
    CREDENTIAL_PAUSE,
    GROWTH_WINDOW,
    LONGEST,
    NEW,
    Gates,
    answered,
    concurrency,
    credential_shut,
    probing,
    refused,
    throttle_shut,
    throttled,
    unproven,
)
from onedoor.policy.spans import SLACK

NOW = 1_700_000_000.0


def slowed(
    row: Gates = NEW, retry_after: float | None = None, in_flight: int = 8, admitted: float = NOW, at: float = NOW
) -> Gates:
    return throttled(row, retry_after=retry_after, in_flight=in_flight, admitted=admitted, now=at)


def good(row: Gates, permit: str = "-", slots: int | None = None, at: float = NOW) -> Gates:
    return answered(row, permit, slots=slots, now=at)


@pytest.mark.parametrize(("hint", "seconds"), [(None, 1.0), (0.0, 0.0), (7.5, 7.5), (7200.0, 7200.0), (1e9, LONGEST)])
def test_how_long_a_throttled_provider_is_left_alone(hint: float | None, seconds: float) -> None:
    row = slowed(retry_after=hint)
    assert row.throttled_until == NOW + seconds
    assert not throttle_shut(row, NOW + seconds)
    assert throttle_shut(row, NOW) == (seconds > 0)
    assert throttle_shut(row, NOW + 0.999 * seconds) == (seconds > 0)


@given(st.lists(st.tuples(st.floats(0, 5), st.none() | st.floats(0, 120)), min_size=1, max_size=20))
def test_no_later_wish_shortens_an_earlier_one(wishes: list[tuple[float, float | None]]) -> None:
    row, now, latest = NEW, NOW, 0.0
    for seconds, hint in wishes:
        now += seconds
        row = slowed(row, hint, at=now)
        latest = max(latest, now + (1.0 if hint is None else hint))
        assert row.throttled_until == pytest.approx(latest)
        assert throttle_shut(row, now) == (latest > now)


def test_a_burst_halves_the_calls_at_once_only_once() -> None:
    row = slowed(in_flight=16, at=NOW + 1)
    for late in range(10):
        row = slowed(row, in_flight=15 - late, admitted=NOW, at=NOW + 1 + 5 * late)
    assert row.bearable == 8
    row = slowed(row, admitted=NOW + 60, at=NOW + 61)
    assert row.bearable == 4


@given(st.lists(st.floats(1, 100), max_size=20), st.integers(0, 50))
def test_one_call_at_once_is_always_borne(pauses: list[float], in_flight: int) -> None:
    row, now = NEW, NOW
    for pause in pauses:
        now += pause
        row = slowed(row, in_flight=in_flight, admitted=now, at=now)
        limit = concurrency(row, None)
        assert limit is not None
        assert limit >= 1


def test_one_more_call_is_borne_each_window_until_the_slots_are_reached() -> None:
    row = slowed(in_flight=4)
    assert concurrency(row, 5) == 2
    assert good(row, slots=5, at=NOW + GROWTH_WINDOW - 0.1) is row
    for number, expected in enumerate([3, 4, 5, 5], start=1):
        row = good(row, slots=5, at=NOW + number * GROWTH_WINDOW)
        assert concurrency(row, 5) == expected
    assert row.bearable == 0


def test_without_a_429_the_configured_slots_hold() -> None:
    assert concurrency(NEW, 7) == 7
    assert concurrency(NEW, None) is None
    assert good(NEW) is NEW


def test_one_strike_shuts_the_credential_gate() -> None:
    row = refused(NEW, "quota", now=NOW)
    assert credential_shut(row, NOW + CREDENTIAL_PAUSE - 1)
    assert not credential_shut(row, NOW + CREDENTIAL_PAUSE)
    assert row.reason == "quota"


def test_after_the_pause_one_call_tries_and_an_answer_to_it_opens_the_gate() -> None:
    row = probing(refused(NEW, "credential", now=NOW), "p", now=NOW + 600)
    assert credential_shut(row, NOW + 601)
    assert credential_shut(good(row, "of long ago", at=NOW + 601), NOW + 601)
    opened = good(row, "p", at=NOW + 602)
    assert not credential_shut(opened, NOW + 602)
    assert opened == NEW


def test_a_key_refused_again_pauses_again() -> None:
    row = refused(probing(refused(NEW, "credential", now=NOW), "p", now=NOW + 600), "credential", now=NOW + 601)
    assert credential_shut(row, NOW + 601 + CREDENTIAL_PAUSE - 1)


def test_a_try_that_found_nothing_lets_the_next_one_try() -> None:
    row = probing(refused(NEW, "credential", now=NOW), "p", now=NOW + 600)
    assert unproven(row, "another", now=NOW + 601) is row
    free = unproven(row, "p", now=NOW + 601)
    assert not credential_shut(free, NOW + 601)
    assert free.credential_until


@given(st.floats(SLACK + 1, 86400))
def test_a_clock_set_back_shuts_nothing(back: float) -> None:
    row = refused(slowed(retry_after=3000), "credential", now=NOW)
    assert not throttle_shut(row, NOW - back)
    assert not credential_shut(row, NOW - back)
    assert slowed(row, 2.0, at=NOW - back).throttled_until == NOW - back + 2
    assert slowed(row, admitted=NOW - back, at=NOW - back).bearable == row.bearable / 2
    assert good(row, at=NOW - back).bearable == row.bearable + 1
