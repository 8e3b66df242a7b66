"""Whatever a shape is written as, it becomes one contract; a wrong one is refused with the fix."""

from __future__ import annotations

import enum
import re
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any, Literal

import pytest
from pydantic import BaseModel, Field, TypeAdapter
from typing_extensions import TypedDict

from onedoor.errors import InvalidCall
from onedoor.output.build import contract
from onedoor.output.contract import Check, Contract
from onedoor.output.validate import Valid, validate


class Line(BaseModel):
    name: str
    price: float


class Bill(BaseModel):
    customer: str
    lines: list[Line] = []
    note: str | None = None


@dataclass
class Point:
    x: int
    y: int = 0


class Box(TypedDict):
    width: int


class Colour(enum.Enum):
    RED = "red"
    BLUE = "blue"


def data(made: Contract, text: str) -> Any:
    found = validate(made, text, None)
    assert isinstance(found, Valid), found
    return found.data


@pytest.mark.parametrize(
    ("spec", "text", "expected"),
    [
        (None, "  hello ", "hello"),
        (str, "hello", "hello"),
        (Bill, '{"customer": "Ada"}', Bill(customer="Ada")),
        (list[Line], '[{"name": "a", "price": 1}]', [Line(name="a", price=1)]),
        (Point, '{"x": 3}', Point(3)),
        (Box, '{"width": 3}', {"width": 3}),
        (TypeAdapter(Box), '{"width": 3}', {"width": 3}),
        (int, "42", 42),
        (int | None, "null", None),
        (bool, "true", True),
        (dict[str, int], '{"a": 1}', {"a": 1}),
        (tuple[int, str], '[1, "a"]', (1, "a")),
        (Literal["yes", "no"], "yes", "yes"),
        (Literal[1, 2], "2", 2),
        (Colour, "red", Colour.RED),
        (Annotated[str, Field(max_length=5)], "hello", "hello"),
        ({"type": "object", "required": ["a"]}, '{"a": 1}', {"a": 1}),
        ({"type": "string"}, "hello", "hello"),
        ({"const": "only"}, "only", "only"),
        (re.compile(r"\d+"), " 42\n", "42"),
        (["a", "b"], "b", "b"),
        (("a", "b"), "b", "b"),
        ({"a", "b"}, "b", "b"),
    ],
)
def test_a_shape_and_an_answer_that_fits_it(spec: object, text: str, expected: object) -> None:
    assert data(contract(spec), text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("in stock", "In stock"),
        ("IN STOCK.", "In stock"),
        ("**In stock**", "In stock"),
        ('"In stock"', "In stock"),
        ('{"label": "In stock"}', "In stock"),
        ('{"label": "in-stock"}', "In stock"),
        ("ok", "OK"),
    ],
)
def test_a_label_is_matched_exactly_then_without_case_and_punctuation(text: str, expected: str) -> None:
    assert data(contract(["In stock", "Sold out", "OK"]), text) == expected


@pytest.mark.parametrize(
    "text", ["in", "In stock, I think", '{"label": "In stock", "why": "…"}', "a+", "instock soldout"]
)
def test_a_label_is_never_guessed(text: str) -> None:
    assert not isinstance(validate(contract(["In stock", "Sold out", "A", "a-"]), text, None), Valid)


def test_labels_that_differ_in_punctuation_only_are_told_apart_only_exactly() -> None:
    made = contract(["A+", "A-"])
    assert data(made, "A+") == "A+"
    assert not isinstance(validate(made, "a", None), Valid)


