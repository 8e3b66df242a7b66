"""Conditions in a workflow's file: what may be said, what it means, and what is an error instead of a guess."""

from __future__ import annotations

import datetime
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onedoor.errors import InvalidCall
from onedoor.workflow.condition import LONGEST, condition
from onedoor.workflow.step import Need


@dataclass
class Ticket:
    urgency: int
    seen: datetime.date


SO: dict[str, tuple[dict[str, Any], bool]] = {
    "urgency == 'high'": ({"urgency": "high"}, True),
    "urgency != 'high'": ({"urgency": "high"}, False),
    'extract.urgency > 3 and extract["a b"] == 1': ({"extract": {"urgency": 4, "a b": 1.0}}, True),
    "1 < score <= 3": ({"score": 3}, True),
    "1 < score <= 3 == 4": ({"score": 3}, False),
    "score == -1.5": ({"score": -1.5}, True),
    "'a' < name < 'c'": ({"name": "b"}, True),
    "label in ['a', 'b']": ({"label": "b"}, True),
    "label not in ('a', 'b')": ({"label": "b"}, False),
    "score in [1, 'n/a']": ({"score": "n/a"}, True),
    "flag in [1, 0]": ({"flag": True}, False),
    "'refund' in lower(text)": ({"text": "REFUND, please"}, True),
    "'id' in item": ({"item": {"id": 7}}, True),
    "len(text) >= 3": ({"text": "abc"}, True),
    "len(tags) == 0 or tags[-1] == 'x'": ({"tags": ["y", "x"]}, True),
    "not wanted": ({"wanted": False}, True),
    "wanted": ({"wanted": True}, True),
    "wanted == true": ({"wanted": True}, True),
    "found == null": ({"found": None}, True),
    "found != None": ({"found": "x"}, True),
    "ok or (missing.key == 1)": ({"ok": True, "missing": {}}, True),
    "ok and missing.key == 1": ({"ok": False, "missing": {}}, False),
    "ticket.urgency == 3": ({"ticket": Ticket(3, datetime.date(2026, 1, 2))}, True),
    "ticket.seen > '2026-01-01'": ({"ticket": Ticket(3, datetime.date(2026, 1, 2))}, True),
    "größe\n  == 3": ({"größe": 3}, True),
}


@pytest.mark.parametrize("text", SO)
def test_what_is_so(text: str) -> None:
    values, so = SO[text]
    assert condition(text, "when").run(**values) is so


UNSURE: dict[str, tuple[dict[str, Any], str]] = {
    "urgency > 3": ({"urgency": "high"}, "urgency is a text and 3 is a number, so they can't be compared"),
    "urgency == 3": ({"urgency": "3"}, "urgency is a text and 3 is a number"),
    "flag == 1": ({"flag": True}, "flag is true or false and 1 is a number"),
    "score < 3": ({"score": None}, "score is null and 3 is a number"),
    "tags < tags": ({"tags": []}, "tags is a list and tags is a list"),
    "3 in text": ({"text": "3"}, "3 is a number and text is a text"),
    "'a' in score": ({"score": 3}, "nothing is in score, which is a number"),
    "extract.urgency == 1": ({"extract": {"urgent": 1}}, "extract has no 'urgency'; did you mean 'urgent'?"),
    "extract.urgency == 2": ({"extract": {"a": 1, "b": 2}}, "extract has no 'urgency'; there are a, b"),
    "extract.urgency == 3": ({"extract": "high"}, "extract has no 'urgency': it is a text"),
    "extract.a.b == 1": ({"extract": {"a": {}}}, "extract.a has no 'b'; there are none"),
    "tags[2] == 1": ({"tags": [1]}, r"tags has no \[2\]; it has 1"),
    "urgency == 1": ({}, "it has no 'urgency'; there are none"),
    "answer": ({"answer": "no"}, "it is a text, neither true nor false; compare it with something"),
    "answer and true": ({"answer": "no"}, "answer is a text, neither true nor false"),
    "not answer": ({"answer": ""}, "answer is a text, neither true nor false"),
    "len(score) > 1": ({"score": 3}, "score has no length: it is a number"),
    "lower(score) == 'a'": ({"score": 3}, "score has no small letters: it is a number"),
}


