"""When a candidate can't answer, the next one does, and the reply says so."""

from __future__ import annotations

from typing import Any

import pytest

from onedoor import (
    AttemptTimeout,
    BadEnvelope,
    Call,
    Candidate,
    ConnectFailed,
    ContentFiltered,
    ContextExceeded,
    CredentialRejected,
    Degraded,
    InvalidCall,
    ModelNotFound,
    QuotaExhausted,
    Reply,
    RequestRejected,
    ServerFault,
    StreamBroken,
    Throttled,
)
from onedoor.rails.fallback import Fallback
from onedoor.rails.hold import Hold
from onedoor.resorts import Function, LastGood, Template
from onedoor.stores.memory import MemoryAnswers

BIG = Candidate("big", "hosted", "big-1")
MIDDLE = Candidate("middle", "hosted", "middle-1")
SMALL = Candidate("small", "local", "small-1")
CHAIN = (BIG, MIDDLE, SMALL)

ELSEWHERE = [
    ConnectFailed("down"),
    AttemptTimeout("first_token", 3),
    ServerFault("broken"),
    StreamBroken("cut"),
    Throttled("busy"),
    BadEnvelope("html"),
    ContextExceeded("too long"),
    CredentialRejected("who?"),
    ModelNotFound("which?"),
    QuotaExhausted("broke"),
]


def asked(road: Any) -> list[str]:
    return [call.candidate.name for call in road.script.calls]


def test_the_first_choice_answers_undegraded(road: Any) -> None:
    reply = road.take([Fallback(CHAIN)], ["hello"])
    assert (reply.model, reply.served, reply.degraded) == ("big", "big-1", ())
    assert asked(road) == ["big"]
    assert road.outcome("fallback") == "passed"


@pytest.mark.parametrize("error", ELSEWHERE, ids=lambda error: error.code)
def test_whatever_keeps_a_candidate_from_answering_the_next_one_is_asked(road: Any, error: Any) -> None:
    reply = road.take([Fallback(CHAIN)], [error, "hello"])
    assert reply.model == "middle"
    assert reply.degraded == (Degraded("fallback", "big", error.code, str(error)),)
    assert road.outcome("fallback") == "repeated"


def test_candidates_are_asked_in_order_and_every_loss_is_told(road: Any) -> None:
    reply = road.take([Fallback(CHAIN)], [ServerFault("a"), Throttled("b"), "hello"])
    assert asked(road) == ["big", "middle", "small"]
    assert [(lost.candidate, lost.cause, lost.message) for lost in reply.degraded] == [
        ("big", "server_fault", "a"),
        ("middle", "throttled", "b"),
    ]
    assert str(reply.degraded[0]) == "fallback: big: a"


def test_a_reply_already_degraded_inside_keeps_its_reasons(road: Any) -> None:
    inside = Degraded("fallback", "inner", "x", "y")
    reply = road.take([Fallback(CHAIN)], [ServerFault("a"), Reply("hello", degraded=(inside,))])
    assert reply.degraded == (Degraded("fallback", "big", "server_fault", "a"), inside)


@pytest.mark.parametrize(
    "error",
    [RequestRejected("no"), ContentFiltered("never"), InvalidCall("wrong"), KeyError("bug")],
    ids=lambda error: type(error).__name__,
)
@pytest.mark.parametrize("resorts", [(), (Template("sorry"),)], ids=["alone", "with a last resort"])
def test_what_another_model_cannot_mend_comes_out_at_once(road: Any, error: Exception, resorts: Any) -> None:
    with pytest.raises(type(error)) as raised:
        road.take([Fallback(CHAIN, resorts)], [error])
    assert raised.value is error
    assert asked(road) == ["big"]


def test_when_nobody_can_answer_the_last_error_comes_out_unchanged(road: Any) -> None:
    errors = [ServerFault("a"), Throttled("b"), ModelNotFound("c")]
    with pytest.raises(ModelNotFound) as raised:
        road.take([Fallback(CHAIN)], errors)
    assert raised.value is errors[-1]
    assert road.outcome("fallback") == "failed"


