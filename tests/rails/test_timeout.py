"""One attempt may be slow in four ways, each with its own limit."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from onedoor import AttemptTimeout, Call, Candidate, Delta, Limits, Message, Options, Reply, Text, Trail, compose
from onedoor.rails.retry import Retry
from onedoor.rails.timeout import Timeout
from onedoor.tap import Silent
from onedoor.testing import FakeClock, Scripted, Wait

SLOW: list[tuple[str, Limits, list[Any], str, float]] = [
    ("no first token", Limits(first_token=3), [Wait(60), "hello"], "first_token", 3),
    ("no first token, total later", Limits(first_token=3, total=9), [Wait(60), "hello"], "first_token", 3),
    ("total before the first token", Limits(first_token=9, total=3), [Wait(60), "hello"], "total", 3),
    ("stands still", Limits(stall=2), ["hel", Wait(60), "lo"], "stall", 2),
    ("stands still later", Limits(stall=2), ["h", Wait(1), "el", Wait(1.9), "lo", Wait(60)], "stall", 4.9),
    ("stands still after a slow begin", Limits(first_token=9, stall=2), [Wait(8), "hel", Wait(60)], "stall", 10),
    ("total while tokens come", Limits(stall=2, total=5), ["a", Wait(1)] * 9, "total", 5),
    ("total before a stall", Limits(stall=9, total=5), ["a", Wait(60)], "total", 5),
    ("total only", Limits(total=5), ["a", Wait(3), "b", Wait(3), "c"], "total", 5),
    ("a slow begin is no stall", Limits(stall=2, total=20), [Wait(60), "a"], "total", 20),
    ("a slow middle is no slow begin", Limits(first_token=2, total=20), ["a", Wait(60)], "total", 20),
]


@pytest.mark.parametrize(("limits", "pieces", "stage", "ends"), [row[1:] for row in SLOW], ids=[row[0] for row in SLOW])
def test_the_limit_that_passes_first_is_named(
    road: Any, limits: Limits, pieces: list[Any], stage: str, ends: float
) -> None:
    with pytest.raises(AttemptTimeout) as raised:
        road.take([Timeout(limits)], [pieces])
    error = raised.value
    assert (error.stage, error.provider, road.clock()) == (stage, "hosted", pytest.approx(ends))
    assert error.seconds == getattr(limits, stage)
    assert road.outcome("timeout") == "raised"


IN_TIME: list[tuple[Limits, list[Any]]] = [
    (Limits(), [Wait(1e6), "hello"]),
    (Limits(first_token=3), [Wait(2.9), "hel", Wait(1e6), "lo"]),
    (Limits(stall=2), [Wait(1e6), "hel", Wait(1.9), "lo", Wait(1.9)]),
    (Limits(total=5), [Wait(2), "hel", Wait(2.9), "lo"]),
    (Limits(first_token=3, stall=3, total=5), ["hello"]),
]


@pytest.mark.parametrize(("limits", "pieces"), IN_TIME)
def test_an_attempt_in_time_passes(road: Any, limits: Limits, pieces: list[Any]) -> None:
    assert road.take([Timeout(limits)], [pieces]).text == "hello"


@pytest.mark.parametrize(
    ("limits", "streams"),
    [
        (Limits(), False),
        (Limits(connect=3, total=9), False),
        (Limits(first_token=3), True),
        (Limits(stall=3), True),
    ],
)
def test_limits_that_need_a_stream_make_one(road: Any, limits: Limits, streams: bool) -> None:
    road.take([Timeout(limits)], ["hello"])
    assert road.script.calls[0].stream is streams


def test_a_readers_stream_stays_one(road: Any) -> None:
    road.take([Timeout(Limits(stall=3))], [["hel", "lo"]], road.read())
    assert road.script.calls[0].stream is True
    assert road.seen == ["hel", "lo"]


def test_the_calls_own_limits_win_one_by_one(road: Any) -> None:
    call = road.call(limits=Limits(first_token=1))
    with pytest.raises(AttemptTimeout) as raised:
        road.take([Timeout(Limits(connect=7, first_token=3, total=9))], [Wait(60), "hello"], call)
    assert (raised.value.stage, raised.value.seconds) == ("first_token", 1)
    assert road.script.calls[0].limits == Limits(connect=7, first_token=1, total=9)


def test_every_attempt_has_the_whole_time(road: Any) -> None:
    rails = [Retry(jitter=lambda: 0.0), Timeout(Limits(total=5))]
    assert road.take(rails, [[Wait(60), "never"], [Wait(4), "hello"]]).text == "hello"
    assert road.clock() == 9


def test_a_callers_own_cancellation_is_no_timeout(road: Any) -> None:
    async def leave() -> bool:
        task = asyncio.ensure_future(compose([Timeout(Limits(total=5))], Scripted([Wait(60), "x"]).chat)(road.call()))
        await asyncio.sleep(1)
        task.cancel()
        await asyncio.wait([task])
        return task.cancelled()

    assert road.clock.run(leave())


def test_a_cancellation_at_the_very_moment_of_the_timeout_is_a_cancellation(road: Any) -> None:
    async def leave() -> bool:
        task = asyncio.ensure_future(compose([Timeout(Limits(total=5))], Scripted([Wait(60), "x"]).chat)(road.call()))
        asyncio.get_running_loop().call_later(5, task.cancel)
        await asyncio.wait([task])
        return task.cancelled()

    assert road.clock.run(leave())


@pytest.mark.parametrize("limits", [Limits(), Limits(total=5), Limits(first_token=5, stall=5)])
def test_a_timeout_error_from_below_comes_out_as_it_is(road: Any, limits: Limits) -> None:
    bug = TimeoutError("from a library")
    with pytest.raises(TimeoutError) as raised:
        road.take([Timeout(limits)], [[Wait(1), bug]])
    assert raised.value is bug


def test_pieces_that_come_while_the_attempt_is_being_ended_do_no_harm(road: Any) -> None:
    """A provider may still empty its buffer on the way out."""

    async def empties(call: Call) -> Reply:
        try:
            await asyncio.sleep(60)
        finally:
            call.tap.push(Delta("left over"))
        raise AssertionError("unreachable")

    async def walk() -> None:
        with pytest.raises(AttemptTimeout, match="no first token within 3 s"):
            await compose([Timeout(Limits(first_token=3, stall=3))], empties)(road.call())

    road.clock.run(walk())


@settings(deadline=None)
@given(
    first=st.integers(1, 9) | st.none(),
    stall=st.integers(1, 9) | st.none(),
    total=st.integers(1, 40) | st.none(),
    gaps=st.lists(st.integers(0, 12), min_size=1, max_size=8),
)
def test_an_attempt_ends_when_its_first_limit_passes(
    first: int | None, stall: int | None, total: int | None, gaps: list[int]
) -> None:
    """Against a plain walk over the gaps: whatever the limits and the pieces, the stage and the moment agree."""
    clock = FakeClock()
    shift = 0.5
    pieces = [step for gap in gaps for step in (Wait(gap), "x")]
    call = Call(
        "1",
        "",
        "",
        (Message("user", (Text("hi"),)),),
        Options(),
        Limits(),
        Silent(),
        Trail(clock),
        candidate=Candidate("m", "p", "m-1"),
    )
    limits = Limits(
        first_token=first and first + shift, stall=stall and stall + shift, total=total and total + shift / 2
    )
    expected = walk_by_hand(limits, gaps)

    async def walk() -> tuple[str, float]:
        try:
            await compose([Timeout(limits)], Scripted([pieces]).chat)(call)
        except AttemptTimeout as error:
            return error.stage, clock()
        return "", clock()

    assert clock.run(walk()) == expected


def walk_by_hand(limits: Limits, gaps: list[int]) -> tuple[str, float]:
    now, stage, limit = 0.0, "first_token", limits.first_token
    for gap in gaps:
        until = now + gap
        ends = now + limit if limit is not None and gap > limit else None
        if limits.total is not None and until > limits.total and (ends is None or limits.total < ends):
            return "total", limits.total
        if ends is not None:
            return stage, ends
        now, stage, limit = until, "stall", limits.stall
    return "", now
