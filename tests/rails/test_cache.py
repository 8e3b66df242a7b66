"""The same question twice costs once, and only the same question."""

from __future__ import annotations

import asyncio
import json
import re
import types
from collections.abc import Mapping
from dataclasses import fields, is_dataclass, replace
from typing import Any, Literal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import BaseModel

from onedoor import (
    AttemptTimeout,
    Call,
    Candidate,
    Check,
    Cost,
    Degraded,
    Image,
    InvalidAnswer,
    InvalidCall,
    Limits,
    Message,
    Options,
    Reply,
    RequestRejected,
    ServerFault,
    StreamBroken,
    Text,
    Thinking,
    Tool,
    ToolCall,
    Trail,
    Usage,
    compose,
    contract,
)
from onedoor.asking import contract_of
from onedoor.policy.cache_key import cache_key
from onedoor.rails.cache import Cache
from onedoor.rails.deadline import Deadline
from onedoor.rails.hold import Hold
from onedoor.rails.record import Record
from onedoor.rails.validate import Validate
from onedoor.stores.memory import MemoryAnswers, MemoryLedger
from onedoor.tap import Silent
from onedoor.testing import FakeClock, Scripted, Wait
from onedoor.types import Document, Example, Price

SMALL = Candidate("small", "hosted", "small-1")


def cache(ttl: float = 60.0, **options: Any) -> Cache:
    return Cache(ttl, candidates=(SMALL,), answers=MemoryAnswers(), flights={}, **options)


def test_an_identical_call_is_answered_again_without_asking(road: Any) -> None:
    rail = cache()
    first = road.take([rail], [Reply("hello", usage=Usage(3, 5), cost=Cost(800, "configured"))])
    again = road.take([rail], road.script)
    assert len(road.script.calls) == 1
    assert (first.cached, again.cached) == (False, True)
    assert again.text == "hello"
    assert road.outcome("cache") == "answered"


def test_an_answer_given_again_costs_nothing(road: Any) -> None:
    rail = cache()
    road.take([rail], [Reply("hello", usage=Usage(3, 5), cost=Cost(800, "configured"))])
    again = road.take([rail], road.script)
    assert (again.usage, again.cost, again.first_token, again.timings) == (Usage(), Cost(0, "cache"), None, None)


def test_an_answer_given_again_is_its_own_call(road: Any) -> None:
    rail, ledger = cache(), MemoryLedger()
    road.take([Record(ledger), rail], ["hello"], road.call(id="first"))
    again = road.take([Record(ledger), rail], road.script, road.call(id="second", metadata={"a": 1}))
    assert (again.id, again.attempts, again.metadata, again.trail) == ("second", 0, {"a": 1}, road.trail)
    assert [row.id for row in ledger] == ["first", "second"]


@pytest.mark.parametrize(("age", "asked"), [(0, 1), (59.9, 1), (60, 2), (1e6, 2)])
def test_an_answer_is_fresh_for_its_time(road: Any, age: float, asked: int) -> None:
    rail = cache(ttl=60)
    road.take([rail], ["hello", "hello again"])
    road.clock.advance(age)
    road.take([rail], road.script)
    assert len(road.script.calls) == asked


def test_a_ttl_of_zero_keeps_answers_but_never_gives_them(road: Any) -> None:
    rail = cache(ttl=0)
    road.take([rail], ["hello", "hello again"])
    assert road.take([rail], road.script).text == "hello again"


def test_refresh_asks_anew_and_keeps_the_answer(road: Any) -> None:
    rail = cache()
    road.take([rail], ["old", "new"])
    assert road.take([rail], road.script, road.call(cache="refresh")).text == "new"
    assert road.take([rail], road.script).text == "new"
    assert len(road.script.calls) == 2


def test_off_neither_looks_nor_keeps(road: Any) -> None:
    rail = cache()
    road.take([rail], ["kept", "passing", "kept?"])
    assert road.take([rail], road.script, road.call(cache="off")).text == "passing"
    assert road.take([rail], road.script).text == "kept"


@pytest.mark.parametrize(("shared", "asked"), [(False, 2), (True, 1)])
def test_callers_see_each_others_answers_only_when_shared(road: Any, shared: bool, asked: int) -> None:
    rail = cache(shared=shared)
    road.take([rail], ["one", "two"], road.call(caller="ann"))
    road.take([rail], road.script, road.call(caller="bob"))
    assert len(road.script.calls) == asked


