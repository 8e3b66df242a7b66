"""The composer nests the rails and writes the story of a call as it goes."""

from __future__ import annotations

import asyncio
import copy
import gc
import pickle
import weakref
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any, get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from onedoor import (
    AttemptTimeout,
    Call,
    Candidate,
    DeadlineExceeded,
    Delta,
    Limits,
    Message,
    Next,
    OnedoorError,
    Options,
    Rail,
    Refused,
    Reply,
    RequestRejected,
    ServerFault,
    Text,
    Throttled,
    Trail,
    compose,
)
from onedoor.tap import Held, Live, Silent, Tap
from onedoor.testing import FakeClock, Scripted, Wait, assert_trail
from onedoor.trail import Outcome


def a_call(clock: FakeClock, tap: Tap | None = None) -> Call:
    return Call(
        "call-1",
        "chat",
        "",
        (Message("user", (Text("hi"),)),),
        Options(),
        Limits(),
        tap or Silent(),
        Trail(clock),
        candidate=Candidate("small", "hosted", "small-1"),
    )


async def walk(rails: Sequence[Rail], steps: Sequence[Any], call: Call) -> Reply:
    return await compose(rails, Scripted(steps).chat)(call)


@dataclass(frozen=True, slots=True)
class Mark:
    """Writes down when a call goes down and comes back."""

    name: str
    log: list[str]

    async def __call__(self, call: Call, call_next: Next) -> Reply:
        self.log.append(f"{self.name} down")
        reply = await call_next(call)
        self.log.append(f"{self.name} up")
        return reply


async def passes(call: Call, call_next: Next) -> Reply:
    return await call_next(call)


async def changes(call: Call, call_next: Next) -> Reply:
    return replace(await call_next(call), verdict="accepted")


async def answers(call: Call, call_next: Next) -> Reply:
    return Reply("by itself")


async def repeats(call: Call, call_next: Next) -> Reply:
    await call_next(call)
    return await call_next(call)


async def insists(call: Call, call_next: Next) -> Reply:
    try:
        return await call_next(call)
    except OnedoorError:
        return await call_next(call)


async def recovers(call: Call, call_next: Next) -> Reply:
    try:
        return await call_next(call)
    except OnedoorError:
        return Reply("instead")


async def refuses(call: Call, call_next: Next) -> Reply:
    raise Refused("not today")


async def translates(call: Call, call_next: Next) -> Reply:
    try:
        return await call_next(call)
    except OnedoorError as error:
        raise RequestRejected("another error") from error


async def regrets(call: Call, call_next: Next) -> Reply:
    await call_next(call)
    raise Refused("the answer won't do")


def as_rail(function: Callable[[Call, Next], Any]) -> Any:
    class It:
        async def __call__(self, call: Call, call_next: Next) -> Reply:
            reply: Reply = await function(call, call_next)
            return reply

    It.__name__ = function.__name__.capitalize()
    return It()


FAULT = ServerFault("broken")

OUTCOMES: list[tuple[Outcome, Callable[..., Any], list[Any]]] = [
    ("passed", passes, ["hello"]),
    ("changed", changes, ["hello"]),
    ("answered", answers, []),
    ("repeated", repeats, ["hello", "again"]),
    ("repeated", insists, [FAULT, "hello"]),
    ("recovered", recovers, [FAULT]),
    ("refused", refuses, []),
    ("raised", translates, [FAULT]),
    ("raised", regrets, ["hello"]),
    ("failed", passes, [FAULT]),
    ("failed", insists, [FAULT, FAULT]),
]


@pytest.mark.parametrize(("outcome", "rail", "steps"), OUTCOMES)
def test_the_trail_says_what_a_rail_did(outcome: Outcome, rail: Callable[..., Any], steps: list[Any]) -> None:
    clock = FakeClock()
    call = a_call(clock)

    if outcome in {"refused", "raised", "failed"}:
        with pytest.raises(OnedoorError):
            clock.run(walk([as_rail(rail)], steps, call))
    else:
        clock.run(walk([as_rail(rail)], steps, call))
    assert call.trail.notes[0].outcome == outcome
    assert call.trail.notes[0].fired is (outcome not in {"passed", "failed"})


