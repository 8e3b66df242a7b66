from __future__ import annotations

import json
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from onedoor.sim import PROFILES, invoices, is_right, tickets
from onedoor.sim.request import parse
from onedoor.sim.script import Script
from onedoor.sim.tokens import split
from onedoor.sim.wire import answer
from onedoor.sim.write import LONGEST

CHATTING = [name for name, profile in PROFILES.items() if not profile.embeds]
ANSWERING = [name for name in CHATTING if name not in {"outage", "cut"}]
TRUTH = invoices(1)[0]
TOOL = {"type": "function", "function": {"name": "look", "parameters": {"type": "object"}}}


def _post(body: object, *, path: str = "/chat/completions", seen: int = 9, seed: int = 0) -> Script:
    data = body if isinstance(body, bytes) else msgspec.json.encode(body)
    return answer(parse("POST", path, data), seen=seen, seed=seed)


def _chat(model: str, prompt: str = "hello", *, seen: int = 9, seed: int = 0, **fields: Any) -> Script:
    body = {"model": model, "messages": [{"role": "user", "content": prompt}], **fields}
    return _post(body, seen=seen, seed=seed)


def _body(script: Script) -> Any:
    return json.loads(b"".join(piece.body for piece in script.pieces))


def _text(script: Script) -> str:
    return str(_body(script)["choices"][0]["message"]["content"])


def _events(script: Script) -> list[Any]:
    *events, end, rest = b"".join(piece.body for piece in script.pieces).split(b"\n\n")
    assert (end, rest) == (b"data: [DONE]", b"")
    return [json.loads(event.removeprefix(b"data: ")) for event in events]


@settings(deadline=None)
@given(st.sampled_from(CHATTING), st.text(), st.integers(0, 5), st.integers(), st.booleans())
def test_the_same_request_gets_the_same_bytes(model: str, prompt: str, seen: int, seed: int, stream: bool) -> None:
    first, again = (_chat(model, prompt, seen=seen, seed=seed, stream=stream) for _ in range(2))
    assert first == again


def test_another_seed_gives_other_answers() -> None:
    answers = {_text(_chat("wrong", TRUTH.prompt, seed=seed)) for seed in range(20)}
    assert len(answers) > 3


@settings(max_examples=50, deadline=None)
@given(st.sampled_from(ANSWERING), st.text(), st.integers(1, 40))
def test_streamed_is_plain_in_pieces(model: str, prompt: str, cap: int) -> None:
    plain = _chat(model, prompt, max_tokens=cap)
    role, *middle, finish = _events(_chat(model, prompt, max_tokens=cap, stream=True))
    assert role["choices"][0]["delta"] == {"role": "assistant", "content": ""}
    assert "".join(event["choices"][0]["delta"]["content"] for event in middle) == _text(plain)
    assert finish["choices"][0]["finish_reason"] == _body(plain)["choices"][0]["finish_reason"]


@pytest.mark.parametrize("model", ANSWERING)
def test_streamed_bills_and_lasts_as_plain_does(model: str) -> None:
    plain, streamed = _chat(model, TRUTH.prompt), _chat(model, TRUTH.prompt, stream=True)
    assert _spent(plain) == pytest.approx(_spent(streamed))


def _spent(script: Script) -> tuple[int, int, float]:
    pieces = script.pieces
    return script.input, sum(piece.tokens for piece in pieces), sum(piece.delay for piece in pieces)


def test_usage_comes_last_in_a_stream_that_asks_for_it() -> None:
    *_, last = _events(_chat("fast", stream=True, stream_options={"include_usage": True}))
    assert last["choices"] == []
    assert last["usage"] == _body(_chat("fast"))["usage"]


@pytest.mark.parametrize("model", [*PROFILES, "nobody", ""])
@pytest.mark.parametrize("stream", [False, True])
def test_every_answer_says_that_it_is_simulated(model: str, stream: bool) -> None:
    for script in (_chat(model, seen=0, stream=stream), _post({"model": model, "input": "x"}, path="/embeddings")):
        assert script.headers["x-onedoor-simulated"] == "true"
        body = b"".join(piece.body for piece in script.pieces)
        if script.status >= 400:
            assert _body(script)["error"]["message"].startswith("simulated")
        if not script.cut:
            assert body.count(b'"onedoor-sim/1"') == max(1, body.count(b"data: {"))


