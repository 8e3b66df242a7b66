"""Which models a server should hold: a table, and laws."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onedoor.policy.phases import held

CASES: dict[str, tuple[tuple[str, ...], dict[str, int], dict[str, int], int, tuple[str, ...]]] = {
    "an empty server loads what is wanted": ((), {"a": 3}, {}, 1, ("a",)),
    "and what most wait for first": ((), {"a": 3, "b": 5}, {}, 1, ("b",)),
    "what has calls waiting stays": (("a",), {"a": 1, "b": 99}, {}, 1, ("a",)),
    "what has calls under way stays": (("a",), {"b": 99}, {"a": 1}, 1, ("a",)),
    "what has neither gives way": (("a",), {"b": 1}, {"a": 0}, 1, ("b",)),
    "and stays where nothing else is wanted": (("a",), {}, {}, 1, ("a",)),
    "room for two takes a second one": (("a",), {"a": 1, "b": 1}, {}, 2, ("a", "b")),
    "an idle one stays while there is room": (("a",), {"b": 1}, {}, 2, ("a", "b")),
    "of two idle ones the older gives way": (("a", "b"), {"c": 1}, {}, 2, ("b", "c")),
}


@pytest.mark.parametrize(("holds", "waiting", "flying", "limit", "then"), CASES.values(), ids=CASES)
def test_what_a_server_should_hold(
    holds: tuple[str, ...], waiting: dict[str, int], flying: dict[str, int], limit: int, then: tuple[str, ...]
) -> None:
    assert held(holds, waiting, flying, limit) == then


NAMES = st.sampled_from("abcde")
COUNTS = st.dictionaries(NAMES, st.integers(0, 3))


@given(st.lists(NAMES, unique=True, max_size=3), COUNTS, COUNTS, st.integers(1, 3))
def test_nothing_under_way_loses_its_model_and_somebody_can_always_go_on(
    holds: list[str], waiting: dict[str, int], flying: dict[str, int], limit: int
) -> None:
    before = tuple(holds[:limit])
    now = held(before, waiting, flying, limit)
    assert len(now) == len(set(now)) <= limit
    assert all(model in now for model in before if flying.get(model))
    if any(waiting.values()):
        assert any(waiting.get(model) or flying.get(model) for model in now)
