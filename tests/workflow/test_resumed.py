"""A workflow that is stopped, changed and gone on with comes to what a fresh one comes to, and asks nothing twice."""

from __future__ import annotations

import asyncio
import tempfile
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.bulk.house import Answers, configuration, down

import onedoor
from onedoor import Workflow
from onedoor.bulk.result import Result
from onedoor.providers.function import Function
from onedoor.types import Call, Reply

AT_ONCE = 3
TROUBLE = ("Draft0 a", "Draft", "Check1", "Both DRAFT0 C", "Merge", "Headline")


@dataclass(frozen=True)
class Pass:
    """One pass: the versions of its prompts, what fails in it, and how it ends before its end."""

    versions: tuple[int, int]
    failing: frozenset[str] = frozenset()
    retry: bool = True
    leave: int | None = None
    max_failures: int | None = None

    @property
    def given(self) -> dict[str, Any]:
        retry = ["server_fault"] if self.retry else []
        return {"run": "law", "again": True, "retry": retry, "max_failures": self.max_failures}


class Noted(Answers):
    """Knows which questions it has answered to the end, and which have failed."""

    def __init__(self) -> None:
        super().__init__()
        self.answered: Counter[str] = Counter()

    async def __call__(self, call: Call) -> Reply:
        reply = await super().__call__(call)
        self.answered[call.messages[-1].text] += 1
        return reply


def flow(draft: int, check: int) -> Workflow:
    """Prompts, a filter, a function that asks, a merge two at a time, and what comes after it."""
    found = Workflow("law")
    found.ask("draft", f"Draft{draft} {{text}}", task="t")

    @found.filter
    def wanted(draft: str) -> bool:
        return not draft.endswith("B")

    @found.step(name="check")
    async def checked(door: Any, draft: str) -> str:
        return str((await door.ask(f"Check{check} {draft}", task="t")).text)

    found.ask("both", "Both {draft} {check}", task="t")
    found.ask("merged", "Merge {both}", task="t", by=2)
    found.ask("headline", "Headline {merged}", task="t")
    return found


@asynccontextmanager
async def opened(answers: Answers, state: str) -> AsyncIterator[onedoor.AsyncDoor]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ONEDOOR_STATE", state)
        async with onedoor.open_async(configuration(state), providers={"p": Function(answers.__call__)}) as door:
            yield door


async def results(door: onedoor.AsyncDoor, one: Pass, texts: str, **given: Any) -> list[Result]:
    """What comes of a pass, as far as it is read."""
    found: list[Result] = []
    async with door.run(flow(*one.versions), list(texts), concurrency=AT_ONCE, **given) as run:
        async for result in run:
            found.append(result)
            if len(found) == one.leave:
                break
    return found


def told(found: list[Result]) -> dict[str, tuple[Any, ...]]:
    return {result.key: (result.data, result.dropped, result.step, result.error) for result in found}


async def fresh(last: Pass, texts: str) -> dict[str, tuple[Any, ...]]:
    """What a run that nothing went before comes to."""
    async with opened(Answers(), "memory") as door:
        return told(await results(door, last, texts))


async def test_left_early_nobody_waits_for_the_door_any_more() -> None:
    flow = Workflow()

    @flow.step
    def waits(door: Any, item: Any) -> str:
        return str(door.ask(f"Draft {item['text']}", task="t").text)

    async with opened(Answers(pause=0.001), "memory") as door:
        before = asyncio.all_tasks()
        async with door.run(flow, [str(number) for number in range(20)], concurrency=2) as run:
            assert (await anext(run)).ok
        if left := asyncio.all_tasks() - before:
            _, waiting = await asyncio.wait(left, timeout=10)
            assert not waiting


@pytest.mark.parametrize("thread", [False, True])
async def test_a_step_that_catches_everything_makes_no_value_of_the_end_of_a_run(thread: bool) -> None:
    flow = Workflow()

    async def asks(door: Any, item: Any) -> str:
        try:
            return str((await door.ask(f"Draft {item['text']}", task="t")).text)
        except Exception:  # noqa: BLE001 - as users write it
            return "unknown"

    def waits(door: Any, item: Any) -> str:
        try:
            return str(door.ask(f"Draft {item['text']}", task="t").text)
        except Exception:  # noqa: BLE001 - as users write it
            return "unknown"

    @flow.step(when=lambda item: item["text"] == "0")
    async def fails(door: Any, item: Any) -> str:
        return str((await door.ask("Fails", task="t")).text)

    flow.step(name="draft")(waits if thread else asks)
    answers = Answers(pause=0.001, failing={"Fails": down()})
    async with opened(answers, "memory") as door:
        run = door.run(flow, [str(number) for number in range(20)], concurrency=2, max_failures=1)
        found = [result async for result in run]
    assert run.why == "1 items failed, the latest with server_fault: step 'fails': down"
    assert [result.key for result in found if result.data["draft"] == "unknown"] == []


VERSIONS = st.tuples(st.integers(0, 1), st.integers(0, 1))
PASSES = st.builds(
    Pass,
    versions=VERSIONS,
    failing=st.frozensets(st.sampled_from(TROUBLE), max_size=2),
    retry=st.booleans(),
    leave=st.none() | st.integers(1, 4),
    max_failures=st.none() | st.just(1),
)


@settings(max_examples=25)
@given(st.text("abcd", max_size=7), st.lists(PASSES, max_size=3), VERSIONS)
def test_whatever_happened_before_it_comes_to_what_a_fresh_run_comes_to(
    texts: str, passes: list[Pass], versions: tuple[int, int]
) -> None:
    answers, last = Noted(), Pass(versions)

    async def all_of_them(state: str) -> dict[str, tuple[Any, ...]]:
        async with opened(answers, state) as door:
            for one in passes:
                answers.failing = {word: down() for word in one.failing}
                await results(door, one, texts, **one.given)
            answers.failing.clear()
            return told(await results(door, last, texts, **last.given))

    with tempfile.TemporaryDirectory() as name:
        found = asyncio.run(all_of_them(str(Path(name, "state.db"))))
    assert found == asyncio.run(fresh(last, texts))
    left = sum(one.leave is not None for one in passes)
    again = sum(number - 1 for number in answers.answered.values())
    assert again <= AT_ONCE * left, "only what was under way when a pass was left is asked again"