NOT_KEPT = {
    "degraded": Reply("hello", degraded=(Degraded("fallback", "big", "server_fault", "broken"),)),
    "truncated": Reply("hel", finish_reason="length"),
    "filtered": Reply("hel", finish_reason="content_filter"),
    "a refusal": Reply("I can't", finish_reason="refusal"),
    "unclear": Reply("hel", finish_reason="other"),
    "empty": Reply(""),
}


@pytest.mark.parametrize("reply", NOT_KEPT.values(), ids=NOT_KEPT.keys())
@pytest.mark.parametrize("mode", ["on", "refresh"])
def test_only_a_whole_answer_is_kept(road: Any, reply: Reply, mode: str) -> None:
    rail = cache()
    road.take([rail], [reply, "hello"], road.call(cache=mode))
    assert road.take([rail], road.script).text == "hello"
    assert len(road.script.calls) == 2


def test_tool_calls_are_an_answer(road: Any) -> None:
    rail = cache()
    tools = Reply("", tool_calls=(ToolCall("1", "look", "{}"),), finish_reason="tool_calls")
    road.take([rail], [tools])
    assert road.take([rail], road.script).tool_calls == tools.tool_calls


def test_an_error_is_not_kept(road: Any) -> None:
    rail = cache()
    with pytest.raises(ServerFault):
        road.take([rail], [ServerFault("broken"), "hello"])
    assert road.take([rail], road.script).text == "hello"


def test_a_reader_is_shown_the_kept_text(road: Any) -> None:
    rail = cache()
    road.take([rail], ["hello"])
    road.take([rail], road.script, road.read())
    assert road.seen == ["hello"]


def test_a_streamed_answer_is_kept_like_any_other(road: Any) -> None:
    rail = cache()
    road.take([rail], [["hel", "lo"]], road.read())
    assert road.take([rail], road.script).text == "hello"


def test_what_json_cannot_say_is_a_wrong_call(road: Any) -> None:
    with pytest.raises(InvalidCall, match="JSON"):
        road.take([cache()], ["hello"], road.call(options=Options(extra={"x": object()})))


@pytest.mark.parametrize("prompt", ["\ud800", "lone \udfff surrogate"])
def test_a_text_no_wire_can_carry_is_a_wrong_call(road: Any, prompt: str) -> None:
    with pytest.raises(InvalidCall, match="JSON"):
        road.take([cache()], ["hello"], road.call(prompt))


# The key


FULL = Call(
    id="call-1",
    task="chat",
    caller="ann",
    messages=(
        Message("system", (Text("be short"),)),
        Message("user", (Text("what is this?"), Image(b"png"), Image(url="http://x/y"), Thinking("hm", "sig"))),
        Message("assistant", (), (ToolCall("1", "look", "{}"),)),
        Message("tool", (Text("a cat"),), (), "1"),
    ),
    options=Options(
        temperature=0.5,
        top_p=0.9,
        max_output_tokens=10,
        seed=1,
        stop=("END",),
        reasoning="low",
        json_schema={"type": "object", "properties": {"a": {"type": "string"}}},
        tools=(Tool("look", "looks", {"type": "object"}),),
        tool_choice="auto",
        extra={"top_k": 3},
    ),
    limits=Limits(),
    tap=Silent(),
    trail=Trail(FakeClock()),
)
CHAIN = (
    Candidate(
        "big",
        "hosted",
        "big-1",
        lab="x",
        context=1000,
        price=Price(1, 2, 3, 4),
        keep_alive="5m",
        reasoning="high",
        extra={"a": 1},
    ),
    SMALL,
)


