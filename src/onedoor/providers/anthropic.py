"""Anthropic's Messages API: Claude, and the servers that speak its dialect."""

from __future__ import annotations

import base64
from collections.abc import Iterable, Mapping
from contextlib import aclosing
from itertools import groupby
from typing import Any

import msgspec

from onedoor.errors import RequestRejected
from onedoor.policy.faults import cut
from onedoor.providers.anthropic_batches import AnthropicBatches
from onedoor.providers.client import Client, as_object, events, unstreamed
from onedoor.providers.draft import Draft, asked
from onedoor.providers.tokenize import CONNECT
from onedoor.providers.transport import Http, HttpResponse, Transport
from onedoor.types import (
    Call,
    FinishReason,
    Image,
    Message,
    Options,
    Part,
    Reasoning,
    Reply,
    ServedModel,
    Text,
    Thinking,
    Tool,
    ToolCallDelta,
    Usage,
)

VERSION = "2023-06-01"
CAP = 4096
"""The wire wants a cap; this is the one for a call that sets none."""
LEAST_BUDGET = 1024
BUDGETS: Mapping[Reasoning, int] = {"low": 1024, "medium": 4096, "high": 16384}
KEPT = {"type": "ephemeral"}
"""What a block carries whose prompt, up to its end, is to be kept for the next request."""

REDACTED = "redacted:"
"""Begins the signature of a reasoning block that came encrypted."""

FINISH: Mapping[str, FinishReason] = {
    "end_turn": "stop",
    "stop_sequence": "stop",
    "max_tokens": "length",
    "model_context_window_exceeded": "length",
    "tool_use": "tool_calls",
    "refusal": "refusal",
    "pause_turn": "other",
}


class Anthropic:
    """Speaks `/v1/messages` and `/v1/models` below `base_url`, which may end in /v1 or not. It has no embeddings."""

    def __init__(
        self,
        name: str,
        base_url: str,
        *,
        key: str = "",
        headers: Mapping[str, str] | None = None,
        transport: Transport | None = None,
    ) -> None:
        own = {"anthropic-version": VERSION} | ({"x-api-key": key} if key else {})
        address = base_url.rstrip("/").removesuffix("/v1")
        self._name = name
        self._client = Client(name, address, headers={**own, **(headers or {})}, transport=transport or Http(name))

    async def chat(self, call: Call) -> Reply:
        draft = Draft(call, self._name)
        async with self._client.post("/v1/messages", chat_body(call), connect=call.limits.connect) as response:
            draft.headers = response.headers
            if call.stream and not unstreamed(response):
                await self._stream(response, draft)
            else:
                self._whole(await response.read(), draft)
        return draft.reply()

    def read(self, call: Call, answer: bytes) -> Reply:
        """The reply a whole answer is."""
        draft = Draft(call, self._name)
        self._whole(answer, draft)
        return draft.reply()

    def batches(self) -> AnthropicBatches:
        """Its batch API."""
        return AnthropicBatches(self._client, chat_body, self.read)

    async def embed(self, call: Call) -> Reply:
        raise RequestRejected(
            f"{self._name} speaks Anthropic's API, which has no embeddings: give task {call.task!r} a model elsewhere",
            provider=self._name,
        )

    async def models(self) -> tuple[ServedModel, ...]:
        listed = await self._client.get("/v1/models?limit=1000", _Models)
        return tuple(ServedModel(model.id, model.max_input_tokens) for model in listed.data)

    async def count_tokens(self, model: str, text: str) -> int:
        """The tokens of a prompt of this one message, its frame included: the wire counts no less."""
        body = {"model": model, "messages": [{"role": "user", "content": text}]}
        async with self._client.post("/v1/messages/count_tokens", body, connect=CONNECT) as response:
            return self._client.parse(await response.read(), _Counted).input_tokens

    async def close(self) -> None:
        await self._client.transport.close()

    def _whole(self, body: bytes, draft: Draft) -> None:
        answer = self._client.parse(body, _Answer)
        if answer.error is not None:
            raise self._client.fault(body, status=200)
        if answer.content is None:
            raise self._client.not_ours(body)
        _head(answer, draft)
        for block in answer.content:
            _take(block, draft)
        draft.finish = FINISH.get(answer.stop_reason or "end_turn", "other")

    async def _stream(self, response: HttpResponse, draft: Draft) -> None:
        tools: dict[int, int] = {}
        async with aclosing(events(response.chunks(), self._name)) as stream:
            async for data in stream:
                event = self._client.parse(data, _Event)
                if event.error is not None:
                    raise self._client.fault(data, status=200)
                if event.type == "message_stop":
                    return
                _follow(event, draft, tools)
        raise cut(self._name)


