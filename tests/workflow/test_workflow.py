"""Workflows: what a user writes, and what becomes of items."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypedDict

import pytest
from tests.bulk.house import NANO_USD, Answers, configuration, down, opened

import onedoor
from onedoor import InvalidCall, Workflow
from onedoor.bulk.result import Result
from onedoor.providers.function import Function
from onedoor.testing import FakeClock, Scripted
from onedoor.types import Call, Reply

ITEMS = [{"id": text, "text": text} for text in "abcd"]


def run(door: onedoor.Door, flow: Workflow, items: Any = ITEMS, **given: Any) -> dict[str, Result]:
    """What became of each item, by its key."""
    return {result.key: result for result in door.run(flow, items, **{"key": "id", **given})}


def chain() -> Workflow:
    """Draft, critique, revise, as functions of all kinds."""
    flow = Workflow("letters")
    flow.ask("draft", "Draft {text}", task="t")

    @flow.step
    async def critique(door: Any, draft: str) -> str:
        reply = await door.ask(f"Critique {draft}", task="t")
        return str(reply.text)

    @flow.step(when=lambda critique: "DRAFT B" in critique)
    def revise(door: Any, draft: str, critique: str) -> str:
        return str(door.ask(f"Revise {draft} by {critique}", task="t").text)

    @flow.step
    def answer(draft: str, revise: str = "") -> str:
        return revise or draft

    return flow


def test_each_step_has_its_value_and_optional_ones_may_be_missing() -> None:
    with opened(Answers()) as door:
        found = run(door, chain())
    assert found["a"].data == {"draft": "DRAFT A", "critique": "CRITIQUE DRAFT A", "answer": "DRAFT A"}
    assert found["b"].data["answer"] == "REVISE DRAFT B BY CRITIQUE DRAFT B"


def test_an_item_costs_what_its_steps_cost() -> None:
    with opened(Answers()) as door:
        found = run(door, chain())
    assert (found["a"].nano_usd, found["b"].nano_usd) == (2 * NANO_USD, 3 * NANO_USD)
    assert (found["a"].attempts, found["b"].attempts) == (2, 3)


def test_a_filter_drops_an_item_for_every_step_below_it() -> None:
    flow = Workflow()
    flow.ask("kind", "Kind of {text}", task="t")

    @flow.filter
    def wanted(kind: str) -> bool:
        return "B" not in kind

    flow.ask("answer", "Answer {text}", task="t")
    answers = Answers()
    with opened(answers) as door:
        found = run(door, flow)
    assert found["b"].dropped == "wanted"
    assert found["b"].ok
    assert "answer" not in found["b"].data
    assert "Answer b" not in answers.asked


def test_a_reduce_takes_every_value_in_input_order_and_comes_last() -> None:
    flow = Workflow()

    @flow.step
    def size(item: Any) -> int:
        return len(item["text"])

    @flow.reduce
    def sizes(size: list[int]) -> list[int]:
        return list(size)

    with opened(Answers()) as door:
        *_, last = door.run(flow, [{"text": "x" * n} for n in (3, 1, 2)])
    assert (last.key, last.step, last.data) == ("sizes", "sizes", [3, 1, 2])


def test_a_reduce_of_two_at_a_time_goes_on_until_one_is_left() -> None:
    flow = Workflow()
    flow.ask("draft", "{text}", task="t")
    flow.ask("merged", "Merge {draft}", task="t", by=2)
    answers = Answers()
    with opened(answers) as door:
        found = run(door, flow)
    first, second, last = (text for text in answers.asked if text.startswith("Merge"))
    assert (first, second) == ("Merge [1] A\n\n[2] B", "Merge [1] C\n\n[2] D")
    assert last == f"Merge [1] {first.upper()}\n\n[2] {second.upper()}"
    assert found["merged"].data == last.upper()


def test_what_was_dropped_or_failed_is_not_reduced() -> None:
    flow = Workflow()
    flow.ask("draft", "{text}", task="t")

    @flow.filter
    def keep(draft: str) -> bool:
        return draft != "B"

    @flow.reduce
    def everything(draft: list[str]) -> str:
        return " ".join(draft)

    with opened(Answers(failing={"c": down()})) as door:
        found = run(door, flow)
    assert found["everything"].data == "A D"


def test_steps_after_a_reduce_are_done_once() -> None:
    flow = Workflow()
    flow.ask("draft", "{text}", task="t")

    @flow.reduce
    def count(draft: list[str]) -> int:
        return len(draft)

    @flow.step
    async def headline(door: Any, count: int) -> str:
        return str((await door.ask(f"A headline for {count} texts", task="t")).text)

    answers = Answers()
    with opened(answers) as door:
        found = run(door, flow)
    assert found["headline"].data == "A HEADLINE FOR 4 TEXTS"
    assert len(answers.calls) == 5


def test_a_failed_step_is_the_items_error_and_its_other_values_are_kept() -> None:
    flow = Workflow()
    flow.ask("first", "First {text}", task="t")
    flow.ask("second", "Second {first}", task="t")
    flow.ask("aside", "Aside {text}", task="t")
    with opened(Answers(failing={"Second FIRST B": down()})) as door:
        found = run(door, flow)["b"]
    assert (found.error, found.kind) == ("server_fault", "ServerFault")
    assert found.message.startswith("step 'second': ")
    assert found.data == {"first": "FIRST B", "aside": "ASIDE B"}


def test_a_function_may_answer_for_a_call_that_failed() -> None:
    flow = Workflow()

    @flow.step
    async def answer(door: Any, item: Any) -> str:
        try:
            return str((await door.ask(f"Say {item['text']}", task="t")).text)
        except onedoor.ServerFault as error:
            return f"no answer: {error}"

    with opened(Answers(failing={"Say b": down()})) as door:
        found = run(door, flow)
    assert found["b"].data["answer"].startswith("no answer: down")
    assert found["b"].ok


def test_an_error_of_the_users_own_is_told_with_its_step() -> None:
    flow = Workflow()

    @flow.step
    def ratio(item: Any) -> float:
        return 1 / (item["text"] != "b")

    with opened(Answers()) as door:
        found = run(door, flow)["b"]
    assert (found.error, found.message) == ("ZeroDivisionError", "step 'ratio': division by zero")


@dataclass
class Point:
    x: int


WRONG: dict[str, tuple[Any, type, str]] = {
    "a text for a number": ("seven", int, "it returned str 'seven', and promises int"),
    "nothing for a text": (None, str, "it returned NoneType None, and promises str"),
    "a truth for a number": (True, int, "it returned bool True, and promises int"),
    "a list of texts for one of numbers": (["a"], list[int], "it returned list ['a'], and promises list[int]"),
    "something no file can keep": (object(), object, "which can't be kept"),
}


@pytest.mark.parametrize(("value", "kind", "said"), WRONG.values(), ids=WRONG)
def test_a_step_that_returns_the_wrong_type_is_an_error_row(value: Any, kind: Any, said: str) -> None:
    flow = Workflow()

    def odd(item: Any) -> Any:
        return value

    odd.__annotations__["return"] = kind
    flow.step(odd)
    with opened(Answers()) as door:
        found = run(door, flow)["a"]
    assert found.error == "step_value"
    assert said in found.message
    assert found.message.startswith("step 'odd': ")


def test_a_filter_that_says_neither_yes_nor_no_is_an_error() -> None:
    flow = Workflow()

    @flow.filter
    def maybe(item: Any) -> Any:
        return "yes"

    with opened(Answers()) as door:
        found = run(door, flow)["a"]
    assert "a filter returns True or False" in found.message


def test_values_that_are_dataclasses_are_kept_as_json_has_them() -> None:
    flow = Workflow()

    @flow.step
    def point(item: Any) -> Point:
        return Point(3)

    @flow.step
    def moved(point: Point) -> int:
        return point.x + 1

    with opened(Answers()) as door:
        assert run(door, flow)["a"].data == {"point": {"x": 3}, "moved": 4}


def test_an_answer_under_a_schema_is_the_same_object_the_first_time_and_later(tmp_path: Path) -> None:
    flow, seen = Workflow(), list[Point]()

    @flow.step
    async def point(door: Any, item: Any) -> int:
        reply = await door.ask(f"{len(item['text'])}", task="t", schema=Point)
        seen.append(reply.data)
        return int(reply.data.x)

    with opened(Answers(says=lambda question: '{"x": 1}'), tmp_path) as door:
        for _ in range(2):
            run(door, flow, ITEMS[:1], run="points")
    assert seen == [Point(1), Point(1)]


def test_going_on_asks_nothing_that_is_known(tmp_path: Path) -> None:
    answers, flow = Answers(), chain()
    with opened(answers, tmp_path) as door:
        first = run(door, flow, run="letters")
        asked = len(answers.calls)
        second = run(door, chain(), run="letters")
    assert len(answers.calls) == asked
    assert {key: result.data for key, result in second.items()} == {key: result.data for key, result in first.items()}
    assert all(result.cached for result in second.values())


def test_changing_one_prompt_asks_again_what_depends_on_it_and_nothing_else(tmp_path: Path) -> None:
    def made(critic: str) -> Workflow:
        flow = Workflow()
        flow.ask("draft", "Draft {text}", task="t")
        flow.ask("critique", critic + " {draft}", task="t")
        flow.ask("aside", "Aside {text}", task="t")
        flow.ask("revise", "Revise {draft} by {critique}", task="t")
        return flow

    answers = Answers()
    with opened(answers, tmp_path) as door:
        run(door, made("Critique"), run="x")
        before = len(answers.calls)
        run(door, made("Review"), run="x", again=True)
    again = [call.metadata["step"] for call in answers.calls[before:]]
    assert sorted(again) == ["critique"] * 4 + ["revise"] * 4


def test_a_changed_workflow_under_the_same_name_is_refused_with_the_difference(tmp_path: Path) -> None:
    one, other = Workflow(), Workflow()
    one.ask("draft", "Draft {text}", task="t")
    other.ask("draft", "Write {text}", task="t")
    answers = Answers()
    with opened(answers, tmp_path) as door:
        run(door, one, run="x")
        with pytest.raises(InvalidCall, match=r'prompt was "Draft \{text\}", is "Write \{text\}"'):
            run(door, other, run="x")
    assert len(answers.calls) == 4


def test_a_changed_function_under_the_same_name_is_refused_and_a_comment_changes_nothing(tmp_path: Path) -> None:
    def made(body: str) -> Workflow:
        flow, names = Workflow(), dict[str, Any]()
        exec(f"def size(item):\n    {body}", names)
        flow.step(names["size"])
        return flow

    with opened(Answers(), tmp_path) as door:
        run(door, made("return 1  # one"), run="x")
        run(door, made("return 1"), run="x")
        with pytest.raises(InvalidCall, match=r"steps\.size\.code was"):
            run(door, made("return 2"), run="x")


def test_a_failed_call_is_asked_again_only_when_its_code_is_named(tmp_path: Path) -> None:
    answers, flow = Answers(failing={"Critique DRAFT B": down()}), chain()
    with opened(answers, tmp_path) as door:
        assert run(door, flow, run="x")["b"].error == "server_fault"
        answers.failing.clear()
        before = len(answers.calls)
        assert run(door, flow, run="x")["b"].error == "server_fault"
        assert len(answers.calls) == before
        assert run(door, flow, run="x", retry=["server_fault"])["b"].ok
    assert [call.metadata["step"] for call in answers.calls[before:]] == ["critique", "revise"]


def test_a_replay_asks_nothing_and_writes_nothing(tmp_path: Path) -> None:
    answers = Answers()
    with opened(answers, tmp_path) as door:
        first = run(door, chain(), run="x")
        before = len(answers.calls)
        again = run(door, chain(), run="x", replay=True)
        more = run(door, chain(), [*ITEMS, {"id": "z", "text": "z"}], run="x", replay=True)
    assert len(answers.calls) == before
    assert {key: one.data for key, one in again.items()} == {key: one.data for key, one in first.items()}
    assert "a replay asks nothing" in more["z"].message


def test_a_replay_needs_a_run_to_go_by() -> None:
    with opened(Answers()) as door, pytest.raises(InvalidCall, match="name one with run"):
        run(door, chain(), replay=True)


def test_the_same_question_of_two_items_is_asked_once() -> None:
    answers = Answers()
    with opened(answers) as door:
        found = run(door, chain(), [{"id": str(n), "text": "same"} for n in range(5)])
    assert len(answers.calls) == 2
    assert sum(result.nano_usd or 0 for result in found.values()) == 2 * NANO_USD


def test_two_items_of_one_key_are_told_apart() -> None:
    with opened(Answers()) as door:
        first, second = door.run(chain(), [{"id": "x", "text": "a"}, {"id": "x", "text": "e"}], key="id", ordered=True)
    assert {first.error, second.error} == {"", "duplicate_key"}


def test_a_missing_field_is_named_before_anything_is_spent() -> None:
    answers = Answers()
    with opened(answers) as door, pytest.raises(InvalidCall, match="item 1: it has no text; it has id"):
        run(door, chain(), [{"id": "a"}])
    assert not answers.calls


def test_a_later_item_that_lacks_a_field_is_an_error_row() -> None:
    with opened(Answers()) as door:
        found = run(door, chain(), [ITEMS[0], {"id": "z"}])
    assert found["z"].error == "invalid_item"


def test_a_field_that_is_called_like_a_step_is_refused() -> None:
    flow = Workflow()
    flow.ask("draft", "Draft {text}", task="t")
    flow.ask("answer", "Answer {draft}", task="t")
    with opened(Answers()) as door, pytest.raises(InvalidCall, match="has a field 'draft'"):
        run(door, flow, [{"id": "a", "text": "a", "draft": "mine"}])


def test_an_unknown_task_is_named_before_anything_is_spent() -> None:
    flow = Workflow()
    flow.ask("draft", "Draft {text}", task="tt")
    with opened(Answers()) as door, pytest.raises(InvalidCall, match="there is no task 'tt'"):
        run(door, flow)


def test_a_budget_pauses_the_run_and_a_higher_one_goes_on(tmp_path: Path) -> None:
    answers = Answers()
    with opened(answers, tmp_path, task={"max_output_tokens": 10}) as door:
        paused = door.run(chain(), ITEMS, key="id", run="x", budget=5 * NANO_USD / 1e9, concurrency=1)
        list(paused)
        assert "budget" in paused.why
        assert len(answers.calls) <= 5
        found = run(door, chain(), run="x", budget=1.0)
    assert all(result.ok for result in found.values())
    assert len(answers.calls) == 9


def test_items_go_through_their_steps_at_the_same_time() -> None:
    answers = Answers(pause=0.005)
    with opened(answers) as door:
        run(door, chain(), [{"id": str(n), "text": str(n)} for n in range(40)], concurrency=8)
    assert 4 < answers.most <= 8


def test_a_plain_function_that_waits_for_the_door_doesnt_hold_up_others() -> None:
    flow = Workflow()

    @flow.step
    def answer(door: Any, item: Any) -> str:
        return str(door.ask(f"Say {item['text']}", task="t").text)

    answers = Answers(pause=0.01)
    with opened(answers) as door:
        run(door, flow, [{"id": str(n), "text": str(n)} for n in range(24)], concurrency=12)
    assert answers.most > 6


def test_a_step_that_ends_the_program_ends_the_run_with_its_name() -> None:
    flow = Workflow()

    @flow.step
    async def leave(item: Any) -> None:
        raise SystemExit(3)

    with (
        opened(Answers()) as door,
        pytest.raises(onedoor.OnedoorError, match=r"step 'leave' ended the run with SystemExit"),
    ):
        run(door, flow)


@pytest.mark.parametrize("odd", [{1: 2, "a": 3}, {"text": {1: 2, "b": 1}}], ids=["a number as a name", "deep inside"])
def test_an_item_that_cant_be_told_from_others_is_an_error_row(odd: Any) -> None:
    with opened(Answers()) as door:
        results = list(door.run(chain(), [{"text": "a"}, {"text": "x", **odd}, {"text": "c"}]))
    assert sorted(result.error for result in results) == ["", "", "invalid_item"]


def test_the_same_question_of_two_steps_at_the_same_time_is_paid_and_counted_once() -> None:
    flow = Workflow()
    flow.ask("one", "Say {text}", task="t")
    flow.ask("other", "Say {text}", task="t")
    answers = Answers(pause=0.001)
    with opened(answers) as door:
        running = door.run(flow, ITEMS, key="id")
        results = list(running)
    assert len(answers.calls) == 4
    assert running.progress.nano_usd == 4 * NANO_USD == sum(result.nano_usd or 0 for result in results)


def test_money_is_counted_also_where_an_item_doesnt_wait_for_its_answer() -> None:
    flow = Workflow()

    @flow.step
    async def hasty(door: Any, item: Any) -> str:
        try:
            async with asyncio.timeout(0.001):
                return str((await door.ask(f"Say {item['text']}", task="t")).text)
        except TimeoutError:
            return "too late"

    answers = Answers(pause=0.05)
    with opened(answers) as door:
        running = door.run(flow, ITEMS, key="id")
        assert all(result.data == {"hasty": "too late"} for result in running)
    assert running.progress.nano_usd == len(answers.calls) * NANO_USD


def test_a_value_of_a_model_stands_in_a_prompt_as_json() -> None:
    flow = Workflow()
    flow.ask("point", "A point {text}", task="t", schema=Point)
    flow.ask("said", "Describe {point}", task="t")
    answers = Answers(says=lambda question: '{"x": 1}')
    with opened(answers) as door:
        run(door, flow, ITEMS[:1])
    assert answers.asked[-1] == 'Describe {"x":1}'


NOT_KEPT: dict[str, tuple[Any, str]] = {
    "a generator": (lambda: (letter for letter in "ab"), "can be read only once; return a list"),
    "a reply": (lambda: onedoor.Reply("x"), "it returned the reply; return its text or its data"),
    "what can't even be shown": (lambda: Shy(), "it returned Shy , which can't be kept"),
}


class Shy:
    def __repr__(self) -> str:
        raise RuntimeError("no")


@pytest.mark.parametrize(("make", "said"), NOT_KEPT.values(), ids=NOT_KEPT)
def test_what_no_file_can_keep_is_refused_with_what_to_return(make: Any, said: str) -> None:
    flow = Workflow()
    flow.step(lambda item: make(), name="odd")
    with opened(Answers()) as door:
        found = run(door, flow)["a"]
    assert said in found.message


class Sized(TypedDict):
    size: int


def test_an_annotation_may_be_a_typed_dict() -> None:
    flow = Workflow()

    @flow.step
    def right(item: Any) -> Sized:
        return {"size": 1}

    @flow.step
    def wrong(item: Any) -> Sized:
        return {"size": "one"}  # type: ignore[typeddict-item]

    with opened(Answers()) as door:
        found = run(door, flow)["a"]
    assert found.data == {"right": {"size": 1}}
    assert "and promises" in found.message


def test_a_lone_value_isnt_merged_with_itself() -> None:
    flow = Workflow()
    flow.ask("draft", "{text}", task="t")
    flow.ask("merged", "Merge {draft}", task="t", by=2)
    answers = Answers()
    with opened(answers) as door:
        run(door, flow, [{"id": letter, "text": letter} for letter in "abcde"])
    assert [question.count("[") for question in answers.asked if question.startswith("Merge")][:3] == [2, 2, 1]
    assert sum(question.startswith("Merge") for question in answers.asked) == 5


def test_a_failed_reduce_is_no_failure_of_what_doesnt_need_it() -> None:
    flow = Workflow()
    flow.ask("draft", "{text}", task="t")

    @flow.reduce
    def bad(draft: list[str]) -> int:
        return 1 // 0

    @flow.reduce
    def good(draft: list[str]) -> int:
        return len(draft)

    @flow.step
    def told(good: int) -> str:
        return f"{good} drafts"

    with opened(Answers()) as door:
        found = run(door, flow)
    assert found["bad"].error == "ZeroDivisionError"
    assert (found["told"].data, found["told"].error) == ("4 drafts", "")


def test_too_many_failures_end_a_run_also_where_nothing_is_waited_for() -> None:
    flow = Workflow()
    flow.step(lambda item: 1 // 0, name="bad")
    with opened(Answers()) as door:
        running = door.run(flow, [{"text": "x"}] * 1000, max_failures=3)
        assert 3 <= len(list(running)) < 10
    assert running.why.startswith("3 items failed")


def test_a_kept_answer_that_its_class_refuses_now_is_asked_again(tmp_path: Path) -> None:
    def made(most: int) -> type:
        @dataclass
        class Small:
            x: int

            def __post_init__(self) -> None:
                if self.x > most:
                    raise ValueError("too large")

        return Small

    def flow(most: int) -> Workflow:
        found = Workflow()
        small = made(most)

        @found.step
        async def size(door: Any, item: Any) -> int:
            return int((await door.ask("How large?", task="t", schema=small)).data.x)

        return found

    says = iter(['{"x": 5}', '{"x": 2}'])
    answers = Answers(says=lambda question: next(says))
    with opened(answers, tmp_path) as door:
        assert run(door, flow(9), ITEMS[:1], run="x")["a"].data == {"size": 5}
        assert run(door, flow(3), ITEMS[:1], run="x")["a"].data == {"size": 2}


def test_a_kept_answer_asked_anew_keeps_what_it_had_cost(tmp_path: Path) -> None:
    flow = Workflow()

    @flow.step
    async def stubborn(door: Any, item: Any) -> str:
        for _ in range(3):
            try:
                return str((await door.ask(f"Say {item['text']}", task="t")).text)
            except onedoor.ServerFault:
                answers.failing.clear()
        return "gave up"

    answers = Answers(failing={"Say a": down()})
    with opened(answers, tmp_path) as door:
        running = door.run(flow, ITEMS[:1], key="id", run="x")
        assert [result.data for result in running] == [{"stubborn": "SAY A"}]
        assert running.progress.nano_usd == NANO_USD
    assert len(answers.calls) == 2


def test_a_failure_that_was_kept_is_told_again_however_often_it_is_asked(tmp_path: Path) -> None:
    flow = Workflow()

    @flow.step
    async def patient(door: Any, item: Any) -> str:
        for _ in range(2):
            with contextlib.suppress(onedoor.ServerFault):
                return str((await door.ask(f"Say {item['text']}", task="t")).text)
        return "gave up"

    answers = Answers(failing={"Say a": down()})
    with opened(answers, tmp_path) as door:
        for given in ({}, {}, {"replay": True}):
            assert run(door, flow, ITEMS[:1], run="x", **given)["a"].data == {"patient": "gave up"}
    assert len(answers.calls) == 2


def test_what_was_begun_first_is_brought_to_its_end_first() -> None:
    with opened(Answers(pause=0.001)) as door:
        asked = [{"id": str(number), "text": str(number)} for number in range(200)]
        first = next(iter(door.run(chain(), asked, key="id", concurrency=4)))
    assert int(first.key) < 8


def test_a_key_no_file_can_hold_is_an_error_row(tmp_path: Path) -> None:
    items = [{"id": key, "text": "x"} for key in ("a", "\ud800", "c")]
    with opened(Answers(), tmp_path) as door:
        results = list(door.run(chain(), items, key="id", run="x"))
    assert sorted(result.error for result in results) == ["", "", "invalid_item"]


def test_a_step_in_a_batch_has_no_time_limit() -> None:
    flow = Workflow()
    flow.ask("say", "Say {text}", task="t", deadline=5)
    with opened(Answers()) as door, pytest.raises(InvalidCall, match="step 'say': deadline: answers of a batch come"):
        run(door, flow, batch=True, run="x")


def test_a_run_counts_what_was_paid_once_whoever_shares_it(tmp_path: Path) -> None:
    same = [{"id": "one", "text": "same"}] * 5
    with opened(Answers(), tmp_path) as door:
        for _ in range(2):
            running = door.run(chain(), same, key="id", run="x")
            assert len(list(running)) == 5
            assert running.progress.nano_usd == 2 * NANO_USD


def test_a_step_cant_spend_past_the_runs_budget() -> None:
    flow = Workflow()
    flow.ask("say", "Say {text}", task="t", run="other")
    with (
        opened(Answers()) as door,
        pytest.raises(InvalidCall, match="step 'say': run: what a step asks belongs to the run"),
    ):
        run(door, flow)


async def test_a_run_nobody_holds_any_more_ends() -> None:
    answers = Answers(pause=0.001)
    provider = {"p": Function(answers.__call__)}
    async with onedoor.open_async(configuration(), providers=provider) as door:

        async def left() -> None:
            async for _ in door.run(chain(), ({"text": str(n)} for n in range(10_000)), concurrency=2):
                return

        await left()
        gc.collect()
        await asyncio.sleep(0.05)
        asked = len(answers.calls)
        await asyncio.sleep(0.05)
        assert len(answers.calls) == asked < 1000


def test_a_gap_may_reach_into_a_value() -> None:
    flow = Workflow()
    flow.ask("sort", "Sort {text}", task="t", schema={"type": "object"})
    flow.ask("answer", "Answer {sort.kind.name} for {who.name}", task="t")
    answers = Answers(says=lambda question: '{"kind": {"name": "praise"}}')
    with opened(answers) as door:
        results = run(door, flow, [{"id": "a", "text": "x", "who": {"name": "Ada"}}])
        assert results["a"].ok
        results = run(door, flow, [{"id": "a", "text": "x", "who": {"age": 3}}])
    assert "Answer praise for Ada" in answers.asked
    assert results["a"].message == "step 'answer': its who has no name; it has age"


def test_a_reduce_sees_the_same_kind_of_value_at_every_level() -> None:
    flow, seen = Workflow(), list[type]()

    @flow.step
    def point(item: Any) -> Point:
        return Point(1)

    @flow.reduce(by=2)
    def far(point: list[Any]) -> Point:
        seen.extend(map(type, point))
        return Point(sum(one["x"] for one in point))

    with opened(Answers()) as door:
        assert run(door, flow)["far"].data == {"x": 4}
    assert set(seen) == {dict}


def test_items_that_take_their_time_keep_nobody_waiting() -> None:
    answers, begun = Answers(), list[int]()

    def slow() -> Iterator[Any]:
        for letter in "abcd":
            time.sleep(0.01)
            begun.append(len(answers.calls))
            yield {"id": letter, "text": letter}

    with opened(answers) as door:
        run(door, chain(), slow())
    assert begun[-1] > 0


def test_what_a_steps_door_hasnt_is_said() -> None:
    flow = Workflow()

    @flow.step
    async def streamed(door: Any, item: Any) -> str:
        return str(door.stream("x"))

    with opened(Answers()) as door:
        assert "the door of a step has ask, extract and classify" in run(door, flow)["a"].message


def test_under_a_fake_clock_a_provider_that_asks_for_time_takes_none() -> None:
    clock, script = FakeClock(), Scripted([onedoor.Throttled("busy", retry_after=30), "hello"], repeat=True)

    async def asked() -> list[Result]:
        async with onedoor.open_async(configuration(), providers={"p": script}) as door:
            return [result async for result in door.run(chain(), ITEMS, key="id", retry=[])]

    assert len(clock.run(asked())) == 4
    assert 29.9 < clock() < 120


class Mute(Exception):
    def __str__(self) -> str:
        raise RuntimeError("no words")


def test_an_error_that_cant_say_what_it_is_is_still_only_its_items() -> None:
    flow = Workflow()

    @flow.step
    def odd(item: Any) -> None:
        raise Mute

    with opened(Answers()) as door:
        assert run(door, flow)["a"].message == "step 'odd': Mute"


LABS: dict[str, Any] = {
    "providers": {
        "p": {"kind": "function", "function": "none:none", "breaker": {"consecutive": 1000, "minimum": 1000}}
    },
    "models": {
        "a1": {"provider": "p", "name": "a1", "lab": "A"},
        "a2": {"provider": "p", "name": "a2", "lab": "A"},
        "b1": {"provider": "p", "name": "b1", "lab": "B"},
    },
    "tasks": {
        "draft": {"models": ["a1", "b1"], "retry": {"sends": 1}},
        "critic": {"models": ["a2", "b1"], "retry": {"sends": 1}},
    },
    "state": {"path": "memory"},
}


def reviewed(**critic: Any) -> Workflow:
    flow = Workflow("letters")
    flow.ask("draft", "Draft {text}", task="draft")
    flow.ask("critique", "Critique {draft}", **{"task": "critic", "other_lab": "draft", **critic})
    return flow


async def authors(down_for: str = "") -> list[tuple[str, str]]:
    """Who drafted and who criticised, by the provider's own word."""
    seen: list[tuple[str, str]] = []

    async def answer(call: Call) -> Reply:
        assert call.candidate is not None
        if call.candidate.name == down_for:
            raise onedoor.ServerFault("down")
        seen.append((call.task, call.candidate.name))
        return Reply("text", model=call.candidate.name)

    async with onedoor.open_async(LABS, providers={"p": Function(answer)}) as door:
        results = [result async for result in door.run(reviewed(), ["x"])]
    assert all(result.ok for result in results)
    return seen


