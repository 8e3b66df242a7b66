"""A dialect allows whatever the schema allows, says everything it leaves out, and can be undone."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, get_args

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from pydantic import BaseModel

from onedoor.output.build import contract
from onedoor.output.dialects import dialect
from onedoor.output.legal import ANNOTATIONS, ASSERTIONS, RULES, Target

from .schemas import fits, samples

TARGETS: tuple[Target, ...] = get_args(Target)
TARGET = st.sampled_from(TARGETS)
STRUCTURE = ANNOTATIONS | {"type", "properties", "required", "additionalProperties", "items", "prefixItems"}
STRUCTURE |= {"anyOf", "enum", "const", "$ref", "$defs", "definitions"}


WHOLE = frozenset({"allOf", "$ref", "type", "properties", "additionalProperties", "prefixItems", "schema", "const"})
"""Noted for a part that is left out as a whole, with all its rules."""


class Leaf(BaseModel):
    name: str
    size: int = 3


class Node(BaseModel):
    leaf: Leaf
    kids: list[Node] = []
    note: str | None = None


@settings(max_examples=80)
@given(samples(), TARGET)
def test_what_fits_a_schema_fits_its_dialect(sample: tuple[dict[str, Any], Any], target: Target) -> None:
    schema, value = sample
    assume(fits(schema, value))
    found = dialect(schema, target)
    if found.schema is not None:
        assert fits(found.schema, found.transform(value))


@settings(max_examples=80)
@given(samples(nulls=False), TARGET)
def test_a_dialect_is_undone(sample: tuple[dict[str, Any], Any], target: Target) -> None:
    schema, value = sample
    assume(fits(schema, value))
    found = dialect(schema, target)
    assert found.undo(found.transform(value)) == value


@settings(max_examples=60)
@given(samples())
def test_an_absent_key_that_may_be_null_comes_back_as_null_at_most(sample: tuple[dict[str, Any], Any]) -> None:
    schema, value = sample
    assume(fits(schema, value))
    found = dialect(schema, "openai_strict")
    back = found.undo(found.transform(value))
    assert fits(schema, back)
    assert found.transform(back) == found.transform(value)


@settings(max_examples=60)
@given(samples(), TARGET)
def test_a_dialect_has_only_words_its_server_knows(sample: tuple[dict[str, Any], Any], target: Target) -> None:
    schema, _ = sample
    found, rules = dialect(schema, target), RULES[target]
    for node in nodes(found.schema if found.strict or not rules.lenient else None):
        assert node.keys() <= STRUCTURE | rules.keeps
        assert "oneOf" not in node
        assert not (rules.closed and node.get("type") == "object" and node.get("additionalProperties") is not False)
        assert not rules.all_required or sorted(node.get("properties", ())) == sorted(node.get("required", ()))
        assert not ("anyOf" in node and "properties" in node)
    if found.schema is not None and rules.root_object:
        assert found.schema["type"] == "object"


@settings(max_examples=60)
@given(samples(), TARGET)
def test_every_rule_is_sent_or_noted(sample: tuple[dict[str, Any], Any], target: Target) -> None:
    schema, _ = sample
    found = dialect(schema, target)
    lost = rules_of(schema) - rules_of(found.schema)
    noted = {one.keyword for one in found.dropped}
    assert noted & WHOLE or lost <= noted


def nodes(schema: Any) -> Iterator[dict[str, Any]]:
    if not isinstance(schema, dict):
        return
    yield schema
    for key in ("properties", "$defs", "patternProperties"):
        for part in schema.get(key, {}).values():
            yield from nodes(part)
    for key in ("anyOf", "oneOf", "allOf", "prefixItems"):
        for part in schema.get(key, ()):
            yield from nodes(part)
    for key in ("items", "additionalProperties"):
        yield from nodes(schema.get(key))


def rules_of(schema: Any) -> set[str]:
    return {key for node in nodes(schema) for key in node if key in ASSERTIONS}


def schema_of(spec: object) -> dict[str, Any]:
    made = contract(spec)
    assert made.schema is not None
    return dict(made.schema)


def test_openai_wants_every_key_and_takes_null_for_those_left_out() -> None:
    found = dialect(schema_of(Leaf), "openai_strict")
    assert found.schema == {
        "title": "Leaf",
        "type": "object",
        "properties": {
            "name": {"title": "Name", "type": "string"},
            "size": {"title": "Size", "anyOf": [{"type": "integer"}, {"type": "null"}]},
        },
        "required": ["name", "size"],
        "additionalProperties": False,
    }
    assert (found.strict, found.wrapped, found.prompt_copy, found.dropped) == (True, False, "", ())
    assert found.undo({"name": "x", "size": None}) == {"name": "x"}
    assert found.transform({"name": "x"}) == {"name": "x", "size": None}


def test_a_recursive_model_keeps_its_references() -> None:
    found = dialect(schema_of(Node), "openai_strict")
    assert found.strict
    assert found.schema is not None
    assert found.schema["type"] == "object"
    assert found.schema["properties"]["kids"]["anyOf"][0]["items"] == {"$ref": "#/$defs/Node"}
    value = {"leaf": {"name": "a", "size": None}, "kids": [{"leaf": {"name": "b"}, "kids": None, "note": None}]}
    assert found.undo(value) == {"leaf": {"name": "a"}, "kids": [{"leaf": {"name": "b"}, "note": None}]}


@pytest.mark.parametrize("spec", [list[int], int, ["a", "b"], Leaf | int])
def test_a_root_that_is_no_object_is_wrapped(spec: Any) -> None:
    found = dialect(schema_of(spec), "openai_strict")
    assert found.wrapped
    assert found.schema is not None
    assert found.schema["required"] == ["value"]
    assert found.undo({"value": 3}) == 3
    assert found.undo(3) == 3


@pytest.mark.parametrize(
    ("schema", "target", "dropped"),
    [
        ({"type": "string", "minLength": 3}, "openai_strict", [("", "minLength")]),
        ({"type": "string", "pattern": "(?=x)"}, "openai_strict", [("", "pattern")]),
        ({"type": "string", "pattern": "x"}, "openai_strict", []),
        ({"type": "string", "format": "uri"}, "openai_strict", [("", "format")]),
        ({"type": "string", "format": "uri"}, "anthropic", []),
        ({"type": "integer", "minimum": 3}, "openai_strict", []),
        ({"type": "integer", "minimum": 3}, "anthropic", [("", "minimum")]),
        ({"type": "array", "items": {"type": "integer"}, "minItems": 1}, "anthropic", []),
        ({"type": "array", "items": {"type": "integer"}, "minItems": 2}, "anthropic", [("", "minItems")]),
        ({"oneOf": [{"type": "integer"}, {"type": "string"}]}, "anthropic", [("", "oneOf")]),
        ({"oneOf": [{"type": "integer"}, {"type": "string"}]}, "llama_cpp", [("", "oneOf")]),
        ({"type": "number", "minimum": 3}, "llama_cpp", [("", "minimum")]),
        ({"type": "integer", "minimum": 3}, "ollama", []),
        ({"type": "string", "pattern": "x"}, "ollama", [("", "pattern")]),
        ({"type": "string", "pattern": "^[a-z]{3}$"}, "ollama", []),
        ({"type": "string", "pattern": r"^\d$"}, "ollama", [("", "pattern")]),
        ({"type": "string", "pattern": "^a|b$"}, "ollama", [("", "pattern")]),
        ({"type": "string", "pattern": "^a$ ^b$"}, "ollama", [("", "pattern")]),
        ({"type": "string", "pattern": "^[^a]+$"}, "ollama", []),
        ({"type": "string", "pattern": "^(?:a)$"}, "ollama", [("", "pattern")]),
        ({"type": "string", "pattern": r"^a\$"}, "ollama", [("", "pattern")]),
        ({"type": "string", "pattern": "^a$", "maxLength": 1}, "vllm", [("", "maxLength")]),
        ({"type": "array", "items": {"uniqueItems": True}}, "vllm", [("/items", "uniqueItems")]),
        ({"type": "object"}, "openai_strict", [("", "properties")]),
        ({"type": "object", "properties": {"a/b": {}}}, "anthropic", [("/properties/a~1b", "type")]),
        ({"type": "object", "additionalProperties": {"type": "integer"}}, "anthropic", [("", "additionalProperties")]),
        ({"type": "integer"}, "json_object", [("", "schema")]),
    ],
)
def test_what_a_server_is_not_told(schema: dict[str, Any], target: Target, dropped: list[tuple[str, str]]) -> None:
    assert [(one.path, one.keyword) for one in dialect(schema, target).dropped] == dropped


def test_a_schema_openai_cannot_be_strict_about_is_sent_all_the_same_and_shown() -> None:
    schema = schema_of(dict[str, int])
    found = dialect(schema, "openai_strict")
    assert (found.strict, found.schema, found.prompt_copy) == (False, schema, json.dumps(schema, separators=(",", ":")))


def test_a_schema_anthropic_does_not_take_is_only_shown() -> None:
    found = dialect(schema_of(Node), "anthropic")
    assert found.schema is None
    assert str(found.dropped[0]).endswith("$ref (the server takes no schema that refers to itself)")
    assert json.loads(found.prompt_copy) == schema_of(Node)


@pytest.mark.parametrize(
    ("target", "shown"),
    [("openai_strict", True), ("anthropic", True), ("ollama", False), ("llama_cpp", False), ("vllm", False)],
)
def test_the_schema_goes_into_the_prompt_where_the_server_does_not_show_it(target: Target, shown: bool) -> None:
    assert (dialect(schema_of(Leaf), target).prompt_copy == "") == shown


def test_llama_cpp_closes_objects_and_empty_schemas_so_what_is_open_is_spelled_out() -> None:
    schema = {"type": "object", "properties": {"a": {"type": "integer"}, "b": {}}, "patternProperties": {"^x": {}}}
    found = dialect(schema, "llama_cpp")
    assert found.schema is not None
    assert found.schema["additionalProperties"] == found.schema["properties"]["b"]
    assert {"type": "object"} in found.schema["properties"]["b"]["anyOf"]


def test_llama_cpp_reads_types_before_values_so_mixed_values_come_without() -> None:
    assert dialect({"type": ["string", "null"], "enum": ["a", None]}, "llama_cpp").schema == {"enum": ["a", None]}


@pytest.mark.parametrize("target", TARGETS)
def test_no_root_is_a_mere_reference(target: Target) -> None:
    assert "$ref" not in (dialect(schema_of(Node), target).schema or {})


def test_sizes_a_server_refuses_are_noted() -> None:
    schema = {"type": "object", "properties": {f"k{n}": {"type": "integer"} for n in range(5001)}}
    assert dialect(schema, "openai_strict").notes == ("the schema has 5001 keys; this server takes 5000",)