def test_every_outcome_is_in_the_table() -> None:
    assert {outcome for outcome, _, _ in OUTCOMES} == set(get_args(Outcome))


def test_the_first_rail_is_the_outermost() -> None:
    clock, log = FakeClock(), list[str]()
    rails = [Mark("first", log), Mark("second", log)]
    clock.run(walk(rails, ["hello"], a_call(clock)))
    assert log == ["first down", "second down", "second up", "first up"]


def test_a_road_without_rails_is_the_provider() -> None:
    clock = FakeClock()
    call = a_call(clock)
    reply = clock.run(walk([], ["hello"], call))
    assert reply.text == "hello"
    assert [(note.rail, note.candidate, note.outcome) for note in call.trail] == [("attempt", "small", "answered")]


def test_an_attempt_is_noted_with_its_time_and_its_error() -> None:
    clock = FakeClock(now=100)
    call = a_call(clock)
    with pytest.raises(ServerFault):
        clock.run(walk([as_rail(insists)], [FAULT, Wait(2), FAULT], call))
    notes = [note for note in call.trail if note.rail == "attempt"]
    assert [(note.at, note.seconds, note.outcome, note.error) for note in notes] == [
        (0, 0, "failed", "server_fault"),
        (0, 2, "failed", "server_fault"),
    ]
    assert call.trail.attempts == 2
    assert call.trail.sends == {"small": 2}


def test_a_remark_belongs_to_the_rail_that_is_at_work() -> None:
    clock = FakeClock()
    call = a_call(clock)

    async def talks(call: Call, call_next: Next) -> Reply:
        call.trail.remark("before")
        reply = await call_next(call)
        call.trail.remark("after")
        return reply

    clock.run(walk([as_rail(passes), as_rail(talks)], ["hello"], call))
    assert [note.remark for note in call.trail] == ["", "before; after", ""]


def test_a_remark_after_the_end_is_dropped() -> None:
    clock = FakeClock()
    call = a_call(clock)
    clock.run(walk([], ["hello"], call))
    call.trail.remark("too late")
    assert [note.remark for note in call.trail] == [""]


def test_a_trail_can_be_read_while_the_call_is_under_way() -> None:
    clock = FakeClock()
    call = a_call(clock)
    told = []

    async def looks(call: Call, call_next: Next) -> Reply:
        told.extend(call.trail.notes)
        return await call_next(call)

    clock.run(walk([as_rail(looks)], ["hello"], call))
    assert [note.rail for note in told] == ["looks"]


def test_a_cancelled_attempt_is_noted_as_cancelled() -> None:
    clock = FakeClock()
    call = a_call(clock)

    async def leave() -> None:
        task = asyncio.ensure_future(compose([as_rail(passes)], Scripted([Wait(9), "hello"]).chat)(call))
        await asyncio.sleep(1)
        task.cancel()
        await asyncio.wait([task])

    clock.run(leave())
    assert [(note.outcome, note.error) for note in call.trail] == [("failed", "cancelled")] * 2


def test_a_trail_does_not_keep_the_reply_alive() -> None:
    """A reply carries its trail; if the trail held the reply, every call would be a cycle for the garbage collector."""
    clock = FakeClock()

    async def labels(call: Call, call_next: Next) -> Reply:
        return Labelled(**{"text": (await call_next(call)).text, "trail": call.trail})

    class Labelled(Reply):
        """One that can be weakly referenced."""

    gc.disable()
    try:
        reply = clock.run(walk([as_rail(labels)], ["hello"], a_call(clock)))
        watched = weakref.ref(reply)
        del reply
        assert watched() is None
    finally:
        gc.enable()


