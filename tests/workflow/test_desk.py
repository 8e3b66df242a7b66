"""The door as steps see it: what is asked in one way is checked once, however often it is asked."""

from __future__ import annotations

from typing import Any

import pytest
from tests.bulk.house import Answers, configuration

import onedoor
from onedoor.asking import contract_of
from onedoor.output.labels import classification
from onedoor.providers.function import Function
from onedoor.types import Example
from onedoor.workflow.desk import Desk

WAYS: dict[str, Any] = {
    "labels": lambda: {"schema": classification(["low", "high"]).contract},
    "a schema": lambda: {"schema": {"type": "object", "properties": {"total": {"type": "integer"}}}},
    "a contract of a schema": lambda: {"schema": contract_of({"type": "object"})},
    "examples": lambda: {"few_shot": [Example("a", "b")], "stop": ["x"]},
    "options": lambda: {"options": {"top_k": 5, "more": [{"a": 1}]}},
}
OTHERS: dict[str, tuple[Any, Any]] = {
    "labels": ({"schema": classification(["low", "high"]).contract}, {"schema": classification(["low"]).contract}),
    "numbers": ({"temperature": 1}, {"temperature": 0.5}),
    "options that only look the same": ({"options": {"a": 1}}, {"options": {"a": True}}),
    "examples": ({"few_shot": [Example("a", "b")]}, {"few_shot": [Example("a", "c")]}),
}


async def terms(*asks: Any) -> list[int]:
    """Which of these ways of asking are the same, by the identity of what holds for them."""
    async with onedoor.open_async(configuration(), providers={"p": Function(Answers().__call__)}) as door:
        desk = Desk(door._beside(door.config, lambda name, find: find()), door.config, {})
        return [id(desk.terms({"task": "t", **ask})) for ask in asks]


@pytest.mark.parametrize("way", WAYS)
async def test_what_every_item_makes_anew_is_one_way_of_asking(way: str) -> None:
    first, second = await terms(WAYS[way](), WAYS[way]())
    assert first == second


@pytest.mark.parametrize("way", OTHERS)
async def test_what_differs_is_another(way: str) -> None:
    first, second = await terms(*OTHERS[way])
    assert first != second
