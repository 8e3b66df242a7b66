"""Schemas with values that fit them, for the laws of the dialects."""

from __future__ import annotations

from typing import Any

import jsonschema_rs
from hypothesis import strategies as st

Pair = tuple[dict[str, Any], st.SearchStrategy[Any]]
NAMES = ("a", "b", "c", "d/e", "value")


def fits(schema: Any, value: Any) -> bool:
    return bool(jsonschema_rs.validator_for(schema, offline=True).is_valid(value))


LEAVES: list[Pair] = [
    ({"type": "integer", "minimum": -5, "maximum": 5}, st.integers(-5, 5)),
    ({"type": "integer", "multipleOf": 2}, st.integers(-9, 9).map(lambda n: n * 2)),
    ({"type": "number", "minimum": 0.5}, st.floats(0.5, 9)),
    ({"type": "string", "minLength": 1, "maxLength": 3}, st.text("abé", min_size=1, max_size=3)),
    ({"type": "string", "pattern": "^[a-c]+$", "maxLength": 4}, st.text("abc", min_size=1, max_size=4)),
    ({"type": "string", "pattern": "b"}, st.just("abc")),
    ({"type": "string", "pattern": r"^\d(?=x)x$"}, st.just("1x")),
    ({"type": "string", "format": "date", "title": "Day"}, st.just("2026-03-01")),
    ({"type": "string", "format": "iri"}, st.just("https://example.com/ü")),
    ({"type": "boolean", "description": "whether"}, st.booleans()),
    ({"enum": ["red", "blue"]}, st.sampled_from(["red", "blue"])),
    ({"const": 7}, st.just(7)),
    ({"type": ["string", "integer"], "minimum": 3, "maxLength": 2}, st.sampled_from(["x", 3, 9])),
    ({"$ref": "#/$defs/tree"}, st.sampled_from([{"leaf": 1}, {"leaf": 1, "kids": [{"leaf": 2, "kids": []}]}])),
    ({"allOf": [{"type": "integer"}], "description": "one"}, st.integers()),
    ({"properties": {"x": {"type": "integer"}}, "type": "object"}, st.just({"x": 3})),
]
NULLS: list[Pair] = [
    ({"type": "null"}, st.none()),
    ({"type": ["integer", "null"]}, st.none() | st.integers()),
    ({"minimum": 3}, st.integers(3, 9)),
    ({"enum": ["x", None]}, st.sampled_from(["x", None])),
]
LOOSE: list[Pair] = [
    ({}, st.integers() | st.text()),
    ({"type": "object"}, st.dictionaries(st.text("xy", max_size=2), st.integers(), max_size=2)),
    ({"type": "object", "additionalProperties": {"type": "integer"}}, st.dictionaries(st.text("xy"), st.integers())),
    ({"type": "object", "patternProperties": {"^x": {"type": "integer"}}}, st.just({"x1": 3})),
    ({"allOf": [{"type": "integer"}, {"minimum": 3}]}, st.integers(3, 5)),
    ({"type": "array"}, st.lists(st.integers(), max_size=2)),
    ({"type": "array", "prefixItems": [{"type": "integer"}]}, st.sampled_from([[], [1], [1, "x"]])),
    (
        {
            "type": "object",
            "properties": {"k": {"type": "integer"}},
            "anyOf": [{"required": ["k"]}, {"required": ["j"]}],
        },
        st.sampled_from([{"k": 1}, {"j": 2}]),
    ),
    ({"const": {"a": 1}}, st.just({"a": 1})),
    ({"if": {"type": "integer"}, "then": {"minimum": 3}}, st.integers(3, 9)),
    ({"not": {"type": "string"}}, st.integers()),
]
DEFS = {
    "tree": {
        "type": "object",
        "properties": {"leaf": {"type": "integer"}, "kids": {"type": "array", "items": {"$ref": "#/$defs/tree"}}},
        "required": ["leaf"],
    }
}


def lists(inner: st.SearchStrategy[Pair]) -> st.SearchStrategy[Pair]:
    def made(pair: Pair, least: int, unique: bool) -> Pair:
        schema = {"type": "array", "items": pair[0], "minItems": least, "maxItems": 3}
        return schema | ({"uniqueItems": True} if unique else {}), st.lists(pair[1], min_size=least, max_size=3)

    return st.builds(made, inner, st.integers(0, 2), st.booleans())


def tuples(inner: st.SearchStrategy[Pair]) -> st.SearchStrategy[Pair]:
    def made(pairs: list[Pair]) -> Pair:
        schema = {"type": "array", "prefixItems": [pair[0] for pair in pairs]}
        size = {"minItems": len(pairs), "maxItems": len(pairs)}
        return schema | size, st.tuples(*(pair[1] for pair in pairs)).map(list)

    return st.lists(inner, min_size=1, max_size=3).map(made)


@st.composite
def objects(draw: st.DrawFn, inner: st.SearchStrategy[Pair]) -> Pair:
    names = draw(st.lists(st.sampled_from(NAMES), min_size=1, max_size=3, unique=True))
    pairs = {name: draw(inner) for name in names}
    required = draw(st.lists(st.sampled_from(names), unique=True))
    schema: dict[str, Any] = {"type": "object", "properties": {name: pair[0] for name, pair in pairs.items()}}
    schema |= draw(st.sampled_from([{}, {"additionalProperties": False}]))
    schema |= {"required": required} if required else {}
    always = {name: pairs[name][1] for name in required}
    return schema, st.fixed_dictionaries(
        always, optional={name: pair[1] for name, pair in pairs.items() if name not in required}
    )


def unions(inner: st.SearchStrategy[Pair]) -> st.SearchStrategy[Pair]:
    def made(pairs: list[Pair], keyword: str) -> Pair:
        return {keyword: [pair[0] for pair in pairs]}, st.one_of([pair[1] for pair in pairs])

    return st.builds(made, st.lists(inner, min_size=1, max_size=3), st.sampled_from(["anyOf", "oneOf"]))


@st.composite
def samples(draw: st.DrawFn, *, nulls: bool = True, loose: bool = True) -> tuple[dict[str, Any], Any]:
    """A schema and a value; whoever takes them must see that the value fits, since unions may make it not."""
    leaves = st.sampled_from(LEAVES + NULLS * nulls + LOOSE * loose)
    nested = st.recursive(
        leaves, lambda inner: lists(inner) | tuples(inner) | objects(inner) | unions(inner), max_leaves=6
    )
    schema, values = draw(nested)
    return {**schema, "$defs": DEFS}, draw(values)
