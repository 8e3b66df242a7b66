"""The same answer in each wire dialect, written as the real servers write it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

import msgspec

from onedoor.providers.anthropic import Anthropic
from onedoor.providers.ollama import Ollama
from onedoor.providers.openai import OpenAI
from onedoor.providers.provider import Provider
from onedoor.types import ToolCall, Usage

from .wire import Answer

KEY = "sk-onedoor-0123456789abcdef"
SSE = {"content-type": "text/event-stream"}
JSON = {"content-type": "application/json"}
NDJSON = {"content-type": "application/x-ndjson"}

encode = msgspec.json.encode


@dataclass(frozen=True, slots=True)
class Said:
    """What a model says, in pieces; `finish` and `usage` as onedoor should tell them."""

    text: tuple[str, ...] = ("Good ", "morning", " ✓")
    reasoning: tuple[str, ...] = ()
    tools: tuple[ToolCall, ...] = ()
    finish: str = "stop"
    usage: Usage | None = field(default_factory=lambda: Usage(30, 7))


class Dialect(Protocol):
    """How one kind of server talks. `keeps` are the counts of a usage that its wire can carry."""

    name: str
    make: Callable[..., Provider]
    path: str
    finishes: Mapping[str, str]
    keeps: frozenset[str]

    def plain(self, said: Said) -> Answer: ...

    def streamed(self, said: Said) -> Answer: ...

    def error(self, message: str, code: str = "") -> bytes:
        """The body of a failure."""

    def late_error(self, message: str, code: str = "") -> bytes:
        """The same inside a stream."""

    def end(self) -> bytes:
        """What a stream's last chunk begins with."""


class OpenAIDialect:
    name = "openai"
    make = OpenAI
    path = "/chat/completions"
    finishes: Mapping[str, str] = {
        "stop": "stop",
        "length": "length",
        "tool_calls": "tool_calls",
        "content_filter": "content_filter",
        "a_new_one": "other",
    }
    keeps = frozenset({"input", "output", "cached", "reasoning"})

    def plain(self, said: Said) -> Answer:
        message = {"role": "assistant", "content": "".join(said.text)}
        if said.reasoning:
            message["reasoning_content"] = "".join(said.reasoning)
        tools = [{**_openai_tool(tool)} for tool in said.tools]
        choice = {"index": 0, "message": {**message, "tool_calls": tools or None}, "finish_reason": said.finish}
        return Answer((encode({"model": "served-1", "choices": [choice], **_openai_usage(said)}),), headers=JSON)

    def streamed(self, said: Said) -> Answer:
        deltas: list[dict[str, Any]] = [{"role": "assistant", "content": ""}]
        deltas += [{"reasoning_content": piece} for piece in said.reasoning]
        deltas += [{"content": piece} for piece in said.text]
        for index, tool in enumerate(said.tools):
            head, *rest = _pieces(tool.arguments)
            deltas.append({"tool_calls": [{"index": index, **_openai_tool(tool, head)}]})
            deltas += [{"tool_calls": [{"index": index, "function": {"arguments": piece}}]} for piece in rest]
        chunks = [{"choices": [{"index": 0, "delta": delta, "finish_reason": None}]} for delta in deltas]
        chunks.append({"choices": [{"index": 0, "delta": {}, "finish_reason": said.finish}]})
        chunks.append({"choices": [], **_openai_usage(said)})
        return Answer((*(_data({"model": "served-1", **chunk}) for chunk in chunks), b"data: [DONE]\n\n"), headers=SSE)

    def error(self, message: str, code: str = "") -> bytes:
        return encode(
            {"error": {"message": message, "type": code or "some_error", "param": None, "code": code or None}}
        )

    def late_error(self, message: str, code: str = "") -> bytes:
        return b"data: " + self.error(message, code) + b"\n\n"

    def end(self) -> bytes:
        return b'data: {"model":"served-1","choices":[{"index":0,"delta":{},"finish_reason":"'


class AnthropicDialect:
    name = "anthropic"
    make = Anthropic
    path = "/v1/messages"
    finishes: Mapping[str, str] = {
        "end_turn": "stop",
        "stop_sequence": "stop",
        "max_tokens": "length",
        "model_context_window_exceeded": "length",
        "tool_use": "tool_calls",
        "refusal": "refusal",
        "pause_turn": "other",
        "a_new_one": "other",
    }
    keeps = frozenset({"input", "output", "cached", "cache_write"})

    def plain(self, said: Said) -> Answer:
        blocks = [*_anthropic_words(said), *({**_anthropic_tool(tool)} for tool in said.tools)]
        message = {"type": "message", "model": "served-1", "content": blocks, "stop_reason": self._word(said.finish)}
        return Answer((encode({**message, **_anthropic_usage(said)}),), headers=JSON)

    def streamed(self, said: Said) -> Answer:
        start = _anthropic_usage(said)
        if start:
            start["usage"]["output_tokens"] = 1
        events: list[dict[str, Any]] = [
            {"type": "message_start", "message": {"model": "served-1", "content": [], "stop_reason": None, **start}},
            {"type": "ping"},
        ]
        kinds = [("thinking", "thinking_delta", "thinking", said.reasoning), ("text", "text_delta", "text", said.text)]
        blocks = [
            ({"type": kind, key: ""}, [{"type": delta, key: piece} for piece in pieces])
            for kind, delta, key, pieces in kinds
            if pieces
        ]
        for tool in said.tools:
            pieces = [{"type": "input_json_delta", "partial_json": piece} for piece in ("", *_pieces(tool.arguments))]
            blocks.append(({"type": "tool_use", "id": tool.id, "name": tool.name, "input": {}}, pieces))
        for index, (block, pieces) in enumerate(blocks):
            events.append({"type": "content_block_start", "index": index, "content_block": block})
            events += [{"type": "content_block_delta", "index": index, "delta": piece} for piece in pieces]
            events.append({"type": "content_block_stop", "index": index})
        count = {"usage": {"output_tokens": said.usage.output}} if said.usage else {}
        events.append({"type": "message_delta", "delta": {"stop_reason": self._word(said.finish)}, **count})
        events.append({"type": "message_stop"})
        return Answer(
            tuple(b"event: " + event["type"].encode() + b"\n" + _data(event) for event in events), headers=SSE
        )

    def error(self, message: str, code: str = "") -> bytes:
        return encode({"type": "error", "error": {"type": code or "some_error", "message": message}, "request_id": "r"})

    def late_error(self, message: str, code: str = "") -> bytes:
        return b"event: error\ndata: " + self.error(message, code) + b"\n\n"

    def end(self) -> bytes:
        return b"event: message_delta"

    def _word(self, finish: str) -> str:
        return finish if finish in self.finishes else {v: k for k, v in reversed(self.finishes.items())}[finish]


