"""When a route is left alone, when it is tried again, and whose results count."""

from __future__ import annotations

from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onedoor.policy.breaker import (
    ENOUGH,
    LONGEST,
    NEW,
    Breaker,
    Manual,
    Result,
    Rule,
    after,
    by_hand,
    gate,
    probe,
    set_by_hand,
    shed,
)
from onedoor.policy.spans import SLACK

NOW = 1_700_000_000.0
RULE = Rule()
RESULT = st.sampled_from(get_args(Result))


def told(row: Breaker, *results: Result, at: float = NOW, permit: str = "-", generation: int | None = None) -> Breaker:
    """The row after results of its own generation, without jitter."""
    for result in results:
        known = row.generation if generation is None else generation
        row = after(row, RULE, result, permit=permit, generation=known, now=at, jitter=0.5)
    return row


def opened(at: float = NOW) -> Breaker:
    return told(NEW, *["failure"] * 5, at=at)


def probed(row: Breaker, permit: str, at: float, lease: float = 60.0) -> Breaker:
    """The row with one more probe under way; the test fails where none is let through."""
    assert gate(row, at).verdict == "probe"
    return probe(row, permit, until=at + lease, now=at)


@pytest.mark.parametrize(
    ("results", "phase"),
    [
        ("f" * 4, "closed"),
        ("f" * 5, "open"),
        ("ffffsffff", "closed"),
        ("sf" * 4, "closed"),
        ("sf" * 5, "open"),
        ("ssfssfsfssf" * 3, "closed"),
        ("w" * 9, "closed"),
        ("w" * 10, "open"),
        ("sswwwwwwww", "open"),
        ("ssswwwwwww", "closed"),
        ("ssssssfffff", "open"),
        ("fffsssssss" * 2, "closed"),
        ("n" * 50, "closed"),
        ("ffffn", "closed"),
        ("ffffnf", "open"),
        ("fffffsssss", "open"),
    ],
)
def test_when_it_opens(results: str, phase: str) -> None:
    words: dict[str, Result] = {"f": "failure", "s": "success", "w": "slow", "n": "neutral"}
    assert told(NEW, *[words[letter] for letter in results]).phase == phase


def test_an_answer_never_opens_it() -> None:
    row = told(NEW, *["failure", "failure", "failure", "success"] * 2, "failure")
    assert told(row, "success").phase == "closed"
    assert told(row, "success", "failure").phase == "open"


def test_old_results_leave_the_window() -> None:
    row = told(NEW, *["failure", "failure", "failure", "success"] * 2, at=NOW)
    assert told(row, "failure", "failure", at=NOW + 100).phase == "open"
    assert told(row, "failure", "failure", at=NOW + 130).phase == "closed"


@given(st.lists(st.tuples(RESULT, st.floats(-20, 60)), max_size=60))
def test_the_row_never_grows(results: list[tuple[Result, float]]) -> None:
    row, now = NEW, NOW
    for result, seconds in results:
        now += seconds
        row = told(row, result, at=now)
        assert len(row.buckets) <= 14
        assert [bucket.start for bucket in row.buckets] == sorted({bucket.start for bucket in row.buckets})


@pytest.mark.parametrize(
    ("breaks", "jitter", "hint", "pause"),
    [
        (0, 0.5, None, 15.0),
        (0, 0.0, None, 12.0),
        (0, 1.0, None, 18.0),
        (1, 0.5, None, 30.0),
        (3, 0.5, None, 120.0),
        (5, 0.5, None, 300.0),
        (5, 1.0, None, 360.0),
        (5000, 0.5, None, 300.0),
        (0, 0.5, 10.0, 15.0),
        (0, 0.5, 40.0, 40.0),
        (0, 0.5, 1e9, LONGEST),
    ],
)
def test_how_long_a_break_is(breaks: int, jitter: float, hint: float | None, pause: float) -> None:
    row = Breaker(consecutive=4, breaks=breaks)
    row = after(row, RULE, "failure", permit="-", generation=0, now=NOW, jitter=jitter, retry_after=hint)
    assert row.until - NOW == pytest.approx(pause)
    assert gate(row, row.until - 0.001).verdict == "no"
    assert gate(row, row.until).verdict == "probe"


