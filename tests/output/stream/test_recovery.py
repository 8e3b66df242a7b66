"""An answer that recovery can read is never given up while it is written."""

from __future__ import annotations

from typing import Any, get_args

import pytest

from onedoor.output.recover import recover
from onedoor.output.stream.prefix import Prefix
from onedoor.sim import LABELS, Case, invoices, tickets
from onedoor.sim.damage import spoilt
from onedoor.sim.dice import Dice
from onedoor.sim.profiles import Spelling, Substance
from onedoor.sim.world import CURRENCIES, as_json


def _object(**properties: Any) -> dict[str, Any]:
    return {"type": "object", "properties": properties, "required": list(properties), "additionalProperties": False}


TEXT, NUMBER = {"type": "string"}, {"type": "number"}
ITEM = _object(description=TEXT, quantity={"type": "integer"}, unit_price=NUMBER)
SCHEMAS = {
    "ticket": _object(label={"enum": list(LABELS)}),
    "invoice": _object(
        number=TEXT,
        supplier=TEXT,
        date=TEXT,
        currency={"enum": list(CURRENCIES)},
        total=NUMBER,
        items={"type": "array", "items": ITEM, "maxItems": 4},
    ),
}
LOOSE: dict[str, Any] = {
    "type": "object",
    "properties": {
        "a": {"type": "integer"},
        "b": {"type": "boolean"},
        "e": {"enum": ["New York", "Los Angeles", "c++", "café"]},
        "l": {"type": "array", "items": {"type": "string"}},
        "o": {"type": "object", "properties": {"x": {"type": "number"}}},
        "s": {"type": "string", "maxLength": 8},
    },
    "additionalProperties": False,
}


def _hopeless(schema: dict[str, Any], text: str) -> object:
    prefix = Prefix(schema)
    for place in range(0, len(text), 3):
        prefix.feed(text[place : place + 3])
    return prefix.hopeless


@pytest.mark.parametrize("damage", [*get_args(Spelling), *get_args(Substance)])
@pytest.mark.parametrize("case", [*invoices(3), *tickets(3)], ids=lambda case: case.id)
def test_no_damage_is_hopeless(case: Case, damage: Any) -> None:
    assert _hopeless(SCHEMAS[case.kind], spoilt(as_json(case.truth), damage, Dice(case.id))) is None


@pytest.mark.parametrize(
    "text",
    [
        '{"a": [1]}',
        '{"a": {"value": 1}}',
        '{"a": "1,234"}',
        '{"a": 2.0}',
        '{"b": "yes"}',
        '{"b": 1}',
        '{"e": "new-york"}',
        '{"e": "CAFE"}',
        '{"e": "\\"c++\\""}',
        '{"l": "one"}',
        '{"o": [{"x": "1.5"}]}',
        '{"o": "{\\"x\\": 1}"}',
        '{"s": ["x"]}',
        '{"s": 12}',
        '{"A": 1}',
        '{"a": 1, "z": 2, "y": {"x": []}}',
        '{"z": 2, "a": 1}',
        '{"a": null, "b": true}',
        '{"result": {"a": 1}}',
        '[{"a": 1}]',
        '<scratchpad>{"a": {}}</scratchpad>{"a": 1}',
    ],
)
def test_what_recovery_reads_is_not_hopeless(text: str) -> None:
    assert recover(text, LOOSE).value
    assert _hopeless(LOOSE, text) is None
