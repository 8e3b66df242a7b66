"""What a sample says of the whole."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onedoor.bulk.forecast import expected
from onedoor.bulk.result import Progress, Result


def sample(*costs: int | None, seconds: float = 2.0, failed: int = 0) -> list[Result]:
    answered = [Result(str(place), place, nano_usd=cost, seconds=seconds) for place, cost in enumerate(costs)]
    return answered + [Result("x", 0, nano_usd=0, seconds=seconds, error="timeout") for _ in range(failed)]


def test_costs_and_seconds_are_scaled_to_all_items() -> None:
    told = expected(sample(*[100] * 10), total=1000, at_once=10)
    assert told.cost is not None
    assert (told.cost.nano_usd, told.seconds[0]) == (100_000, pytest.approx(200.0))


def test_failures_have_an_interval() -> None:
    told = expected(sample(*[100] * 9, failed=1), total=1000, at_once=10)
    assert (told.failed, told.failed_low < 0.1 < told.failed_high) == (0.1, True)


def test_too_few_prices_foretell_nothing() -> None:
    assert expected(sample(1, 2, None, None, None), total=10, at_once=1).cost is None
    assert expected(sample(1), total=10, at_once=1).seconds[2] == math.inf


def test_an_empty_file_costs_nothing() -> None:
    told = expected([], total=0, at_once=4)
    assert (told.asked, told.cost, told.failed) == (0, None, 0.0)


@given(st.lists(st.integers(0, 10**9), min_size=5, max_size=30), st.integers(5, 10**6))
def test_what_is_expected_is_within_its_interval(costs: list[int], total: int) -> None:
    told = expected(sample(*costs), total=max(total, len(costs)), at_once=4)
    assert told.cost is not None
    assert told.cost.low <= told.cost.nano_usd <= told.cost.high
    assert told.seconds[1] <= told.seconds[0] <= told.seconds[2]


def test_progress_knows_what_is_left_and_how_long_it_takes() -> None:
    far = Progress(total=10, seconds=2.0)
    for place in range(4):
        result = Result(str(place), place, nano_usd=100, output=5)
        far.add(result)
        far.pay(result)
    assert (far.left, far.eta, far.expected_nano_usd, far.tokens) == (6, pytest.approx(3.0), 1000, 20)


def test_without_a_total_progress_foretells_nothing() -> None:
    far = Progress()
    far.add(Result("a", 0, nano_usd=100))
    assert (far.left, far.eta, far.expected_nano_usd) == (None, None, None)
