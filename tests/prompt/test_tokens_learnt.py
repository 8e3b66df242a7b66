"""What a model reports makes the estimate of its prompts better, and one odd report does no harm."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onedoor.prompt.tokens import Count, Learnt
from onedoor.prompt.tokens.learnt import FRAME, HIGHEST, LOWEST, NEEDED

REPORTS = st.lists(st.tuples(st.integers(0, 10**6), st.integers(-5, 10**7), st.integers(0, 50)), max_size=60)
PROMPTS = (40, 90, 200, 700, 1500, 4000)


def told(ratio: float, frame: int = 0, times: int = 30) -> Learnt:
    learnt = Learnt()
    for place in range(times):
        size = PROMPTS[place % len(PROMPTS)]
        learnt = learnt.seen(estimated=size, real=round(size * ratio) + frame)
    return learnt


def test_the_estimate_stands_until_there_are_enough_reports() -> None:
    few, enough = told(0.7, times=NEEDED - 1), told(0.7, times=NEEDED)
    assert few.count(1000) == Count(1000, "estimated")
    assert enough.count(1000).how == "learnt"


@pytest.mark.parametrize("ratio", [0.5, 0.7, 1.0, 1.6])
def test_a_steady_ratio_is_found_with_a_margin_above(ratio: float) -> None:
    assert 1000 * ratio <= told(ratio).count(1000).tokens <= 1000 * ratio * 1.2


def test_what_the_server_writes_around_a_message_is_found() -> None:
    learnt = told(0.7, frame=100)
    assert 800 <= learnt.count(1000, messages=1).tokens <= 900
    assert learnt.count(1000).tokens < learnt.count(1000, messages=1).tokens < learnt.count(1000, messages=2).tokens


@pytest.mark.parametrize("rare", [0.0, 0.02, 0.1, 0.5])
def test_in_the_long_run_few_prompts_are_above_their_bound_however_skewed_they_are(rare: float) -> None:
    dice, learnt, missed = Random(7), Learnt(), []
    for _ in range(2_000):
        size = dice.choice(PROMPTS)
        real = round(size * dice.uniform(0.6, 0.7) * (2 if dice.random() < rare else 1))
        missed.append(learnt.count(size, messages=1).tokens < real)
        learnt = learnt.seen(estimated=size, real=real)
    assert sum(missed[1_000:]) <= 15


def test_a_bound_that_was_passed_rises_by_more_than_the_line() -> None:
    before = told(0.7)
    passed = before.seen(estimated=1000, real=before.count(1000, messages=1).tokens + 1)
    kept = before.seen(estimated=1000, real=before.count(1000, messages=1).tokens)
    assert passed.reach > before.reach > kept.reach


@pytest.mark.parametrize("odd", [0, 1, 10, 150, 10**9])
def test_one_odd_report_moves_it_little(odd: int) -> None:
    before = told(0.7)
    after = before.seen(estimated=1000, real=odd)
    assert 700 <= after.count(1000).tokens <= 1.25 * before.count(1000).tokens


def test_a_lasting_change_is_followed() -> None:
    learnt = told(0.7)
    for _ in range(200):
        learnt = learnt.seen(estimated=1000, real=1200)
    assert 1150 <= learnt.count(1000, messages=1).tokens <= 1500


def test_a_server_that_leaves_out_what_it_had_cached_teaches_nothing() -> None:
    learnt = Learnt()
    for _ in range(50):
        learnt = learnt.seen(estimated=4000, real=60)
    assert learnt == Learnt()


@given(REPORTS, st.integers(0, 10**6), st.integers(0, 100))
def test_it_stays_within_bounds_whatever_is_reported(
    reports: list[tuple[int, int, int]], estimated: int, messages: int
) -> None:
    learnt = Learnt()
    for size, real, turns in reports:
        learnt = learnt.seen(estimated=size, real=real, messages=turns)
    tokens = learnt.count(estimated, messages=messages).tokens
    assert LOWEST * estimated - 1 <= tokens <= HIGHEST * estimated + FRAME * messages + 1


@given(REPORTS, st.integers(0, 10**5), st.integers(0, 10**5))
def test_a_longer_prompt_never_counts_less(reports: list[tuple[int, int, int]], first: int, more: int) -> None:
    learnt = Learnt()
    for size, real, turns in reports:
        learnt = learnt.seen(estimated=size, real=real, messages=turns)
    assert learnt.count(first, messages=1).tokens <= learnt.count(first + more, messages=1).tokens


@given(st.floats(0.45, 2.0), st.integers(0, 300), st.lists(st.integers(20, 20_000), min_size=40, max_size=60))
def test_what_follows_the_line_is_covered(ratio: float, frame: int, sizes: list[int]) -> None:
    learnt = Learnt()
    for size in sizes:
        learnt = learnt.seen(estimated=size, real=round(size * ratio) + frame)
    covered = [learnt.count(size, messages=1).tokens >= size * ratio + frame - 1 for size in sizes]
    assert sum(covered) >= 0.9 * len(covered)
