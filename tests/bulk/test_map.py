"""Many items, one prompt: every item has a result, nothing is lost and nothing is paid twice."""

from __future__ import annotations

import asyncio
import tempfile
import threading
from collections.abc import AsyncIterator, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import onedoor
from onedoor.bulk import Progress, places
from onedoor.bulk.run_file import looked_at
from onedoor.errors import ConfigError, ConnectFailed, InvalidCall, StoreError
from onedoor.providers.function import Function
from onedoor.testing import FakeClock
from onedoor.types import Call

from .house import NANO_USD, Answers, configuration, down, opened

ITEMS = [{"id": f"i{number}", "text": f"text {number}"} for number in range(40)]


def run(door: onedoor.Door, items: Any = ITEMS, prompt: Any = "say {text}", **more: Any) -> list[Any]:
    return list(door.map(items, prompt, **{"task": "t", **more}))


def test_every_item_has_a_result_under_its_key() -> None:
    with opened(Answers()) as door:
        found = {result.key: result.text for result in run(door, key="id")}
    assert found == {item["id"]: f"SAY {item['text'].upper()}" for item in ITEMS}


def test_without_a_key_an_item_goes_by_its_place() -> None:
    with opened(Answers()) as door:
        assert {result.key for result in run(door)} == {f"#{place}" for place in range(40)}


def test_results_come_in_input_order_when_asked_for() -> None:
    class Uneven(Answers):
        async def __call__(self, call: Call) -> Any:
            await asyncio.sleep(0.001 * (hash(call.messages[-1].text) % 7))
            return await super().__call__(call)

    with opened(Uneven()) as door:
        assert [result.place for result in run(door, ordered=True, concurrency=8)] == list(range(40))


def test_texts_are_items_too_and_go_by_the_name_text() -> None:
    with opened(Answers()) as door:
        assert {result.text for result in run(door, ["a", "b"])} == {"SAY A", "SAY B"}


def test_a_function_makes_the_prompt() -> None:
    with opened(Answers()) as door:
        found = run(door, prompt=lambda item: [{"role": "user", "content": f"about {item['id']}"}], key="id")
    assert {result.text for result in found} == {f"ABOUT I{number}" for number in range(40)}


def test_a_configured_template_goes_by_its_name() -> None:
    answers = Answers()
    with opened(answers, templates={"short": {"text": "in short: {text}"}}) as door:
        run(door, ITEMS[:1], prompt="short")
    assert answers.asked == ["in short: text 0"]


def test_a_field_given_as_context_is_a_document_and_never_an_order() -> None:
    answers = Answers()
    with opened(answers) as door:
        run(door, ITEMS[:1], prompt="what is it about?", context="text")
    (call,) = answers.calls
    assert [document.text for document in call.context] == ["text 0"]


def test_an_async_iterable_is_read_as_it_comes() -> None:
    async def later() -> AsyncIterator[str]:
        for number in range(3):
            await asyncio.sleep(0)
            yield f"{number}"

    async def all_of_it() -> set[str]:
        async with onedoor.open_async(configuration(), providers={"p": Function(Answers().__call__)}) as door:
            return {result.text async for result in door.map(later(), "say {text}", task="t")}

    assert asyncio.run(all_of_it()) == {"SAY 0", "SAY 1", "SAY 2"}


def test_an_empty_run_is_over_at_once() -> None:
    with opened(Answers()) as door:
        assert run(door, []) == []


