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
    InvalidAnswer,
    InvalidCall,
    ModelNotFound,
    ModelRefused,
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
    InvalidAnswer("no json", mode="syntax"),
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
    [RequestRejected("no"), ContentFiltered("never"), ModelRefused("no"), InvalidCall("wrong"), KeyError("bug")],
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


# Not good enough


def scored(*scores: float | None) -> list[Any]:
    return [Reply(f"scored {score}", score=score) for score in scores]


def escalate(road: Any, steps: list[Any], call: Any = None, **options: Any) -> Reply:
    reply: Reply = road.take([Fallback(CHAIN, min_score=0.8, **options)], steps, call)
    return reply


def reasons(reply: Reply) -> list[tuple[str, str, str]]:
    return [(lost.kind, lost.candidate, lost.cause) for lost in reply.degraded]


@pytest.mark.parametrize("score", [0.8, 1.0, None])
def test_an_answer_that_is_good_enough_is_the_answer(road: Any, score: float | None) -> None:
    assert escalate(road, scored(score)).degraded == ()
    assert asked(road) == ["big"]


def test_below_min_score_the_next_candidate_is_asked_and_the_reply_says_so(road: Any) -> None:
    reply = escalate(road, scored(0.5, 0.9))
    assert (reply.model, reply.score) == ("middle", 0.9)
    assert reply.degraded == (Degraded("escalated", "big", "low_score", "scored 0.50, below 0.8"),)
    assert road.outcome("fallback") == "repeated"


@pytest.mark.parametrize(
    ("scores", "best"), [((0.5, 0.7, 0.6), "middle"), ((0.7, 0.5, 0.6), "big"), ((0.1, 0.2, 0.3), "small")]
)
def test_when_nobody_does_better_the_best_answer_comes_back_flagged(road: Any, scores: Any, best: str) -> None:
    reply = escalate(road, scored(*scores))
    assert (reply.model, reply.score) == (best, max(scores))
    others = [name for name in asked(road) if name != best]
    assert reasons(reply) == [
        *(("escalated", name, "low_score") for name in others),
        ("low_score", best, "low_score"),
    ]


def test_of_equal_answers_the_first_is_the_best(road: Any) -> None:
    assert escalate(road, scored(0.0, 0.0, 0.0)).model == "big"


def test_a_candidate_that_fails_after_a_low_score_loses_nothing(road: Any) -> None:
    reply = escalate(road, [*scored(0.5), ServerFault("a"), InvalidAnswer("b", mode="schema")])
    assert (reply.model, reply.text) == ("big", "scored 0.5")
    assert reasons(reply) == [
        ("fallback", "middle", "server_fault"),
        ("fallback", "small", "invalid_answer"),
        ("low_score", "big", "low_score"),
    ]


@pytest.mark.parametrize("error", [ModelRefused("no"), ContentFiltered("never"), RequestRejected("wrong")])
def test_a_better_one_that_refuses_takes_nothing_from_the_answer_there_is(road: Any, error: Any) -> None:
    reply = escalate(road, [*scored(0.5), error, *scored(0.4)])
    assert (reply.model, reply.score) == ("big", 0.5)
    assert ("fallback", "middle", error.code) in reasons(reply)


def test_a_low_score_comes_before_a_last_resort(road: Any) -> None:
    assert escalate(road, scored(0.1, 0.2, 0.3), last_resorts=(Template("sorry"),)).text == "scored 0.3"


def test_a_low_score_may_be_returned_at_once(road: Any) -> None:
    reply = escalate(road, scored(0.5), on_low_score="return")
    assert (reply.model, reasons(reply)) == ("big", [("low_score", "big", "low_score")])
    assert road.outcome("fallback") == "changed"


def test_what_fails_is_still_answered_by_the_next_where_low_scores_are_returned(road: Any) -> None:
    reply = escalate(road, [ServerFault("a"), *scored(0.5)], on_low_score="return")
    assert reasons(reply) == [("fallback", "big", "server_fault"), ("low_score", "middle", "low_score")]


def test_never_degrading_returns_the_first_answer_flagged(road: Any) -> None:
    reply = escalate(road, scored(0.5), road.call(degrade="never"))
    assert (reply.model, reasons(reply)) == ("big", [("low_score", "big", "low_score")])


@pytest.mark.parametrize(("task", "call", "model"), [(0.8, 0.4, "big"), (None, 0.8, "middle"), (0.8, 0.0, "big")])
def test_a_calls_own_min_score_holds_in_place_of_the_tasks(road: Any, task: Any, call: float, model: str) -> None:
    reply = road.take([Fallback(CHAIN, min_score=task)], scored(0.5, 0.9), road.call(min_score=call))
    assert reply.model == model


def test_a_reader_who_has_seen_the_answer_cannot_be_given_another(road: Any) -> None:
    reply = escalate(road, scored(0.5), road.read())
    assert (road.seen, reply.text) == (["scored 0.5"], "scored 0.5")
    assert reasons(reply) == [("low_score", "big", "low_score")]


@pytest.mark.parametrize(("scores", "answer"), [((0.5, 0.9), 0.9), ((0.5, 0.7, 0.6), 0.7), ((0.5, 0.2, 0.1), 0.5)])
def test_a_held_reader_is_shown_the_answer_that_is_returned(road: Any, scores: Any, answer: float) -> None:
    reply = road.take([Hold(), Fallback(CHAIN, min_score=0.8)], scored(*scores), road.read())
    assert "".join(road.seen) == reply.text == f"scored {answer}"


@pytest.mark.parametrize("how", ["return", "never"])
def test_a_held_reader_is_shown_a_low_answer_once(road: Any, how: str) -> None:
    options: dict[str, Any] = {"on_low_score": "return"} if how == "return" else {"degrade": "never"}
    road.take([Hold(), Fallback(CHAIN, min_score=0.8, **options)], scored(0.5), road.read())
    assert road.seen == ["scored 0.5"]