async def test_a_critic_is_of_another_lab_than_who_really_drafted() -> None:
    assert await authors() == [("draft", "a1"), ("critic", "b1")]
    assert await authors(down_for="a1") == [("draft", "b1"), ("critic", "a2")]


LABLESS: dict[str, tuple[dict[str, Any], str]] = {
    "nobody is left": ({"model": "a2"}, "step 'critique': no model of a2 is surely of another lab than 'A'"),
    "the author isn't a step": ({"other_lab": "drafts"}, "step 'critique' needs 'drafts', which is no step"),
}


@pytest.mark.parametrize(("critic", "said"), LABLESS.values(), ids=LABLESS)
def test_that_nobody_of_another_lab_is_left_is_said_before_anything_is_spent(critic: Any, said: str) -> None:
    answers = Answers()
    with (
        onedoor.open(LABS, providers={"p": Function(answers.__call__)}) as door,
        pytest.raises(InvalidCall, match=said),
    ):
        run(door, reviewed(**critic))
    assert not answers.calls


def test_another_lab_than_that_of_a_function_is_refused() -> None:
    flow = Workflow()
    flow.step(lambda item: "x", name="draft")
    flow.ask("critique", "Critique {draft}", task="critic", other_lab="draft")
    with (
        onedoor.open(LABS, providers={"p": Function(Answers().__call__)}) as door,
        pytest.raises(InvalidCall, match="other_lab is 'draft', which isn't a step that asks"),
    ):
        run(door, flow)
