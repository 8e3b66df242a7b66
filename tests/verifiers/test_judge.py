"""A second model that judges: what it is shown, whose it is, and what becomes of what it says."""

from __future__ import annotations

from typing import Any

import pytest

from onedoor import Call, Candidate, Document, Image, Message, Reply, Text, ToolCall
from onedoor.messages import as_messages
from onedoor.verifiers.judge import Judge, documents, question

FINE = {"reason": "it is right", "verdict": "accepted", "score": 0.9}


class Asked:
    """Stands for the door: keeps what a judge asks, and answers it."""

    def __init__(self, data: Any = FINE) -> None:
        self.data = data
        self.ask: dict[str, Any] = {}

    async def __call__(self, prompt: Any, /, *, parent: Call, not_lab: str = "", **ask: Any) -> Reply:
        self.ask = {"prompt": prompt, "parent": parent, "not_lab": not_lab, **ask}
        return Reply("", model="critic", data=self.data)


@pytest.mark.parametrize("verdict", ["accepted", "rejected", "unknown"])
async def test_its_verdict_reason_and_score_are_the_opinion(bench: Any, verdict: str) -> None:
    told = await bench.ask(Judge(Asked({**FINE, "verdict": verdict}), "judging", name="mine"), "12")
    assert (told.verdict, told.reason, told.score) == (verdict, "it is right", 0.9)
    assert (told.kind, told.by) == ("judge", "mine")


async def test_question_and_answer_are_documents_and_the_rubric_is_told(bench: Any) -> None:
    asked = Asked()
    call = bench.call("how much?")
    await bench.ask(Judge(asked, "judging", "Only whole euros."), "12", call)
    assert asked.ask["parent"] is call
    assert asked.ask["task"] == "judging"
    assert [(one.name, one.text) for one in asked.ask["context"]] == [("question", "how much?"), ("answer", "12")]
    assert asked.ask["system"].endswith("What a good answer is:\nOnly whole euros.")
    assert "12" not in asked.ask["prompt"] + asked.ask["system"]


# Whose model


@pytest.mark.parametrize(("different", "not_lab"), [(False, ""), (True, "acme")])
async def test_a_model_of_another_lab_is_asked_for(bench: Any, different: bool, not_lab: str) -> None:
    asked = Asked()
    call = bench.call(candidate=Candidate("small", "hosted", "small-1", lab="acme"))
    await bench.ask(Judge(asked, "judging", different_lab=different), "12", call)
    assert asked.ask["not_lab"] == not_lab


async def test_where_the_authors_lab_is_not_known_no_judge_is_surely_of_another(bench: Any) -> None:
    asked = Asked()
    with pytest.raises(LookupError, match="whose model small is isn't known"):
        await bench.ask(Judge(asked, "judging", different_lab=True), "12")
    assert asked.ask == {}


# What it is shown


def test_instructions_and_requirements_are_part_of_the_question(bench: Any) -> None:
    call = bench.call("how much?", system="Be brief.", constraints=("in euros", "no cents"))
    assert question(call) == "Instructions: Be brief.\n\nRequired: in euros\n\nRequired: no cents\n\nhow much?"


def test_a_conversation_is_told_turn_by_turn(bench: Any) -> None:
    turns = as_messages(
        [
            {"role": "user", "content": "how much?"},
            {"role": "assistant", "content": "of what?"},
            {"role": "user", "content": "tea"},
        ]
    )
    assert question(bench.call(messages=turns)) == "user: how much?\n\nassistant: of what?\n\nuser: tea"


def test_a_picture_cannot_be_shown_but_that_it_is_there_is_said(bench: Any) -> None:
    call = bench.call(messages=(Message("user", (Text("what is it? "), Image(b"png"))),))
    assert question(call) == "what is it? [a picture you can't see]"


def test_what_the_question_is_about_comes_before_it_and_is_shortened_first(bench: Any) -> None:
    call = bench.call("how much?", context=(Document("a bill", "bill", 7.0), Document("a note")))
    shown = documents(call, Reply("12"))
    assert [one.name for one in shown] == ["bill", "", "question", "answer"]
    assert sorted(shown, key=lambda one: one.rank)[-2:] == list(shown[-2:])


def test_which_tools_an_answer_calls_is_shown(bench: Any) -> None:
    shown = documents(bench.call(), Reply("", tool_calls=(ToolCall("1", "find", '{"a": 1}'),)))
    assert shown[-1].text == '\n[calls find with {"a": 1}]'


# What is no opinion


async def test_outside_a_door_there_is_nobody_to_ask(bench: Any) -> None:
    with pytest.raises(LookupError, match="only inside a door"):
        await bench.ask(Judge(None, "judging"), "12")


async def test_a_last_resorts_answer_is_no_verdict(bench: Any) -> None:
    with pytest.raises(LookupError, match="critic answered without a verdict"):
        await bench.ask(Judge(Asked(None), "judging"), "12")