class OllamaDialect:
    name = "ollama"
    make = Ollama
    path = "/api/chat"
    finishes: Mapping[str, str] = {"stop": "stop", "length": "length", "load": "other", "unload": "other"}
    keeps = frozenset({"input", "output"})

    def plain(self, said: Said) -> Answer:
        message = {"content": "".join(said.text), "tool_calls": [_ollama_tool(tool) for tool in said.tools] or None}
        if said.reasoning:
            message["thinking"] = "".join(said.reasoning)
        return Answer((encode({**_ollama_piece(message), **self._done(said)}),), headers=JSON)

    def streamed(self, said: Said) -> Answer:
        messages: list[dict[str, Any]] = [{"content": "", "thinking": piece} for piece in said.reasoning]
        messages += [{"content": piece} for piece in said.text]
        messages += [{"content": "", "tool_calls": [_ollama_tool(tool)]} for tool in said.tools]
        pieces = [*map(_ollama_piece, messages), {**_ollama_piece({"content": ""}), **self._done(said)}]
        return Answer(tuple(encode(piece) + b"\n" for piece in pieces), headers=NDJSON)

    def error(self, message: str, code: str = "") -> bytes:
        return encode({"error": message})

    def late_error(self, message: str, code: str = "") -> bytes:
        return self.error(message) + b"\n"

    def end(self) -> bytes:
        return b'{"model":"served-1","message":{"role":"assistant","content":""},"done":true'

    def _done(self, said: Said) -> dict[str, Any]:
        usage = said.usage
        counts = {"prompt_eval_count": usage.input, "eval_count": usage.output} if usage else {}
        reason = "stop" if said.finish == "tool_calls" else said.finish
        clocks = {"load_duration": 1_500_000_000, "prompt_eval_duration": 250_000_000, "eval_duration": 2_000_000_000}
        return {"done": True, "done_reason": reason, **clocks, **counts}


DIALECTS: Iterable[Dialect] = (OpenAIDialect(), AnthropicDialect(), OllamaDialect())


def _data(event: object) -> bytes:
    return b"data: " + encode(event) + b"\n\n"


def _pieces(text: str) -> tuple[str, ...]:
    third = max(1, len(text) // 3)
    return tuple(text[place : place + third] for place in range(0, len(text), third))


def _openai_tool(tool: ToolCall, arguments: str | None = None) -> dict[str, Any]:
    given = tool.arguments if arguments is None else arguments
    return {"id": tool.id, "type": "function", "function": {"name": tool.name, "arguments": given}}


def _openai_usage(said: Said) -> dict[str, Any]:
    if said.usage is None:
        return {}
    return {
        "usage": {
            "prompt_tokens": said.usage.input,
            "completion_tokens": said.usage.output,
            "prompt_tokens_details": {"cached_tokens": said.usage.cached},
            "completion_tokens_details": {"reasoning_tokens": said.usage.reasoning},
        }
    }


def _anthropic_words(said: Said) -> list[dict[str, Any]]:
    thinking = [{"type": "thinking", "thinking": "".join(said.reasoning), "signature": ""}] if said.reasoning else []
    return thinking + ([{"type": "text", "text": "".join(said.text)}] if said.text else [])


def _anthropic_tool(tool: ToolCall) -> dict[str, Any]:
    return {"type": "tool_use", "id": tool.id, "name": tool.name, "input": msgspec.Raw(tool.arguments.encode())}


def _anthropic_usage(said: Said) -> dict[str, Any]:
    usage = said.usage
    if usage is None:
        return {}
    return {
        "usage": {
            "input_tokens": usage.input - usage.cached - usage.cache_write,
            "cache_read_input_tokens": usage.cached,
            "cache_creation_input_tokens": usage.cache_write,
            "output_tokens": usage.output,
        }
    }


def _ollama_tool(tool: ToolCall) -> dict[str, Any]:
    return {"function": {"name": tool.name, "arguments": msgspec.Raw(tool.arguments.encode())}}


def _ollama_piece(message: dict[str, Any]) -> dict[str, Any]:
    return {"model": "served-1", "message": {"role": "assistant", **message}, "done": False}