def variants(value: Any) -> list[Any]:
    """Every value that differs from this one in exactly one place."""
    if is_dataclass(value):
        return [
            replace(value, **{field.name: other})  # type: ignore[type-var]
            for field in fields(value)
            for other in variants(getattr(value, field.name))
        ]
    if isinstance(value, tuple):
        changed = [
            (*value[:place], other, *value[place + 1 :])
            for place in range(len(value))
            for other in variants(value[place])
        ]
        removed = [value[:place] + value[place + 1 :] for place in range(len(value))]
        return [*changed, *removed, tuple(reversed(value))] if len(value) > 1 else [*changed, *removed]
    if isinstance(value, Mapping):
        changed_keys = [{**value, key: other} for key in value for other in variants(value[key])]
        return [*changed_keys, {**value, "new": 1}, *([{}] if value else [])]
    if isinstance(value, bytes):
        return [value + b"x"]
    if isinstance(value, str):
        return [value + "x"]
    if isinstance(value, int | float):
        return [value + 1, value + 0.25]
    return ["something"]


REQUEST = [replace(FULL, messages=other) for other in variants(FULL.messages)] + [
    replace(FULL, options=other) for other in variants(FULL.options)
]


def test_every_field_of_the_request_is_in_the_key() -> None:
    keys = {cache_key(call, CHAIN, shared=False) for call in [FULL, *REQUEST]}
    assert len(REQUEST) > 60
    assert len(keys) == len(REQUEST) + 1


def test_what_is_put_around_the_question_is_in_the_key() -> None:
    """Also the mark of the guard: the model is told of it."""
    around = [
        FULL,
        replace(FULL, system="be long"),
        replace(FULL, constraints=("be long",)),
        replace(FULL, examples=(Example("1+1?", "2"),)),
        replace(FULL, context=(Document("a"),)),
        replace(FULL, context=(Document("", "a"),)),
        replace(FULL, flagged=True),
    ]
    assert len({cache_key(call, CHAIN, shared=False) for call in around}) == len(around)


def test_everyone_who_may_answer_is_in_the_key() -> None:
    chains = [CHAIN, *variants(CHAIN)]
    assert len({cache_key(FULL, chain, shared=False) for chain in chains}) == len(chains) > 15


def test_the_task_and_the_caller_are_in_the_key() -> None:
    calls = [FULL, replace(FULL, task="bulk"), replace(FULL, caller="bob"), replace(FULL, caller="")]
    assert len({cache_key(call, CHAIN, shared=False) for call in calls}) == len(calls)
    assert len({cache_key(call, CHAIN, shared=True) for call in calls}) == 2


def test_how_a_call_is_made_is_not_in_the_key() -> None:
    others = [
        replace(FULL, id="call-2"),
        replace(FULL, stream=True),
        replace(FULL, metadata={"a": 1}),
        replace(FULL, deadline=3.0),
        replace(FULL, limits=Limits(total=3)),
    ]
    assert {cache_key(call, CHAIN, shared=False) for call in others} == {cache_key(FULL, CHAIN, shared=False)}


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=8,
)


def with_extra(extra: Any) -> str:
    return cache_key(replace(FULL, options=Options(extra=extra)), CHAIN, shared=False)


def backwards(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: backwards(value[key]) for key in reversed(value)}
    return [backwards(item) for item in value] if isinstance(value, list) else value


@settings(deadline=None)
@given(st.dictionaries(st.text(max_size=3), JSON, max_size=4))
def test_the_order_of_keys_does_not_matter(extra: Any) -> None:
    assert with_extra(extra) == with_extra(backwards(extra)) == with_extra(types.MappingProxyType(extra))


@settings(deadline=None)
@given(JSON, JSON)
def test_different_options_have_different_keys(one: Any, other: Any) -> None:
    """True is not 1, and 1 is not "1": what differs on the wire differs in the key."""
    same = json.dumps(one, sort_keys=True) == json.dumps(other, sort_keys=True)
    assert (with_extra({"x": one}) == with_extra({"x": other})) == same


@settings(deadline=None)
@given(st.text(max_size=4), st.text(max_size=4), st.text(max_size=4), st.text(max_size=4))
def test_words_cannot_move_from_one_message_to_the_next(a: str, b: str, c: str, d: str) -> None:
    def key(first: str, second: str) -> str:
        turns = (Message("user", (Text(first),)), Message("user", (Text(second),)))
        return cache_key(replace(FULL, messages=turns), CHAIN, shared=False)

    assert (key(a, b) == key(c, d)) == ((a, b) == (c, d))


# What the answer must be


class Bill(BaseModel):
    total: float
    lines: list[str] = []


class Twin:
    """Holds another `Bill`, of the same name and schema."""

    class Bill(BaseModel):
        total: float
        lines: list[str] = []


