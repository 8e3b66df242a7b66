"""A passing fault is tried again, a little later, not too often."""

from __future__ import annotations

import asyncio
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from onedoor import (
    AttemptTimeout,
    BadEnvelope,
    Call,
    Candidate,
    CandidateFailed,
    ConnectFailed,
    ContentFiltered,
    ContextExceeded,
    CredentialRejected,
    InvalidCall,
    Limits,
    Message,
    ModelNotFound,
    OnedoorError,
    Options,
    QuotaExhausted,
    RequestRejected,
    ServerFault,
    StreamBroken,
    Text,
    Throttled,
    Trail,
    compose,
)
from onedoor.policy import quota
from onedoor.rails.deadline import Deadline
from onedoor.rails.fallback import Fallback
from onedoor.rails.hold import Hold
from onedoor.rails.retry import Retry
from onedoor.tap import Silent
from onedoor.testing import FakeClock, Scripted, Wait

BIG = Candidate("big", "hosted", "big-1")
SMALL = Candidate("small", "local", "small-1")
THIRD = Candidate("third", "local", "third-1")
FAULT = ServerFault("broken")


def retry(**options: Any) -> Retry:
    return Retry(**{"jitter": lambda: 0.0} | options)


PASSING = [ConnectFailed("down"), AttemptTimeout("total", 3), FAULT, StreamBroken("cut"), Throttled("busy")]
LASTING = [
    BadEnvelope("html"),
    ContextExceeded("too long"),
    CredentialRejected("who?"),
    ModelNotFound("which?"),
    QuotaExhausted("broke"),
    RequestRejected("no"),
    ContentFiltered("never"),
    InvalidCall("wrong"),
    TimeoutError("a bug"),
]


@pytest.mark.parametrize("error", PASSING, ids=lambda error: error.code)
def test_a_passing_fault_is_tried_again(road: Any, error: OnedoorError) -> None:
    assert road.take([retry()], [error, "hello"]).text == "hello"
    assert road.outcome("retry") == "repeated"


@pytest.mark.parametrize("error", LASTING, ids=lambda error: type(error).__name__)
def test_what_waiting_does_not_mend_is_not_tried_again(road: Any, error: Exception) -> None:
    with pytest.raises(type(error)) as raised:
        road.take([retry()], [error])
    assert raised.value is error


def test_the_trail_says_what_was_waited_for(road: Any) -> None:
    road.take([retry()], [Throttled("busy", retry_after=2), FAULT, "hello"])
    assert next(iter(road.trail)).remark == "waited 2 s after throttled; waited 0 s after server_fault"


@pytest.mark.parametrize("sends", [1, 2, 3, 7])
def test_a_candidate_gets_at_most_its_sends(road: Any, sends: int) -> None:
    errors = [ServerFault(str(place)) for place in range(sends)]
    with pytest.raises(ServerFault) as raised:
        road.take([retry(sends=sends, per_call=99)], errors)
    assert raised.value is errors[-1]
    assert len(road.script.calls) == sends


@pytest.mark.parametrize(
    ("sends", "per_call", "got"),
    [
        (3, 99, {"big": 3, "small": 3, "third": 3}),
        (3, 6, {"big": 3, "small": 3, "third": 1}),
        (3, 4, {"big": 3, "small": 1, "third": 1}),
        (3, 1, {"big": 1, "small": 1, "third": 1}),
        (5, 5, {"big": 5, "small": 1, "third": 1}),
    ],
)
def test_once_a_call_has_made_its_requests_nothing_is_repeated(
    road: Any, sends: int, per_call: int, got: dict[str, int]
) -> None:
    """Every candidate still gets its one chance."""
    with pytest.raises(ServerFault):
        road.take([Fallback((BIG, SMALL, THIRD)), retry(sends=sends, per_call=per_call)], [FAULT] * sum(got.values()))
    assert road.trail.sends == got


