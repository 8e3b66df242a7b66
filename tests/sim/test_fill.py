from __future__ import annotations

from typing import Annotated, Literal

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from onedoor.sim.dice import Dice
from onedoor.sim.fill import fill
from onedoor.sim.schema import Schema


class Line(msgspec.Struct):
    name: Annotated[str, msgspec.Meta(min_length=20)]
    amount: Annotated[float, msgspec.Meta(gt=0, le=1)]
    count: Annotated[int, msgspec.Meta(ge=3, lt=5)]


class Document(msgspec.Struct):
    kind: Literal["a", "b"]
    lines: Annotated[list[Line], msgspec.Meta(min_length=2)]
    short: Annotated[str, msgspec.Meta(max_length=3)]
    low: Annotated[int, msgspec.Meta(le=-40)]
    pair: tuple[int, bool]
    note: str | None = None
    parent: Document | None = None
    children: list[Document] = []


def _fill(schema: dict[str, object], key: str = "") -> object:
    return fill(msgspec.convert(schema, Schema), Dice(key))


@settings(deadline=None)
@given(st.text(max_size=8))
def test_what_is_filled_fits_the_schema(key: str) -> None:
    value = _fill(msgspec.json.schema(Document), key)
    assert isinstance(msgspec.convert(value, Document), Document)
    assert value == _fill(msgspec.json.schema(Document), key)


@pytest.mark.parametrize(
    ("schema", "value"),
    [
        ({}, "simulated"),
        ({"const": None}, None),
        ({"type": "null"}, None),
        ({"type": ["null", "string"]}, "simulated"),
        ({"type": "string", "format": "date"}, "2025-01-01"),
        ({"type": "integer", "minimum": 4, "maximum": 4}, 4),
        ({"type": "number", "exclusiveMinimum": 0, "exclusiveMaximum": 0.02}, 0.01),
        ({"allOf": [{"$ref": "#/$defs/Seven"}], "$defs": {"Seven": {"const": 7}}}, 7),
        ({"$ref": "#/nowhere"}, "simulated"),
        ({"required": ["x"], "type": "object"}, {"x": "simulated"}),
        ({"type": "array", "items": False}, ["simulated"]),
    ],
    ids=str,
)
def test_each_keyword(schema: dict[str, object], value: object) -> None:
    assert _fill(schema) == value


def test_a_schema_that_names_only_itself_comes_to_an_end() -> None:
    assert _fill({"$ref": "#"}) == "simulated"
    assert _fill({"type": "object", "properties": {"again": {"$ref": "#"}}})