Twin.Bill.__doc__ = Bill.__doc__
Twin.Bill.__qualname__ = Bill.__qualname__

BILL = '{"total": 12, "lines": ["lamp"]}'


def adds_up(bill: Bill) -> bool:
    """must add up"""
    return bill.total > 0


def adds_up_otherwise(bill: Bill) -> bool:
    """must add up"""
    return bill.total > 100


adds_up_otherwise.__name__ = adds_up.__name__


def wanting(road: Any, spec: object, **fields: Any) -> Call:
    call: Call = road.call(contract=contract_of(spec), **fields)
    return call


def test_a_value_given_again_is_equal_and_its_own(road: Any) -> None:
    rails = [cache(), Validate()]
    first = road.take(rails, [BILL], wanting(road, Bill))
    again = road.take(rails, road.script, wanting(road, Bill))
    assert (again.cached, again.data, again.data is first.data) == (True, first.data, False)


def test_whoever_changes_a_value_changes_no_other(road: Any) -> None:
    rails = [cache(), Validate()]
    road.take(rails, [BILL], wanting(road, Bill)).data.lines.append("mine")
    road.take(rails, road.script, wanting(road, Bill)).data.lines.append("mine too")
    assert road.take(rails, road.script, wanting(road, Bill)).data.lines == ["lamp"]


def test_a_refreshed_value_is_kept_apart_too(road: Any) -> None:
    rails = [cache(), Validate()]
    road.take(rails, [BILL], wanting(road, Bill, cache="refresh")).data.lines.append("mine")
    assert road.take(rails, road.script, wanting(road, Bill)).data.lines == ["lamp"]


def test_an_invalid_answer_is_never_kept(road: Any) -> None:
    rail = cache()
    with pytest.raises(InvalidAnswer):
        road.take([rail, Validate()], ["no bill"], wanting(road, Bill))
    assert road.take([rail, Validate()], [BILL], wanting(road, Bill)).cached is False


def test_a_rejected_answer_is_never_kept(road: Any) -> None:
    rail = cache()
    for verdict, cached in (("rejected", False), ("rejected", False), ("accepted", False), ("accepted", True)):
        assert road.take([rail], [Reply("Paris", verdict=verdict)]).cached is cached


def key_of(made: Any, **fields: Any) -> str:
    return cache_key(replace(FULL, contract=contract_of(made), **fields), CHAIN, shared=False)


SAME = {
    "a model": lambda: Bill,
    "a list of models": lambda: list[Bill],
    "a literal": lambda: Literal["a", "b"],
    "a schema": lambda: {"type": "object", "properties": {"a": {}}},
    "labels": lambda: ["a", "b"],
    "a pattern": lambda: re.compile("a+"),
    "rules in words": lambda: contract(forbid=["x"], max_length=9, must_contain=["y", "z"]),
}


@pytest.mark.parametrize("make", SAME.values(), ids=SAME.keys())
def test_the_same_contract_is_the_same_question(make: Any) -> None:
    assert key_of(make()) == key_of(make())


def test_a_contract_made_once_is_the_same_question_whatever_it_calls() -> None:
    made = contract(Bill, checks=[adds_up, lambda bill: True])
    assert key_of(made) == key_of(made)


DIFFERENT = {
    "none": None,
    "a model": Bill,
    "another of the same name and schema": Twin.Bill,
    "a list of it": list[Bill],
    "its schema": Bill.model_json_schema(),
    "a literal": Literal["a", "b"],
    "labels": ["a", "b", "c"],
    "a pattern": re.compile("a+"),
    "a pattern in any case": re.compile("a+", re.I),
    "another pattern": re.compile("b+"),
    "a rule": contract(forbid=["x"]),
    "another rule": contract(forbid=["y"]),
    "a length": contract(max_length=9),
    "a field's length": contract(Bill, max_length={"lines.*": 9}),
    "a wish": contract(must_contain=["x"]),
    "a check": contract(Bill, checks=[adds_up]),
    "another check with the same words": contract(Bill, checks=[adds_up_otherwise]),
    "a heavier check": contract(Bill, checks=[Check("sum", adds_up, "must add up", weight=2)]),  # type: ignore[arg-type]
    "a softer check": contract(Bill, checks=[Check("sum", adds_up, "must add up", hard=False)]),  # type: ignore[arg-type]
}


