"""Checks: what holds, what breaks, and what only counts."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import BaseModel, Field

from onedoor.output.build import contract
from onedoor.output.contract import Check, Diagnosis
from onedoor.output.validate import Valid, validate


class Note(BaseModel):
    title: str = Field(alias="heading")
    body: str = ""


@pytest.mark.parametrize(
    ("phrase", "text", "found"),
    [
        ("sorry", "I am Sorry.", True),
        ("cat", "concatenate", False),
        ("cat", "the CAT's toy", True),
        ("as an AI", "As  an\nAI model", True),
        ("C++", "I like c++!", True),
        ("AI", "使用AI技术", True),
        ("技术", "使用AI技术吗", True),
        ("straße", "STRASSE", True),
        ("café", "cafe\u0301", True),
        ("don't", "Don\u2019t", True),
    ],
)
def test_a_forbidden_phrase_is_found_as_whole_words_in_any_case(phrase: str, text: str, found: bool) -> None:
    answer = validate(contract(forbid=[phrase]), text, None)
    assert isinstance(answer, Diagnosis) == found
    share = validate(contract(must_contain=[phrase]), text, None)
    assert isinstance(share, Valid)
    assert share.score == float(found)


def test_a_forbidden_phrase_is_looked_for_in_the_words_of_an_answer_not_in_its_keys() -> None:
    made = contract({"type": "object"}, forbid="secret")
    assert isinstance(validate(made, '{"secret": "no"}', None), Valid)
    assert isinstance(validate(made, '{"a": ["top \\u0073ecret"]}', None), Diagnosis)


@pytest.mark.parametrize(
    ("bounds", "text", "failures"),
    [
        ({"min_length": 3}, "ab", [("", "must have at least 3 characters")]),
        ({"max_length": 3}, "abcd", [("", "must have at most 3 characters")]),
        ({"min_length": 3, "max_length": 3}, " abc ", []),
    ],
)
def test_lengths_of_a_text(bounds: dict[str, int], text: str, failures: list[tuple[str, str]]) -> None:
    found = validate(contract(**bounds), text, None)  # type: ignore[arg-type]
    assert [(failure.path, failure.rule) for failure in getattr(found, "failures", ())] == failures


def test_lengths_of_fields_go_by_the_keys_of_the_json() -> None:
    made = contract(Note, min_length={"heading": 5}, max_length={"body": 3})
    found = validate(made, '{"heading": "abc", "body": "long"}', None)
    assert isinstance(found, Diagnosis)
    assert [(one.path, one.rule, one.got) for one in found.failures] == [
        ("/heading", "must have at least 5 characters", "a text"),
        ("/body", "must have at most 3 characters", "a text"),
    ]
    assert isinstance(validate(made, '{"heading": "abcde"}', None), Valid)


def holds(data: Any) -> bool:
    """must end in a full stop"""
    return str(data).endswith(".")


def explodes(data: Any) -> bool:
    raise KeyError("nothing there")


@pytest.mark.parametrize(
    ("check", "reason"),
    [
        (lambda data: True, None),
        (lambda data: None, None),
        (lambda data: "", None),
        (lambda data: 0.0, None),
        (lambda data: False, "must pass check 1"),
        (lambda data: "too dull", "too dull"),
        (lambda data, text: text.startswith("x") or "must begin with x", "must begin with x"),
        (holds, "must end in a full stop"),
        (explodes, "KeyError: 'nothing there'"),
        (lambda data: 7, "the check gave 7, which is no number from 0 to 1"),
        (lambda data: float("nan"), "the check gave nan, which is no number from 0 to 1"),
        (lambda data: [], "the check gave [], which is no number from 0 to 1"),
        (str.isupper, "must pass isupper"),
    ],
)
def test_what_a_check_returns(check: Any, reason: str | None) -> None:
    found = validate(contract(checks=[check]), "abc", None)
    if reason is None:
        assert isinstance(found, Valid)
    else:
        assert isinstance(found, Diagnosis)
        assert found.mode == "constraint"
        assert found.failures[0].rule in {reason, "Return True if the string is an uppercase string, False otherwise."}


def test_a_reason_is_kept_short_and_on_one_line() -> None:
    found = validate(contract(checks=[lambda data: "no\n\x00" * 1000]), "abc", None)
    assert isinstance(found, Diagnosis)
    assert len(found.failures[0].rule) <= 200
    assert found.failures[0].rule.isprintable()


def test_a_soft_check_never_breaks_an_answer() -> None:
    made = contract(checks=[Check("soft", explodes_soft, hard=False)])
    found = validate(made, "abc", None)
    assert isinstance(found, Valid)
    assert found.score == 0.0
    assert found.score_parts[0].reason == "ValueError: no"


def explodes_soft(data: Any, text: str) -> bool:
    raise ValueError("no")
