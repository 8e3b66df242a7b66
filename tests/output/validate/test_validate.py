"""An answer fulfils its contract, or gets one diagnosis with paths and rules."""

from __future__ import annotations

import datetime
import json
from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, ConfigDict, Field, field_validator

from onedoor.errors import Unrecoverable
from onedoor.output.build import contract
from onedoor.output.contract import Contract, Diagnosis
from onedoor.output.dialects import dialect
from onedoor.output.reading import read
from onedoor.output.recovered import Edit, Recovered
from onedoor.output.validate import Valid, diagnose, validate


class Person(BaseModel):
    name: str = Field(min_length=2)
    age: int = Field(ge=0)
    mail: str | None = None

    @field_validator("name")
    @classmethod
    def capital(cls, name: str) -> str:
        if name[:1].islower():
            raise ValueError("a name begins with a capital")
        return name


class Strict(BaseModel):
    model_config = ConfigDict(strict=True)
    day: datetime.date


PERSON = contract(Person)


def wrong(made: Contract, text: str, **more: Any) -> Diagnosis:
    found = validate(made, text, None, **more)
    assert isinstance(found, Diagnosis), found
    return found


def lines(found: Diagnosis) -> list[tuple[str, str, str]]:
    return [(failure.path, failure.rule, failure.got) for failure in found.failures]


@pytest.mark.parametrize(
    ("text", "mode", "failures"),
    [
        ('{"name": "Ada"}', "schema", [("/age", "must be there", "nothing")]),
        ('{"name": "Ada", "age": "36"}', "schema", [("/age", "must be an integer", "a text")]),
        ('{"name": "Ada", "age": -1}', "schema", [("/age", "must be at least 0", "an integer")]),
        ('{"name": "A", "age": 1}', "schema", [("/name", "must have at least 2 characters", "a text")]),
        ('{"name": "Ada", "age": 1, "mail": 3}', "schema", [("/mail", "must be a text or null", "an integer")]),
        ('[{"name": "Ada", "age": 1}]', "schema", [("", "must be an object", "a list")]),
        (
            '{"name": "ada", "age": 1}',
            "constraint",
            [("/name", "breaks a rule: Value error, a name begins with a capital", "a text")],
        ),
        (
            '{"name": "Ada", "age": 1',
            "syntax",
            [("", "must be JSON: Expecting ',' delimiter at line 1, column 25", "")],
        ),
        ("Ada is 36.", "syntax", [("", "must be JSON: Expecting value at line 1, column 1", "")]),
        ('{"name": "Ada", "name": "Bob", "age": 1}', "syntax", None),
        ('{"name": "Ada", "age": NaN}', "syntax", None),
        ('{"name": "Ad\\ud83d", "age": 1}', "syntax", None),
        ("[" * 100_000, "syntax", None),
        ('{"name": "Ada", "age": ' + "9" * 5000 + "}", "syntax", None),
    ],
)
def test_what_is_wrong_with_an_answer(text: str, mode: str, failures: list[tuple[str, str, str]] | None) -> None:
    found = wrong(PERSON, text)
    assert found.mode == mode
    assert failures is None or lines(found) == failures


@pytest.mark.parametrize(
    ("schema", "value", "failures"),
    [
        ({"enum": [1, "a"]}, "b", [("", 'must be one of 1, "a"')]),
        ({"const": 3}, 4, [("", "must be 3")]),
        ({"additionalProperties": False}, {"x": 1}, [("", "must have no keys its schema doesn't know")]),
        (
            {"properties": {"y": {}}, "additionalProperties": False},
            {"x": 1},
            [("/x", "is a key its schema doesn't know")],
        ),
        ({"type": "array", "uniqueItems": True}, [1, 1], [("", "must have no two equal items")]),
        ({"type": "array", "items": {"type": "integer"}}, [1, "x"], [("/1", "must be an integer")]),
        ({"properties": {"a/b": {"type": "integer"}}}, {"a/b": 1.5}, [("/a~1b", "must be an integer")]),
        ({"properties": {"d": {"format": "date"}}}, {"d": "soon"}, [("/d", "must be a valid date")]),
        ({"anyOf": [{"type": "integer"}, {"type": "null"}]}, "x", [("", "must be an integer or null")]),
        (
            {
                "oneOf": [
                    {"properties": {"kind": {"const": "a"}, "x": {"type": "integer"}}, "required": ["kind", "x"]},
                    {"properties": {"kind": {"const": "b"}, "y": {"type": "integer"}}, "required": ["kind", "y"]},
                ]
            },
            {"kind": "b", "y": "?"},
            [("/y", "must be an integer")],
        ),
        ({"not": {"type": "object"}}, {}, [("", "must not be what its schema excludes")]),
    ],
)
def test_the_rules_of_a_schema_are_said_in_plain_words(
    schema: dict[str, Any], value: Any, failures: list[tuple[str, str]]
) -> None:
    found = wrong(contract(schema), json.dumps(value))
    assert [(failure.path, failure.rule) for failure in found.failures] == failures


