"""Scores: a number from 0 to 1 that says how much of what was wanted is there."""

from __future__ import annotations

import enum
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel

from onedoor.output.build import contract
from onedoor.output.contract import Check
from onedoor.output.score import alike, score, similarity
from onedoor.output.validate import Valid, validate


class Kind(enum.Enum):
    BIG = "big"


class Thing(BaseModel):
    kind: Kind
    size: int = 1


@pytest.mark.parametrize(
    ("expected", "found", "close"),
    [
        ("The Loire", "the loire!", 1.0),
        ("the river Loire", "Loire", 0.5),
        ("a b", "c d", 0.0),
        ("", "", 1.0),
        ("", "x", 0.0),
        ("\uff01", "!", 0.0),
        ("东京", "东京都", 0.8),
        ({"a": 1, "b": "x"}, {"a": 1, "b": "x"}, 1.0),
        ({"a": 1, "b": "x"}, {"a": 1.0, "b": "X."}, 1.0),
        ({"a": 1, "b": "x"}, {"a": 1}, 0.5),
        ({"a": 1}, {"a": 1, "b": 2}, 0.5),
        ({"a": [1, 2]}, {"a": [1, 3]}, 0.5),
        ({"a": []}, {"a": []}, 1.0),
        ({"a": []}, {"a": {}}, 0.0),
        ({"a": None}, {"a": 0}, 0.0),
        ({"a": True}, {"a": 1}, 0.0),
        (3, 3, 1.0),
        (3, "3", 0.0),
        ([], [], 1.0),
    ],
)
def test_how_alike_two_values_are(expected: Any, found: Any, close: float) -> None:
    assert alike(expected, found) == pytest.approx(close)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


@given(JSON, JSON)
def test_likeness_is_a_symmetric_number_from_0_to_1(left: Any, right: Any) -> None:
    assert 0 <= alike(left, right) <= 1
    assert alike(left, right) == pytest.approx(alike(right, left))
    assert alike(left, left) == 1


@pytest.mark.parametrize(
    ("more", "text", "expected"),
    [
        ({}, "anything", 1.0),
        ({"min_length": 1, "forbid": ["never"]}, "fine", 1.0),
        ({"min_length": 9}, "short", 0.0),
        ({"must_contain": ["Loire", "Rhône"]}, "the Loire", 0.5),
        ({"must_contain": ["Loire"], "checks": [similarity("a b")]}, "Loire", 0.5),
        ({"must_contain": ["Loire"], "checks": [similarity("a b", weight=3)]}, "Loire", 0.25),
        ({"checks": [lambda text: 0.3, lambda text: 0.5]}, "x", 0.4),
        ({"checks": [lambda text: 0.3], "forbid": "x"}, "x", 0.0),
        ({"checks": [Check("never", lambda data, text: 0.2, weight=0)]}, "x", 1.0),
    ],
)
def test_the_score_is_the_weighted_mean_of_what_counts(more: dict[str, Any], text: str, expected: float) -> None:
    assert score(contract(**more), text, text) == pytest.approx(expected)


def test_validation_and_score_agree_on_built_values() -> None:
    made = contract(Thing, must_contain="big", checks=[similarity(Thing(kind=Kind.BIG, size=2))])
    text = '{"kind": "big", "size": 1}'
    found = validate(made, text, None)
    assert isinstance(found, Valid)
    assert found.score == score(made, found.data, text) == pytest.approx(0.75)


@given(st.lists(st.tuples(st.floats(0, 1), st.floats(0, 10)), max_size=5))
def test_a_score_is_always_from_0_to_1(said: list[tuple[float, float]]) -> None:
    checks = [Check(f"c{n}", lambda data, text, it=it: it, weight=weight) for n, (it, weight) in enumerate(said)]  # type: ignore[misc]
    assert 0 <= score(contract(checks=checks), "x", "x") <= 1