def test_one_probe_then_two_and_two_successes_close() -> None:
    row, now = opened(), NOW + 20
    row = probed(row, "a", now)
    assert gate(row, now).verdict == "no"
    row = told(row, "success", permit="a", at=now)
    row = probed(probed(row, "b", now), "c", now)
    assert gate(row, now).verdict == "no"
    row = told(row, "success", permit="b", at=now)
    assert row.phase == "closed"
    assert not row.leases
    assert not row.buckets
    assert row.breaks == 0


def test_every_success_doubles_the_probes() -> None:
    row, now, rule = opened(), NOW + 20, Rule(successes=9)
    for allowed in (1, 2, 4, 8):
        for number in range(allowed):
            row = probed(row, f"p{number}", now)
        assert gate(row, now).verdict == "no"
        for number in range(1, allowed):
            row = told(row, "neutral", permit=f"p{number}", at=now)
        row = after(row, rule, "success", permit="p0", generation=row.generation, now=now, jitter=0.5)


@pytest.mark.parametrize("result", ["failure", "slow"])
def test_one_bad_probe_opens_it_for_longer(result: Result) -> None:
    row = probed(opened(), "a", NOW + 20)
    row = told(row, "success", permit="a", at=NOW + 21)
    row = told(probed(row, "b", NOW + 21), result, permit="b", at=NOW + 22)
    assert row.phase == "open"
    assert row.until - (NOW + 22) == pytest.approx(30.0)


def test_a_neutral_probe_returns_its_lease_and_counts_nothing() -> None:
    row = probed(opened(), "a", NOW + 20)
    returned = told(row, "neutral", permit="a", at=NOW + 21)
    assert returned.phase == "half_open"
    assert returned.buckets == row.buckets
    assert gate(returned, NOW + 21).verdict == "probe"


def test_a_dead_prober_blocks_nobody_once_its_lease_has_ended() -> None:
    row = probed(opened(), "dead", NOW + 20, lease=60)
    assert gate(row, NOW + 79).until == NOW + 80
    row = probed(row, "next", NOW + 80)
    assert list(row.leases) == ["next"]


def test_a_late_probe_still_counts_while_nobody_has_taken_its_place() -> None:
    row = probed(opened(), "late", NOW + 20, lease=60)
    assert told(row, "success", permit="late", at=NOW + 500).probed == 1


@given(st.lists(st.tuples(st.integers(0, 9), RESULT), max_size=40), st.integers(1, 10))
def test_there_are_never_more_probes_than_successes_allow(steps: list[tuple[int, Result]], successes: int) -> None:
    row, now, rule = opened(), NOW + 1000, Rule(successes=successes)
    for number, (ending, result) in enumerate(steps):
        if gate(row, now).verdict == "probe":
            row = probe(row, f"p{number}", until=now + 60, now=now)
        assert len(row.leases) <= 2**row.probed
        if row.leases and ending:
            permit = sorted(row.leases)[ending % len(row.leases)]
            row = after(row, rule, result, permit=permit, generation=row.generation, now=now, jitter=0.5)
        now += ending * 50


STALE = st.builds(
    Breaker,
    phase=st.sampled_from(["closed", "open", "half_open"]),
    generation=st.integers(1, 9),
    consecutive=st.integers(0, 4),
    since=st.just(NOW - 5),
    until=st.just(NOW + 5),
    breaks=st.integers(0, 3),
    leases=st.just({"other": (NOW, NOW + 60)}),
)


@given(STALE, RESULT, st.integers(1, 30))
def test_a_result_of_another_generation_changes_metrics_only(row: Breaker, result: Result, times: int) -> None:
    late = told(row, *[result] * times, generation=row.generation - 1)
    same = ("phase", "generation", "consecutive", "since", "until", "breaks", "leases", "probed")
    assert [getattr(late, name) for name in same] == [getattr(row, name) for name in same]


def test_stragglers_of_an_outage_cannot_open_it_again() -> None:
    row = probed(opened(), "a", NOW + 20)
    row = told(told(row, "success", permit="a", at=NOW + 20), "success", at=NOW + 20)
    assert row.phase == "closed"
    row = told(row, *["failure"] * 50, generation=0, at=NOW + 21)
    assert told(row, "success", "failure", at=NOW + 21).phase == "closed"