def test_many_failures_are_counted_and_few_are_named() -> None:
    found = wrong(contract(list[int]), "[" + ", ".join(['"x"'] * 500) + "]")
    assert len(found.failures) == 20
    assert found.message.endswith("and 17 more")


def test_strict_models_read_dates_as_json_writes_them() -> None:
    found = validate(contract(Strict), '{"day": "2026-03-01"}', None)
    assert isinstance(found, Valid)
    assert found.data.day == datetime.date(2026, 3, 1)


@pytest.mark.parametrize(
    ("required", "text", "failures"),
    [
        ("mail", '{"name": "Ada", "age": 1, "mail": null}', [("/mail", "must be there and not null", "null")]),
        ("mail", '{"name": "Ada", "age": 1}', [("/mail", "must be there", "nothing")]),
    ],
)
def test_required_keys_must_be_there_and_not_null(
    required: str, text: str, failures: list[tuple[str, str, str]]
) -> None:
    assert lines(wrong(contract(Person, required=[required]), text)) == failures


def test_required_keys_of_every_item() -> None:
    made = contract({"type": "object"}, required=["items.*.price"])
    found = wrong(made, '{"items": [{"price": 1}, {}, {"price": null}]}')
    assert [failure.path for failure in found.failures] == ["/items/1/price", "/items/2/price"]


def test_an_answer_accepted_as_it_stands_is_never_given_to_recovery() -> None:
    def recover(text: str, schema: Mapping[str, Any] | None) -> Recovered:
        raise AssertionError("not needed")

    found = validate(PERSON, '{"name": "Ada", "age": 1}', recover)
    assert isinstance(found, Valid)
    assert found.edits == ()


def test_what_is_recovered_is_held_against_the_contract_again() -> None:
    edit = Edit("fence", "", 0.0)

    def recover(text: str, schema: Mapping[str, Any] | None) -> Recovered:
        return Recovered(read(text.strip("`")), (edit,), 0.0)

    found = validate(PERSON, '```{"name": "Ada", "age": 1}```', recover)
    assert isinstance(found, Valid)
    assert found.data == Person(name="Ada", age=1)
    assert found.edits == (edit,)
    assert validate(PERSON, '```{"name": "ada", "age": 1}```', recover).mode == "constraint"  # type: ignore[union-attr]


def test_recovery_that_gives_up_leaves_the_first_diagnosis() -> None:
    def recover(text: str, schema: Mapping[str, Any] | None) -> Recovered:
        raise Unrecoverable("no", reason="nothing")

    assert isinstance(found := validate(PERSON, "Ada", recover), Diagnosis)
    assert found.mode == "syntax"


def test_a_cut_answer_is_never_recovered() -> None:
    def recover(text: str, schema: Mapping[str, Any] | None) -> Recovered:
        raise AssertionError("its end is missing")

    assert isinstance(found := validate(PERSON, '{"name": "Ada", "age": 1', recover, finish_reason="length"), Diagnosis)
    assert found.mode == "truncation"


@pytest.mark.parametrize("text", ['{"value": [1, 2]}', "[1, 2]"])
def test_the_form_of_a_dialect_is_undone(text: str) -> None:
    made = contract(list[int])
    assert made.schema is not None
    found = validate(made, text, None, dialect=dialect(made.schema, "openai_strict"))
    assert isinstance(found, Valid)
    assert found.data == [1, 2]


def test_recovery_is_tried_by_the_schema_that_was_sent_too() -> None:
    made = contract({"type": "object", "properties": {"a": {"type": "integer"}, "b": {"type": "integer"}}})
    assert made.schema is not None
    sent = dialect(made.schema, "openai_strict")
    asked: list[object] = []

    def recover(text: str, schema: Mapping[str, Any] | None) -> Recovered:
        asked.append(schema)
        if len(asked) == 1:
            raise Unrecoverable("null is no integer", reason="misfit")
        return Recovered({"a": 1, "b": None}, (), 0.0)

    found = validate(made, "{'a': 1, 'b': null}", recover, dialect=sent)
    assert asked == [made.schema, sent.schema]
    assert isinstance(found, Valid)
    assert found.data == {"a": 1}


TEXTS = st.text(max_size=40) | st.sampled_from(
    ["", "null", "{", '"', "I'm sorry, but I can't", '{"name": "Ada", "age": 1}']
)
REASONS = st.sampled_from(["stop", "length", "tool_calls", "content_filter", "refusal", "other"])
SPECS = st.sampled_from([None, Person, ["a", "b"], list[int], int])


@given(SPECS, TEXTS, REASONS, st.booleans())
def test_every_answer_is_valid_or_gets_one_diagnosis(spec: object, text: str, reason: Any, capped: bool) -> None:
    made = contract(spec)
    found = validate(made, text, None, finish_reason=reason, capped=capped)
    said = diagnose(made, text, reason, capped=capped)
    assert (said is None) == isinstance(found, Valid)
    assert isinstance(found, Valid) or found == said
