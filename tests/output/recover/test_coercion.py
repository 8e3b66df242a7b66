"""What is brought to a schema, kind by kind, and beside each the case that must be refused."""

from __future__ import annotations

import json
from typing import Any

import pytest

from onedoor.errors import InvalidCall, Unrecoverable
from onedoor.output.recover import recover

NUMBER, INTEGER, TEXT, FLAG = {"type": "number"}, {"type": "integer"}, {"type": "string"}, {"type": "boolean"}
MAYBE = {"type": ["number", "null"]}
LABEL = {"enum": ["in_progress", "Done", "C++", "résumé"]}
PERSON = {
    "type": "object",
    "properties": {"first_name": TEXT, "age": INTEGER, "address": TEXT, "limit": {"type": "integer", "default": 10}},
    "required": ["first_name", "age"],
    "additionalProperties": False,
}
OPEN = {"type": "object", "properties": {"first_name": TEXT, "age": INTEGER}, "required": ["age"]}
NODE = {
    "$defs": {
        "node": {
            "type": "object",
            "properties": {"n": INTEGER, "of": {"type": "array", "items": {"$ref": "#/$defs/node"}}},
            "required": ["n"],
            "additionalProperties": False,
        }
    },
    "$ref": "#/$defs/node",
}
CIRCLE = {"type": "object", "properties": {"kind": {"const": "circle"}, "r": NUMBER}, "required": ["kind", "r"]}
SQUARE = {"type": "object", "properties": {"kind": {"const": "square"}, "a": NUMBER}, "required": ["kind", "a"]}
SHAPE = {"oneOf": [CIRCLE, SQUARE]}


def listed(items: Any) -> dict[str, Any]:
    return {"type": "array", "items": items}


def only(**properties: Any) -> dict[str, Any]:
    return {"type": "object", "properties": properties, "required": list(properties), "additionalProperties": False}