def chat_body(call: Call) -> dict[str, Any]:
    """The request body; `extra` of the model and of the call has the last word."""
    candidate, options = asked(call), call.options
    extra = {**candidate.extra, **options.extra}
    output = _output(options) | extra.pop("output_config", {})
    fields = {
        "model": candidate.served,
        "messages": _messages(call.messages),
        "system": _system([turn for turn in call.messages if turn.role == "system"]),
        "stop_sequences": list(options.stop) or None,
        "tools": [_tool(tool) for tool in options.tools] or None,
        "tool_choice": _choice(options.tool_choice) if options.tools else None,
        "output_config": output or None,
        "stream": call.stream or None,
        **_sampling(options, options.reasoning or candidate.reasoning),
    }
    return {name: value for name, value in fields.items() if value is not None} | extra


def _system(turns: list[Message]) -> str | list[dict[str, Any]] | None:
    """The system messages as one text; as a block where the provider is asked to keep it."""
    text = "\n\n".join(turn.text for turn in turns)
    if text and any(turn.stable for turn in turns):
        return [{"type": "text", "text": text, "cache_control": KEPT}]
    return text or None


def _output(options: Options) -> dict[str, Any]:
    if options.json_schema is None:
        return {}
    return {"format": {"type": "json_schema", "schema": options.json_schema}}


def _sampling(options: Options, reasoning: Reasoning | None) -> dict[str, Any]:
    """Thinking models refuse `temperature` and `top_p`, so they are left out beside it."""
    if reasoning is not None and reasoning != "off":
        return _thinking(BUDGETS[reasoning], options.max_output_tokens)
    return {
        "max_tokens": options.max_output_tokens or CAP,
        "temperature": options.temperature,
        "top_p": options.top_p,
        "thinking": {"type": "disabled"} if reasoning else None,
    }


