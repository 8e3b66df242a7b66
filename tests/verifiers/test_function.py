"""What a callable may say about an answer, and what it may not."""

from __future__ import annotations

import threading
from typing import Any

import pytest

from onedoor import Reply
from onedoor.trail import Opinion
from onedoor.verifiers.function import Function

OWN = Opinion("rejected", "judge", "the colleague", "no")
SAID: list[tuple[Any, str, str, float | None]] = [
    (True, "accepted", "", None),
    (False, "rejected", "", None),
    ("the sum is wrong", "rejected", "the sum is wrong", None),
    ("", "accepted", "", None),
    (0.5, "accepted", "", 0.5),
    (1, "accepted", "", 1.0),
    (0.49, "rejected", "scored 0.49, below 0.5", 0.49),
    (None, "unknown", "", None),
]


@pytest.mark.parametrize(("said", "verdict", "reason", "score"), SAID, ids=repr)
async def test_what_a_callable_says(bench: Any, said: Any, verdict: str, reason: str, score: float | None) -> None:
    told = await bench.ask(Function(lambda reply: said, name="mine"), "12")
    assert told == Opinion(verdict, "check", "mine", reason, score)  # type: ignore[arg-type]


async def test_an_opinion_of_its_own_stays_as_it_is(bench: Any) -> None:
    assert await bench.ask(Function(lambda reply: OWN), "12") is OWN


@pytest.mark.parametrize("said", [1.5, -0.1, float("nan"), [], {"ok": True}], ids=repr)
async def test_anything_else_is_an_error(bench: Any, said: Any) -> None:
    with pytest.raises((TypeError, ValueError), match="mine gave"):
        await bench.ask(Function(lambda reply: said, name="mine"), "12")


async def test_it_is_given_the_reply_whether_sync_or_async(bench: Any) -> None:
    async def later(reply: Reply) -> bool:
        return reply.text == "12"

    assert (await bench.ask(Function(later), "12")).verdict == "accepted"
    assert (await bench.ask(Function(lambda reply: later(reply)), "13")).verdict == "rejected"


async def test_a_sync_one_may_block(bench: Any) -> None:
    threads = []
    await bench.ask(Function(lambda reply: threads.append(threading.current_thread())), "12")  # type: ignore[arg-type]
    assert threads != [threading.main_thread()]
