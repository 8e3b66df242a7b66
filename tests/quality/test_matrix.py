"""From results to figures: who is better, by how much, and whether that is more than chance."""

from __future__ import annotations

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onedoor.quality.forecast import LEAST, Progress, Tally, forecast, t95
from onedoor.quality.matrix import Cell, better, differs, figures, holm
from onedoor.quality.results import Result
from onedoor.quality.verdict import sentences
from onedoor.types import Verdict


def result(case: int, variant: str, verdict: Verdict = "accepted", **about: object) -> Result:
    return Result(str(case), variant, "", "", verdict=verdict, **{"nano_usd": 100, "seconds": 1.0, **about})  # type: ignore[arg-type]


def cell(verdict: Verdict, score: float | None = None) -> Cell:
    return Cell({"accepted": 2, "unknown": 1, "rejected": 0}[verdict], verdict != "unknown", score, 0, 0.0, True)


@pytest.mark.parametrize(
    ("one", "other", "told"),
    [
        (cell("accepted"), cell("rejected"), 1),
        (cell("accepted"), cell("accepted"), 0),
        (cell("rejected", 0.2), cell("rejected", 0.9), -1),
        (cell("accepted", 0.2), cell("rejected", 0.9), 1),
        (cell("unknown"), cell("rejected"), 0),
        (cell("unknown", 0.5), cell("unknown", 0.4), 1),
        (cell("accepted", 1.0), cell("accepted"), 0),
    ],
)
def test_better_goes_by_verdict_then_by_score(one: Cell, other: Cell, told: int) -> None:
    assert better(one, other) == told
    assert better(other, one) == -told
    assert differs([one, other]) == (told != 0)


def test_a_column_counts_what_there_is() -> None:
    rows = [result(case, "a", seconds=float(case)) for case in range(1, 9)]
    rows += [result(9, "a", "rejected", nano_usd=None), result(10, "a", "rejected", error="timeout", nano_usd=0)]
    (column,) = figures(rows, ["a"]).columns
    assert (column.asked, column.answered, column.accepted, column.judged) == (10, 9, 8, 10)
    assert (column.rate, column.failures, column.unpriced) == (0.8, {"timeout": 1}, 1)
    assert column.low < 0.8 < column.high
    assert (column.per_accepted, column.mean_nano_usd) == (None, None)
    assert column.seconds is not None
    assert column.seconds.p90 == 8.0


def test_money_per_accepted_answer() -> None:
    (column,) = figures([result(1, "a"), result(2, "a", "rejected")], ["a"]).columns
    assert (column.per_accepted, column.mean_nano_usd) == (200, 100)


def test_pairs_are_of_the_cases_both_were_asked() -> None:
    rows = [result(1, "a"), result(1, "b", "rejected"), result(2, "a"), result(3, "b")]
    (pair,) = figures(rows, ["a", "b"]).pairs
    assert (pair.wins, pair.losses, pair.ties, pair.cases) == (1, 0, 0, 1)


def test_many_pairs_need_a_smaller_p() -> None:
    """Six wins of six are p = 0.03; one of three such pairs isn't beyond chance any more."""
    rows = [result(case, name) for case, name in product(range(6), "ab")]
    rows += [result(case, "c", "rejected") for case in range(6)]
    found = {(pair.one, pair.other): pair for pair in figures(rows, list("abc")).pairs}
    assert found["a", "c"].p == pytest.approx(0.03125)
    assert found["a", "c"].p_holm == pytest.approx(0.09375)
    assert not found["a", "c"].told_apart


def test_holm_by_hand() -> None:
    assert holm([0.01, 0.04, 0.03, 0.005]) == pytest.approx([0.03, 0.06, 0.06, 0.02])
    assert holm([]) == []


@given(st.lists(st.floats(0, 1), max_size=8))
def test_holm_never_lowers_keeps_the_order_and_is_at_most_bonferroni(values: list[float]) -> None:
    corrected = holm(values)
    assert all(p <= q <= min(1.0, p * len(values)) + 1e-12 for p, q in zip(values, corrected, strict=True))
    order = sorted(range(len(values)), key=values.__getitem__)
    assert [corrected[at] for at in order] == sorted(corrected)


