"""What only the OpenAI dialect has: where each option goes, and the habits of its many servers."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import pytest

from onedoor.errors import BadEnvelope
from onedoor.providers.openai import OpenAI, chat_body
from onedoor.types import Cost, Image, Message, Options, Price, ServedModel, Text, Timings, Tool, ToolCall, Usage

from .asking import MODEL, asking
from .dialects import JSON, KEY, SSE, encode
from .wire import Answer, Wire


@pytest.fixture
async def openai(wire: Wire) -> AsyncIterator[OpenAI]:
    adapter = OpenAI("p", wire.url + "/v1", key=KEY, headers={"x-team": "blue"})
    yield adapter
    await adapter.close()


def whole(message: dict[str, Any], **fields: Any) -> Answer:
    return Answer((encode({"choices": [{"message": message, "finish_reason": "stop"}], **fields}),), headers=JSON)


def stream(*chunks: object) -> Answer:
    return Answer((*(b"data: " + encode(chunk) + b"\n\n" for chunk in chunks), b"data: [DONE]\n\n"), headers=SSE)


async def test_the_key_and_the_users_headers_are_sent(openai: OpenAI, wire: Wire) -> None:
    wire.says(whole({"content": "hi"}))
    await openai.chat(asking())
    headers = wire.requests[0].headers
    assert headers["authorization"] == f"Bearer {KEY}"
    assert headers["x-team"] == "blue"
    assert wire.requests[0].path == "/v1/chat/completions"


def test_a_conversation_in_its_wire_form() -> None:
    call = asking(
        Message("system", (Text("be brief"),)),
        Message("user", (Text("see"), Image(b"ab"), Image(url="https://x/y.png"))),
        Message("assistant", (), (ToolCall("a", "look", '{"n": 1}'),)),
        Message("tool", (Text("4"),), tool_call_id="a"),
    )
    assert chat_body(call)["messages"] == [
        {"role": "system", "content": "be brief"},
        {
            "role": "user",
            "content": [
                {"type": "text", "text": "see"},
                {"type": "image_url", "image_url": {"url": "data:image/png;base64,YWI="}},
                {"type": "image_url", "image_url": {"url": "https://x/y.png"}},
            ],
        },
        {
            "role": "assistant",
            "content": None,
            "tool_calls": [{"id": "a", "type": "function", "function": {"name": "look", "arguments": '{"n": 1}'}}],
        },
        {"role": "tool", "content": "4", "tool_call_id": "a"},
    ]


@pytest.mark.parametrize(
    ("options", "sent"),
    [
        (Options(), {}),
        (Options(temperature=0.0, seed=0), {"temperature": 0.0, "seed": 0}),
        (Options(reasoning="off"), {"reasoning_effort": "none"}),
        (Options(reasoning="high"), {"reasoning_effort": "high"}),
        (Options(max_output_tokens=9), {"max_tokens": 9}),
        (Options(tool_choice="required"), {}),
        (
            Options(json_schema={"type": "object"}),
            {
                "response_format": {
                    "type": "json_schema",
                    "json_schema": {"name": "answer", "strict": True, "schema": {"type": "object"}},
                }
            },
        ),
        (Options(extra={"model": "other", "x": 1}), {"model": "other", "x": 1}),
    ],
)
def test_where_each_option_goes(options: Options, sent: dict[str, Any]) -> None:
    body = chat_body(asking(options=options))
    del body["messages"]
    assert body == {"model": "served-0", **sent}


@pytest.mark.parametrize(
    ("choice", "sent"),
    [
        ("auto", "auto"),
        ("none", "none"),
        ("required", "required"),
        ("look", {"type": "function", "function": {"name": "look"}}),
    ],
)
def test_tool_choice(choice: str, sent: object) -> None:
    assert chat_body(asking(options=Options(tools=(Tool("look"),), tool_choice=choice)))["tool_choice"] == sent


async def test_only_openai_itself_takes_the_new_name_of_the_cap(wire: Wire) -> None:
    options = Options(max_output_tokens=5)
    assert chat_body(asking(options=options), cap=OpenAI("p", "https://api.openai.com/v1")._cap) | {"messages": []} == {
        "model": "served-0",
        "messages": [],
        "max_completion_tokens": 5,
    }
    assert OpenAI("p", wire.url)._cap == "max_tokens"


@pytest.mark.parametrize("streamed", [False, True])
async def test_a_cost_the_provider_states_wins(openai: OpenAI, wire: Wire, streamed: bool) -> None:
    usage = {"prompt_tokens": 3, "completion_tokens": 2, "cost": 0.0125}
    done = {"choices": [{"delta": {"content": "hi"}, "finish_reason": "stop"}]}
    wire.says(stream(done, {"choices": [], "usage": usage}) if streamed else whole({"content": "hi"}, usage=usage))
    priced = replace(MODEL, price=Price(1_000_000_000, 1_000_000_000))
    assert (await openai.chat(asking(candidate=priced, stream=streamed))).cost == Cost(12_500_000, "reported")


async def test_a_cost_in_a_shape_of_its_own_is_no_reason_to_drop_the_answer(openai: OpenAI, wire: Wire) -> None:
    wire.says(whole({"content": "hi"}, usage={"prompt_tokens": 3, "completion_tokens": 2, "cost": {"total": 1.0}}))
    reply = await openai.chat(asking())
    assert (reply.text, reply.usage, reply.cost) == ("hi", Usage(3, 2), None)


async def test_a_refusal_is_text_and_says_so(openai: OpenAI, wire: Wire) -> None:
    wire.says(whole({"content": None, "refusal": "I won't."}))
    reply = await openai.chat(asking())
    assert (reply.text, reply.finish_reason) == ("I won't.", "refusal")


async def test_content_in_parts_is_joined(openai: OpenAI, wire: Wire) -> None:
    wire.says(whole({"content": [{"type": "text", "text": "a"}, {"type": "text", "text": "b"}]}))
    assert (await openai.chat(asking())).text == "ab"


async def test_llama_servers_timings_are_seconds(openai: OpenAI, wire: Wire) -> None:
    wire.says(whole({"content": "a"}, timings={"prompt_ms": 500.0, "predicted_ms": 1250.0}, system_fingerprint="b1"))
    reply = await openai.chat(asking())
    assert reply.timings == Timings(prompt=0.5, output=1.25)
    assert reply.fingerprint == "b1"


async def test_a_server_that_answers_whole_where_a_stream_was_asked_for(openai: OpenAI, wire: Wire) -> None:
    wire.says(whole({"content": "all at once"}))
    assert (await openai.chat(asking(stream=True))).text == "all at once"


async def test_a_finish_reason_is_an_end_without_the_end_mark(openai: OpenAI, wire: Wire) -> None:
    body = b'data: {"choices":[{"delta":{"content":"hi"},"finish_reason":"stop"}]}'
    wire.says(Answer((body,), headers=SSE))
    assert (await openai.chat(asking(stream=True))).text == "hi"


async def test_embeddings_come_in_the_order_of_the_texts(openai: OpenAI, wire: Wire) -> None:
    data = [{"index": 1, "embedding": [2.0]}, {"index": 0, "embedding": [1.0]}]
    wire.says(Answer((encode({"model": "e", "data": data, "usage": {"prompt_tokens": 4}}),)))
    reply = await openai.embed(asking(texts=("a", "b"), options=Options(extra={"dimensions": 1})))
    assert (reply.data, reply.usage, reply.finish_reason) == (((1.0,), (2.0,)), Usage(4, 0), "stop")
    assert wire.sent == {"model": "served-0", "input": ["a", "b"], "encoding_format": "float", "dimensions": 1}


async def test_a_missing_vector_is_an_error(openai: OpenAI, wire: Wire) -> None:
    wire.says(Answer((encode({"data": [{"index": 0, "embedding": [1.0]}]}),)))
    with pytest.raises(BadEnvelope, match="1 vectors for 2 texts"):
        await openai.embed(asking(texts=("a", "b")))


async def test_models_tell_their_context_in_each_servers_words(openai: OpenAI, wire: Wire) -> None:
    data = [
        {"id": "plain"},
        {"id": "vllm", "max_model_len": 8192},
        {"id": "router", "context_length": 4096},
        {"id": "llama", "meta": {"n_ctx": 2048}},
    ]
    wire.says(Answer((encode({"data": data}),)))
    assert await openai.models() == (
        ServedModel("plain"),
        ServedModel("vllm", 8192),
        ServedModel("router", 4096),
        ServedModel("llama", 2048),
    )
    assert wire.requests[0].path == "/v1/models"
