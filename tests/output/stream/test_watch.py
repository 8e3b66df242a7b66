from __future__ import annotations

import copy
from typing import Any

import pytest

from onedoor.output.contract import Diagnosis
from onedoor.output.stream.prefix import Prefix
from onedoor.output.stream.runaway import Runaway
from onedoor.output.stream.watch import Guarded
from onedoor.tap import Held, Live, Silent
from onedoor.types import Delta, ToolCallDelta

SCHEMA = {"type": "object", "properties": {"label": {"enum": ["billing", "shipping"]}, "note": {"type": "string"}}}
LOOP = "Wait, let me check the answer again. "


def _call(arguments: str, index: int = 0) -> Delta:
    return Delta(tool_call=ToolCallDelta(index, arguments=arguments))


def _push(guarded: Guarded, text: str) -> None:
    for letter in text:
        guarded.push(Delta(letter))


def test_deltas_pass_as_they_are() -> None:
    shown: list[Delta] = []
    stops: list[Diagnosis] = []
    deltas = [Delta("{"), Delta(reasoning="hm"), _call("{}"), Delta('"note'), Delta('": 1}')]
    guarded = Guarded(Live(shown.append), stop=stops.append, prefix=Prefix(SCHEMA), runaway=Runaway())
    for delta in deltas:
        guarded.push(delta)
    assert (shown, stops) == (deltas, [])


def test_partials_come_when_the_value_grew() -> None:
    partials: list[Any] = []
    guarded = Guarded(
        Silent(),
        stop=pytest.fail,
        prefix=Prefix(SCHEMA),
        partials=lambda value: partials.append(copy.deepcopy(value)),
    )
    _push(guarded, 'So: {"label": "billing", "note": "ab"}!')
    labelled = {"label": "billing"}
    notes = [{**labelled, "note": note} for note in ("", "a", "ab")]
    assert partials == [{}, labelled, *notes]


def test_a_hopeless_value_stops_once_and_the_reader_still_sees_what_comes() -> None:
    shown: list[Delta] = []
    stops: list[Diagnosis] = []
    guarded = Guarded(Live(shown.append), stop=stops.append, prefix=Prefix(SCHEMA))
    _push(guarded, '{"label": "x", "note": {')
    (stop,) = stops
    assert (stop.mode, stop.failures[0].path) == ("schema", "/label")
    assert len(shown) == 24


@pytest.mark.parametrize(
    "delta",
    [lambda piece: Delta(piece), lambda piece: Delta(reasoning=piece), lambda piece: _call(piece, 3)],
    ids=["text", "reasoning", "tool_call"],
)
def test_a_runaway_stops_wherever_it_is(delta: Any) -> None:
    stops: list[Diagnosis] = []
    guarded = Guarded(Silent(), stop=stops.append, runaway=Runaway())
    for _ in range(200):
        guarded.push(delta(LOOP))
    assert [stop.mode for stop in stops] == ["runaway"]


def test_two_calls_with_the_same_arguments_are_no_loop() -> None:
    stops: list[Diagnosis] = []
    guarded = Guarded(Silent(), stop=stops.append, runaway=Runaway())
    for index in range(50):
        guarded.push(_call(LOOP, index))
    assert stops == []


def test_too_deep_is_a_matter_of_syntax() -> None:
    stops: list[Diagnosis] = []
    guarded = Guarded(Silent(), stop=stops.append, prefix=Prefix())
    _push(guarded, "[" * 200)
    assert [stop.mode for stop in stops] == ["syntax"]


def test_rewind_forgets_and_the_next_reason_is_told_again() -> None:
    stops: list[Diagnosis] = []
    partials: list[Any] = []
    guarded = Guarded(
        Held(Silent()), stop=stops.append, prefix=Prefix(SCHEMA), runaway=Runaway(), partials=partials.append
    )
    for _ in range(2):
        _push(guarded, '{"label": "x')
        assert guarded.rewind()
    _push(guarded, LOOP * 20)
    assert guarded.rewind()
    _push(guarded, '{"note": "')
    assert [stop.mode for stop in stops] == ["schema", "schema"]
    assert partials[-1] == {"note": ""}


def test_rewind_says_what_the_tap_says() -> None:
    guarded = Guarded(Live(lambda delta: None), stop=pytest.fail)
    assert guarded.rewind()
    guarded.push(Delta("x"))
    assert not guarded.rewind()