def test_a_label_that_was_changed_says_so() -> None:
    found = validate(contract(Colour), "Red!", None)
    assert isinstance(found, Valid)
    assert found.data is Colour.RED
    assert [(edit.kind, edit.note) for edit in found.edits] == [("enum_case", "'Red!' became 'red'")]


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: contract("Bill"), "a pattern is re.compile"),
        (lambda: contract(3), "a contract can't be 3"),
        (lambda: contract(object()), "no type an answer can have"),
        (lambda: contract(Callable[[int], int]), "no type an answer can have"),
        (lambda: contract([]), "an empty list"),
        (lambda: contract(["a", ""]), "not ''"),
        (lambda: contract(["a", 1]), "not 1"),
        (lambda: contract(["a", "a "]), "must differ"),
        (lambda: contract({"type": "strin"}), "no valid JSON Schema"),
        (lambda: contract({"pattern": "("}), "no valid JSON Schema"),
        (lambda: contract({"$ref": "#/nowhere"}), "no valid JSON Schema"),
        (lambda: contract({"$ref": "https://example.invalid/schema.json"}), "no valid JSON Schema"),
        (lambda: contract({"enum": {1}}), "no valid JSON Schema"),
        (lambda: contract(re.compile(b"x")), "for bytes"),
        (lambda: contract(min_length=10, max_length=5), "more than max_length 5"),
        (lambda: contract(Bill, min_length={"note": 9}, max_length={"/note": 5}), "min_length of /note is 9"),
        (lambda: contract(min_length=-1), "min_length must be"),
        (lambda: contract(max_length="long"), "max_length must be"),  # type: ignore[arg-type]
        (lambda: contract(forbid=["a", " "]), "forbid must be"),
        (lambda: contract(must_contain=[3]), "must_contain must be"),  # type: ignore[list-item]
        (lambda: contract(["a"], required=["x"]), "this answer is a text"),
        (
            lambda: contract({"type": "object", "properties": {}, "additionalProperties": False}, required=["x"]),
            "no key",
        ),
        (lambda: contract(checks=[3]), "checks[0] must be a callable"),  # type: ignore[list-item]
        (lambda: contract(checks=[lambda: True]), "must take the data"),
        (lambda: contract(checks=[lambda a, b, c: True]), "must take the data"),
    ],
)
def test_a_wrong_spec_is_refused_with_value_and_rule(make: Callable[[], Contract], words: str) -> None:
    with pytest.raises(InvalidCall, match=re.escape(words)):
        make()


def test_contracts_compose() -> None:
    first = contract(Bill, forbid="todo", name="bill")
    second = contract(first, required=["note"], checks=lambda bill: bill.note != "x")
    assert [check.name for check in second.checks] == ["forbid", "check 1"]
    assert second.name == "bill"
    assert second.required == ("/note",)
    assert first.required == ()


def test_required_keys_are_told_in_the_schema_where_that_can_be_said() -> None:
    made = contract(
        {"type": "object", "properties": {"a": {"type": "object", "properties": {"b": {"type": "integer"}}}}},
        required=["a.b"],
    )
    assert made.schema is not None
    assert made.schema["required"] == ["a"]
    assert made.schema["properties"]["a"]["required"] == ["b"]


def test_required_keys_alone_make_an_object() -> None:
    made = contract(required=["a", "b.c"])
    assert made.schema is not None
    assert made.schema["required"] == ["a", "b"]
    assert data(made, '{"a": 1, "b": {"c": 2}}') == {"a": 1, "b": {"c": 2}}


@pytest.mark.parametrize(
    ("spec", "name"),
    [(None, "answer"), (Bill, "Bill"), (list[Line], "list"), (["a"], "label"), ({"title": "My bill!"}, "My_bill")],
)
def test_a_contract_has_a_name_the_wire_takes(spec: object, name: str) -> None:
    assert contract(spec).name == name
    assert contract(spec, name="Über uns").name == "ber_uns"


def test_a_check_built_by_hand_is_taken_as_it_is() -> None:
    check = Check("short", lambda data, text: len(text) < 3, rule="must be short", hard=False)
    assert contract(checks=check).checks[0].rule == "must be short"


def test_neither_pydantic_nor_the_validator_is_imported_before_it_is_needed() -> None:
    program = (
        "import sys, onedoor.output.labels, onedoor.output.validate, onedoor.output.enforcement;"
        "print(*({'pydantic', 'pydantic_core', 'jsonschema_rs'} & set(sys.modules)))"
    )
    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=30, check=True)
    assert ended.stdout.split() == []
