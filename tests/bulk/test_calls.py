"""The questions of a run, when what answers them misbehaves."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest

import onedoor
from onedoor import InvalidCall, Workflow
from onedoor.bulk.result import FORMAT, Head, Result
from onedoor.bulk.rows import Rows
from onedoor.bulk.run_file import opened as rows_of
from onedoor.providers.function import Function
from onedoor.types import Call

from .house import Answers, configuration, opened

TEXTS = [str(number) for number in range(40)]


class GivesUp(Answers):
    """Cancels itself at every question with a 7, as code does that awaits a task somebody cancelled."""

    async def __call__(self, call: Call) -> Any:
        if "7" in call.messages[-1].text:
            raise asyncio.CancelledError
        return await super().__call__(call)


def asked(door: onedoor.Door) -> Any:
    return door.map(TEXTS, "say {text}", task="t", concurrency=2)


def stepped(door: onedoor.Door) -> Any:
    flow = Workflow()
    flow.ask("said", "say {text}", task="t")
    return door.run(flow, TEXTS, concurrency=2, shard=2)


@pytest.mark.parametrize("begin", [asked, stepped])
def test_a_call_that_cancels_itself_is_a_row_and_the_others_go_on(begin: Any) -> None:
    with opened(GivesUp()) as door:
        found = {TEXTS[result.place]: result.error for result in begin(door)}
    assert found == {text: "cancelled" if "7" in text else "" for text in TEXTS}


def steps_to_find(rows: Rows) -> int:
    """What SQLite does to find out whether a new item's question was asked."""
    steps = 0

    def counted() -> bool:
        nonlocal steps
        steps += 1
        return False

    rows.connection.set_progress_handler(counted, 1)
    assert rows.find("new", b"asked")
    rows.connection.set_progress_handler(None)
    return steps


def test_a_question_of_many_items_is_found_as_quickly_as_one_of_few() -> None:
    with rows_of(None, Head(FORMAT, "", "", 0.0, "t", {})) as rows:
        taken = []
        for number in range(2000):
            rows.add(b"asked", Result(str(number), number, text="an answer"))
            if number in {9, 1999}:
                rows.flush()
                taken.append(steps_to_find(rows))
    assert taken[0] == taken[1]


async def test_items_that_cancel_themselves_are_no_end_of_the_items() -> None:
    async def items() -> AsyncIterator[str]:
        yield "a"
        raise asyncio.CancelledError

    async with onedoor.open_async(configuration(), providers={"p": Function(Answers().__call__)}) as door:
        with pytest.raises(InvalidCall, match="has cancelled itself"):
            assert [result.text async for result in door.map(items(), "say {text}", task="t")]


@pytest.mark.parametrize("thread", [False, True])
def test_a_step_that_cancels_itself_has_failed(thread: bool) -> None:
    flow = Workflow()

    @flow.step(thread=thread)
    def gives_up(item: Any) -> str:
        if "7" in item["text"]:
            raise asyncio.CancelledError
        return str(item["text"])

    with opened(Answers()) as door:
        found = {TEXTS[result.place]: result.error for result in door.run(flow, TEXTS)}
    assert found == {text: "cancelled" if "7" in text else "" for text in TEXTS}
