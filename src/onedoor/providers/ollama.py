"""Ollama's own API. Its `/v1` copy of OpenAI's has neither a context size nor `keep_alive`, so it is not used."""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from contextlib import aclosing
from typing import Any

import msgspec

from onedoor.errors import RequestRejected
from onedoor.policy.faults import cut
from onedoor.providers.client import Client, as_object, documents
from onedoor.providers.draft import Draft, asked
from onedoor.providers.roles import spoken
from onedoor.providers.transport import Http, HttpResponse, Transport
from onedoor.types import (
    Call,
    Candidate,
    FinishReason,
    Image,
    Message,
    Reply,
    ServedModel,
    Thinking,
    Timings,
    Tool,
    ToolCallDelta,
    Usage,
)

CAP = 4096
"""Tokens of an answer where neither the call nor the model's context says: small models never stop by themselves."""

TOP_LEVEL = frozenset(
    {
        "dimensions",
        "format",
        "keep_alive",
        "logprobs",
        "messages",
        "model",
        "raw",
        "shift",
        "stream",
        "suffix",
        "system",
        "template",
        "think",
        "tools",
        "top_logprobs",
        "truncate",
    }
)
"""The keys of `extra` that are fields of the request; every other one is a model option such as `num_gpu`."""

FINISH: Mapping[str, FinishReason] = {"stop": "stop", "length": "length"}


class Ollama:
    """Speaks `/api/chat`, `/api/embed`, `/api/tags` and `/api/ps` below `base_url`."""

    def __init__(
        self,
        name: str,
        base_url: str,
        *,
        key: str = "",
        headers: Mapping[str, str] | None = None,
        transport: Transport | None = None,
    ) -> None:
        authorization = {"authorization": f"Bearer {key}"} if key else {}
        self._name = name
        self._client = Client(
            name, base_url, headers={**authorization, **(headers or {})}, transport=transport or Http(name)
        )

    async def chat(self, call: Call) -> Reply:
        draft = Draft(call, self._name)
        body = chat_body(call, self._name)
        async with self._client.post("/api/chat", body, connect=call.limits.connect) as response:
            if call.stream:
                await self._stream(response, draft)
            else:
                self._whole(await response.read(), draft)
        return draft.reply()

    async def embed(self, call: Call) -> Reply:
        draft = Draft(call, self._name)
        async with self._client.post("/api/embed", embed_body(call), connect=call.limits.connect) as response:
            answer = self._client.parse(await response.read(), _Embeddings)
        draft.served = answer.model
        if answer.prompt_eval_count is not None:
            draft.usage = Usage(answer.prompt_eval_count)
        return draft.embedded(answer.embeddings)

    async def models(self) -> tuple[ServedModel, ...]:
        pulled = await self._client.get("/api/tags", _Models)
        running = await self._client.get("/api/ps", _Models)
        contexts = {model.name: model.context_length for model in running.models}
        return tuple(
            ServedModel(model.name, contexts.get(model.name), model.name in contexts) for model in pulled.models
        )

    async def count_tokens(self, model: str, text: str) -> int:
        raise RequestRejected(f"{self._name} is an Ollama server, which counts no tokens", provider=self._name)

    async def close(self) -> None:
        await self._client.transport.close()

    def _whole(self, body: bytes, draft: Draft) -> None:
        if not self._take(body, draft):
            raise cut(self._name)

    async def _stream(self, response: HttpResponse, draft: Draft) -> None:
        async with aclosing(documents(response.chunks(), self._name)) as stream:
            async for line in stream:
                if self._take(line, draft):
                    return
        raise cut(self._name)

    def _take(self, document: bytes, draft: Draft) -> bool:
        """Whether this was the last piece."""
        piece = self._client.parse(document, _Piece)
        if piece.error is not None:
            raise self._client.fault(document, status=200)
        if piece.done is None:
            raise self._client.not_ours(document)
        _say(piece.message or _Said(), draft)
        if piece.done:
            _end(piece, draft)
        return piece.done


def chat_body(call: Call, provider: str) -> dict[str, Any]:
    """The request body; `extra` of the model and of the call has the last word.

    `truncate` and `shift` are off, so that a prompt too long is an error and not silently halved.
    """
    candidate, options = asked(call), call.options
    named = {tool.id: tool.name for turn in call.messages for tool in turn.tool_calls}
    body = {
        "model": candidate.served,
        "messages": [_message(turn, named, provider) for turn in spoken(call.messages, candidate.system)],
        "stream": call.stream,
        "truncate": False,
        "shift": False,
        "keep_alive": candidate.keep_alive,
        "think": _think(options.reasoning or candidate.reasoning),
        "format": options.json_schema,
        "tools": [_tool(tool) for tool in options.tools if options.tool_choice != "none"] or None,
        "options": _sampling(call, candidate),
    }
    return _with_extra(body, call, candidate)


