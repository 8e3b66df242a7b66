"""What only the Anthropic dialect has: blocks, signed reasoning, a cap on every call, cache counts kept apart."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import pytest

from onedoor.errors import RequestRejected
from onedoor.providers.anthropic import Anthropic, chat_body
from onedoor.types import Image, Message, Options, ServedModel, Text, Thinking, Tool, ToolCall, Usage

from .asking import MODEL, asking, user
from .dialects import JSON, KEY, SSE, encode
from .wire import Answer, Wire


@pytest.fixture
async def anthropic(wire: Wire) -> AsyncIterator[Anthropic]:
    adapter = Anthropic("p", wire.url, key=KEY)
    yield adapter
    await adapter.close()


def whole(*blocks: dict[str, Any], **fields: Any) -> Answer:
    return Answer((encode({"type": "message", "content": blocks, "stop_reason": "end_turn", **fields}),), headers=JSON)


def stream(*events: dict[str, Any]) -> Answer:
    return Answer(tuple(b"data: " + encode(event) + b"\n\n" for event in events), headers=SSE)


@pytest.mark.parametrize("end", ["", "/", "/v1", "/v1/"])
async def test_the_address_may_end_in_v1_or_not(wire: Wire, end: str) -> None:
    adapter = Anthropic("p", wire.url + end, key=KEY)
    wire.says(whole({"type": "text", "text": "hi"}))
    await adapter.chat(asking())
    await adapter.close()
    assert wire.requests[0].path == "/v1/messages"
    assert wire.requests[0].headers["x-api-key"] == KEY
    assert wire.requests[0].headers["anthropic-version"] == "2023-06-01"


def test_a_conversation_in_its_wire_form() -> None:
    call = asking(
        Message("system", (Text("be brief"),)),
        Message("system", (Text("be kind"),)),
        Message("user", (Text("see"), Image(b"ab", media_type="image/jpeg"), Image(url="https://x/y.png"))),
        Message("assistant", (Text(""),), (ToolCall("a", "look", '{"n": 1}'), ToolCall("b", "look", "{}"))),
        Message("tool", (Text("4"),), tool_call_id="a"),
        Message("tool", (), tool_call_id="b"),
        user("so?"),
    )
    body = chat_body(call)
    assert body["system"] == "be brief\n\nbe kind"
    seen, wanted, results, asked = body["messages"]
    assert seen["content"] == [
        {"type": "text", "text": "see"},
        {"type": "image", "source": {"type": "base64", "media_type": "image/jpeg", "data": "YWI="}},
        {"type": "image", "source": {"type": "url", "url": "https://x/y.png"}},
    ]
    assert encode(wanted["content"]) == (
        b'[{"type":"tool_use","id":"a","name":"look","input":{"n": 1}},'
        b'{"type":"tool_use","id":"b","name":"look","input":{}}]'
    )
    assert results == {
        "role": "user",
        "content": [
            {"type": "tool_result", "tool_use_id": "a", "content": [{"type": "text", "text": "4"}]},
            {"type": "tool_result", "tool_use_id": "b", "content": []},
        ],
    }
    assert asked == {"role": "user", "content": [{"type": "text", "text": "so?"}]}


KEPT = {"cache_control": {"type": "ephemeral"}}


def test_what_is_the_same_in_the_next_call_is_asked_to_be_kept() -> None:
    """Up to the end of each stable turn, and only there: a mark costs money where nothing can be read back."""
    pictured = Message("user", (Text("a report"), Image(b"ab"), Text("its end")), stable=True)
    body = chat_body(asking(Message("system", (Text("be brief"),), stable=True), pictured, user("so?")))
    assert body["system"] == [{"type": "text", "text": "be brief", **KEPT}]
    first, last = body["messages"]
    assert [KEPT.items() <= block.items() for block in first["content"]] == [False, False, True]
    assert "cache_control" not in str(last)


def test_nothing_is_asked_to_be_kept_unless_it_is_stable() -> None:
    body = chat_body(asking(Message("system", (Text("be brief"),)), user("so?")))
    assert body["system"] == "be brief"
    assert "cache_control" not in str(body)


THINKING = {"type": "enabled", "budget_tokens": 1024}


@pytest.mark.parametrize(
    ("options", "sent"),
    [
        (Options(), {"max_tokens": 4096}),
        (Options(temperature=0.0, max_output_tokens=9), {"max_tokens": 9, "temperature": 0.0}),
        (Options(seed=7), {"max_tokens": 4096}),
        (Options(reasoning="off"), {"max_tokens": 4096, "thinking": {"type": "disabled"}}),
        (Options(reasoning="low"), {"max_tokens": 5120, "thinking": THINKING}),
        (Options(reasoning="low", temperature=0.3, top_p=0.5), {"max_tokens": 5120, "thinking": THINKING}),
        (Options(reasoning="high", max_output_tokens=500), {"max_tokens": 1524, "thinking": THINKING}),
        (
            Options(reasoning="high", max_output_tokens=8000),
            {"max_tokens": 8000, "thinking": {"type": "enabled", "budget_tokens": 4000}},
        ),
        (
            Options(json_schema={"type": "object"}, extra={"output_config": {"effort": "low"}}),
            {
                "max_tokens": 4096,
                "output_config": {"format": {"type": "json_schema", "schema": {"type": "object"}}, "effort": "low"},
            },
        ),
        (Options(extra={"max_tokens": 1}), {"max_tokens": 1}),
    ],
)
def test_where_each_option_goes(options: Options, sent: dict[str, Any]) -> None:
    body = chat_body(asking(options=options))
    del body["messages"]
    assert body == {"model": "served-0", **sent}


def test_reasoning_of_the_model_is_the_default() -> None:
    thinker = replace(MODEL, reasoning="low")
    assert chat_body(asking(candidate=thinker))["thinking"] == THINKING
    assert chat_body(asking(candidate=thinker, options=Options(reasoning="off")))["thinking"] == {"type": "disabled"}


@pytest.mark.parametrize(
    ("choice", "sent"),
    [
        ("auto", {"type": "auto"}),
        ("none", {"type": "none"}),
        ("required", {"type": "any"}),
        ("look", {"type": "tool", "name": "look"}),
    ],
)
def test_tools_and_tool_choice(choice: str, sent: object) -> None:
    body = chat_body(asking(options=Options(tools=(Tool("look", "looks", {"type": "object"}),), tool_choice=choice)))
    assert body["tool_choice"] == sent
    assert body["tools"] == [{"name": "look", "description": "looks", "input_schema": {"type": "object"}}]


SIGNED = (
    {"type": "thinking", "thinking": "first", "signature": "s1"},
    {"type": "redacted_thinking", "data": "zzz"},
    {"type": "text", "text": "so "},
    {"type": "thinking", "thinking": "", "signature": "s2"},
    {"type": "text", "text": "then"},
    {"type": "tool_use", "id": "a", "name": "look", "input": {}},
)


async def test_signed_reasoning_goes_back_as_it_came(anthropic: Anthropic, wire: Wire) -> None:
    wire.says(whole(*SIGNED), whole({"type": "text", "text": "ok"}))
    reply = await anthropic.chat(asking())
    assert (reply.text, reply.reasoning) == ("so then", "first")
    await anthropic.chat(asking(user("hello"), reply.message))
    assert wire.requests[1].json["messages"][1] == {"role": "assistant", "content": list(SIGNED)}


async def test_signed_reasoning_is_kept_from_a_stream_too(anthropic: Anthropic, wire: Wire) -> None:
    events: list[dict[str, Any]] = [{"type": "message_start", "message": {"model": "m", "content": []}}]
    for index, block in enumerate(SIGNED):
        events += streamed_block(index, block)
    wire.says(stream(*events, {"type": "message_stop"}), whole({"type": "text", "text": "ok"}))
    reply = await anthropic.chat(asking(stream=True))
    await anthropic.chat(asking(user("hello"), reply.message))
    assert wire.requests[1].json["messages"][1] == {"role": "assistant", "content": list(SIGNED)}


def streamed_block(index: int, block: dict[str, Any]) -> list[dict[str, Any]]:
    deltas: list[dict[str, Any]] = []
    if block["type"] == "thinking":
        deltas.append({"type": "thinking_delta", "thinking": block["thinking"]})
        deltas.append({"type": "signature_delta", "signature": block["signature"]})
        block = {**block, "thinking": "", "signature": ""}
    elif block["type"] == "text":
        deltas.append({"type": "text_delta", "text": block["text"]})
        block = {**block, "text": ""}
    start = {"type": "content_block_start", "index": index, "content_block": block}
    return [start, *({"type": "content_block_delta", "index": index, "delta": delta} for delta in deltas)]


def test_reasoning_nobody_signed_is_not_sent() -> None:
    said = Message("assistant", (Thinking("from elsewhere"), Text("hi")))
    assert chat_body(asking(user("?"), said))["messages"][1]["content"] == [{"type": "text", "text": "hi"}]


async def test_input_of_a_tool_the_server_runs_itself_is_not_a_tool_call(anthropic: Anthropic, wire: Wire) -> None:
    wire.says(
        stream(
            {"type": "content_block_start", "index": 0, "content_block": {"type": "server_tool_use", "name": "search"}},
            {
                "type": "content_block_delta",
                "index": 0,
                "delta": {"type": "input_json_delta", "partial_json": '{"q":1}'},
            },
            {"type": "message_stop"},
        )
    )
    assert (await anthropic.chat(asking(stream=True))).tool_calls == ()


async def test_the_counts_of_a_stream_grow(anthropic: Anthropic, wire: Wire) -> None:
    """The first event counts the input, the last one the output; one of them may repeat or correct the other."""
    start = {"input_tokens": 5, "cache_read_input_tokens": 90, "cache_creation_input_tokens": 5, "output_tokens": 1}
    wire.says(
        stream(
            {"type": "message_start", "message": {"content": [], "usage": start}},
            {"type": "message_delta", "delta": {"stop_reason": "end_turn"}, "usage": {**start, "output_tokens": 12}},
            {"type": "message_stop"},
        )
    )
    assert (await anthropic.chat(asking(stream=True))).usage == Usage(100, 12, cached=90, cache_write=5)


async def test_embeddings_are_refused_with_the_way_out(anthropic: Anthropic, wire: Wire) -> None:
    with pytest.raises(RequestRejected, match="no embeddings: give task 't' a model elsewhere"):
        await anthropic.embed(asking(texts=("a",)))
    assert wire.requests == []


async def test_models_are_listed(anthropic: Anthropic, wire: Wire) -> None:
    wire.says(Answer((encode({"data": [{"id": "a", "type": "model"}, {"id": "b", "max_input_tokens": 200000}]}),)))
    assert await anthropic.models() == (ServedModel("a"), ServedModel("b", 200000))
    assert wire.requests[0].path == "/v1/models"