@settings(deadline=None)
@given(sends=st.integers(1, 5), per_call=st.integers(1, 9), chain=st.integers(1, 4), data=st.data())
def test_requests_are_bounded_whatever_goes_wrong(sends: int, per_call: int, chain: int, data: st.DataObject) -> None:
    clock = FakeClock()
    candidates = tuple(Candidate(f"c{place}", f"p{place}", "x") for place in range(chain))
    errors = data.draw(
        st.lists(st.sampled_from([*PASSING, *LASTING[:5]]), min_size=sends * chain, max_size=sends * chain)
    )
    script = Scripted(errors)
    call = Call("1", "", "", (Message("user", (Text("hi"),)),), Options(), Limits(), Silent(), Trail(clock))

    async def walk() -> None:
        with pytest.raises(CandidateFailed):
            await compose([Fallback(candidates), retry(sends=sends, per_call=per_call)], script.chat)(call)

    clock.run(walk())
    assert max(call.trail.sends.values()) <= sends
    assert call.trail.attempts <= max(per_call, 1) + chain - 1
    assert set(call.trail.sends) == {candidate.name for candidate in candidates}


@settings(deadline=None)
@given(
    after=st.floats(0, 60), cap=st.floats(0.01, 60), jitter=st.floats(0, 1, exclude_max=True), sends=st.integers(1, 4)
)
def test_retry_after_is_a_minimum(after: float, cap: float, jitter: float, sends: int) -> None:
    """The wait is never shorter than the provider asked for, and never longer by more than the cap."""
    waits = waited([Throttled("busy", retry_after=after)] * sends, cap=cap, jitter=jitter)
    assert all(after <= wait + 1e-9 for wait in waits)
    assert all(wait <= after + cap + 1e-9 for wait in waits)


@settings(deadline=None)
@given(cap=st.floats(0.01, 60), jitter=st.floats(0, 1, exclude_max=True), error=st.sampled_from(PASSING))
def test_the_wait_grows_and_never_passes_the_cap(cap: float, jitter: float, error: OnedoorError) -> None:
    waits = waited([error] * 6, cap=cap, jitter=jitter)
    assert all(0 <= wait <= cap + 1e-9 for wait in waits)
    assert waits == pytest.approx(sorted(waits))


def waited(errors: list[Any], *, cap: float, jitter: float) -> list[float]:
    """How long was waited before each repeated request."""
    clock = FakeClock()
    call = Call(
        "1", "", "", (Message("user", (Text("hi"),)),), Options(), Limits(), Silent(), Trail(clock), candidate=BIG
    )
    rail = Retry(99, 99, cap, {}, lambda: jitter)

    async def walk() -> None:
        await compose([rail], Scripted([*errors, "hello"]).chat)(call)

    clock.run(walk())
    begun = [note.at for note in call.trail if note.rail == "attempt"]
    return [later - sooner for sooner, later in pairwise(begun)]


@pytest.mark.parametrize(
    ("after", "asked"), [(60.0, ["big", "big"]), (60.1, ["big", "small"]), (1e9, ["big", "small"])]
)
def test_a_provider_that_wants_more_than_a_minute_is_left_for_the_next(
    road: Any, after: float, asked: list[str]
) -> None:
    road.take([Fallback((BIG, SMALL)), retry()], [Throttled("busy", retry_after=after), "hello"])
    assert [call.candidate.name for call in road.script.calls] == asked


@pytest.mark.parametrize(("deadline", "sends"), [(100.0, 2), (31.0, 2), (30.0, 1), (5.0, 1)])
def test_nothing_is_waited_for_that_comes_after_the_deadline(road: Any, deadline: float, sends: int) -> None:
    rails = [Deadline(deadline), retry()]
    steps = [Throttled("busy", retry_after=30), "hello"]
    if sends == 2:
        assert road.take(rails, steps).text == "hello"
    else:
        with pytest.raises(Throttled):
            road.take(rails, steps)
        assert road.clock() == 0
    assert len(road.script.calls) == sends


