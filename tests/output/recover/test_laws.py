"""Laws: valid JSON is never touched, a damaged answer is the right one or refused, nothing else is ever raised."""

from __future__ import annotations

import json
import sys
import time
from contextlib import suppress
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from onedoor.errors import Unrecoverable
from onedoor.output.recover import recover

from .damage import SCHEMA, TEXT, Case, case, grown_from, truncated

PLAIN = st.characters(exclude_categories=["Cs"])
SCALARS = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(PLAIN)
JSON = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(PLAIN), inner, max_size=4),
    max_leaves=12,
)
SEEDS = st.integers(0, 2**32)
MARKS = """ " ' { } [ ] ( ) : , \\ / // /* */ # ``` a 1 - . e true None NaN <think> </think> … ... “ ” \\u \\ud8 "a":
 {"id": 'b': null $ % 1,234 é \ud83d \ufeff \x00"""
NOISE = st.lists(st.sampled_from([" ", "\n", "```json\n", *MARKS.split()]), max_size=40).map("".join)
ANY = {"type": "object", "properties": {"id": {"type": "integer"}, "of": {"$ref": "#"}}, "required": ["id"]}


@given(value=JSON, ascii_only=st.booleans(), indent=st.sampled_from([None, 2]))
def test_valid_json_is_never_touched(value: Any, ascii_only: bool, indent: int | None) -> None:
    text = json.dumps(value, ensure_ascii=ascii_only, indent=indent)
    for schema in (None, {}, {"const": value}):
        found = recover(text, schema)
        assert repr(found.value) == repr(value)
        assert (found.edits, found.cost) == ((), 0.0)


@given(value=st.dictionaries(st.text(PLAIN), JSON, min_size=1, max_size=4))
def test_what_was_recovered_recovers_to_itself(value: Any) -> None:
    once = recover(f"Here:\n```json\n{json.dumps(value)[:-1]},}}\n```")
    again = recover(json.dumps(once.value))
    assert once.value == value
    assert (again.value, again.edits) == (value, ())


@pytest.mark.parametrize("name", TEXT)
@settings(max_examples=30)
@given(seed=SEEDS, with_schema=st.booleans())
def test_damaged_writing_is_read_right_or_not_at_all(name: str, seed: int, with_schema: bool) -> None:
    random = Random(seed)
    given_case = case(random)
    holds(TEXT[name](random, given_case), given_case, given_case.schema if with_schema else None)


@pytest.mark.parametrize("name", SCHEMA)
@settings(max_examples=25)
@given(seed=SEEDS)
def test_a_changed_value_is_brought_back_or_refused(name: str, seed: int) -> None:
    random = Random(seed)
    given_case = case(random)
    holds(SCHEMA[name](random, given_case), given_case, given_case.schema)


def holds(text: str | None, expected: Case, schema: dict[str, Any] | None) -> None:
    if text is None:
        return
    try:
        found = recover(text, schema)
    except Unrecoverable:
        return
    assert found.value == expected.value


@settings(max_examples=300)
@given(seed=SEEDS, with_schema=st.booleans())
def test_a_cut_answer_never_has_another_value(seed: int, with_schema: bool) -> None:
    random = Random(seed)
    given_case = case(random)
    text = truncated(random, given_case)
    try:
        found = recover(text, given_case.schema if with_schema else None)
    except Unrecoverable:
        return
    assert grown_from(found.value, given_case.value)
    assert found.value == given_case.value or found.cost > 0


@pytest.mark.parametrize("name", TEXT)
@settings(max_examples=10)
@given(seed=SEEDS)
def test_a_cut_damaged_answer_never_has_another_value(name: str, seed: int) -> None:
    random = Random(seed)
    given_case = case(random)
    text = (TEXT[name](random, given_case) or "")[: random.randint(1, 400)]
    try:
        found = recover(text, given_case.schema)
    except Unrecoverable:
        return
    assert grown_from(found.value, given_case.value)


@settings(max_examples=400)
@given(text=NOISE | st.text(st.characters(), max_size=60), with_schema=st.booleans())
def test_nothing_else_is_raised(text: str, with_schema: bool) -> None:
    try:
        found = recover(text, ANY if with_schema else None)
    except Unrecoverable as refusal:
        position = refusal.position
    else:
        position = 0
        assert recover(json.dumps(found.value), ANY if with_schema else None).edits == ()
    assert 0 <= position <= len(text)


@settings(max_examples=200)
@given(seed=SEEDS, noise=NOISE)
def test_nothing_else_is_raised_on_answers_with_noise_in_them(seed: int, noise: str) -> None:
    random = Random(seed)
    given_case = case(random)
    text = json.dumps(given_case.value)
    place = random.randint(0, len(text))
    with suppress(Unrecoverable):
        recover(text[:place] + noise + text[place:], given_case.schema)


HARD = ["[", "{", '"', "\\", "'", "```json\n", '["', '{"a" ', '{"a":', "{/*", "[//", "[x", "[{", '{"{', "<think>", "1",
        '"a": "x "y" ', "[1,", '{"\\', "\n", "[[1],", "{'a':'it's ", '["a"\n', '{"a":1}\n']  # fmt: skip


@pytest.mark.parametrize("unit", HARD)
@pytest.mark.parametrize("before", ["", '{"a": "', "["])
def test_time_grows_with_the_length_only(unit: str, before: str) -> None:
    """A quadratic step would take minutes here."""
    size = 60_000
    began = time.process_time()
    with suppress(Unrecoverable):
        recover(before + unit * (size // len(unit)))
    assert time.process_time() - began < 2


def test_a_text_that_is_too_long_is_refused() -> None:
    with pytest.raises(Unrecoverable) as caught:
        recover('"é"' * 10, most_bytes=30)
    assert caught.value.reason == "size"


def test_a_caller_near_the_end_of_its_stack_gets_a_refusal() -> None:
    def deep(levels: int) -> str:
        if levels:
            return deep(levels - 1)
        try:
            recover("[" * 60 + "1," + "]" * 60)
        except Unrecoverable as refusal:
            return refusal.reason
        return "read"

    assert deep(0) == "read"
    assert deep(sys.getrecursionlimit() - 250) == "depth"


@pytest.mark.parametrize("text", [None, b"{}", 1, ["{}"]])
def test_only_a_text_can_be_read(text: Any) -> None:
    with pytest.raises(TypeError):
        recover(text)