WHOLE: list[tuple[str, Any, Any, Any]] = [
    ("number_text", only(n=INTEGER), {"n": "12"}, {"n": 12}),
    ("number_text", only(n=NUMBER), {"n": " -1.5 "}, {"n": -1.5}),
    ("number_text", only(n=INTEGER), {"n": "3.00"}, {"n": 3}),
    ("thousands_comma", only(n=INTEGER), {"n": "1,234"}, {"n": 1234}),
    ("thousands_comma", only(n=NUMBER), {"n": "1,234,567.5"}, {"n": 1234567.5}),
    ("decimal_comma", only(n=NUMBER), {"n": "1.234,56"}, {"n": 1234.56}),
    ("decimal_comma", only(n=NUMBER), {"n": "12,5"}, {"n": 12.5}),
    ("spaced_number", only(n=NUMBER), {"n": "1 234,5"}, {"n": 1234.5}),
    ("currency", only(n=NUMBER), {"n": "$1,234.50"}, {"n": 1234.5}),
    ("currency", only(price_eur=NUMBER), {"price_eur": "5 €"}, {"price_eur": 5}),
    ("unit", only(n=NUMBER), {"n": "12 kg"}, {"n": 12}),
    ("unit", only(weight_kg=NUMBER), {"weight_kg": "12kg"}, {"weight_kg": 12}),
    ("text_number", only(t=TEXT), {"t": 12}, {"t": "12"}),
    ("text_boolean", only(t={"enum": ["true", "false"]}), {"t": True}, {"t": "true"}),
    ("boolean_text", only(b=FLAG), {"b": "Yes"}, {"b": True}),
    ("boolean_text", only(b=FLAG), {"b": "false"}, {"b": False}),
    ("boolean_number", only(b=FLAG), {"b": 1}, {"b": True}),
    ("null_text", only(n=MAYBE), {"n": "null"}, {"n": None}),
    ("null_text", only(n={"anyOf": [NUMBER, {"type": "null"}]}), {"n": ""}, {"n": None}),
    ("wrapped", only(t=listed(TEXT)), {"t": "a"}, {"t": ["a"]}),
    ("wrapped", listed(PERSON), {"first_name": "A", "age": 1}, [{"first_name": "A", "age": 1}]),
    ("unwrapped", only(t=TEXT), {"t": ["a"]}, {"t": "a"}),
    ("unwrapped", PERSON, [{"first_name": "A", "age": 1}], {"first_name": "A", "age": 1}),
    ("wrapper", PERSON, {"person": {"first_name": "A", "age": 1}}, {"first_name": "A", "age": 1}),
    ("wrapper", listed(INTEGER), {"numbers": [1, 2]}, [1, 2]),
    ("wrapper", INTEGER, {"answer": 42}, 42),
    ("wrapper", only(kind=TEXT), {"kind": {"value": "a"}}, {"kind": "a"}),
    ("json_text", PERSON, json.dumps({"first_name": "A", "age": 1}), {"first_name": "A", "age": 1}),
    ("json_text", only(p=listed(INTEGER)), {"p": "[1, 2]"}, {"p": [1, 2]}),
    ("enum_case", only(s=LABEL), {"s": "In Progress"}, {"s": "in_progress"}),
    ("enum_case", only(s=LABEL), {"s": "**done.**"}, {"s": "Done"}),
    ("enum_case", only(s=LABEL), {"s": "Resume"}, {"s": "résumé"}),
    ("enum_case", SHAPE, {"kind": "Circle", "r": 1}, {"kind": "circle", "r": 1}),
    ("key_case", PERSON, {"firstName": "A", "AGE": 1}, {"first_name": "A", "age": 1}),
    ("key_case", OPEN, {"first-name": "A", "Age": 1}, {"first-name": "A", "age": 1}),
    ("extra_key", PERSON, {"first_name": "A", "age": 1, "confidence": 0.9}, {"first_name": "A", "age": 1}),
    ("null_member", PERSON, {"first_name": "A", "age": 1, "address": None}, {"first_name": "A", "age": 1}),
    ("default", PERSON, {"first_name": "A", "age": 1, "limit": None}, {"first_name": "A", "age": 1, "limit": 10}),
    ("number_text", NODE, {"n": 1, "of": [{"n": "2", "of": []}]}, {"n": 1, "of": [{"n": 2, "of": []}]}),
    ("number_text", SHAPE, {"kind": "square", "a": "2"}, {"kind": "square", "a": 2}),
    ("number_text", {"allOf": [OPEN, {"required": ["first_name"]}]}, {"age": "3", "first_name": "A"},
     {"age": 3, "first_name": "A"}),
    ("number_text", {"type": "array", "prefixItems": [TEXT, INTEGER]}, ["1", "2"], ["1", 2]),
    ("number_text", {"type": "object", "patternProperties": {"^n_": INTEGER}}, {"n_a": "1", "b": "1"},
     {"n_a": 1, "b": "1"}),
    ("number_text", {"type": "object", "additionalProperties": INTEGER}, {"a": "1"}, {"a": 1}),
]  # fmt: skip