def test_plain_words_say_that_they_are_simulated() -> None:
    assert _text(_chat("fast")).startswith("This is a simulated answer")


UNDAMAGED = [name for name in ANSWERING if PROFILES[name].damage == "none"]


@pytest.mark.parametrize("model", UNDAMAGED)
def test_the_stated_accuracy_is_kept(model: str) -> None:
    """Within three standard deviations on 500 cases."""
    stated = PROFILES[model].accuracy
    right = sum(is_right(case, _text(_chat(model, case.prompt))) for case in (*invoices(250), *tickets(250)))
    assert right == pytest.approx(500 * stated, abs=3 * (500 * stated * (1 - stated)) ** 0.5)


@pytest.mark.parametrize(("model", "right"), [("careful", 500), ("wrong", 289), ("fast", 482), ("echo", 0)])
def test_right_answers_of_five_hundred(model: str, right: int) -> None:
    cases = (*invoices(250), *tickets(250))
    assert sum(is_right(case, _text(_chat(model, case.prompt))) for case in cases) == right


def test_a_wrong_answer_still_has_the_right_form() -> None:
    for case in invoices(50):
        assert json.loads(_text(_chat("wrong", case.prompt))).keys() == case.truth.keys()


def test_fenced_hides_the_truth_in_a_fence() -> None:
    text = _text(_chat("fenced", TRUTH.prompt))
    assert not is_right(TRUTH, text)
    assert is_right(TRUTH, text.partition("```json\n")[2].partition("\n```")[0])


def test_truncated_stops_half_way_for_its_length() -> None:
    choice = _body(_chat("truncated", TRUTH.prompt))["choices"][0]
    assert choice["finish_reason"] == "length"
    assert _text(_chat("careful", TRUTH.prompt)).startswith(choice["message"]["content"])


@pytest.mark.parametrize("cap", [7, LONGEST])
def test_runaway_repeats_until_its_cap(cap: int) -> None:
    body = _body(_chat("runaway", max_completion_tokens=cap))
    assert body["usage"]["completion_tokens"] == cap
    assert body["choices"][0]["finish_reason"] == "length"


def test_echo_repeats_the_prompt() -> None:
    assert _text(_chat("echo", "to be or not")) == "to be or not"


@pytest.mark.parametrize("stop", [" or", ["not", " or"], ["", " or"]])
def test_stop_ends_the_answer_before_itself(stop: object) -> None:
    body = _body(_chat("echo", "to be or not", stop=stop))
    assert body["choices"][0] | {"index": 0} == {
        "index": 0,
        "message": {"role": "assistant", "content": "to be"},
        "finish_reason": "stop",
    }


@given(st.text())
def test_tokens_joined_are_the_text(text: str) -> None:
    assert "".join(split(text)) == text


def test_faults_come_first_and_then_pass() -> None:
    assert [_chat("throttled", seen=seen).status for seen in range(4)] == [429, 429, 200, 200]
    assert [_chat("outage", seen=seen).status for seen in (0, 1, 999)] == [503, 503, 503]
    assert _chat("throttled", seen=0).headers["retry-after"] == "1"


def test_flaky_fails_for_some_and_then_recovers() -> None:
    stories = [tuple(_chat("flaky", str(place), seen=seen).status for seen in range(3)) for place in range(200)]
    assert set(stories) == {(200, 200, 200), (500, 503, 200)}
    assert 0.3 < stories.count((500, 503, 200)) / 200 < 0.5


@pytest.mark.parametrize("stream", [False, True])
def test_cut_says_that_it_is_cut_and_never_finishes(stream: bool) -> None:
    for cap in (1, 2, 50):
        script = _chat("cut", stream=stream, max_tokens=cap)
        assert script.cut
        assert b'"finish_reason":"' not in b"".join(piece.body for piece in script.pieces)


SCHEMA = {"type": "object", "properties": {"total": {"type": "number"}, "why": {"type": "string"}}}


def _format(schema: object) -> dict[str, object]:
    return {"type": "json_schema", "json_schema": {"name": "answer", "schema": schema}}


def test_a_schema_gets_the_truth_it_asks_for_and_the_rest_made_up() -> None:
    said = json.loads(_text(_chat("careful", TRUTH.prompt, response_format=_format(SCHEMA))))
    assert said == {"total": TRUTH.truth["total"], "why": "simulated"}


