"""The whole call has one deadline, retries and fallbacks included."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from onedoor import Candidate, DeadlineExceeded, ServerFault, Throttled, compose
from onedoor.rails.deadline import Deadline
from onedoor.rails.fallback import Fallback
from onedoor.rails.retry import Retry
from onedoor.rails.timeout import Timeout
from onedoor.testing import Scripted, Wait
from onedoor.types import Limits

BIG = Candidate("big", "hosted", "big-1")
SMALL = Candidate("small", "local", "small-1")


def test_a_call_in_time_passes(road: Any) -> None:
    assert road.take([Deadline(5.0)], [Wait(4.9), "hello"]).text == "hello"
    assert road.outcome("deadline") == "passed"


def test_a_call_past_the_deadline_is_refused_on_time(road: Any) -> None:
    with pytest.raises(DeadlineExceeded, match="5 s") as raised:
        road.take([Deadline(5.0)], [Wait(60), "hello"])
    assert (road.clock(), raised.value.seconds) == (5, 5)
    assert road.outcome("deadline") == "raised"


def test_without_a_deadline_a_call_may_take_for_ever(road: Any) -> None:
    assert road.take([Deadline(None)], [Wait(1e6), "hello"]).text == "hello"


@pytest.mark.parametrize(("task", "own", "ends"), [(5.0, 2.0, 2.0), (2.0, 5.0, 5.0), (None, 3.0, 3.0)])
def test_the_calls_own_deadline_wins(road: Any, task: float | None, own: float, ends: float) -> None:
    with pytest.raises(DeadlineExceeded):
        road.take([Deadline(task)], [Wait(60), "hello"], road.call(deadline=own))
    assert road.clock() == ends


def test_the_deadline_counts_from_the_begin_of_the_call(road: Any) -> None:
    call = road.call(deadline=10.0)
    road.clock.advance(8)
    with pytest.raises(DeadlineExceeded):
        road.take([Deadline(None)], [Wait(60), "hello"], call)
    assert road.clock() == 10


def test_a_call_that_comes_too_late_ends_at_once(road: Any) -> None:
    call = road.call()
    road.clock.advance(8)
    with pytest.raises(DeadlineExceeded):
        road.take([Deadline(5.0)], [Wait(60), "hello"], call)
    assert road.clock() == 8


def test_the_deadline_bounds_retries_and_fallbacks_together(road: Any) -> None:
    steps = [Wait(3), ServerFault("a"), Wait(3), ServerFault("b"), Wait(3), ServerFault("c"), Wait(3), "late"]
    with pytest.raises(DeadlineExceeded):
        road.take([Deadline(10.0), Fallback((BIG, SMALL)), Retry(sends=2, jitter=lambda: 0.0)], steps)
    assert road.clock() == 10
    assert [call.candidate.name for call in road.script.calls] == ["big", "big", "small", "small"]


def test_a_wait_that_would_pass_the_deadline_is_not_begun(road: Any) -> None:
    """The candidate's own error comes out at once, and the next candidate gets the time that is left."""
    with pytest.raises(Throttled):
        road.take([Deadline(10.0), Retry()], [Throttled("busy", retry_after=30)])
    assert road.clock() == 0


def test_everything_below_knows_the_deadline(road: Any) -> None:
    road.take([Deadline(7.0)], ["hello"])
    assert road.script.calls[0].deadline == 7.0


def test_a_deadline_at_the_same_moment_as_a_timeout_wins(road: Any) -> None:
    with pytest.raises(DeadlineExceeded):
        road.take([Deadline(5.0), Retry(sends=1), Timeout(Limits(total=5.0))], [Wait(60), "hello"])


def test_a_timeout_error_from_below_is_not_taken_for_the_deadline(road: Any) -> None:
    bug = TimeoutError("from a library")
    with pytest.raises(TimeoutError) as raised:
        road.take([Deadline(5.0)], [bug])
    assert raised.value is bug


def test_a_callers_own_cancellation_is_not_taken_for_the_deadline(road: Any) -> None:
    call = road.call()

    async def leave() -> bool:
        task = asyncio.ensure_future(compose([Deadline(5.0)], Scripted([Wait(60), "hello"]).chat)(call))
        await asyncio.sleep(1)
        task.cancel()
        await asyncio.wait([task])
        return task.cancelled()

    assert road.clock.run(leave())
