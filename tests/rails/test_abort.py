"""An answer that can no longer come right is not paid for to its end."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from onedoor import Call, Delta, InvalidAnswer, Options, Reply, StreamBroken, ToolCall, compose, contract
from onedoor.output.dialects import dialect
from onedoor.output.legal import Target
from onedoor.rails.abort import Abort
from onedoor.rails.build import Build
from onedoor.rails.hold import Hold
from onedoor.rails.repair import Repair
from onedoor.rails.retry import Retry
from onedoor.rails.validate import Validate
from onedoor.tap import Live
from onedoor.testing import Scripted, Wait

from .conftest import Road

ORDER = contract(
    {
        "type": "object",
        "required": ["size", "count"],
        "properties": {
            "size": {"enum": ["small", "large"]},
            "count": {"type": "integer"},
            "note": {"type": "string"},
            "gift": {"type": ["boolean", "null"]},
            "parts": {
                "type": "array",
                "maxItems": 3,
                "items": {"type": "object", "required": ["x"], "properties": {"x": {"type": ["number", "null"]}}},
            },
        },
    }
)
GOOD = '{"size": "small", "count": 2}'
LOOP = ["Wait, let me check that once more. "] * 400


class Flow:
    """A provider that streams pieces and knows how many were taken."""

    def __init__(self, *answers: list[str]) -> None:
        self.sent = [0] * len(answers)
        self.calls: list[Call] = []
        self._answers = answers

    async def chat(self, call: Call) -> Reply:
        place = len(self.calls)
        self.calls.append(call)
        for piece in self._answers[place]:
            self.sent[place] += 1
            call.tap.push(Delta(piece))
        return Reply("".join(self._answers[place]), model="small", provider="hosted")


def road_of(*, abort: bool = True, target: Target = "ollama", corrections: int = 0) -> list[Any]:
    return [Repair(corrections), Build({"hosted": target}), Validate(), Abort(abort)]


def read(road: Road, text: list[str], *, target: Target = "ollama", spec: Any = ORDER) -> tuple[list[Any], Reply]:
    """The values a reader was shown, each as it stood then, and the reply."""
    values: list[Any] = []
    call = road.call(
        contract=contract(spec), stream=True, tap=reader(lambda value: values.append(copy.deepcopy(value)))
    )
    return values, road.take(road_of(target=target), [text], call)


def reader(put: Callable[[Any], None]) -> Live:
    """Someone who looks at values only."""

    def push(delta: Delta) -> None:
        if delta.value is not None:
            put(delta.value)

    return Live(push)


# Stopped early


HOPELESS = {
    "a wrong type": (['{"size": "small", "count": ', "[1, 2", ", 3]}"], "schema", 2),
    "no such choice": (['{"size": "med', 'ium", "count": 1}'], "schema", 1),
    "too many": (['{"parts": [{}, {}, {}', ", {}", "]}"], "schema", 2),
    "no json can go on so": (['{"size": : ', '"small"}'], "syntax", 1),
    "a runaway": (LOOP, "runaway", 35),
}


@pytest.mark.parametrize(("pieces", "mode", "most"), HOPELESS.values(), ids=HOPELESS.keys())
@pytest.mark.parametrize("reads", [False, True], ids=["ask", "stream"])
def test_a_hopeless_answer_is_stopped_where_it_stands(
    road: Road, pieces: list[str], mode: str, most: int, reads: bool
) -> None:
    flow = Flow([*pieces, *["more "] * 50])
    call = (road.read if reads else road.call)(contract=ORDER, options=Options(max_output_tokens=5000))
    with pytest.raises(InvalidAnswer) as raised:
        road.clock.run(_walk(road_of(), flow, call))
    error = raised.value
    assert flow.sent[0] <= most
    assert (error.mode, error.provider, error.answer) == (mode, "hosted", "".join(pieces[: flow.sent[0]]))
    assert 4000 < error.saved < 5000
    assert f"stopped early: {mode}, at most {error.saved} tokens saved" in [note.remark for note in call.trail]


async def _walk(rails: list[Any], flow: Any, call: Call) -> Reply:
    return await compose(rails, flow.chat)(call)


def test_without_a_cap_nobody_knows_what_was_saved(road: Road) -> None:
    with pytest.raises(InvalidAnswer) as raised:
        road.take(road_of(), [LOOP], road.call(contract=ORDER))
    assert raised.value.saved == 0


def test_thoughts_that_run_away_are_stopped_and_were_not_free(road: Road) -> None:
    class Thinker(Flow):
        async def chat(self, call: Call) -> Reply:
            for piece in LOOP:
                call.tap.push(Delta(reasoning=piece))
            return Reply(GOOD)

    call = road.call(contract=ORDER, options=Options(max_output_tokens=1000))
    with pytest.raises(InvalidAnswer) as raised:
        road.clock.run(_walk(road_of(), Thinker(), call))
    assert (raised.value.mode, raised.value.answer) == ("runaway", "")
    assert 0 < raised.value.saved < 700


def test_a_stopped_answer_is_corrected_like_a_whole_one(road: Road) -> None:
    reply = road.take(road_of(corrections=1), [['{"size": "med', 'ium"}'], GOOD], road.call(contract=ORDER))
    assert reply.data == {"size": "small", "count": 2}
    hint = road.script.calls[1].messages[-1].text
    assert '- /size: must be one of "small", "large"; it was a text' in hint
    assert '{"size": "med\n' in hint


def test_a_provider_is_asked_to_stream_though_nobody_reads(road: Road) -> None:
    road.take(road_of(), [GOOD], road.call(contract=ORDER))
    assert road.script.calls[0].stream


@pytest.mark.parametrize("spec", [None, ORDER], ids=["no contract", "switched off"])
def test_where_it_has_nothing_to_do_the_call_goes_on_as_it_is(road: Road, spec: Any) -> None:
    call = road.call(contract=spec)
    road.take([Abort(enabled=spec is None)], [LOOP], call)
    assert (road.script.calls[0].stream, road.script.calls[0].tap) == (False, call.tap)
    assert road.outcome("abort") == "passed"


LEGITIMATE = {
    "a row of zeros": json.dumps({"size": "small", "count": 0, "parts": [], "note": "0, " * 300}),
    "a table": json.dumps({"size": "small", "count": 1, "note": "| a | b |\n|---|---|\n" + "| 0 | 1 |\n" * 60}),
    "fenced": f"Here it is:\n```json\n{GOOD}\n```",
    "another case": '{"Size": "Small", "count": "2"}',
    "a list of one": f"[{GOOD}]",
    "wrapped": '{"answer": ' + GOOD + "}",
}


@pytest.mark.parametrize("text", LEGITIMATE.values(), ids=LEGITIMATE.keys())
def test_what_may_still_come_right_goes_on(road: Road, text: str) -> None:
    assert road.take(road_of(), [list(text)], road.call(contract=ORDER)).data["size"] == "small"


def test_plain_text_is_watched_for_runaways_only(road: Road) -> None:
    spec = contract(max_length=100_000)
    assert road.take(road_of(), ['{"size": : no'], road.call(contract=spec)).data == '{"size": : no'
    with pytest.raises(InvalidAnswer, match="runaway"):
        road.take(road_of(), [LOOP], road.call(contract=spec))


def test_a_retry_below_begins_to_read_anew(road: Road) -> None:
    script = Scripted([['{"size": "small", ', StreamBroken("cut")], list(GOOD)])
    rails = [*road_of(), Retry()]
    assert road.take(rails, script, road.call(contract=ORDER)).data == {"size": "small", "count": 2}


def test_a_held_reader_sees_the_values_of_the_accepted_answer_only(road: Road) -> None:
    shown: list[Any] = []
    call = road.call(contract=ORDER, stream=True, tap=Live(lambda delta: shown.append(delta.value)))
    bad = ['{"size": "large", "count": 7, ', StreamBroken("cut")]
    steps = [bad, ['{"size": "large", "parts": [1, 2, 3', ", 4]}"], list(GOOD)]
    road.take([Hold(), *road_of(corrections=1), Retry()], steps, call)
    values = [value for value in shown if value is not None]
    assert values[-1] == {"size": "small", "count": 2}
    assert all(value.get("size", "small") == "small" for value in values)


def test_a_tools_arguments_that_run_away_are_stopped(road: Road) -> None:
    reply = Reply("", tool_calls=(ToolCall("1", "look", '{"q": "' + "again and again and then " * 300),))
    with pytest.raises(InvalidAnswer, match="runaway"):
        road.take(road_of(), [reply], road.call(contract=ORDER))


def test_pieces_that_come_slowly_are_read_as_they_come(road: Road) -> None:
    steps = [['{"size": ', Wait(5), '"med', Wait(500), 'ium"}']]
    with pytest.raises(InvalidAnswer):
        road.take(road_of(), steps, road.call(contract=ORDER))
    assert road.clock() == 5


# Values while they are written


def test_a_reader_is_shown_what_is_certain(road: Road) -> None:
    values, _ = read(road, ['{"size": "sm', 'all", "co', 'unt": 1', "2, ", '"note": "a', 'b"}'])
    assert values == [
        {},
        {"size": "small"},
        {"size": "small", "count": 12},
        {"size": "small", "count": 12, "note": "a"},
        {"size": "small", "count": 12, "note": "ab"},
    ]


def test_nobody_is_shown_values_who_does_not_read(road: Road) -> None:
    class Spy:
        def push(self, delta: Delta) -> None:
            assert delta.value is None

        def rewind(self) -> bool:
            return True

    road.take(road_of(), [list(GOOD)], road.call(contract=ORDER, tap=Spy()))


def test_a_value_kept_does_not_change_under_its_reader(road: Road) -> None:
    kept: list[tuple[Any, str]] = []
    tap = reader(lambda value: kept.append((value, json.dumps(value))))
    text = list('{"size": "small", "count": 2, "parts": [{"x": 1}, {"x": 2.5}], "note": "abc"}')
    road.take(road_of(), [text], road.call(contract=ORDER, stream=True, tap=tap))
    assert len(kept) > 10
    assert [json.dumps(value) for value, _ in kept] == [then for _, then in kept]


def extends(before: Any, after: Any) -> bool:
    """Whether nothing that was shown is taken back."""
    if isinstance(before, dict) and isinstance(after, dict):
        return all(key in after and extends(part, after[key]) for key, part in before.items())
    if isinstance(before, list) and isinstance(after, list):
        return len(before) <= len(after) and all(map(extends, before, after))
    if isinstance(before, str) and isinstance(after, str):
        return after.startswith(before)
    return before == after and type(before) is type(after)


VALUES = st.fixed_dictionaries(
    {"size": st.sampled_from(["small", "large"]), "count": st.integers(-(10**6), 10**6)},
    optional={
        "note": st.text(max_size=12),
        "gift": st.sampled_from([True, False, None]),
        "parts": st.lists(
            st.fixed_dictionaries({"x": st.none() | st.floats(allow_nan=False, allow_infinity=False)}), max_size=3
        ),
    },
)


@st.composite
def chunked(draw: st.DrawFn, target: Target) -> tuple[Any, list[str]]:
    """A value, and how a server of that kind may have sent it."""
    value = draw(VALUES)
    assert ORDER.schema is not None
    text = json.dumps(dialect(ORDER.schema, target).transform(value), ensure_ascii=draw(st.booleans()))
    cuts = sorted(draw(st.sets(st.integers(1, max(1, len(text) - 1)), max_size=len(text))))
    return value, [text[start:end] for start, end in zip([0, *cuts], [*cuts, len(text)], strict=True)]


@pytest.mark.parametrize("target", ["ollama", "openai_strict", "anthropic", "json_object"])
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_values_only_ever_grow_and_the_last_one_is_the_replys(target: Target, data: st.DataObject) -> None:
    value, pieces = data.draw(chunked(target))
    values, reply = read(Road(), pieces, target=target)
    assert all(map(extends, values, values[1:]))
    assert values[-1] == reply.data
    if target != "openai_strict":  # there a null may stand for a key that was left out
        assert reply.data == value


@pytest.mark.parametrize("target", ["openai_strict", "anthropic", "json_object"])
def test_a_wrapped_value_is_shown_without_its_wrapper(road: Road, target: Target) -> None:
    values, reply = read(road, list('{"value": [{"a": 1}, {"a": 22}]}'), target=target, spec=list[dict[str, int]])
    assert values[0] == []
    assert all(map(extends, values, values[1:]))
    assert values[-1] == reply.data == [{"a": 1}, {"a": 22}]


def test_a_null_that_stands_for_a_missing_key_is_never_shown(road: Road) -> None:
    values, reply = read(
        road, list('{"size":"small","count":1,"note":null,"gift":null,"parts":null}'), target="openai_strict"
    )
    assert all("note" not in value and "parts" not in value for value in values)
    assert values[-1] == reply.data == {"size": "small", "count": 1, "gift": None}


def test_a_long_answer_costs_its_length_not_the_square_of_it(road: Road) -> None:
    """What was whole when it was shown last is shown again, not copied."""
    spec = {"type": "object", "properties": {"rows": {"type": "array", "items": {"type": "object"}}}}
    shown: list[Any] = []
    tap = reader(shown.append)
    text = json.dumps({"rows": [{"n": number} for number in range(20)]})
    road.take(road_of(), [list(text)], road.call(contract=contract(spec), stream=True, tap=tap))
    assert shown[-1]["rows"][0] is shown[len(shown) // 2]["rows"][0]