def test_a_schema_that_asks_for_something_else_is_filled() -> None:
    schema = {"type": "object", "properties": {"winner": {"enum": ["A"]}}}
    assert json.loads(_text(_chat("fast", TRUTH.prompt, response_format=_format(schema)))) == {"winner": "A"}


def test_a_schema_without_a_document_is_filled() -> None:
    assert json.loads(_text(_chat("fast", response_format=_format({"enum": [3]})))) == 3


def test_a_json_object_without_a_document_says_that_it_is_simulated() -> None:
    assert json.loads(_text(_chat("fast", response_format={"type": "json_object"})))["simulated"] is True
    assert is_right(TRUTH, _text(_chat("careful", TRUTH.prompt, response_format={"type": "json_object"})))


@pytest.mark.parametrize(
    ("model", "choice", "called"),
    [
        ("tools", "auto", True),
        ("tools", "none", False),
        ("fast", "auto", False),
        ("fast", "required", True),
        ("fast", {"type": "function", "function": {"name": "look"}}, True),
    ],
)
def test_tools_are_called_by_those_who_like_them_or_must(model: str, choice: object, called: bool) -> None:
    message = _body(_chat(model, tools=[TOOL], tool_choice=choice))["choices"][0]["message"]
    assert ("tool_calls" in message) == called


def test_a_tool_gets_the_truth_for_arguments() -> None:
    tool = {"type": "function", "function": {"name": "book", "parameters": SCHEMA}}
    call = _body(_chat("tools", TRUTH.prompt, tools=[tool]))["choices"][0]["message"]["tool_calls"][0]
    assert json.loads(call["function"]["arguments"])["total"] == TRUTH.truth["total"]


def test_after_a_tools_result_comes_text() -> None:
    turns = [{"role": "user", "content": "go"}, {"role": "tool", "tool_call_id": "1", "content": "done"}]
    assert _text(_post({"model": "tools", "messages": turns, "tools": [TOOL]})).startswith("This is a simulated")


TURN = {"role": "user", "content": "x"}


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (b"{", 400, "invalid_request_error"),
        (b"[1]", 400, "invalid_request_error"),
        ({"model": "fast"}, 400, "invalid_request_error"),
        ({"model": "fast", "messages": []}, 400, "invalid_request_error"),
        ({"model": "fast", "messages": [TURN], "max_tokens": 0}, 400, "invalid_request_error"),
        ({"model": "fast", "messages": [TURN], "n": 2}, 400, "invalid_request_error"),
        (
            {"model": "fast", "messages": [TURN], "response_format": {"type": "json_schema"}},
            400,
            "invalid_request_error",
        ),
        ({"model": "embed", "messages": [TURN]}, 400, "invalid_request_error"),
        ({"model": "gpt", "messages": [TURN]}, 404, "model_not_found"),
        ({"model": "fast", "messages": [TURN | {"content": "word " * 40_000}]}, 400, "context_length_exceeded"),
    ],
)
def test_a_bad_request_is_refused(body: object, status: int, code: str) -> None:
    script = _post(body)
    assert (script.status, _body(script)["error"]["code"]) == (status, code)


@pytest.mark.parametrize("depth", range(900, 1100, 5))
def test_a_body_nested_too_deep_is_refused_not_crashed_on(depth: int) -> None:
    body = b'{"model":"fast","messages":[{"role":"user","content":"x"}],"deep":' + b"[" * depth + b"]" * depth + b"}"
    assert _post(body).status in {200, 400}


def test_an_unknown_model_is_told_the_known_ones() -> None:
    message = _body(_chat("gpt"))["error"]["message"]
    assert [name for name in PROFILES if name not in message] == []


def test_an_unknown_path_is_told_the_known_ones() -> None:
    script = answer(parse("GET", "/nowhere", b""), seen=0, seed=0)
    assert script.status == 404
    assert "/chat/completions" in _body(script)["error"]["message"]


def test_pictures_and_parts_are_read() -> None:
    parts = [{"type": "text", "text": TRUTH.prompt}, {"type": "image_url", "image_url": {"url": "data:,"}}]
    assert is_right(TRUTH, _text(_post({"model": "careful", "messages": [{"role": "user", "content": parts}]})))