def test_another_contract_is_another_question() -> None:
    assert len({key_of(spec) for spec in DIFFERENT.values()}) == len(DIFFERENT)


def test_a_callable_that_is_gone_lends_its_place_to_no_other() -> None:
    """Thousands of checks made for one call each: an address in memory comes back, a question doesn't."""

    def made(least: int) -> str:
        return key_of(contract(checks=[lambda text: len(text) > least]))

    assert len({made(least) for least in range(3000)}) == 3000


def test_a_callable_without_a_hash_is_never_the_same() -> None:
    class Picky:
        __hash__ = None  # type: ignore[assignment]

        def __call__(self, text: str, whole: str) -> bool:
            return True

    made = contract(checks=[Picky()])
    assert key_of(made) != key_of(made)


def test_how_good_the_answer_must_be_is_part_of_the_question() -> None:
    assert len({key_of(Bill), key_of(Bill, min_score=0.5), key_of(Bill, min_score=0.9)}) == 3


# One flight for identical questions


class Crowd:
    """Several calls at once through one cache, under a fake clock."""

    def __init__(self, road: Any, steps: list[Any], *rails: Any) -> None:
        self.road, self.script = road, Scripted(steps)
        self.rail, self.ledger = cache(), MemoryLedger()
        self.send = compose([Record(self.ledger), *rails, self.rail], self.script.chat)

    def start(self, **changes: Any) -> asyncio.Future[Reply]:
        return asyncio.ensure_future(self.send(self.road.call(**changes)))

    @property
    def landed(self) -> bool:
        return not self.rail.flights


def test_identical_calls_at_the_same_time_are_one_request(road: Any) -> None:
    crowd = Crowd(road, [Wait(1), "hello"])

    async def all_at_once() -> list[Reply]:
        return await asyncio.gather(*(crowd.start(id=f"call-{place}") for place in range(50)))

    replies = road.clock.run(all_at_once())
    assert len(crowd.script.calls) == 1
    assert [reply.text for reply in replies] == ["hello"] * 50
    assert sum(not reply.cached for reply in replies) == 1
    assert sorted({reply.id for reply in replies}) == sorted(f"call-{place}" for place in range(50))
    assert crowd.landed


def test_different_calls_at_the_same_time_are_not_one(road: Any) -> None:
    crowd = Crowd(road, [[Wait(1), "a"]] * 4)
    changes: list[dict[str, Any]] = [
        {},
        {"caller": "ann"},
        {"degrade": "never"},
        {"limits": Limits(total=3)},
    ]

    async def all_at_once() -> None:
        await asyncio.gather(*(crowd.start(**change) for change in changes))

    road.clock.run(all_at_once())
    assert len(crowd.script.calls) == 4


@pytest.mark.parametrize(
    "error",
    [ServerFault("broken", status=500), AttemptTimeout("total", 5), RequestRejected("no")],
    ids=lambda error: error.code,
)
def test_an_error_is_shared_too_each_with_its_own_call(road: Any, error: Any) -> None:
    crowd = Crowd(road, [Wait(1), error])

    async def all_at_once() -> list[Any]:
        starts = (crowd.start(id=f"call-{place}") for place in range(3))
        return await asyncio.gather(*starts, return_exceptions=True)

    errors = road.clock.run(all_at_once())
    assert len(crowd.script.calls) == 1
    assert [type(one) for one in errors] == [type(error)] * 3
    assert [str(one) for one in errors] == [str(error)] * 3
    assert [one.call_id for one in errors] == ["call-0", "call-1", "call-2"]
    assert len({id(one) for one in errors}) == len({id(one.trail) for one in errors}) == 3
    assert crowd.landed


def test_what_is_not_an_onedoor_error_is_not_shared(road: Any) -> None:
    """A bug met by one call says nothing about the others: each asks for itself."""
    crowd = Crowd(road, [Wait(1), KeyError("bug"), "hello"])

    async def both() -> list[Any]:
        return await asyncio.gather(crowd.start(), crowd.start(), return_exceptions=True)

    first, second = road.clock.run(both())
    assert isinstance(first, KeyError)
    assert second.text == "hello"


