"""What follows from the intervals, and what doesn't."""
# ruff: noqa: RUF001 - ranges have en dashes

from __future__ import annotations

import random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onedoor.ledger.advice import MARGIN, MINIMUM, advice, difference, per_task
from onedoor.ledger.quality import QualityRow


def row(model: str, accepted: int, judged: int, cost: int = 1_000, **changes: Any) -> QualityRow:
    """All answers judged, `cost` nano-dollars each."""
    given: dict[str, Any] = {"calls": judged, "answered": judged, "nano_usd": cost * judged}
    rest = {
        "people": 0,
        "degraded": 0,
        "recovered": 0,
        "retries": 0,
        "seconds": None,
        "first_token": None,
        "unpriced": 0,
    }
    return QualityRow(key="chat", model=model, accepted=accepted, judged=judged, **{**given, **rest, **changes})


CAREFUL = row("careful", 970, 1000, 12_000)
ADVICE: list[tuple[str, QualityRow, QualityRow, str | None]] = [
    ("as good and cheaper", row("fast", 960, 1000), CAREFUL, "promote"),
    ("better and dearer", row("big", 995, 1000, 99_000), CAREFUL, "promote"),
    ("better and cheaper", row("fast", 995, 1000), CAREFUL, "promote"),
    ("worse and dearer", row("big", 900, 1000, 99_000), CAREFUL, "demote"),
    ("worse at the same price", row("big", 900, 1000, 12_000), CAREFUL, "demote"),
    ("worse and cheaper is your choice", row("fast", 900, 1000), CAREFUL, None),
    ("as good and as dear", row("big", 965, 1000, 12_000), CAREFUL, None),
    ("as good and dearer", row("big", 970, 1000, 99_000), CAREFUL, None),
    ("cheaper, within the margin, but too few to tell", row("fast", 58, 60), CAREFUL, None),
    ("cheaper, but the costs overlap", row("fast", 960, 1000, 11_900), CAREFUL, None),
    ("too few judged", row("fast", MINIMUM - 1, MINIMUM - 1, 1), CAREFUL, None),
    ("too few judged of the first", row("fast", 960, 1000), row("careful", 20, MINIMUM - 1, 99_000), None),
    ("cheaper, as far as one knows", row("fast", 960, 1000, unpriced=1), CAREFUL, None),
    ("worse on the harder questions", row("big", 900, 1000, 99_000, degraded=400), CAREFUL, None),
    ("better even on the harder questions", row("big", 995, 1000, 99_000, degraded=400), CAREFUL, "promote"),
    ("for nothing", row("local", 965, 1000, 0), CAREFUL, "promote"),
    ("nothing accepted at all", row("fast", 0, 100), CAREFUL, "demote"),
]


@pytest.mark.parametrize(("case", "other", "first", "action"), ADVICE, ids=[case for case, *_ in ADVICE])
def test_advice(case: str, other: QualityRow, first: QualityRow, action: str | None) -> None:
    found = advice([first, other], first.model)
    assert [said.action for said in found] == ([action] if action else [])


WORDS = [
    (row("fast", 960, 1000), "`fast` is accepted as often as `careful` (95–97 % vs 96–98 %) at 1/12 of the cost"),
    (
        row("big", 995, 1000, 99_000),
        "`big` is accepted more often than `careful` (99–100 % vs 96–98 %) at 8 times the cost",
    ),
    (
        row("big", 900, 1000, 12_000),
        "`big` is accepted less often than `careful` (88–92 % vs 96–98 %) at 1.1 times the cost",
    ),
    (row("local", 965, 1000, 0), "`local` is accepted as often as `careful` (95–97 % vs 96–98 %) at no cost"),
    (row("fast", 960, 1000, 8_000), "`fast` is accepted as often as `careful` (95–97 % vs 96–98 %) at 67% of the cost"),
    (
        row("big", 995, 1000, unpriced=1),
        "`big` is accepted more often than `careful` (99–100 % vs 96–98 %), at a cost that is not known",
    ),
]


@pytest.mark.parametrize(("other", "words"), WORDS)
def test_advice_in_words(other: QualityRow, words: str) -> None:
    (said,) = advice([CAREFUL, other], "careful")
    assert said.words == words
    assert str(said) == f"chat: {said.action} `{other.model}`? {words}"


def test_advice_is_given_on_configured_tasks() -> None:
    rows = (CAREFUL, row("fast", 960, 1000))
    assert [said.first for said in per_task(rows, {"chat": "careful"})] == ["careful"]
    assert per_task(rows, {"chat": "gone"}) == per_task(rows, {"other": "careful"}) == ()


@given(st.integers(1, 400), st.integers(1, 400), st.floats(0, 1), st.floats(0, 1))
def test_a_difference_lies_in_its_interval(n: int, m: int, share: float, other: float) -> None:
    one, two = row("one", round(share * n), n), row("two", round(other * m), m)
    low, high = difference(one, two)
    assert low <= (one.accept_rate or 0) - (two.accept_rate or 0) <= high
    assert difference(two, one) == (pytest.approx(-high), pytest.approx(-low))


@pytest.mark.parametrize("rate", [0.5, 0.8, 0.95])
def test_the_interval_holds_the_truth(rate: float) -> None:
    """In at least 93 % of 200 ledgers whose answers are right with a known probability."""
    held_it = 0
    for seed in range(200):
        chance = random.Random(f"{seed}/{rate}")
        n = chance.randrange(40, 120)
        found = row("fast", sum(chance.random() < rate for _ in range(n)), n)
        held_it += found.interval[0] <= rate <= found.interval[1]
    assert held_it >= 0.93 * 200


def test_equally_good_models_are_seldom_told_apart() -> None:
    """In at most 5 % of 200 pairs, and one that is worse than the margin is promoted about as seldom."""
    chance = random.Random(1)

    def drawn(model: str, rate: float, cost: int) -> QualityRow:
        return row(model, sum(chance.random() < rate for _ in range(200)), 200, cost)

    same = [advice([drawn("a", 0.9, 100), drawn("b", 0.9, 100)], "a") for _ in range(200)]
    worse = [advice([drawn("a", 0.9, 100), drawn("b", 0.9 - MARGIN, 10)], "a") for _ in range(200)]
    assert sum(map(bool, same)) <= 10
    assert sum(map(bool, worse)) <= 10
