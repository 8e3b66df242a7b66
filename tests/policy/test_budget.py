"""What is left of a budget, and the most an attempt can cost."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onedoor.policy.budget import (
    IMAGE_TOKENS,
    MESSAGE_TOKENS,
    NEW,
    TEXT_TOKENS,
    TOOLS_TOKENS,
    Book,
    Bound,
    bound,
    fits,
    reserved,
    settled,
)
from onedoor.policy.prices import cost_of
from onedoor.tap import Silent
from onedoor.trail import Trail
from onedoor.types import Call, Image, Limits, Message, Options, Price, Text, Thinking, Tool, ToolCall, Usage

DOLLAR = 1_000_000_000
RATES = st.integers(0, 100 * DOLLAR)


def call(*parts: Any, **fields: Any) -> Call:
    usual: dict[str, Any] = {
        "id": "c",
        "task": "chat",
        "caller": "",
        "messages": (Message("user", parts),) if parts else (),
        "options": Options(),
        "limits": Limits(),
        "tap": Silent(),
        "trail": Trail(lambda: 0.0),
    }
    return Call(**usual | fields)


def tokens(asked: Call, *, strict: bool = True) -> int:
    return bound(asked, None, output=0, strict=strict).input


@pytest.mark.parametrize(
    ("spent", "held", "amount", "others", "yes"),
    [
        (0, 0, 100, 0, True),
        (0, 0, 101, 0, False),
        (50, 30, 20, 0, True),
        (50, 30, 21, 0, False),
        (50, 0, 20, 30, True),
        (50, 0, 20, 31, False),
        (100, 0, 0, 0, True),
        (101, 0, 0, 0, False),
    ],
)
def test_what_fits(spent: int, held: int, amount: int, others: int, yes: bool) -> None:
    assert fits(Book(spent, held), 100, amount, held_back=others) is yes


@given(st.lists(st.tuples(st.integers(0, 1000), st.floats(0, 1)), max_size=30), st.integers(0, 5000))
def test_settling_puts_the_truth_in_place_of_the_reservation(amounts: list[tuple[int, float]], cap: int) -> None:
    book, under_way, truth = NEW, [], 0
    for amount, share in amounts:
        if fits(book, cap, amount):
            book = reserved(book, amount)
            under_way.append((amount, int(amount * share)))
        elif under_way:
            held, actual = under_way.pop()
            book, truth = settled(book, held, actual), truth + actual
        assert book.spent + book.reserved <= cap
        assert (book.spent, book.reserved) == (truth, sum(held for held, _ in under_way))


def test_an_overrun_is_booked_in_full() -> None:
    assert settled(reserved(NEW, 10), 10, 25) == Book(spent=25)


def test_a_strict_bound_counts_every_byte_as_a_token() -> None:
    assert tokens(call(Text("naïve 中"))) == len("naïve 中".encode()) + MESSAGE_TOKENS
    assert tokens(call(Text("x" * 100)), strict=False) == 50 + MESSAGE_TOKENS


@pytest.mark.parametrize(
    ("asked", "least"),
    [
        (call(Image(b"png")), IMAGE_TOKENS),
        (call(Thinking("long thought", "signed")), 18),
        (call(Text("x"), options=Options(tools=(Tool("f", "d" * 50),))), TOOLS_TOKENS + 50),
        (call(Text("x"), options=Options(json_schema={"type": "object"})), TOOLS_TOKENS + 17),
        (call(messages=(Message("assistant", (), (ToolCall("1", "f", '"中中中"'),)),)), 11 + 2 * MESSAGE_TOKENS),
        (call(texts=("中", "x")), 4 + 2 * TEXT_TOKENS),
        (call(Text("\ud800")), 3),
    ],
)
def test_everything_that_is_sent_counts(asked: Call, least: int) -> None:
    assert tokens(asked) >= least


def test_an_embedding_reserves_no_output() -> None:
    assert bound(call(texts=("x",)), Price(0, DOLLAR), output=4096, strict=True).output == 0


def test_an_unknown_price_has_no_bound_in_money() -> None:
    found = bound(call(Text("x")), None, output=10, strict=True)
    assert found.nano_usd is None
    assert found.of("usd") is None
    assert found.of("tokens") == found.input + 10


@given(st.text(max_size=200), st.integers(0, 1000), RATES, RATES, st.none() | RATES, st.none() | RATES, st.data())
def test_no_usage_within_the_bound_costs_more(
    text: str, output: int, i: int, o: int, c: int | None, w: int | None, data: st.DataObject
) -> None:
    price = Price(i, o, c, w)
    most = bound(call(Text(text)), price, output=output, strict=True)
    used = data.draw(st.integers(0, most.input))
    cached = data.draw(st.integers(0, used))
    written = data.draw(st.integers(0, used - cached))
    cost = cost_of(Usage(used, data.draw(st.integers(0, output)), cached, written), price)
    assert cost is not None
    assert most.nano_usd is not None
    assert cost.nano_usd <= most.nano_usd


def test_a_bound_in_the_unit_of_its_budget() -> None:
    assert Bound(3, 4, 500).of("usd") == 500
    assert Bound(3, 4, 500).of("tokens") == 7
