"""What only Ollama has: its own options, a cap and a context on every call, nanoseconds, tool calls without ids."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import pytest

from onedoor.errors import RequestRejected
from onedoor.providers.ollama import Ollama, chat_body
from onedoor.types import Image, Message, Options, ServedModel, Text, Thinking, Timings, Tool, ToolCall, Usage

from .asking import MODEL, asking
from .dialects import KEY, NDJSON, encode
from .wire import Answer, Wire

LOCAL = replace(MODEL, context=8192, keep_alive="10m")


@pytest.fixture
async def ollama(wire: Wire) -> AsyncIterator[Ollama]:
    adapter = Ollama("p", wire.url, key=KEY)
    yield adapter
    await adapter.close()


def said(message: dict[str, Any], **fields: Any) -> bytes:
    return encode({"model": "m", "message": message, "done": False, **fields}) + b"\n"


@pytest.mark.parametrize(
    ("options", "sent", "below"),
    [
        (Options(), {}, {}),
        (Options(max_output_tokens=7, seed=0, temperature=0.0), {}, {"num_predict": 7, "seed": 0, "temperature": 0.0}),
        (Options(reasoning="off"), {"think": False}, {}),
        (Options(reasoning="medium"), {"think": "medium"}, {}),
        (Options(json_schema={"type": "object"}), {"format": {"type": "object"}}, {}),
        (Options(extra={"num_gpu": 1, "format": "json"}), {"format": "json"}, {"num_gpu": 1}),
        (Options(extra={"options": {"mirostat": 1}, "keep_alive": -1}), {"keep_alive": -1}, {"mirostat": 1}),
        (Options(extra={"num_ctx": 2048, "truncate": True}), {"truncate": True}, {"num_ctx": 2048}),
    ],
)
def test_where_each_option_goes(options: Options, sent: dict[str, Any], below: dict[str, Any]) -> None:
    body = chat_body(asking(candidate=LOCAL, options=options), "p")
    del body["messages"]
    assert body == {
        "model": "served-0",
        "stream": False,
        "truncate": False,
        "shift": False,
        "keep_alive": "10m",
        **sent,
        "options": {"num_predict": 8192, "num_ctx": 8192, **below},
    }


def test_an_answer_is_always_capped() -> None:
    assert chat_body(asking(), "p")["options"] == {"num_predict": 4096}


def test_a_conversation_in_its_wire_form() -> None:
    call = asking(
        Message("user", (Text("see"), Image(b"ab"))),
        Message("assistant", (Thinking("hm"), Text("I'll look")), (ToolCall("a", "look", '{"n": 1.0}'),)),
        Message("tool", (Text("4"),), tool_call_id="a"),
    )
    assert encode(chat_body(call, "p")["messages"]) == (
        b'[{"role":"user","content":"see","images":["YWI="]},'
        b'{"role":"assistant","content":"I\'ll look","thinking":"hm",'
        b'"tool_calls":[{"id":"a","function":{"name":"look","arguments":{"n": 1.0}}}]},'
        b'{"role":"tool","content":"4","tool_name":"look","tool_call_id":"a"}]'
    )


def test_tools_are_left_out_where_none_may_be_called() -> None:
    look = Tool("look", "looks", {"type": "object"})
    function = {"name": "look", "description": "looks", "parameters": {"type": "object"}}
    assert chat_body(asking(options=Options(tools=(look,))), "p")["tools"] == [
        {"type": "function", "function": function}
    ]
    assert "tools" not in chat_body(asking(options=Options(tools=(look,), tool_choice="none")), "p")


async def test_a_picture_by_address_is_refused_before_it_is_sent(ollama: Ollama, wire: Wire) -> None:
    with pytest.raises(RequestRejected, match="fetches no pictures: give the picture's bytes"):
        await ollama.chat(asking(Message("user", (Image(url="https://x/y.png"),))))
    assert wire.requests == []


async def test_nanoseconds_become_seconds(ollama: Ollama, wire: Wire) -> None:
    clocks = {"load_duration": 1_500_000_000, "prompt_eval_duration": 250_000_000, "eval_duration": 2_000_000_000}
    wire.says(Answer((said({"content": "hi"}, **clocks | {"done": True}),)))
    assert (await ollama.chat(asking())).timings == Timings(load=1.5, prompt=0.25, output=2.0)


@pytest.mark.parametrize(
    ("counts", "usage"),
    [
        ({"eval_count": 3}, Usage(0, 3)),
        ({"prompt_eval_count": 4}, Usage(4, 0)),
        ({}, Usage(2, 1, estimated=True)),
    ],
)
async def test_a_count_left_out_is_none_and_both_are_a_guess(
    ollama: Ollama, wire: Wire, counts: dict[str, int], usage: Usage
) -> None:
    wire.says(Answer((said({"content": "hi"}, done=True, **counts),)))
    assert (await ollama.chat(asking())).usage == usage


async def test_tool_calls_on_several_lines_are_several_calls(ollama: Ollama, wire: Wire) -> None:
    calls = [{"function": {"name": name, "arguments": {"n": 1}}} for name in ("a", "b", "c")]
    wire.says(
        Answer(
            (
                said({"content": "", "tool_calls": calls[:2]}),
                said({"tool_calls": calls[2:]}),
                said({"content": ""}, done=True, done_reason="stop"),
            ),
            headers=NDJSON,
        )
    )
    reply = await ollama.chat(asking(stream=True))
    assert [tool.name for tool in reply.tool_calls] == ["a", "b", "c"]
    assert reply.finish_reason == "tool_calls"


async def test_the_last_line_needs_no_end(ollama: Ollama, wire: Wire) -> None:
    wire.says(Answer((said({"content": "hi"}), said({}, done=True).rstrip()), headers=NDJSON))
    assert (await ollama.chat(asking(stream=True))).text == "hi"


async def test_an_embedding_is_asked_for_with_the_same_context_as_a_chat(ollama: Ollama, wire: Wire) -> None:
    """Another `num_ctx` would load the model anew."""
    wire.says(Answer((encode({"model": "e", "embeddings": [[1.0], [2.0]], "prompt_eval_count": 4}),)))
    reply = await ollama.embed(asking(texts=("a", "b"), candidate=replace(LOCAL, extra={"num_gpu": 1})))
    assert (reply.data, reply.usage, reply.served) == (((1.0,), (2.0,)), Usage(4), "e")
    assert wire.requests[0].path == "/api/embed"
    assert wire.sent == {
        "model": "served-0",
        "input": ["a", "b"],
        "truncate": False,
        "keep_alive": "10m",
        "options": {"num_ctx": 8192, "num_gpu": 1},
    }


async def test_models_say_which_are_loaded(ollama: Ollama, wire: Wire) -> None:
    wire.says(
        Answer((encode({"models": [{"name": "a"}, {"name": "b"}]}),)),
        Answer((encode({"models": [{"name": "b", "context_length": 4096}]}),)),
    )
    assert await ollama.models() == (ServedModel("a", None, False), ServedModel("b", 4096, True))
    assert [request.path for request in wire.requests] == ["/api/tags", "/api/ps"]
    assert wire.requests[0].headers["authorization"] == f"Bearer {KEY}"