def test_when_the_first_caller_leaves_another_one_asks(road: Any) -> None:
    crowd = Crowd(road, [[Wait(5), "lost"], "hello"])

    async def leave() -> list[Any]:
        leader, *followers = [crowd.start(id=f"call-{place}") for place in range(4)]
        await asyncio.sleep(1)
        leader.cancel()
        return await asyncio.gather(leader, *followers, return_exceptions=True)

    leader, *followers = road.clock.run(leave())
    assert isinstance(leader, asyncio.CancelledError)
    assert [(reply.text, reply.cached) for reply in followers] == [("hello", False), ("hello", True), ("hello", True)]
    assert len(crowd.script.calls) == 2
    assert crowd.landed


def test_a_waiting_caller_who_leaves_takes_nobody_along(road: Any) -> None:
    crowd = Crowd(road, [Wait(5), "hello"])

    async def leave() -> list[Any]:
        leader, follower, other = crowd.start(), crowd.start(), crowd.start()
        await asyncio.sleep(1)
        follower.cancel()
        return await asyncio.gather(leader, follower, other, return_exceptions=True)

    leader, follower, other = road.clock.run(leave())
    assert isinstance(follower, asyncio.CancelledError)
    assert (leader.text, other.text) == ("hello", "hello")
    assert len(crowd.script.calls) == 1


def test_a_waiting_caller_keeps_its_own_deadline(road: Any) -> None:
    crowd = Crowd(road, [Wait(5), "hello"], Deadline(None))

    async def both() -> tuple[Any, float, Any]:
        leader, hasty = crowd.start(), crowd.start(deadline=2.0)
        (error,) = await asyncio.gather(hasty, return_exceptions=True)
        return error, road.clock(), await leader

    error, ended, reply = road.clock.run(both())
    assert (error.code, ended, reply.text) == ("deadline", 2, "hello")


def test_the_first_callers_short_deadline_does_not_end_the_others(road: Any) -> None:
    crowd = Crowd(road, [[Wait(5), "late"], [Wait(1), "hello"]], Deadline(None))

    async def both() -> list[Any]:
        return await asyncio.gather(crowd.start(deadline=2.0), crowd.start(), return_exceptions=True)

    error, reply = road.clock.run(both())
    assert (error.code, reply.text, road.clock()) == ("deadline", "hello", 3)


def test_a_stream_broken_before_a_readers_eyes_is_that_readers_alone(road: Any) -> None:
    """It could not begin again because a reader had seen part of it; somebody without a reader can."""
    crowd = Crowd(road, [["hel", Wait(1), StreamBroken("cut")], "hello"])

    async def both() -> list[Any]:
        reading = asyncio.ensure_future(crowd.send(road.read()))
        return await asyncio.gather(reading, crowd.start(), return_exceptions=True)

    broken, reply = road.clock.run(both())
    assert isinstance(broken, StreamBroken)
    assert reply.text == "hello"


def test_a_follower_who_reads_is_shown_the_answer_when_it_lands(road: Any) -> None:
    crowd = Crowd(road, [[Wait(1), "hel", Wait(1), "lo"]], Hold())

    async def both() -> None:
        await asyncio.gather(crowd.start(), asyncio.ensure_future(crowd.send(road.read())))

    road.clock.run(both())
    assert road.seen == ["hello"]
    assert len(crowd.script.calls) == 1


def test_the_memory_keeps_the_answers_used_latest(road: Any) -> None:
    rail = Cache(60.0, candidates=(SMALL,), answers=MemoryAnswers(most=2), flights={})
    script = Scripted(["a", "b", "c", "b again"])
    for prompt in ["a", "b", "a", "c", "a", "b"]:
        road.take([rail], script, road.call(prompt))
    assert [call.messages[0].text for call in script.calls] == ["a", "b", "c", "b"]


def test_those_who_waited_get_values_of_their_own(road: Any) -> None:
    rails: list[Any] = [cache(), Validate()]
    script = Scripted([[Wait(1), BILL]])

    async def both() -> list[Reply]:
        walk = compose(rails, script.chat)
        return await asyncio.gather(*(walk(wanting(road, Bill)) for _ in range(3)))

    replies = road.clock.run(both())
    assert len({id(reply.data) for reply in replies}) == 3
    assert all(reply.data == replies[0].data for reply in replies)
