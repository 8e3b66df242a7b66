"""A workflow is checked, and put in order, before anything is spent."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onedoor import InvalidCall, Workflow
from onedoor.workflow.functions import code_digest
from onedoor.workflow.graph import Graph, graph
from onedoor.workflow.step import Need, Part, Step


def made(*functions: Callable[..., Any]) -> Workflow:
    flow = Workflow("w")
    for function in functions:
        flow.step(function)
    return flow


def test_steps_come_after_what_they_need_however_they_were_written() -> None:
    def last(first: str, second: str) -> str: ...
    def second(first: str) -> str: ...
    def first(item: Any) -> str: ...

    assert list(made(last, second, first).graph().steps) == ["first", "second", "last"]


def test_a_circle_is_named() -> None:
    def a(c: str) -> str: ...
    def b(a: str) -> str: ...
    def c(b: str) -> str: ...

    with pytest.raises(InvalidCall, match=r"workflow 'w' goes round in a circle: .*a -> .*;"):
        made(a, b, c).graph()


def test_a_step_that_needs_itself_is_a_circle() -> None:
    def a(a: str) -> str: ...

    with pytest.raises(InvalidCall, match="goes round in a circle: a -> a"):
        made(a).graph()


def test_an_unknown_need_is_named_with_the_nearest_step() -> None:
    def critique(item: Any) -> str: ...
    def revise(critic: str) -> str: ...

    with pytest.raises(InvalidCall, match=r"step 'revise' needs 'critic', which is no step; .*critique"):
        made(critique, revise).graph()


def test_a_workflow_without_steps_is_refused() -> None:
    with pytest.raises(InvalidCall, match="workflow 'w' has no steps"):
        made().graph()


def test_two_steps_of_one_name_are_refused() -> None:
    def a(item: Any) -> str: ...

    with pytest.raises(InvalidCall, match="has a step 'a' already"):
        made(a, a)


@pytest.mark.parametrize("name", ["item", "door", "two words", ""])
def test_a_step_has_a_name_others_can_take_it_by(name: str) -> None:
    flow = Workflow("w")
    with pytest.raises(InvalidCall, match="a step can't be called"):
        flow.ask(name, "Say {text}")


def test_a_function_that_takes_whatever_is_refused() -> None:
    with pytest.raises(InvalidCall, match=r"step '<lambda>' takes \*\*all; name the steps it needs, 'item' or 'door'"):
        Workflow("w").step(lambda **all: 1)


def test_gaps_of_prompts_are_steps_or_fields() -> None:
    flow = Workflow("w")
    flow.ask("draft", "Draft {text}")
    flow.ask("answer", "Answer {draft} for {name}")
    found = flow.graph()
    assert found.needs["answer"] == ("draft",)
    assert found.fields == ("text", "name")


def test_a_prompt_that_asks_the_same_of_all_is_refused() -> None:
    flow = Workflow("w")
    flow.ask("draft", "Say hello")
    with pytest.raises(InvalidCall, match="every item would be asked the same"):
        flow.graph()


def reduces(*, by: int | None = None) -> Workflow:
    flow = Workflow("w")

    @flow.step
    def size(item: Any) -> int: ...

    @flow.reduce(by=by)
    def total(size: list[int]) -> int: ...

    return flow


def test_reduces_and_what_needs_them_are_done_once() -> None:
    flow = reduces()

    @flow.step
    def headline(total: int) -> str: ...

    assert flow.graph().once == {"total", "headline"}


def test_a_step_of_an_item_cant_wait_for_the_last_item() -> None:
    flow = reduces()

    @flow.step
    def rank(size: int, total: int) -> float: ...

    with pytest.raises(InvalidCall, match="'rank' needs 'total', which is there only after the last item, and 'size'"):
        flow.graph()


def test_a_reduce_at_a_time_has_one_step_to_take_values_from() -> None:
    flow = reduces()

    @flow.step
    def name(item: Any) -> str: ...

    @flow.reduce(by=3)
    def both(size: list[int], name: list[str]) -> str: ...

    with pytest.raises(InvalidCall, match="takes values 3 at a time, so it needs one step, not 2"):
        flow.graph()


@pytest.mark.parametrize("by", [0, 1, -3, "ten"])
def test_a_reduce_takes_at_least_two_at_a_time(by: Any) -> None:
    with pytest.raises(InvalidCall, match="it must be a whole number of at least 2"):
        reduces(by=by)


def test_a_filter_stands_before_every_step_below_it_and_none_it_needs() -> None:
    flow = Workflow("w")

    @flow.filter
    def wanted(kind: str) -> bool: ...

    @flow.step
    def kind(item: Any) -> str: ...

    @flow.step
    def answer(item: Any) -> str: ...

    found = flow.graph()
    assert found.gates == {"wanted": (), "kind": (), "answer": ("wanted",)}
    assert found.needs["answer"] == ("wanted",)


@st.composite
def layered(draw: st.DrawFn) -> Graph:
    """Steps that each need some of those before them, in any order of writing."""
    names = [f"s{number}" for number in range(draw(st.integers(1, 12)))]
    steps = [
        Step(name, "step", Part(len, tuple(map(Need, draw(st.sets(st.sampled_from(names[:at]))) if at else ()))))
        for at, name in enumerate(names)
    ]
    return graph("w", draw(st.permutations(steps)))


@given(layered())
def test_every_step_is_there_once_and_after_what_it_needs(found: Graph) -> None:
    order = list(found.steps)
    assert len(order) == len(set(order))
    for name in order:
        assert all(order.index(need) < order.index(name) for need in found.needs[name])


def test_a_coroutine_function_needs_no_thread() -> None:
    async def slow(item: Any) -> str: ...

    with pytest.raises(InvalidCall, match="step 'slow' is a coroutine function, which runs on the loop"):
        Workflow("w").step(thread=True)(slow)


def test_a_condition_that_is_no_function_is_refused() -> None:
    flow = Workflow("w")
    with pytest.raises(InvalidCall, match="the condition of 'a' is 'text == 1'; it must be a function"):
        flow.ask("a", "Say {text}", when="text == 1")  # type: ignore[arg-type]


def test_a_function_is_known_by_what_it_does_in_every_process() -> None:
    program = """
import functools
from onedoor.workflow.functions import code_digest

class Callable:
    def __call__(self, item):
        return item in {"a", "b", "c"}

def plain(item, more=()):
    return item in {"angry", "urgent", "calm"}

print(code_digest(plain), code_digest(functools.partial(plain, more=1)), code_digest(Callable()))
"""
    told = {
        subprocess.run([sys.executable, "-c", program], env={"PYTHONHASHSEED": seed}, capture_output=True).stdout
        for seed in ("1", "2", "3")
    }
    assert len(told) == 1
    assert len(set(told.pop().split())) == 3


def test_what_a_function_says_of_itself_doesnt_matter() -> None:
    def one(item: Any) -> int:
        """One."""
        return 1

    def other(item: Any) -> int:
        """Two."""
        return 1

    assert code_digest(one) == code_digest(other)
