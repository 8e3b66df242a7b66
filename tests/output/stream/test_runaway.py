from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from onedoor.output.stream.bounds import Bound, Bounds
from onedoor.output.stream.period import Period
from onedoor.output.stream.runaway import Runaway

from .texts import LOOPS, MEANT, prose, respaced, shuffled


def seen(text: str, *, size: int = 20, bounds: Bounds | None = None) -> tuple[str, int] | None:
    """The signal and the characters read by then."""
    runaway = Runaway(bounds)
    for place in range(0, len(text), size):
        loop = runaway.feed(text[place : place + size])
        if loop is not None:
            return loop.signal, place + size
    return None


@pytest.mark.parametrize("size", [5, 20, 977])
@pytest.mark.parametrize("name", MEANT)
def test_repetition_with_a_reason_passes(name: str, size: int) -> None:
    assert seen(MEANT[name], size=size) is None
    assert seen(f"{prose(40)}\n{MEANT[name]}", size=size) is None


def test_the_table_is_long_enough_to_tell() -> None:
    assert len(MEANT) >= 25
    assert len(LOOPS) >= 15
    assert min(map(len, MEANT.values())) >= 750


@pytest.mark.parametrize("size", [4, 20, 300])
@pytest.mark.parametrize("name", LOOPS)
def test_a_runaway_is_seen_within_its_bound(name: str, size: int) -> None:
    unit, bound = LOOPS[name]
    before = prose(200)
    found = seen(before + unit * (30_000 // len(unit)), size=size)
    assert found is not None
    assert found[1] - len(before) <= bound + size


@pytest.mark.parametrize(
    ("text", "signal", "bound"),
    [
        ('{"a": 1,' + " " * 5_000, "whitespace", 440),
        ('{"a": [1,' + "\n\t" * 5_000, "whitespace", 440),
        (shuffled(400), "novelty", 4_200),
        (respaced(100), "items", 3_200),
    ],
)
def test_what_is_no_plain_repetition_is_seen_too(text: str, signal: str, bound: int) -> None:
    found = seen(text)
    assert found is not None
    assert found[0] == signal
    assert found[1] <= bound


@settings(max_examples=100, deadline=None)
@given(st.text(min_size=1, max_size=200), st.integers(1, 64), st.text(max_size=100))
def test_any_unit_repeated_long_enough_is_caught(unit: str, size: int, before: str) -> None:
    """Of up to two hundred characters, within 12,500 of them."""
    text = before + unit * (13_000 // len(unit) + 1)
    found = seen(text, size=size)
    assert found is not None
    assert found[1] - len(before) <= 12_500


@settings(max_examples=100, deadline=None)
@given(st.text("ab \n", min_size=1, max_size=60), st.integers(1, 50))
def test_the_unit_found_is_one_and_its_run_is_repeated(unit: str, size: int) -> None:
    text = "x" + unit * (2_000 // len(unit))
    period = Period()
    for place in range(0, len(text), size):
        period.feed(text[place : place + size])
    assert 0 < period.unit <= len(unit)
    assert text[-period.run + period.unit :] == text[-period.run : -period.unit]


def test_white_space_outside_of_json_may_be_wide() -> None:
    assert seen("a title" + " " * 1_000) is None
    assert seen('{"a": "' + " " * 1_000) is None


def test_what_was_found_stays_until_reset() -> None:
    runaway = Runaway()
    runaway.feed("Wait, let me think about it. " * 100)
    first = runaway.found
    assert first is not None
    assert runaway.feed("something else") is first
    runaway.reset()
    assert runaway.feed("something else") is None


def test_the_message_is_short_and_says_what_and_how_often() -> None:
    loop = Runaway().feed("Wait, let me think about it. " * 100)
    assert str(loop) == "'Wait, let me think about it. ' came 100 times in a row"
    long = Runaway().feed(prose(60) * 20)
    assert long is not None
    assert len(str(long)) < 110


def test_bounds_are_the_callers() -> None:
    strict = Bounds(sentences=Bound(3, 100))
    assert seen("Wait, let me think about it. " * 20, bounds=strict) is not None
    assert seen("Wait, let me think about it. " * 20) is None