WRONG: dict[str, tuple[dict[str, Any], str]] = {
    "the first item lacks a field": ({"prompt": "say {test}"}, "it has no test; it has id, text"),
    "the first item lacks its key": ({"key": "name"}, "it has no key 'name'"),
    "a template without fields": ({"prompt": "say something"}, "every item would be asked the same"),
    "an unknown task": ({"task": "u"}, "there is no task 'u'"),
    "an unknown argument": ({"concurency": 3}, "there is no argument 'concurency'"),
    "no calls at once": ({"concurrency": 0}, "concurrency is 0"),
    "a wrong sampling": ({"temperature": 3}, "temperature"),
    "a budget below 0": ({"budget": -1}, "budget is -1"),
    "retry without a run": ({"retry": ["timeout"]}, "name it with run"),
    "a run's name with a slash": ({"run": "a/b"}, "can't be part of a file's name"),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_is_wrong_is_said_before_anything_is_spent(name: str, tmp_path: Path) -> None:
    given, said = WRONG[name]
    answers = Answers()
    with opened(answers, tmp_path) as door, pytest.raises(InvalidCall, match=said):
        run(door, **given)
    assert answers.calls == []


def test_a_later_item_that_lacks_a_field_is_an_error_row() -> None:
    with opened(Answers()) as door:
        _, bad, _ = run(door, [{"text": "a"}, {"test": "b"}, {"text": "c"}], ordered=True)
    assert (bad.error, bad.message) == ("invalid_item", "it has no text; it has test")


def test_with_strict_it_ends_the_run() -> None:
    with opened(Answers()) as door, pytest.raises(InvalidCall, match="item 2: it has no text"):
        run(door, [{"text": "a"}, {"test": "b"}], strict=True)


def test_what_came_before_that_is_kept(tmp_path: Path) -> None:
    answers = Answers(pause=0.001)
    with opened(answers, tmp_path) as door:
        with pytest.raises(InvalidCall, match="item 3"):
            run(door, [{"text": "a"}, {"text": "b"}, {}], strict=True, run="night")
        run(door, [{"text": "a"}, {"text": "b"}], run="night")
    assert sorted(answers.asked) == ["say a", "say b"]


def test_what_the_callers_own_iterable_raises_comes_out_at_the_end(tmp_path: Path) -> None:
    def items() -> Iterator[str]:
        yield "a"
        raise RuntimeError("the source broke")

    answers = Answers(pause=0.001)
    with opened(answers, tmp_path) as door:
        with pytest.raises(RuntimeError, match="the source broke"):
            run(door, items(), run="night")
        (found,) = run(door, ["a"], run="night")
    assert (found.text, found.cached, len(answers.calls)) == ("SAY A", True, 1)


def test_a_call_that_fails_is_a_row_and_the_others_go_on() -> None:
    with opened(Answers(failing={"text 7": down()})) as door:
        found = run(door, key="id")
    (failed,) = [result for result in found if not result.ok]
    assert (failed.key, failed.error, failed.kind, failed.message) == ("i7", "server_fault", "ServerFault", "down")
    assert (len(found), failed.attempts, bool(failed.call)) == (40, 1, True)


def test_after_so_many_failures_nothing_more_is_begun() -> None:
    answers = Answers(failing={"text": down()})
    with opened(answers) as door:
        work = door.map(ITEMS, "say {text}", task="t", max_failures=3, concurrency=2)
        found = list(work)
    assert 3 <= len(found) <= 4
    assert work.why == "3 items failed, the latest with server_fault: down"


def test_no_more_calls_are_under_way_than_allowed_and_no_more_items_read_than_the_window() -> None:
    answers, read, seen = Answers(pause=0.001), 0, 0

    def items() -> Iterator[str]:
        nonlocal read
        for number in range(60):
            read += 1
            assert read - seen <= 4 * 4 + 2
            yield f"{number}"

    with opened(answers) as door:
        for _ in door.map(items(), "say {text}", task="t", concurrency=4, ordered=True):
            seen += 1
    assert (seen, answers.most <= 4) == (60, True)


def test_slots_say_how_many_at_once() -> None:
    answers = Answers(pause=0.001)
    with opened(answers, task={"slots": 3}) as door:
        run(door)
    assert answers.most == 3


def test_everything_a_run_asks_waits_behind_what_people_ask() -> None:
    answers = Answers(pause=0.001)
    providers = {"p": {"kind": "function", "function": "none:none", "slots": 1}}

    async def meanwhile() -> None:
        config = configuration(providers=providers)
        async with onedoor.open_async(config, providers={"p": Function(answers.__call__)}) as door:
            async for result in door.map(ITEMS, "say {text}", task="t", concurrency=8, ordered=True):
                if result.place == 0:
                    await door.ask("a person", task="t")

    asyncio.run(meanwhile())
    assert answers.asked.index("a person") <= 3


def test_the_same_question_is_asked_once_and_answered_for_each() -> None:
    answers = Answers(pause=0.001)
    with opened(answers) as door:
        found = run(door, [{"id": str(number), "text": str(number % 3)} for number in range(12)], key="id")
    assert sorted(answers.asked) == ["say 0", "say 1", "say 2"]
    assert len({result.key for result in found}) == 12
    assert sum(result.nano_usd for result in found) == 3 * NANO_USD


def test_a_template_that_didnt_fit_leaves_no_run_behind(tmp_path: Path) -> None:
    with opened(Answers(), tmp_path) as door:
        with pytest.raises(InvalidCall, match="it has no nix"):
            run(door, prompt="Say {nix}", run="night")
        assert not list((tmp_path / "runs").glob("night.db*"))
        assert len(run(door, run="night")) == len(ITEMS)


def test_a_code_no_error_has_is_named_with_the_nearest() -> None:
    with opened(Answers()) as door, pytest.raises(InvalidCall, match=r"no error has the code 'time_out'; .*timeout"):
        run(door, run="night", retry=["time_out"])


def test_a_key_with_two_questions_is_an_error_never_another_ones_answer() -> None:
    with opened(Answers()) as door:
        first, second = run(door, [{"id": "x", "text": "a"}, {"id": "x", "text": "b"}], key="id", ordered=True)
    assert (first.text, second.error) == ("SAY A", "duplicate_key")


def test_a_finished_run_asks_nothing_more(tmp_path: Path) -> None:
    answers = Answers(failing={"text 7": down()})
    with opened(answers, tmp_path) as door:
        before = run(door, run="night", key="id", ordered=True)
        after = run(door, run="night", key="id", ordered=True)
    assert len(answers.calls) == 40
    assert [result.text for result in after] == [result.text for result in before]
    assert all(result.cached for result in after)


def test_only_failures_of_the_named_kinds_are_asked_again(tmp_path: Path) -> None:
    answers = Answers(failing={"text 7": ConnectFailed("gone"), "text 8": down()})
    with opened(answers, tmp_path) as door:
        run(door, run="night")
        answers.failing.clear()
        found = run(door, run="night", retry=["connect"], ordered=True)
    assert answers.asked[40:] == ["say text 7"]
    assert (found[7].text, found[7].attempts, found[8].error) == ("SAY TEXT 7", 2, "server_fault")


def test_a_changed_prompt_asks_again_only_what_depends_on_it(tmp_path: Path) -> None:
    answers = Answers()

    def prompt(item: Mapping[str, Any]) -> str:
        return f"say {item['text']}"

    def changed(item: Mapping[str, Any]) -> str:
        return f"say {item['text']}" if item["id"] != "i3" else "say something else"

    with opened(answers, tmp_path) as door:
        run(door, prompt=prompt, run="night", key="id")
        run(door, prompt=changed, run="night", key="id")
    assert answers.asked[40:] == ["say something else"]


def test_another_template_is_refused_with_the_difference_and_asked_with_again(tmp_path: Path) -> None:
    answers = Answers()
    with opened(answers, tmp_path) as door:
        run(door, run="night", key="id")
        with pytest.raises(InvalidCall, match=r'template was "say {text}", is "tell {text}"'):
            run(door, prompt="tell {text}", run="night", key="id")
        found = run(door, prompt="tell {text}", run="night", key="id", again=True)
        back = run(door, run="night", key="id", again=True)
    assert len(answers.calls) == 80
    assert found[0].text.startswith("TELL")
    assert all(result.cached for result in back)


@pytest.mark.parametrize("more", [{"temperature": 0.5}, {"system": "be brief"}, {"schema": {"type": "object"}}])
def test_other_settings_are_refused_as_well(tmp_path: Path, more: dict[str, Any]) -> None:
    with opened(Answers(), tmp_path) as door:
        run(door, ITEMS[:1], run="night")
        with pytest.raises(InvalidCall, match="begun under other settings"):
            run(door, ITEMS[:1], run="night", **more)


def test_an_item_that_moved_and_one_that_came_are_told_apart_by_key(tmp_path: Path) -> None:
    answers = Answers()
    with opened(answers, tmp_path) as door:
        run(door, run="night", key="id")
        run(door, [{"id": "new", "text": "new"}, *reversed(ITEMS)], run="night", key="id")
    assert answers.asked[40:] == ["say new"]
    with looked_at(places.known(tmp_path / "state.db", "night")) as rows:
        assert [result.key for result in rows.each()] == ["new", *(item["id"] for item in reversed(ITEMS))]


def test_leaving_early_keeps_what_came(tmp_path: Path) -> None:
    answers = Answers(pause=0.001)
    with opened(answers, tmp_path) as door:
        for _ in door.map(ITEMS, "say {text}", task="t", run="night", concurrency=2):
            break
        begun = len(answers.calls)
        assert begun < 40
        assert len(run(door, run="night")) == 40
    assert len(answers.calls) <= 40 + 2


def test_a_run_is_one_processes_at_a_time(tmp_path: Path) -> None:
    with opened(Answers(), tmp_path) as door:
        first = iter(door.map(ITEMS, "say {text}", task="t", run="night"))
        next(first)
        with pytest.raises(InvalidCall, match="'night' is under way already"):
            run(door, run="night")
        assert len(list(first)) == 39
        assert len(run(door, run="night")) == 40


def test_at_its_budget_a_run_pauses_and_goes_on_with_more(tmp_path: Path) -> None:
    answers = Answers()
    with opened(answers, tmp_path) as door:
        work = door.map(ITEMS, "say {text}", task="t", run="night", budget=10 * NANO_USD / 1e9, concurrency=4)
        assert len(list(work)) == 10
        assert "has used" in work.why
        assert places.head(places.known(tmp_path / "state.db", "night")).status == "paused"
        more = door.map(ITEMS, "say {text}", task="t", run="night", budget=25 * NANO_USD / 1e9)
        assert len(list(more)) == 25
    assert len(answers.calls) == 25


def test_a_budget_needs_prices() -> None:
    models = {"m": {"provider": "p", "name": "m-1"}}
    with opened(Answers(), models=models) as door, pytest.raises(InvalidCall, match="a budget needs prices"):
        run(door, budget=1)


def test_somebody_else_may_cancel_it(tmp_path: Path) -> None:
    answers, going = Answers(pause=0.002), threading.Event()
    file = tmp_path / "runs" / "night.db"

    def items() -> Iterator[str]:
        for number in range(100_000):
            if number == 20:
                assert places.cancel(file)
                going.set()
            yield f"{number}"

    with opened(answers, tmp_path) as door:
        work = door.map(items(), "say {text}", task="t", run="night", concurrency=4)
        found = list(work)
    assert going.is_set()
    assert 12 <= len(found) < 100_000
    assert (work.why, places.head(file).status) == ("cancelled with `onedoor runs cancel`", "stopped")


def test_an_open_breaker_is_waited_for_not_failed() -> None:
    """A provider that is down for a moment doesn't use up a night's items as errors."""
    clock, answers = FakeClock(), Answers(failing={"say": down()})
    breaker = {"consecutive": 2, "first_break": 15}
    providers = {"p": {"kind": "function", "function": "none:none", "breaker": breaker}}

    async def night() -> list[Any]:
        async with onedoor.open_async(
            configuration(providers=providers), providers={"p": Function(answers.__call__)}
        ) as door:
            asyncio.get_running_loop().call_later(5, answers.failing.clear)
            return [result async for result in door.map(ITEMS, "say {text}", task="t", concurrency=2)]

    found = clock.run(night())
    assert clock() >= 5
    assert sum(result.ok for result in found) >= 30


def test_progress_is_counted_from_results(tmp_path: Path) -> None:
    told: list[int] = []
    with opened(Answers(failing={"text 7": down()}), tmp_path) as door:
        work = door.map(ITEMS, "say {text}", task="t", run="night", on_progress=lambda far: told.append(far.done))
        list(work)
    far: Progress = work.progress
    assert told == list(range(1, 41))
    assert (far.total, far.done, far.failed, far.asked, far.nano_usd) == (40, 40, 1, 40, 39 * NANO_USD)


def test_a_full_disk_is_said_and_what_was_written_is_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from onedoor.bulk import run_file

    real = run_file._connected

    def small(file: Path) -> Any:
        connection = real(file)
        connection.pragma("max_page_count", 30)
        return connection

    answers = Answers()
    items = [{"id": str(number), "text": f"{number} " + "x" * 400} for number in range(400)]
    with opened(answers, tmp_path) as door:
        monkeypatch.setattr(run_file, "_connected", small)
        with pytest.raises(StoreError, match="full; free some space"):
            run(door, items, run="night", key="id")
        monkeypatch.setattr(run_file, "_connected", real)
        with looked_at(tmp_path / "runs" / "night.db") as kept:
            written = sum(1 for _ in kept.each())
        assert written >= 60
        before = len(answers.calls)
        assert len(run(door, items, run="night", key="id")) == 400
    assert len(answers.calls) - before == 400 - written


def test_half_a_character_in_an_answer_is_kept_as_a_question_mark(tmp_path: Path) -> None:
    class Half(Answers):
        async def __call__(self, call: Call) -> Any:
            return "half \ud83d"

    with opened(Half(), tmp_path) as door:
        run(door, ITEMS[:1], run="night")
        (found,) = run(door, ITEMS[:1], run="night")
    assert found.text == "half ?"


def test_with_the_state_in_memory_a_run_lasts_as_long_as_its_pass() -> None:
    answers = Answers()
    with opened(answers) as door:
        run(door, run="night")
        run(door, run="night")
    assert len(answers.calls) == 80


def test_a_configured_run_keeps_its_own_budget(tmp_path: Path) -> None:
    runs = {"night": {"budgets": [{"usd": 10 * NANO_USD / 1e9, "per": "run", "strict": True}]}}
    with opened(Answers(), tmp_path, runs=runs) as door:
        assert len(run(door, run="night")) == 10
        with pytest.raises((InvalidCall, ConfigError)):
            door.ask("hi", task="t", run="nigt")


@settings(max_examples=15)
@given(st.lists(st.integers(0, 8), max_size=25), st.lists(st.integers(1, 10), max_size=2), st.booleans())
def test_wherever_it_is_left_every_place_gets_its_answer_and_nothing_known_is_asked(
    texts: list[int], leaves: list[int], ordered: bool
) -> None:
    answers, clock, at_once = Answers(pause=0.01), FakeClock(), 3

    async def passes(place: Path) -> list[str]:
        config = configuration(str(place / "state.db"))
        items = [str(text) for text in texts]
        async with onedoor.open_async(config, providers={"p": Function(answers.__call__)}) as door:

            async def some(most: int) -> list[Any]:
                given: Any = {"task": "t", "run": "law", "ordered": ordered, "concurrency": at_once}
                async with door.map(items, "say {text}", **given) as found:
                    return [result async for _, result in bounded(found, most)]

            for most in leaves:
                await some(most)
            return [result.text for result in sorted(await some(1000), key=lambda result: result.place)]

    with tempfile.TemporaryDirectory() as name, pytest.MonkeyPatch.context() as patch:
        patch.setenv("ONEDOOR_STATE", f"{name}/state.db")
        assert clock.run(passes(Path(name))) == [f"SAY {text}" for text in texts]
    assert len(answers.calls) <= len(set(texts)) + at_once * len(leaves)


async def bounded(found: AsyncIterator[Any], most: int) -> AsyncIterator[tuple[int, Any]]:
    number = 0
    async for result in found:
        yield number, result
        number += 1
        if number == most:
            return