@pytest.mark.parametrize("text", UNSURE)
def test_what_nobody_can_say_is_an_error_that_shows_why(text: str) -> None:
    values, said = UNSURE[text]
    with pytest.raises(InvalidCall, match=said) as raised:
        condition(text, "when").run(**values)
    assert str(raised.value).startswith(f"{text}: ")


WRONG = {
    "open('x') == 1": r"open\('x'\) at character 1 of open\('x'\) == 1: that can't be said here; a condition may have",
    "größe == 1 or __import__('os')": r"__import__\('os'\) at character 15 of",
    "x = 3": "x = 3 can't be read at character",
    "x and": "x and can't be read",
    "class == 1": "can't be read at character 1",
    "x is None": "write == or != in place of is",
    "x + 1 == 2": r"x \+ 1 at character 1",
    "-x == 1": "-x at character 1",
    "[y for y in x]": "can't be said here",
    "{'a': 1} == x": "can't be said here",
    "x in [y]": "y at character 7",
    "f'{x}' == 'a'": "can't be said here",
    "x == b'1'": "b'1' at character 6",
    "x == 1j": "1j at character 6",
    "lambda: x": "can't be said here",
    "x if y else z": "can't be said here",
    "x[1:2] == 3": "1:2 at character 3",
    "x[y] == 3": "y at character 3",
    "x.lower() == 'a'": r"x.lower\(\) at character 1",
    "len(x, y) == 1": "can't be said here",
    "len(x=y) == 1": "can't be said here",
    "(x := 3) == 3": "can't be said here",
    r"x == '\d'": "invalid escape sequence",
    "door == 1": "a condition asks nothing",
    "1 == 1": "names no step and no field",
    "true": "names no step and no field",
    "": "can't be read",
    "x == '" + "a" * LONGEST + "'": f"it has {LONGEST + 7} characters",
    ".".join("x" * (LONGEST // 2)): "goes too deep|can't be read",
    "(" * 300 + "x" + ")" * 300: "can't be read",
}


@pytest.mark.parametrize("text", WRONG, ids=lambda text: text[:30])
def test_what_cant_be_said_is_refused_before_anything_runs(text: str) -> None:
    with pytest.raises(InvalidCall, match=WRONG[text]) as raised:
        condition(text, "steps.draft.when")
    assert str(raised.value).startswith("steps.draft.when: ")


def test_it_needs_the_names_it_uses_each_once() -> None:
    part = condition("len(draft) > 3 and draft.a == null or true and critique in [1]", "when")
    assert sorted(part.needs, key=str) == [Need("critique", or_field=True), Need("draft", or_field=True)]


def test_what_looks_like_an_attribute_of_python_is_a_key() -> None:
    assert condition("x.__class__ == 1", "when").run(x={"__class__": 1})
    with pytest.raises(InvalidCall, match="x has no '__class__': it is a text"):
        condition("x.__class__ == 1", "when").run(x="text")


SIGNS = st.text("xy1'\"()[].,=<>!&|-+ \n\\{}:@#é", max_size=20)
WORDS = st.lists(st.sampled_from(["x", "y", "1", "'a'", "and", "or", "not", "in", "==", "<", "(", ")", ".a", "[0]"]))
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from(["a", "b"]), inner, max_size=2),
    max_leaves=4,
)


@given(SIGNS | WORDS.map(" ".join), VALUES, VALUES)
def test_any_text_is_true_false_or_an_error_that_explains_itself(text: str, x: object, y: object) -> None:
    with suppress(InvalidCall):
        assert condition(text, "when").run(x=x, y=y) in {True, False}


@given(st.sampled_from(["==", "!=", "<", "<=", ">", ">="]), st.integers(), st.integers())
def test_numbers_compare_as_they_do_elsewhere(op: str, x: int, y: int) -> None:
    assert condition(f"x {op} y", "when").run(x=x, y=y) is eval(f"x {op} y", {"x": x, "y": y})