@pytest.mark.parametrize(("task", "call"), [("never", "label"), ("label", "never"), ("never", "never")])
def test_never_degrading_asks_the_first_candidate_only(road: Any, task: Any, call: Any) -> None:
    fault = ServerFault("broken")
    with pytest.raises(ServerFault) as raised:
        road.take([Fallback(CHAIN, (Template("sorry"),), task)], [fault], road.call(degrade=call))
    assert raised.value is fault
    assert asked(road) == ["big"]


def test_a_reader_who_has_seen_text_ends_the_search(road: Any) -> None:
    with pytest.raises(StreamBroken):
        road.take([Fallback(CHAIN, (Template("sorry"),))], [["hel", StreamBroken("cut")]], road.read())
    assert road.seen == ["hel"]
    assert asked(road) == ["big"]


def test_a_reader_who_has_seen_nothing_gets_the_next_candidate(road: Any) -> None:
    road.take([Fallback(CHAIN)], [ServerFault("broken"), ["hel", "lo"]], road.read())
    assert road.seen == ["hel", "lo"]


def test_with_hold_a_broken_stream_is_answered_by_the_next_candidate(road: Any) -> None:
    reply = road.take([Hold(), Fallback(CHAIN)], [["hel", StreamBroken("cut")], "hello"], road.read())
    assert (road.seen, reply.model) == (["hello"], "middle")


# Last resorts


def says(text: str) -> Any:
    return lambda call: text


async def says_async(call: Call) -> str:
    return f"async for {call.task}"


def breaks(call: Call) -> str:
    raise ZeroDivisionError("bug")


def empty() -> LastGood:
    return LastGood(False, CHAIN, MemoryAnswers())


def resort(road: Any, *resorts: Any) -> Reply:
    reply: Reply = road.take([Fallback((BIG, SMALL), resorts)], [ServerFault("a"), Throttled("b")])
    return reply


def test_last_resorts_answer_when_no_candidate_can(road: Any) -> None:
    reply = resort(road, Template("sorry, {task} can't answer {prompt!r}"))
    assert reply.text == "sorry, chat can't answer 'hi'"
    assert reply.degraded == (
        Degraded("fallback", "big", "server_fault", "a"),
        Degraded("fallback", "small", "throttled", "b"),
        Degraded("last_resort", "template", "throttled", "answered in place of a model"),
    )
    assert road.outcome("fallback") == "recovered"


def test_they_are_not_asked_while_a_candidate_answers(road: Any) -> None:
    assert road.take([Fallback(CHAIN, (Function(breaks),))], [ServerFault("a"), "hello"]).text == "hello"


def test_they_are_tried_in_order(road: Any) -> None:
    assert resort(road, empty(), Function(says("first")), Template("second")).text == "first"


def test_one_without_an_answer_and_one_that_fails_are_recorded_and_skipped(road: Any) -> None:
    reply = resort(road, empty(), Function(breaks, "mine:breaks"), Function(says_async))
    assert reply.text == "async for chat"
    assert [(lost.candidate, lost.cause, lost.message) for lost in reply.degraded[2:]] == [
        ("last_good", "none", "had no answer"),
        ("mine:breaks", "ZeroDivisionError", "failed: bug"),
        ("function", "throttled", "answered in place of a model"),
    ]


def test_one_that_gives_no_text_is_skipped(road: Any) -> None:
    reply = resort(road, Function(lambda call: 42, "counts"), Template("sorry"))  # type: ignore[arg-type,return-value]
    assert reply.text == "sorry"
    assert reply.degraded[2].message == "failed: the last resort 'counts' must return a text, not int"


def test_when_they_all_fail_the_last_candidates_error_comes_out_and_the_trail_says_why(road: Any) -> None:
    last = Throttled("b")
    with pytest.raises(Throttled) as raised:
        road.take([Fallback((BIG, SMALL), (empty(), Function(breaks)))], [ServerFault("a"), last])
    assert raised.value is last
    assert road.outcome("fallback") == "failed"
    assert next(iter(road.trail)).remark == "last_good had no answer; function failed: bug"


def test_a_reader_is_shown_what_a_last_resort_says(road: Any) -> None:
    road.take([Fallback((BIG,), (Template("sorry"),))], [ServerFault("a")], road.read())
    assert road.seen == ["sorry"]
