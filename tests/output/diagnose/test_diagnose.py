"""One diagnosis for every way an answer fails, in a fixed order, and one action for each."""

from __future__ import annotations

from typing import Any, get_args

import pytest

from onedoor.output.actions import Action, action
from onedoor.output.build import contract
from onedoor.output.contract import Mode
from onedoor.output.refusals import declines
from onedoor.output.validate import diagnose

OBJECT = contract({"type": "object", "properties": {"a": {"type": "integer"}}, "required": ["a"]})
LABEL = contract(["fair", "unfair", "unfair advantage"])


@pytest.mark.parametrize(
    ("made", "text", "reason", "mode"),
    [
        (OBJECT, '{"a": 1}', "stop", None),
        (OBJECT, '{"a": 1}', "content_filter", "content_filter"),
        (OBJECT, '{"a": 1}', "refusal", "refusal"),
        (OBJECT, "", "stop", "empty"),
        (OBJECT, " \n", "other", "empty"),
        (OBJECT, "", "length", "truncation"),
        (OBJECT, '{"a": 1', "length", "truncation"),
        (OBJECT, '{"a": 1}', "length", None),
        (OBJECT, '{"a": 1', "stop", "syntax"),
        (OBJECT, '{"a": "x"}', "stop", "schema"),
        (OBJECT, "I'm sorry, but I can't help with that.", "stop", "refusal"),
        (OBJECT, "I'm sorry, but I can't help with that.", "length", "refusal"),
        (contract(int), "12", "length", "truncation"),
        (contract(bool), "true", "length", None),
        (LABEL, "fair", "length", None),
        (LABEL, "unfair", "length", "truncation"),
        (LABEL, "I cannot help with that.", "stop", "refusal"),
        (LABEL, "either", "stop", "schema"),
        (contract(), "I cannot help with that.", "stop", None),
        (contract(), "A long text", "length", "truncation"),
        (contract(["I'm sorry, but I can't", "fine"]), "I'm sorry, but I can't", "stop", None),
        (contract(checks=[lambda text: False]), "hello", "stop", "constraint"),
    ],
)
def test_the_first_diagnosis_that_fits(made: Any, text: str, reason: Any, mode: str | None) -> None:
    found = diagnose(made, text, reason)
    assert (None if found is None else found.mode) == mode


def test_an_unclosed_value_at_the_cap_is_cut_whatever_the_finish_reason_says() -> None:
    found = diagnose(OBJECT, '{"a": 1', "stop", capped=True)
    assert found is not None
    assert found.mode == "truncation"


def test_a_runaway_is_no_truncation() -> None:
    found = diagnose(OBJECT, '{"a": ' + "1" * 50, "length", runaway="the same 1 characters 50 times")
    assert found is not None
    assert str(found) == "runaway: the answer ran away: the same 1 characters 50 times"


def test_a_message_says_where_json_goes_wrong() -> None:
    found = diagnose(OBJECT, '{"a": one}')
    assert found is not None
    assert found.message == "not JSON: Expecting value at line 1, column 7, before 'one}'"


@pytest.mark.parametrize(
    "text",
    [
        "I'm sorry, but I can't help with that.",
        "I\u2019m sorry, but I can\u2019t assist with this request.",
        "Sorry, I cannot do that.",
        "I cannot provide medical advice.",
        "Unfortunately, I am unable to answer this.",
        "As an AI language model, I don't have opinions.",
        "I must decline.",
        "Es tut mir leid, aber dabei kann ich nicht helfen.",
        "Leider kann ich dir dabei nicht helfen.",
        "Je suis désolé, mais je ne peux pas répondre.",
        "Lo siento, pero no puedo ayudarte con eso.",
        "Desculpe, mas não posso ajudar.",
        "Mi dispiace, ma non posso aiutarti.",
        "Het spijt me, maar ik kan daar niet bij helpen.",
        "Przykro mi, ale nie mogę pomóc.",
        "Извините, но я не могу помочь.",
        "很抱歉\uff0c我无法回答这个问题。",
        "申し訳ありませんが、お答えできません。",
        "죄송하지만 도와드릴 수 없습니다.",
        "عذراً، لا يمكنني المساعدة.",
    ],
)
def test_refusals_are_known_in_several_languages(text: str) -> None:
    assert declines(text)


@pytest.mark.parametrize(
    "text",
    [
        "The customer wrote: I'm sorry, but I can't come.",
        "I can help with that.",
        'I\'m sorry for the delay. Here it is: {"a": 1}',
        "Sorry is the hardest word.",
        "I am unable to come, she said.",
        "No puedo más, dijo.",
        "Positive.",
        "Sorry, I cannot do that. " * 100,
        "",
    ],
)
def test_what_is_no_refusal(text: str) -> None:
    assert not declines(text)


@pytest.mark.parametrize(
    ("mode", "expected"),
    [
        ("syntax", "reask"),
        ("schema", "reask"),
        ("constraint", "reask"),
        ("truncation", "larger_cap"),
        ("runaway", "resample"),
        ("empty", "retry"),
        ("timeout", "retry"),
        ("refusal", "stop"),
        ("content_filter", "stop"),
    ],
)
def test_every_diagnosis_has_one_action(mode: Mode, expected: Action) -> None:
    assert action(mode) == expected


def test_no_diagnosis_is_left_without_an_action() -> None:
    assert {action(mode) for mode in get_args(Mode)} == set(get_args(Action))