def embed_body(call: Call) -> dict[str, Any]:
    """The same `options` as a chat sends: other ones would load the model anew."""
    candidate = asked(call)
    body = {
        "model": candidate.served,
        "input": call.texts,
        "truncate": False,
        "keep_alive": candidate.keep_alive,
        "options": {"num_ctx": candidate.context},
    }
    return _with_extra(body, call, candidate)


def _with_extra(body: dict[str, Any], call: Call, candidate: Candidate) -> dict[str, Any]:
    extra = {**candidate.extra, **call.options.extra}
    top = {name: value for name, value in extra.items() if name in TOP_LEVEL}
    below = {name: value for name, value in extra.items() if name not in TOP_LEVEL and name != "options"}
    options = {**body["options"], **extra.get("options", {}), **below}
    return _set({**body, **top, "options": _set(options)})


def _set(fields: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if value is not None}


def _sampling(call: Call, candidate: Candidate) -> dict[str, Any]:
    options = call.options
    return {
        "temperature": options.temperature,
        "top_p": options.top_p,
        "seed": options.seed,
        "stop": list(options.stop) or None,
        "num_predict": options.max_output_tokens or candidate.context or CAP,
        "num_ctx": candidate.context,
    }


def _think(reasoning: str | None) -> bool | str | None:
    return False if reasoning == "off" else reasoning


def _tool(tool: Tool) -> dict[str, Any]:
    function = {"name": tool.name, "description": tool.description, "parameters": tool.parameters}
    return {"type": "function", "function": function}


def _message(turn: Message, named: Mapping[str, str], provider: str) -> dict[str, Any]:
    """`named` are the tools called so far, because a result is sent back under its tool's name."""
    fields = {
        "thinking": "".join(part.text for part in turn.parts if isinstance(part, Thinking)),
        "images": [_image(part, provider) for part in turn.parts if isinstance(part, Image)],
        "tool_calls": [
            {"id": tool.id, "function": {"name": tool.name, "arguments": as_object(tool.arguments)}}
            for tool in turn.tool_calls
        ],
        "tool_name": named.get(turn.tool_call_id),
        "tool_call_id": turn.tool_call_id,
    }
    return {"role": turn.role, "content": turn.text} | {name: value for name, value in fields.items() if value}


def _image(image: Image, provider: str) -> str:
    if not image.data:
        raise RequestRejected(
            f"{provider} is an Ollama server, which fetches no pictures: give the picture's bytes, not its url",
            provider=provider,
        )
    return base64.b64encode(image.data).decode()


def _say(said: _Said, draft: Draft) -> None:
    draft.reasoning(said.thinking or "")
    draft.text(said.content or "")
    for tool in said.tool_calls or ():
        arguments = bytes(tool.function.arguments).decode()
        draft.tool_call(ToolCallDelta(draft.tools, tool.id, tool.function.name, arguments))


def _end(piece: _Piece, draft: Draft) -> None:
    draft.served = piece.model
    draft.finish = FINISH.get(piece.done_reason or "stop", "other")
    if draft.tools and draft.finish == "stop":
        draft.finish = "tool_calls"
    if piece.prompt_eval_count is not None or piece.eval_count is not None:
        draft.usage = Usage(piece.prompt_eval_count or 0, piece.eval_count or 0)
    nanoseconds: Sequence[int] = (piece.load_duration, piece.prompt_eval_duration, piece.eval_duration)
    if any(nanoseconds):
        draft.timings = Timings(*(value / 1e9 for value in nanoseconds))


class _Function(msgspec.Struct):
    name: str
    arguments: msgspec.Raw = msgspec.Raw(b"{}")


class _ToolCall(msgspec.Struct):
    function: _Function
    id: str = ""


class _Said(msgspec.Struct):
    content: str | None = None
    thinking: str | None = None
    tool_calls: list[_ToolCall] | None = None


class _Piece(msgspec.Struct):
    model: str = ""
    message: _Said | None = None
    done: bool | None = None
    done_reason: str | None = None
    load_duration: int = 0
    prompt_eval_count: int | None = None
    prompt_eval_duration: int = 0
    eval_count: int | None = None
    eval_duration: int = 0
    error: dict[str, Any] | str | None = None


class _Embeddings(msgspec.Struct):
    embeddings: list[list[float]]
    model: str = ""
    prompt_eval_count: int | None = None


class _Model(msgspec.Struct):
    name: str
    context_length: int | None = None


class _Models(msgspec.Struct):
    models: list[_Model]
