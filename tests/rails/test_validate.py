"""An answer is accepted only when it fulfils its contract."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import BaseModel

from onedoor import (
    Candidate,
    ContentFiltered,
    InvalidAnswer,
    ModelRefused,
    Options,
    Reply,
    ToolCall,
    Usage,
    contract,
)
from onedoor.output.enforcement import MemoryBook, Route
from onedoor.output.legal import Target
from onedoor.rails.abort import Abort
from onedoor.rails.build import Build
from onedoor.rails.validate import Validate


class Line(BaseModel):
    what: str
    price: float


class Bill(BaseModel):
    customer: str
    lines: list[Line]
    note: str | None = None


BILL = contract(Bill)
GOOD = '{"customer": "Ada", "lines": [{"what": "lamp", "price": 12.5}], "note": null}'
TOTAL = contract({"type": "object", "required": ["total"], "properties": {"total": {"type": "number"}}})


def ask(road: Any, answer: Any, *, rail: Validate | None = None, **fields: Any) -> Reply:
    call = road.call(contract=fields.pop("contract", BILL), **fields)
    reply: Reply = road.take([rail or Validate()], [answer], call)
    return reply


def test_the_value_comes_typed_and_the_text_stays(road: Any) -> None:
    reply = ask(road, GOOD)
    assert reply.data == Bill(customer="Ada", lines=[Line(what="lamp", price=12.5)])
    assert (reply.text, reply.edits, reply.score) == (GOOD, (), 1.0)
    assert road.outcome("validate") == "changed"


def test_a_call_without_a_contract_passes(road: Any) -> None:
    reply = ask(road, "hello", contract=None)
    assert (reply.data, reply.score, road.outcome("validate")) == (None, None, "passed")


def test_a_reply_with_tool_calls_passes_unchecked(road: Any) -> None:
    reply = ask(road, Reply("let me see", tool_calls=(ToolCall("1", "look", "{}"),), finish_reason="tool_calls"))
    assert (reply.text, reply.data, reply.score) == ("let me see", None, None)
    assert road.outcome("validate") == "passed"


def test_damage_is_mended_and_every_edit_told(road: Any) -> None:
    reply = ask(road, "Sure!\n```json\n{'customer': 'Ada', 'lines': [{'what': 'lamp', 'price': '12.5'}],}\n```")
    assert reply.data == Bill(customer="Ada", lines=[Line(what="lamp", price=12.5)])
    assert {edit.kind for edit in reply.edits} >= {"fence", "single_quotes", "number_text"}
    assert all(edit.kind in remark(road) for edit in reply.edits)


def test_recovery_can_be_left_out(road: Any) -> None:
    with pytest.raises(InvalidAnswer, match="syntax"):
        ask(road, f"```json\n{GOOD}\n```", rail=Validate(recovers=False))


def remark(road: Any) -> str:
    return str(next(note.remark for note in road.trail if note.rail == "validate"))


AMBIGUOUS = {
    "two different values": '{"total": 1}\n\nor perhaps\n\n{"total": 2}',
    "two keys of one name": '{"total": 1, "total": 2}',
    "in words": "The total is twelve.",
    "not a number": '{"total": "about 12 or 13"}',
    "missing": '{"sum": 12, "net": 10}',
}


@pytest.mark.parametrize("answer", AMBIGUOUS.values(), ids=AMBIGUOUS.keys())
def test_what_could_only_be_guessed_is_invalid(road: Any, answer: str) -> None:
    with pytest.raises(InvalidAnswer):
        ask(road, answer, contract=TOTAL)


@pytest.mark.parametrize(
    ("answer", "mode"),
    [
        ("", "empty"),
        ("not json", "syntax"),
        ('{"customer": "Ada"}', "schema"),
        (Reply('{"customer": "A', finish_reason="length"), "truncation"),
        (Reply("", finish_reason="length"), "truncation"),
    ],
)
def test_an_invalid_answer_has_one_diagnosis(road: Any, answer: Any, mode: str) -> None:
    with pytest.raises(InvalidAnswer) as raised:
        ask(road, answer)
    error = raised.value
    assert (error.mode, error.provider, error.saved) == (mode, "scripted", 0)
    assert error.answer == (answer.text if isinstance(answer, Reply) else answer)
    assert f"small (scripted): {mode}: " in str(error)
    assert road.outcome("validate") == "raised"


def test_failures_say_where(road: Any) -> None:
    with pytest.raises(InvalidAnswer) as raised:
        ask(road, '{"customer": "Ada", "lines": [{"what": "lamp"}]}')
    (failure,) = raised.value.failures
    assert getattr(failure, "path", "") == "/lines/0/price"


def test_an_answer_that_used_up_its_tokens_is_cut_off_whatever_the_server_says(road: Any) -> None:
    with pytest.raises(InvalidAnswer) as raised:
        ask(road, Reply('{"customer": "A', usage=Usage(5, 20)), options=Options(max_output_tokens=20))
    assert raised.value.mode == "truncation"


def test_a_whole_answer_at_its_cap_is_whole(road: Any) -> None:
    assert ask(road, Reply(GOOD, finish_reason="length", usage=Usage(5, 20))).data.customer == "Ada"


@pytest.mark.parametrize("guessed", [True, False])
def test_guessed_usage_says_nothing_of_the_cap(road: Any, guessed: bool) -> None:
    used = Usage(5, 20, estimated=guessed)
    with pytest.raises(InvalidAnswer) as raised:
        ask(road, Reply('{"customer": "A', usage=used), options=Options(max_output_tokens=20))
    assert raised.value.mode == ("syntax" if guessed else "truncation")


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        ("I cannot help with that request.", ModelRefused),
        (Reply("", finish_reason="refusal"), ModelRefused),
        (Reply(GOOD, finish_reason="content_filter"), ContentFiltered),
    ],
)
def test_what_asking_again_cannot_mend_is_another_error(road: Any, answer: Any, error: type[Exception]) -> None:
    with pytest.raises(error, match="small"):
        ask(road, answer)


def test_text_that_begins_like_a_refusal_is_fine_where_text_is_wanted(road: Any) -> None:
    assert ask(road, "I can't wait for spring.", contract=contract(min_length=3)).data == "I can't wait for spring."


# Whether the server enforces


BOOK_ROUTE = Route("small-1", "hosted")


def enforce(road: Any, answers: list[Any], *, target: Target = "ollama", **fields: Any) -> MemoryBook:
    """What is known after these answers, each to a call of its own."""
    book = MemoryBook()
    for answer in answers:
        rails = [Build({"hosted": target}), Validate(enforcement=book), Abort()]
        try:
            road.take(rails, [answer], road.call(contract=fields.get("contract", TOTAL), **fields.get("call", {})))
        except InvalidAnswer:
            assert fields.get("fails", True)
    return book


def test_a_server_that_does_not_enforce_is_remarked_and_remembered(road: Any) -> None:
    book = enforce(road, ['```json\n{"total": 1}\n```'])
    assert book.of(BOOK_ROUTE).standing == "unenforced"
    assert "hosted accepted the schema and did not enforce it" in remark(road)


def test_so_is_one_whose_answer_was_stopped_early(road: Any) -> None:
    book = enforce(road, [['{"total": [1, ', "2]}"]])
    assert (book.of(BOOK_ROUTE).standing, book.of(BOOK_ROUTE).broken) == ("unenforced", 1)
    assert "did not enforce" in remark(road)


def test_good_answers_are_counted_until_they_are_enough(road: Any) -> None:
    assert enforce(road, ['{"total": 1}'] * 19).of(BOOK_ROUTE).standing == "accepted"
    record = enforce(road, ['{"total": 1}'] * 20).of(BOOK_ROUTE)
    assert (record.standing, record.sent, record.accepted, record.kept) == ("enforced", 20, 20, 20)


@pytest.mark.parametrize(
    "answer",
    [Reply('{"total": 1', finish_reason="length"), "", '{"note": "' + "Let me add that up again. " * 200],
    ids=["cut", "empty", "ran away"],
)
def test_an_answer_that_is_not_whole_proves_nothing(road: Any, answer: Any) -> None:
    assert enforce(road, [answer]).of(BOOK_ROUTE).standing == "accepted"


def test_a_rule_the_server_was_never_told_proves_nothing_when_broken(road: Any) -> None:
    """A `vllm` is told no uniqueItems."""
    distinct = contract({"type": "object", "properties": {"a": {"type": "array", "uniqueItems": True}}})
    assert enforce(road, ['{"a": [1, 1]}'], target="vllm", contract=distinct).of(BOOK_ROUTE).standing == "accepted"


def test_where_no_schema_was_sent_nothing_is_noted(road: Any) -> None:
    assert enforce(road, ["nonsense"], target="json_object").rows() == ()


def test_thinking_is_a_route_of_its_own(road: Any) -> None:
    call: dict[str, Any] = {"options": Options(reasoning="high")}
    assert enforce(road, ["nonsense"], call=call).of(Route("small-1", "hosted", True)).standing == "unenforced"
    call = {"candidate": Candidate("small", "hosted", "small-1", reasoning="low")}
    assert enforce(road, ["nonsense"], call=call).of(Route("small-1", "hosted", True)).standing == "unenforced"