REFUSED: list[tuple[Any, Any]] = [
    (only(n=INTEGER), {"n": "1.5"}),
    (only(n=INTEGER), {"n": "1.234"}),
    (only(n=INTEGER), {"n": 1.5}),
    (only(n=INTEGER), {"n": "twelve"}),
    (only(n=NUMBER), {"n": "1.234.567"}),
    (only(n=NUMBER), {"n": "192.168.100.200"}),
    (only(n=NUMBER), {"n": "1,23,4"}),
    (only(n=NUMBER), {"n": "45%"}),
    (only(n=NUMBER), {"n": "5k"}),
    (only(n=NUMBER), {"n": "5 m"}),
    (only(n=NUMBER), {"n": "3 million"}),
    (only(n=NUMBER), {"n": "about 12"}),
    (only(n=NUMBER), {"n": "12-15"}),
    (only(n=NUMBER), {"n": "2024-01-01"}),
    (only(n=NUMBER), {"n": "$5 kg"}),
    (only(n=NUMBER), {"n": ""}),
    (only(n=NUMBER), {"n": None}),
    (only(n=NUMBER), {"n": True}),
    (only(weight_g=NUMBER), {"weight_g": "12 kg"}),
    (only(price_eur=NUMBER), {"price_eur": "$5"}),
    (only(price_cents=NUMBER), {"price_cents": "$5"}),
    (only(n={"type": "number", "description": "in thousands"}), {"n": "5 kg"}),
    (only(a=NUMBER, b=NUMBER), {"a": "12,5", "b": "1,234"}),
    (only(a=NUMBER, b=NUMBER), {"a": "1.234,5", "b": "1.234"}),
    (only(t=TEXT), {"t": None}),
    (only(t=TEXT), {"t": True}),
    (only(t=TEXT), {"t": {"error": "x"}}),
    (only(t=TEXT), {"t": ["a", "b"]}),
    (only(t=TEXT), {"t": []}),
    (only(b=FLAG), {"b": "maybe"}),
    (only(b=FLAG), {"b": 2}),
    (only(b=FLAG), {"b": ""}),
    (only(t=listed(TEXT)), {"t": "a, b"}),
    (only(t=listed(TEXT)), {"t": "a and b"}),
    (only(t=listed(TEXT)), {"t": ""}),
    (only(t=listed(TEXT)), {"t": None}),
    (only(t=listed(TEXT)), {"t": "[1]"}),
    (only(t=listed(INTEGER)), {"t": [1, "x"]}),
    (only(t=listed(INTEGER)), {"t": [1, None]}),
    (only(s=LABEL), {"s": "progress"}),
    (only(s=LABEL), {"s": "C"}),
    (only(s=LABEL), {"s": 1}),
    (only(s={"enum": ["on-hold", "on hold"]}), {"s": "On_Hold"}),
    (only(s={"enum": ["US", "us"]}), {"s": "Us"}),
    (only(s={"enum": ["1.5", "2"]}), {"s": "15"}),
    (only(s={"enum": ["NA"]}), {"s": "N/A"}),
    (PERSON, {"first_name": "A"}),
    (PERSON, {"first_name": "A", "age": None}),
    (PERSON, {"firstName": "A", "FIRST_NAME": "B", "age": 1}),
    (PERSON, {"first_name": "A", "age": 1, "adress": "x"}),
    (PERSON, {"first_name": "A", "ages": 1}),
    (PERSON, {"error": {"first_name": "A", "age": 1}}),
    (PERSON, {"status": "ok", "person": {"first_name": "A", "age": 1}}),
    (PERSON, [{"first_name": "A", "age": 1}, {"first_name": "B", "age": 2}]),
    (PERSON, "not {json}"),
    (SHAPE, {"kind": "cube", "a": 1}),
    (SHAPE, {"kind": "circle", "a": 1}),
    ({"anyOf": [only(a=INTEGER), only(b=INTEGER)]}, {"a": 1, "b": 2}),
    ({"anyOf": [{"const": "on-hold"}, {"const": "on_hold"}]}, "On hold"),
    (only(a={"anyOf": [only(n=INTEGER, u={"enum": ["A"]}), only(n=INTEGER, u={"enum": ["B"]})]}), {"a": {"n": 1}}),
    ({"anyOf": [{"type": "array", "items": INTEGER, "minItems": 1}, INTEGER]}, {"answer": "x"}),
]


@pytest.mark.parametrize(("kind", "schema", "given", "value"), WHOLE)
def test_a_value_is_brought_to_its_schema(kind: str, schema: Any, given: Any, value: Any) -> None:
    found = recover(json.dumps(given), schema)
    assert repr(found.value) == repr(value)
    assert kind in {one.kind for one in found.edits}
    assert found.cost == pytest.approx(sum(one.cost for one in found.edits))


@pytest.mark.parametrize(("schema", "given"), REFUSED)
def test_a_guess_is_refused(schema: Any, given: Any) -> None:
    with pytest.raises(Unrecoverable):
        recover(json.dumps(given), schema)