def test_a_trail_that_is_kept_keeps_no_loop() -> None:
    async def ask() -> tuple[Trail, weakref.ref[asyncio.AbstractEventLoop]]:
        call = replace(a_call(FakeClock()), trail=Trail())
        await walk([], ["hello"], call)
        return call.trail, weakref.ref(asyncio.get_running_loop())

    trail, loop = asyncio.run(ask())
    gc.collect()
    assert len(trail.notes) == 1
    assert loop() is None


@settings(deadline=None)
@given(st.data())
def test_notes_nest_whatever_the_rails_do(data: st.DataObject) -> None:
    """A note one step deeper lies within the time of the one around it, and attempts are deepest."""
    clock = FakeClock()
    call = a_call(clock)
    kinds = st.sampled_from([passes, changes, answers, repeats, insists, recovers, refuses, translates, regrets])
    rails = [as_rail(kind) for kind in data.draw(st.lists(kinds, max_size=5))]

    async def provider(call: Call) -> Reply:
        await asyncio.sleep(data.draw(st.integers(0, 3)))
        if data.draw(st.booleans()):
            raise ServerFault("broken")
        return Reply("hello")

    async def to_its_end() -> None:
        with suppress(OnedoorError):
            await compose(rails, provider)(call)

    clock.run(to_its_end())
    around: list[Any] = []
    for note in call.trail:
        del around[note.depth :]
        assert len(around) == note.depth
        if around:
            assert around[-1].at <= note.at
            assert note.at + note.seconds <= around[-1].at + around[-1].seconds
        assert (note.rail == "attempt") == (note.depth == len(rails))
        assert bool(note.error) == (note.outcome in {"refused", "raised", "failed"})
        around.append(note)


ERRORS = [
    ServerFault("broken", provider="hosted", status=500, retry_after=2),
    Throttled("slow down", retry_after=1),
    AttemptTimeout("stall", 5, provider="hosted"),
    DeadlineExceeded(3),
    RequestRejected("no", status=400),
    Refused("no"),
]


@pytest.mark.parametrize("error", ERRORS, ids=lambda error: error.code)
def test_every_error_survives_copying_and_pickling(error: OnedoorError) -> None:
    error.call_id = "call-1"
    for twin in (copy.copy(error), pickle.loads(pickle.dumps(error))):
        assert type(twin) is type(error)
        assert str(twin) == str(error)
        assert vars(twin) == vars(error)


def test_assert_trail_names_the_rails_that_did_something() -> None:
    clock = FakeClock()
    call = a_call(clock)
    clock.run(walk([as_rail(passes), as_rail(insists)], [FAULT, "hello"], call))
    told = Reply("hello", trail=call.trail)
    assert_trail(told, insists="repeated")
    assert_trail(told, insists="repeated", passes="passed")
    with pytest.raises(AssertionError, match=r"insists.*repeated"):
        assert_trail(told)
    with pytest.raises(AssertionError, match="recovered"):
        assert_trail(told, insists="recovered")


def test_a_clock_jumps_and_never_goes_back() -> None:
    clock = FakeClock(now=5)

    async def sleep() -> float:
        await asyncio.sleep(3600)
        return asyncio.get_running_loop().time()

    assert clock.run(sleep()) == clock() == 3605
    with pytest.raises(ValueError, match="back"):
        clock.advance(-1)


def test_a_fake_clock_says_so_when_nothing_can_ever_happen() -> None:
    async def wait() -> None:
        await asyncio.Event().wait()

    with pytest.raises(RuntimeError, match="no timer is set"):
        FakeClock().run(wait())


def test_a_live_reader_can_be_rewound_until_it_has_seen_something() -> None:
    seen: list[Delta] = []
    live = Live(seen.append)
    assert live.rewind()
    live.push(Delta("a"))
    assert not live.rewind()


def test_a_held_reader_sees_only_what_was_released() -> None:
    seen: list[Delta] = []
    held = Held(Live(seen.append))
    held.push(Delta("wrong"))
    assert held.rewind()
    held.push(Delta("right"))
    assert seen == []
    held.release()
    held.release()
    assert [delta.text for delta in seen] == ["right"]