def test_a_reader_who_has_seen_text_is_not_shown_another_answer(road: Any) -> None:
    with pytest.raises(StreamBroken):
        road.take([retry()], [["hel", StreamBroken("cut")], "hello"], road.read())
    assert len(road.script.calls) == 1


def test_a_reader_who_has_seen_nothing_may_wait(road: Any) -> None:
    road.take([retry()], [FAULT, ["hel", "lo"]], road.read())
    assert road.seen == ["hel", "lo"]


def test_with_hold_a_broken_stream_is_tried_again(road: Any) -> None:
    road.take([Hold(), retry()], [["hel", StreamBroken("cut")], "hello"], road.read())
    assert road.seen == ["hello"]


# The quota


def outage(road: Any, rail: Retry, calls: int, error: OnedoorError = FAULT) -> int:
    """How many requests a number of calls made while everything fails."""
    script = Scripted([error], repeat=True)
    for _ in range(calls):
        with pytest.raises(type(error)):
            road.take([rail], script)
    return len(script.calls)


def test_in_an_outage_retries_run_out(road: Any) -> None:
    """500 tokens at 14 each are 35 retries; after that every call is one request."""
    quotas: dict[str, int] = {}
    rail = retry(quotas=quotas)
    assert outage(road, rail, 100) == 100 + quota.FULL // quota.COST
    assert outage(road, rail, 100) == 100


def test_a_throttled_retry_costs_less(road: Any) -> None:
    assert outage(road, retry(), 200, Throttled("busy")) == 200 + quota.FULL // quota.THROTTLED_COST


def test_answers_pay_the_quota_back(road: Any) -> None:
    quotas: dict[str, int] = {}
    rail = retry(quotas=quotas)
    outage(road, rail, 100)
    for _ in range(quota.COST):
        road.take([rail], ["hello"])
    assert outage(road, rail, 10) == 11


def test_the_quota_never_grows_past_full(road: Any) -> None:
    quotas = {"hosted": quota.FULL - 1}
    for _ in range(5):
        road.take([retry(quotas=quotas)], ["hello"])
    assert quotas == {"hosted": quota.FULL}


def test_each_provider_has_its_own_quota(road: Any) -> None:
    rail = retry(quotas={"hosted": 0})
    with pytest.raises(ServerFault):
        road.take([rail], [FAULT], road.call(candidate=BIG))
    assert road.take([rail], [FAULT, "hello"], road.call(candidate=SMALL)).text == "hello"


def test_a_wait_not_begun_costs_nothing(road: Any) -> None:
    quotas: dict[str, int] = {}
    with pytest.raises(StreamBroken):
        road.take([retry(quotas=quotas)], [["hel", StreamBroken("cut")]], road.read())
    with pytest.raises(Throttled):
        road.take([Deadline(1.0), retry(quotas=quotas)], [Throttled("busy", retry_after=30)])
    assert quotas == {}


def test_ten_minutes_of_outage_with_fifty_callers_cost_hardly_more_than_one_request_a_call(road: Any) -> None:
    quotas: dict[str, int] = {}
    script = Scripted([[Wait(0.5), FAULT]], repeat=True)
    send = compose([retry(quotas=quotas)], script.chat)
    made = 0

    async def caller() -> None:
        nonlocal made
        while road.clock() < 600:
            made += 1
            with pytest.raises(ServerFault):
                await send(road.call())
            await asyncio.sleep(30)

    async def all_of_them() -> None:
        await asyncio.gather(*(caller() for _ in range(50)))

    road.clock.run(all_of_them())
    assert made >= 900
    assert len(script.calls) <= 1.1 * made


def test_an_abandoned_wait_sends_nothing_more(road: Any) -> None:
    script = Scripted([Throttled("busy", retry_after=30)])

    async def leave() -> None:
        task = asyncio.ensure_future(compose([retry()], script.chat)(road.call()))
        await asyncio.sleep(5)
        task.cancel()
        await asyncio.wait([task])
        await asyncio.sleep(100)

    road.clock.run(leave())
    assert len(script.calls) == 1