@pytest.mark.parametrize(
    ("text", "schema", "value"),
    [
        ("Positive.", {"enum": ["positive", "negative"]}, "positive"),
        ("```\n1,234\n```", NUMBER, 1234),
        ("<think>hm</think> yes", FLAG, True),
        ("42", INTEGER, 42),
        ('{"a": 1}\n{"a": 2}', listed(only(a=INTEGER)), [{"a": 1}, {"a": 2}]),
        ('{"a": 1}, {"a": "2"},\n{"a": 3}', listed(only(a=INTEGER)), [{"a": 1}, {"a": 2}, {"a": 3}]),
        ('{"in": 1}\n{"a": 2}', only(a=INTEGER), {"a": 2}),
        ('{"a": 2, "b": NaN}', only(a=INTEGER, b=MAYBE), {"a": 2, "b": None}),
        ('<think>so it is {"a": 1}', only(a=INTEGER), {"a": 1}),
        ('{"age": 3, "first_name": "A', OPEN, {"age": 3}),
        ('{"t": 1.50}', only(t=TEXT), {"t": "1.50"}),
    ],
)
def test_a_schema_helps_to_find_the_value(text: str, schema: Any, value: Any) -> None:
    assert recover(text, schema).value == value


@pytest.mark.parametrize(
    ("text", "schema"),
    [
        ("I would say positive", {"enum": ["positive", "negative"]}),
        ("prose", TEXT),
        ('{"a": 1}\n{"a": 2}', only(a=INTEGER)),
        ('{"a": 1}\n{"a": 1}', listed(only(a=INTEGER))),
        ('{"a": 1}\nFinal: {"a": "x"}', only(a=INTEGER)),
        ('{"a": 1}\nFinal: {"a": [}', only(a=INTEGER)),
        ('{"a": 2, "b": NaN}', only(a=INTEGER, b=NUMBER)),
        ('<think>so it is {"a": 1}, but', only(a=INTEGER)),
        ('{"first_name": "A", "age": 3', OPEN),
        ('{"age": 3, "first_name": 12', OPEN),
        ('[{"age": 3, "first_name": "A', listed(OPEN)),
        ('{"n": 1, "of": [{"n": 2}, {"n": x}]}', NODE),
        ('{"t": 12, "t": 13}', only(t=INTEGER)),
    ],
)
def test_a_schema_is_no_licence_to_guess(text: str, schema: Any) -> None:
    with pytest.raises(Unrecoverable):
        recover(text, schema)


def test_what_the_schema_accepts_is_left_alone() -> None:
    text = '{"age": 3.0, "Age": "x", "first_name": "12,5"}'
    found = recover(text, OPEN)
    assert (found.value, found.edits) == (json.loads(text), ())


def test_dearer_than_allowed_is_refused() -> None:
    text = '{"person": {"firstName": "A", "age": "1", "confidence": 1}}'
    assert recover(text, PERSON).cost > 4
    with pytest.raises(Unrecoverable) as caught:
        recover(text, PERSON, most_cost=4)
    assert caught.value.reason == "cost"


def test_the_same_edit_in_every_item_is_charged_once() -> None:
    text = json.dumps([{"n": "1"}] * 1000)
    found = recover(text, listed(only(n=INTEGER)))
    assert len(found.edits) == 1000
    assert found.cost < 1


def test_the_deeper_the_dearer() -> None:
    shallow = recover('{"n": "1"}', only(n=INTEGER)).cost
    deep = recover('{"a": {"n": "1"}}', only(a=only(n=INTEGER))).cost
    assert deep > shallow


@pytest.mark.parametrize(
    "schema", [{"type": "foo"}, {"$ref": "https://example.org/x"}, {"$ref": "#/nope"}, {"enum": 3}]
)
def test_a_schema_that_is_none_is_the_callers_mistake(schema: Any) -> None:
    with pytest.raises(InvalidCall):
        recover("{}", schema)