@pytest.mark.parametrize(
    ("succeeded", "failed", "share"), [(0, 0, 0.0), (10, 0, 0.0), (5, 5, 0.0), (0, 5, 5 / 6), (0, 99, 0.9), (1, 4, 0.5)]
)
def test_what_the_last_route_turns_away(succeeded: int, failed: int, share: float) -> None:
    row = Breaker(phase="open")
    row = told(told(row, *["success"] * succeeded), *["failure"] * failed)
    assert shed(row, RULE, NOW) == pytest.approx(share)


@given(st.lists(RESULT, max_size=60))
def test_a_share_always_gets_through(results: list[Result]) -> None:
    assert 0.0 <= shed(told(Breaker(phase="open"), *results), RULE, NOW) <= 0.9


def test_a_hand_isolates_until_it_is_taken_off_or_expires() -> None:
    row = set_by_hand(NEW, "isolated", actor="ann", until=NOW + 60)
    found = gate(row, NOW)
    assert (found.verdict, found.until, found.reason) == ("no", NOW + 60, "isolated by ann")
    assert gate(row, NOW + 60).verdict == "yes"
    assert gate(set_by_hand(row, "", actor="ben", until=0), NOW).verdict == "yes"
    assert gate(set_by_hand(NEW, "isolated", actor="ann", until=0), NOW + 1e9).verdict == "no"


@pytest.mark.parametrize(("manual", "counts"), [("disabled", 0), ("metrics_only", 20)])
def test_a_hand_lets_everything_through_with_or_without_counting(manual: Manual, counts: int) -> None:
    row = told(set_by_hand(NEW, manual, actor="ann", until=NOW + 60), *["failure"] * 20)
    assert gate(row, NOW).verdict == "yes"
    assert row.phase == "closed"
    assert sum(bucket.total for bucket in row.buckets) == counts


def test_closing_by_hand_forgets_and_goes_on_by_itself() -> None:
    row = set_by_hand(opened(), "closed", actor="ann", until=0)
    assert gate(row, NOW).verdict == "yes"
    assert by_hand(row, NOW) == ""
    assert told(row, *["failure"] * 5).phase == "open"


def test_it_may_be_kept_closed_by_hand_for_a_time() -> None:
    row = told(set_by_hand(opened(), "closed", actor="ann", until=NOW + 60), *["failure"] * 20)
    assert gate(row, NOW + 59).verdict == "yes"
    assert told(row, "failure", at=NOW + 60).phase == "open"


@given(st.sampled_from(get_args(Manual)), st.lists(RESULT, max_size=30))
def test_no_result_moves_a_breaker_under_a_hand(manual: Manual, results: list[Result]) -> None:
    row = set_by_hand(NEW, manual, actor="ann", until=NOW + 60)
    if by_hand(row, NOW):
        assert told(row, *results).phase == "closed"


def test_a_hand_makes_results_under_way_stale() -> None:
    assert set_by_hand(opened(), "closed", actor="ann", until=0).generation > opened().generation


@given(st.floats(SLACK, 86400), st.floats(0, 86400))
def test_a_clock_set_back_shuts_nothing(back: float, hint: float) -> None:
    row = after(
        Breaker(consecutive=4), RULE, "failure", permit="-", generation=0, now=NOW, jitter=0.5, retry_after=hint
    )
    assert gate(row, NOW - back - 1).verdict == "probe"
    row = probe(row, "a", until=NOW + 600, now=NOW)
    assert gate(row, NOW - back - 1).verdict == "probe"


def test_a_clock_set_back_forgets_the_time_that_was_not() -> None:
    row = told(NEW, *["failure"] * 4, *["success"], *["failure"] * 4, at=NOW)
    assert shed(row, RULE, NOW - 3600) == 0.0
    row = told(row, "success", at=NOW - 3600)
    assert sum(bucket.total for bucket in row.buckets) == 1


def test_a_busy_healthy_route_is_not_written_with_every_answer() -> None:
    row = told(NEW, *["success"] * ENOUGH * RULE.minimum)
    assert told(row, "success") is row
    assert told(row, "failure").buckets[-1].total == ENOUGH * RULE.minimum + 1
    assert told(told(row, "failure"), "success").buckets[-1].total == ENOUGH * RULE.minimum + 2
    assert told(row, "success", at=NOW + RULE.bucket) is not row


def test_the_window_is_counted_in_twelve_parts() -> None:
    assert Rule().bucket == 10
    assert Rule(window=6).bucket == 0.5
