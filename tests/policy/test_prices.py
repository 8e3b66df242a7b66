"""What an answer costs, to the nano-dollar."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onedoor.policy.prices import MILLION, cost_of, reported
from onedoor.types import Cost, Price, Usage

DOLLAR = 1_000_000_000
TOKENS = st.integers(0, 10_000_000)
RATES = st.integers(0, 100 * DOLLAR)


@pytest.mark.parametrize(
    ("usage", "price", "nano"),
    [
        (Usage(1_000_000, 0), Price(3 * DOLLAR, 15 * DOLLAR), 3 * DOLLAR),
        (Usage(0, 1_000_000), Price(3 * DOLLAR, 15 * DOLLAR), 15 * DOLLAR),
        (Usage(100, 10), Price(3 * DOLLAR, 15 * DOLLAR), 450_000),
        (Usage(100, 0, cached=60), Price(DOLLAR, 0, cached=DOLLAR // 10), 46_000),
        (Usage(100, 0, cached=60), Price(DOLLAR, 0), 100_000),
        (Usage(100, 0, cache_write=40), Price(DOLLAR, 0, cache_write=2 * DOLLAR), 140_000),
        (Usage(100, 0, cached=60), Price(DOLLAR, 0, cached=0), 40_000),
        (Usage(0, 50, reasoning=40), Price(0, DOLLAR), 50_000),
        (Usage(1, 0), Price(499_999, 0), 0),
        (Usage(1, 0), Price(500_000, 0), 1),
        (Usage(0, 0), Price(DOLLAR, DOLLAR), 0),
        (Usage(10, 0, cached=20), Price(DOLLAR, 0, cached=0), 0),
    ],
)
def test_the_price_of_a_usage(usage: Usage, price: Price, nano: int) -> None:
    assert cost_of(usage, price) == Cost(nano, "configured")


def test_without_a_price_there_is_no_cost() -> None:
    assert cost_of(Usage(1_000_000, 1_000_000), None) is None


@pytest.mark.parametrize(
    ("usd", "cost"),
    [
        (None, None),
        (0.0, Cost(0, "reported")),
        (0.0125, Cost(12_500_000, "reported")),
        (1e-9, Cost(1, "reported")),
        (-1.0, None),
    ],
)
def test_a_cost_the_provider_states(usd: float | None, cost: Cost | None) -> None:
    assert reported(usd) == cost


@given(TOKENS, TOKENS, RATES, RATES)
def test_it_is_the_exact_sum_rounded_half_up(read: int, written: int, per_input: int, per_output: int) -> None:
    exact = Decimal(read * per_input + written * per_output) / MILLION
    cost = cost_of(Usage(read, written), Price(per_input, per_output))
    assert cost is not None
    assert cost.nano_usd == int(exact.to_integral_value(ROUND_HALF_UP))


@given(TOKENS, TOKENS, TOKENS, TOKENS, RATES, RATES, st.none() | RATES, st.none() | RATES)
def test_it_is_never_negative_whatever_a_server_counts(
    read: int, written: int, cached: int, cache_write: int, i: int, o: int, c: int | None, w: int | None
) -> None:
    cost = cost_of(Usage(read, written, cached, cache_write), Price(i, o, c, w))
    assert cost is not None
    assert cost.nano_usd >= 0


@given(TOKENS, TOKENS, TOKENS, RATES, RATES)
def test_more_tokens_never_cost_less(read: int, written: int, more: int, i: int, o: int) -> None:
    less, grown = cost_of(Usage(read, written), Price(i, o)), cost_of(Usage(read + more, written + more), Price(i, o))
    assert less is not None
    assert grown is not None
    assert grown.nano_usd >= less.nano_usd