def _thinking(wanted: int, cap: int | None) -> dict[str, Any]:
    """Thinking counts against the cap and takes half of it at most; a cap that leaves no room for it is raised."""
    budget = wanted if cap is None else max(LEAST_BUDGET, min(wanted, cap // 2))
    room = cap if cap is not None and cap > budget else budget + (cap or CAP)
    return {"max_tokens": room, "thinking": {"type": "enabled", "budget_tokens": budget}}


def _tool(tool: Tool) -> dict[str, Any]:
    return {"name": tool.name, "description": tool.description, "input_schema": tool.parameters}


def _choice(choice: str) -> dict[str, str]:
    if choice in {"auto", "none"}:
        return {"type": choice}
    return {"type": "any"} if choice == "required" else {"type": "tool", "name": choice}


def _messages(turns: Iterable[Message]) -> list[dict[str, Any]]:
    """Tool results that follow each other are one user turn; a turn without content is left out, for it is refused."""
    messages: list[dict[str, Any]] = []
    spoken = (turn for turn in turns if turn.role != "system")
    for is_result, group in groupby(spoken, key=lambda turn: turn.role == "tool"):
        if is_result:
            messages.append({"role": "user", "content": [_result(turn) for turn in group]})
        else:
            messages += [{"role": turn.role, "content": content} for turn in group if (content := _content(turn))]
    return messages


def _result(turn: Message) -> dict[str, Any]:
    return {"type": "tool_result", "tool_use_id": turn.tool_call_id, "content": _content(turn)}


def _content(turn: Message) -> list[dict[str, Any]]:
    blocks = [block for part in turn.parts if (block := _block(part))]
    blocks += [
        {"type": "tool_use", "id": tool.id, "name": tool.name, "input": as_object(tool.arguments)}
        for tool in turn.tool_calls
    ]
    if turn.stable and blocks:
        blocks[-1] = {**blocks[-1], "cache_control": KEPT}
    return blocks


def _block(part: Part) -> dict[str, Any]:
    """Empty for what the wire refuses: words that are none, reasoning nobody signed."""
    match part:
        case Image():
            return {"type": "image", "source": _source(part)}
        case Text(text):
            return {"type": "text", "text": text} if text else {}
        case Thinking(text, signature) if signature.startswith(REDACTED):
            return {"type": "redacted_thinking", "data": signature.removeprefix(REDACTED)}
        case Thinking(text, signature):
            return {"type": "thinking", "thinking": text, "signature": signature} if signature else {}


def _source(image: Image) -> dict[str, str]:
    if image.url:
        return {"type": "url", "url": image.url}
    return {"type": "base64", "media_type": image.media_type, "data": base64.b64encode(image.data).decode()}


def _follow(event: _Event, draft: Draft, tools: dict[int, int]) -> None:
    """One event of a stream; `tools` says which tool call a block of the answer is."""
    match event.type:
        case "message_start" if event.message is not None:
            _head(event.message, draft)
        case "content_block_start" if event.content_block is not None:
            if event.content_block.type == "tool_use":
                tools[event.index] = draft.tools
            _take(event.content_block, draft)
        case "content_block_delta" if event.delta is not None:
            _grow(event.delta, draft, tools.get(event.index))
        case "message_delta":
            if event.delta is not None and event.delta.stop_reason:
                draft.finish = FINISH.get(event.delta.stop_reason, "other")
            _count(event.usage, draft)


def _head(answer: _Answer, draft: Draft) -> None:
    draft.served = answer.model
    _count(answer.usage, draft)


def _take(block: _Block, draft: Draft) -> None:
    match block.type:
        case "text":
            draft.text(block.text)
        case "thinking":
            draft.reasoning(block.thinking)
            if block.signature:
                draft.sign(block.signature)
        case "redacted_thinking":
            draft.sign(REDACTED + block.data)
        case "tool_use":
            arguments = bytes(block.input).decode()
            draft.tool_call(ToolCallDelta(draft.tools, block.id, block.name, "" if arguments == "{}" else arguments))


def _grow(delta: _Delta, draft: Draft, tool: int | None) -> None:
    match delta.type:
        case "text_delta":
            draft.text(delta.text)
        case "thinking_delta":
            draft.reasoning(delta.thinking)
        case "signature_delta":
            draft.sign(delta.signature)
        case "input_json_delta" if tool is not None and delta.partial_json:
            draft.tool_call(ToolCallDelta(tool, arguments=delta.partial_json))


def _count(said: _Usage | None, draft: Draft) -> None:
    """Anthropic's input leaves out what the cache took or gave; a stream tells its counts twice, and they only grow."""
    if said is None:
        return
    before = draft.usage or Usage()
    cached = max(before.cached, said.cache_read_input_tokens or 0)
    written = max(before.cache_write, said.cache_creation_input_tokens or 0)
    plain = max(before.input - before.cached - before.cache_write, said.input_tokens or 0)
    draft.usage = Usage(
        input=plain + cached + written,
        output=max(before.output, said.output_tokens or 0),
        cached=cached,
        cache_write=written,
    )


class _Usage(msgspec.Struct):
    input_tokens: int | None = None
    output_tokens: int | None = None
    cache_read_input_tokens: int | None = None
    cache_creation_input_tokens: int | None = None


class _Block(msgspec.Struct):
    type: str
    text: str = ""
    thinking: str = ""
    signature: str = ""
    data: str = ""
    id: str = ""
    name: str = ""
    input: msgspec.Raw = msgspec.Raw(b"{}")


class _Answer(msgspec.Struct):
    model: str = ""
    content: list[_Block] | None = None
    stop_reason: str | None = None
    usage: _Usage | None = None
    error: dict[str, Any] | str | None = None


class _Delta(msgspec.Struct):
    type: str = ""
    text: str = ""
    thinking: str = ""
    signature: str = ""
    partial_json: str = ""
    stop_reason: str | None = None


class _Event(msgspec.Struct):
    type: str = ""
    index: int = 0
    message: _Answer | None = None
    content_block: _Block | None = None
    delta: _Delta | None = None
    usage: _Usage | None = None
    error: dict[str, Any] | str | None = None


class _Counted(msgspec.Struct):
    input_tokens: int


class _Model(msgspec.Struct):
    id: str
    max_input_tokens: int | None = None


class _Models(msgspec.Struct):
    data: list[_Model]
