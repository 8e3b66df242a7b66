"""Prompts for taking something out of a text and for sorting it under labels."""

from __future__ import annotations

import re
from typing import Any

import pytest
from pydantic import BaseModel

from onedoor.errors import InvalidCall
from onedoor.output.build import contract
from onedoor.output.instructions import instructions
from onedoor.output.labels import classification, extraction, output_cap
from onedoor.output.validate import Valid, validate
from onedoor.types import Example


class Person(BaseModel):
    name: str
    age: int | None = None


def test_extraction_shows_examples_with_their_answers_as_json() -> None:
    made = contract(Person)
    job = extraction(made, examples=[("Ada is 36.", Person(name="Ada", age=36)), ("Bob", {"name": "Bob"})])
    assert job.contract is made
    assert job.examples == (Example("Ada is 36.", '{"name": "Ada", "age": 36}'), Example("Bob", '{"name": "Bob"}'))
    assert "null" in job.system


def test_an_example_of_a_text_is_the_text_itself() -> None:
    assert extraction(contract(re.compile("A.*")), examples=[("Ada is 36.", "Ada")]).examples[0].answer == "Ada"


@pytest.mark.parametrize(
    ("more", "text", "expected"),
    [
        ({}, "Spam", "spam"),
        ({"unsure": True}, "unsure", "unsure"),
        ({"multi": True}, '["spam", "ham"]', ["spam", "ham"]),
        ({"multi": True}, "[]", []),
        ({"multi": True, "unsure": True}, '["unsure"]', ["unsure"]),
    ],
)
def test_the_answer_to_a_classification(more: dict[str, Any], text: str, expected: object) -> None:
    job = classification({"spam": "adverts", "ham": ""}, **more)
    found = validate(job.contract, text, None)
    assert isinstance(found, Valid)
    assert found.data == expected
    assert "- spam: adverts\n- ham" in job.system


@pytest.mark.parametrize("text", ["unsure", '["spam", "ham"]', "spam or ham"])
def test_what_is_no_label(text: str) -> None:
    made = classification(["spam", "ham"]).contract
    assert not isinstance(validate(made, text, None), Valid)


def test_examples_of_a_classification_are_answered_as_it_shall_be() -> None:
    several = classification(["spam", "ham"], multi=True, examples=[("hi", ["ham"]), ("win", "spam")])
    assert several.examples == (Example("hi", '["ham"]'), Example("win", '["spam"]'))
    one = classification(["spam", "ham"], examples=[("hi", ["ham"]), ("win", "spam")])
    assert one.examples == (Example("hi", "ham"), Example("win", "spam"))


@pytest.mark.parametrize(
    ("labels", "more", "words"),
    [
        ([], {}, "labels must be"),
        ("spam", {}, "labels must be"),
        (["a", "a"], {}, "must differ"),
        (["a", "b"], {"examples": [("x", "c")]}, "an example's answer is 'c'; labels are a, b"),
        (["a", "b"], {"examples": [("x", ["a", "b"])]}, "an example's answer is"),
    ],
)
def test_wrong_labels_are_refused(labels: Any, more: dict[str, Any], words: str) -> None:
    with pytest.raises(InvalidCall, match=re.escape(words)):
        classification(labels, **more)


@pytest.mark.parametrize(
    ("spec", "more", "lines"),
    [
        (None, {}, []),
        (None, {"max_length": 9}, ["- The answer must have at most 9 characters."]),
        (["a", "b"], {}, ['Answer with exactly one of these labels and nothing else: "a", "b"']),
        (re.compile("a+"), {}, ["Answer with a text that matches this regular expression and nothing else: a+"]),
        (
            int,
            {"forbid": "x"},
            [
                "Answer with one JSON value and nothing else: no explanation, no Markdown.",
                "- The answer must not say 'x'.",
            ],
        ),
    ],
)
def test_a_contract_in_words(spec: object, more: dict[str, Any], lines: list[str]) -> None:
    assert instructions(contract(spec, **more)).splitlines() == lines


def test_the_schema_is_shown_where_it_is_asked_for() -> None:
    assert instructions(contract(int), '{"type":"integer"}').splitlines()[-1] == '{"type":"integer"}'


def test_the_output_cap_grows_with_the_answer() -> None:
    assert output_cap(contract(["a", "b"])) < output_cap(contract(int)) < output_cap(contract(Person)) <= 4096


def test_every_label_is_told_whole_however_long_and_many_they_are() -> None:
    labels = [
        f"a request of customer number {number} for a refund of an order that has not arrived" for number in range(300)
    ]
    (told,) = instructions(contract(labels)).splitlines()
    assert all(f'"{label}"' in told for label in labels)
