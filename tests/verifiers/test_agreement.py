"""The same model asked again: how many samples say the same."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onedoor import Call, Options, Reply, ServerFault, ToolCall
from onedoor.tap import Live, Silent
from onedoor.trail import Opinion
from onedoor.types import replace
from onedoor.verifiers.agreement import Agreement, Tally, same, words

SAME = [
    ("Lisbon", " lisbon. "),
    ("**It is Lisbon**", "it is Lisbon"),
    ('"yes"', "Yes!"),
    ("42", "42."),
    ("a\n b", "a b"),
    ("(b)", "B"),
    ("ﬁve", "five"),
    ("里斯本。", "里斯本"),
]
DIFFERENT = [("-5", "5"), (".5", "5"), ("50%", "50"), ("$5", "5"), ("yes", "no"), ("yes", ""), ("a.b", "ab")]


@dataclass
class Again:
    """Gives one answer after another, each only once all asked with it are asked."""

    answers: Sequence[str | Exception]
    calls: list[Call] = field(default_factory=list)
    ended: int = 0

    async def __call__(self, call: Call) -> Reply:
        self.calls.append(call)
        said = self.answers[len(self.calls) - 1]
        await asyncio.sleep(0)
        self.ended += 1
        if isinstance(said, Exception):
            raise said
        return Reply(said)


async def ask(bench: Any, verifier: Agreement, *answers: str | Exception, **fields: Any) -> tuple[Opinion, Again]:
    again = Again(answers)
    return await verifier(bench.call(**fields), Reply("Lisbon", model="small"), again), again


ROUNDS: dict[str, tuple[int, int, list[str | Exception], str, str, int]] = {
    "one more is enough": (2, 3, ["Lisbon"], "accepted", "2 of 2 agree", 1),
    "the third decides for it": (2, 3, ["Porto", "lisbon."], "accepted", "2 of 3 agree", 2),
    "the third decides against it": (2, 3, ["Porto", "Faro"], "rejected", "1 of 3 agree", 2),
    "all must": (3, 3, ["Lisbon", "Lisbon"], "accepted", "3 of 3 agree", 2),
    "all must and the first doesn't": (3, 3, ["Porto", "Lisbon"], "rejected", "1 of 2 agree", 2),
    "one that fails doesn't agree": (2, 2, [ServerFault("down")], "rejected", "1 of 2 agree", 1),
    "itself is enough": (1, 2, [], "accepted", "1 of 1 agree", 0),
    "two at once, then one": (3, 5, ["Lisbon", "Porto", "Lisbon"], "accepted", "3 of 4 agree", 3),
}


@pytest.mark.parametrize(("agree", "samples", "answers", "verdict", "reason", "asked"), ROUNDS.values(), ids=ROUNDS)
async def test_so_many_of_so_many(
    bench: Any, agree: int, samples: int, answers: list[Any], verdict: str, reason: str, asked: int
) -> None:
    told, again = await ask(bench, Agreement(agree, samples), *answers)
    assert (told.verdict, told.reason) == (verdict, f"{reason}; {agree} of {samples} must")
    assert len(again.calls) == asked


async def test_what_is_needed_is_asked_at_once(bench: Any) -> None:
    """Each answer here comes only after the others were asked for."""
    barrier = asyncio.Barrier(3)

    async def again(call: Call) -> Reply:
        await barrier.wait()
        return Reply("Lisbon")

    async with asyncio.timeout(5):
        told = await Agreement(4, 4)(bench.call(), Reply("Lisbon"), again)
    assert told.verdict == "accepted"


async def test_the_rest_is_left_once_it_is_decided(bench: Any) -> None:
    cancelled = []

    async def again(call: Call) -> Reply:
        if call.options.seed == 8:
            return Reply("Porto")
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            cancelled.append(call.options.seed)
            raise
        raise AssertionError

    told = await Agreement(4, 4)(bench.call(options=Options(seed=7)), Reply("Lisbon"), again)
    assert (told.verdict, sorted(cancelled)) == ("rejected", [9, 10])


async def test_samples_differ_and_nobody_reads_along(bench: Any) -> None:
    given = {"options": Options(temperature=0.0, seed=7), "stream": True, "tap": Live(print)}
    _, again = await ask(bench, Agreement(3, 3), "Lisbon", "Lisbon", **given)
    assert [(call.options.temperature, call.options.seed) for call in again.calls] == [(0.7, 8), (0.7, 9)]
    assert all(isinstance(call.tap, Silent) and not call.stream for call in again.calls)


async def test_what_is_warm_stays_as_warm_and_no_seed_stays_none(bench: Any) -> None:
    _, again = await ask(bench, Agreement(2, 2), "Lisbon", options=Options(temperature=1.1))
    assert (again.calls[0].options.temperature, again.calls[0].options.seed) == (1.1, None)


@pytest.mark.parametrize(("left", "right"), SAME)
def test_texts_that_say_the_same(left: str, right: str) -> None:
    assert same(Reply(left), Reply(right))


@pytest.mark.parametrize(("left", "right"), DIFFERENT)
def test_texts_that_do_not(left: str, right: str) -> None:
    assert not same(Reply(left), Reply(right))


def test_values_are_the_same_when_they_are_equal_however_they_were_written() -> None:
    one = Reply('{"a": 1, "b": 2}', data={"a": 1, "b": 2})
    assert same(one, Reply('{"b":2,"a":1}', data={"b": 2, "a": 1}))
    assert not same(one, replace(one, data={"a": 1, "b": 3}))


def test_answers_that_call_tools_are_the_same_when_they_call_the_same() -> None:
    one = Reply("", tool_calls=(ToolCall("1", "find", '{"a": 1}'),))
    assert same(one, Reply("", tool_calls=(ToolCall("2", "find", '{"a":1}'),)))
    assert not same(one, Reply("", tool_calls=(ToolCall("1", "find", '{"a": 2}'),)))
    assert not same(one, Reply(""))


@given(st.text(max_size=30))
def test_bare_words_stay_bare(text: str) -> None:
    assert words(words(text)) == words(text)
    assert words(f'  "{text}"  ') == words(text)


@given(
    st.integers(2, 6).flatmap(lambda n: st.tuples(st.just(n), st.integers(1, n))), st.lists(st.booleans(), min_size=6)
)
def test_it_is_always_decided_as_if_all_had_been_asked(sizes: tuple[int, int], say: list[bool]) -> None:
    samples, agree = sizes
    tally, asked = Tally(agree, samples), iter(say)
    while tally.verdict == "unknown":
        for _ in tally.needed():
            tally.count(next(asked))
    assert tally.counted <= samples
    assert (tally.verdict == "accepted") == (1 + sum(say[: samples - 1]) >= agree)