def told(*columns: tuple[str, int, int, float], cases: int = 60) -> tuple[str, ...]:
    """Sentences on candidates given as name, accepted answers, cost of each and seconds."""
    rows = [
        result(case, name, "accepted" if case < right else "rejected", nano_usd=cost, seconds=seconds)
        for name, right, cost, seconds in columns
        for case in range(cases)
    ]
    return sentences(figures(rows, [name for name, *_ in columns]))


def test_what_cant_be_told_apart_is_said_to_be_so_with_what_it_saves() -> None:
    (said,) = told(("fast", 58, 100, 1.0), ("careful", 60, 1200, 1.0))
    assert said == "`careful` and `fast` can't be told apart on these 60 cases; `fast` costs 1/12."


def test_what_is_better_is_said_with_its_counts() -> None:
    (said,) = told(("wrong", 35, 100, 2.0), ("careful", 60, 100, 1.0))
    assert said.startswith("`careful` is better than `wrong` (better in 25, worse in 0 of 60, p below 0.001)")
    assert said.endswith("`careful` is faster (p50 1.00 s against 2.00 s).")


def test_few_cases_are_called_few() -> None:
    (said,) = told(("a", 4, 100, 1.0), ("b", 5, 100, 1.0), cases=5)
    assert said == "`b` and `a` can't be told apart on only 5 cases."


def test_without_verdicts_only_cost_and_time_are_spoken_of() -> None:
    rows = [result(case, name, "unknown", nano_usd=cost) for case in range(10) for name, cost in (("a", 1), ("b", 2))]
    nobody, costs = sentences(figures(rows, ["a", "b"]))
    assert nobody.startswith("No answer has a verdict")
    assert costs == "`a` costs 1/2 (`a` against `b`)."


def test_a_single_candidate_has_its_interval() -> None:
    (said,) = told(("a", 30, 1, 1.0))
    assert said == "`a` is right in 30 of 60 cases (95 % interval 38 to 62 %)."


def tally(*costs: int) -> Tally:
    made = Tally()
    for cost in costs:
        made.add(cost)
    return made


def test_a_forecast_is_what_is_spent_and_the_mean_for_the_rest() -> None:
    costs = (100, 120, 80, 110, 90)
    found = forecast(500, {"a": tally(*costs)}, {"a": 45})
    assert found is not None
    assert found.nano_usd == 500 + 45 * 100
    half = t95(4) * (250 * 45 * (1 + 45 / 5)) ** 0.5
    assert (found.low, found.high) == (round(5000 - half), round(5000 + half))
    assert forecast(500, {"a": tally(*costs[: LEAST - 1])}, {"a": 45}) is None
    assert forecast(500, {}, {"a": 1}) is None


def test_a_forecast_of_nothing_more_is_exact() -> None:
    found = forecast(500, {"a": tally(1, 2)}, {"a": 0})
    assert found is not None
    assert (found.low, found.nano_usd, found.high) == (500, 500, 500)


@given(st.lists(st.integers(0, 10**9), min_size=2, max_size=30))
def test_a_tally_is_the_mean_and_variance(costs: list[int]) -> None:
    from statistics import fmean, variance

    made = tally(*costs)
    assert made.mean == pytest.approx(fmean(costs), abs=1e-3)
    assert made.variance == pytest.approx(variance(costs), rel=1e-6, abs=1e-3)


@pytest.mark.parametrize(("df", "exact"), [(4, 2.7764), (9, 2.2622), (30, 2.0423), (1000, 1.9623)])
def test_t_is_close_to_the_tables(df: int, exact: float) -> None:
    assert t95(df) == pytest.approx(exact, rel=0.02)


def test_progress_counts_what_is_left_and_what_it_cost() -> None:
    progress = Progress(2, left={"a": 2})
    progress.add("a", None, 5, failed=False)
    progress.add("a", 10, 0, failed=True, resumed=True)
    assert (progress.done, progress.failed, progress.resumed, progress.spent, progress.unpriced) == (2, 1, 1, 15, 1)
    assert progress.left == {"a": 0}
