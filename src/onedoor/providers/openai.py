"""OpenAI-compatible chat completions: OpenAI, vLLM, llama-server, LM Studio, OpenRouter and most others."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from contextlib import aclosing
from typing import Any
from urllib.parse import urlsplit

import msgspec

from onedoor.errors import RequestRejected
from onedoor.policy.faults import cut
from onedoor.providers.client import Client, events, unstreamed
from onedoor.providers.draft import Draft, asked
from onedoor.providers.openai_batches import OpenAIBatches
from onedoor.providers.roles import spoken
from onedoor.providers.tokenize import tokenized
from onedoor.providers.transport import Http, HttpResponse, Transport
from onedoor.types import (
    Call,
    FinishReason,
    Image,
    Message,
    Options,
    Reply,
    ServedModel,
    SystemRole,
    Text,
    Timings,
    ToolCallDelta,
    Usage,
)

FINISH: Mapping[str, FinishReason] = {
    "stop": "stop",
    "length": "length",
    "tool_calls": "tool_calls",
    "function_call": "tool_calls",
    "content_filter": "content_filter",
}


class OpenAI:
    """Speaks `/chat/completions`, `/embeddings` and `/models` below `base_url`, which usually ends in /v1."""

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
        given, transport = {**authorization, **(headers or {})}, transport or Http(name)
        self._client = Client(name, base_url, headers=given, transport=transport)
        self._root = Client(name, base_url.rstrip("/").removesuffix("/v1"), headers=given, transport=transport)
        self._cap = "max_completion_tokens" if _is_openai(base_url) else "max_tokens"

    async def chat(self, call: Call) -> Reply:
        draft = Draft(call, self._name)
        async with self._client.post("/chat/completions", self.body(call), connect=call.limits.connect) as response:
            draft.headers = response.headers
            if call.stream and not unstreamed(response):
                await self._stream(response, draft)
            else:
                self._whole(await response.read(), draft)
        return draft.reply()

    def body(self, call: Call) -> dict[str, Any]:
        """What a call is sent as."""
        return chat_body(call, cap=self._cap)

    def read(self, call: Call, answer: bytes) -> Reply:
        """The reply a whole answer is."""
        draft = Draft(call, self._name)
        self._whole(answer, draft)
        return draft.reply()

    def batches(self) -> OpenAIBatches:
        """Its batch API."""
        return OpenAIBatches(self._client, self.body, self.read)

    async def embed(self, call: Call) -> Reply:
        draft = Draft(call, self._name)
        extra = {**asked(call).extra, **call.options.extra}
        body = {"model": asked(call).served, "input": call.texts, "encoding_format": "float", **extra}
        async with self._client.post("/embeddings", body, connect=call.limits.connect) as response:
            answer = self._client.parse(await response.read(), _Embeddings)
        if answer.usage is not None:
            draft.usage = _usage(answer.usage)
        draft.served = answer.model
        return draft.embedded([item.embedding for item in sorted(answer.data, key=lambda item: item.index)])

    async def models(self) -> tuple[ServedModel, ...]:
        listed = await self._client.get("/models", _Models)
        return tuple(ServedModel(model.id, model.context) for model in listed.data)

    async def count_tokens(self, model: str, text: str) -> int:
        if _is_openai(self._client.base_url):
            raise RequestRejected(f"{self._name} is OpenAI's own API, which counts no texts", provider=self._name)
        return await tokenized(self._root, model, text)

    async def close(self) -> None:
        await self._client.transport.close()

    def _whole(self, body: bytes, draft: Draft) -> None:
        answer = self._client.parse(body, _Completion)
        if answer.error is not None:
            raise self._client.fault(body, status=200)
        if not answer.choices:
            raise self._client.not_ours(body)
        self._head(answer, draft)
        choice = answer.choices[0]
        _take(choice.message or _Piece(), draft)
        draft.finish = FINISH.get(choice.finish_reason or "stop", "other")

    async def _stream(self, response: HttpResponse, draft: Draft) -> None:
        async with aclosing(events(response.chunks(), self._name)) as stream:
            async for data in stream:
                if data == b"[DONE]":
                    break
                answer = self._client.parse(data, _Completion)
                if answer.error is not None:
                    raise self._client.fault(data, status=200)
                self._head(answer, draft)
                for choice in answer.choices[:1]:
                    _take(choice.delta or _Piece(), draft)
                    if choice.finish_reason:
                        draft.finish = FINISH.get(choice.finish_reason, "other")
        if draft.finish is None:  # the end mark alone proves nothing: some servers also send it when they give up
            raise cut(self._name, "without a finish reason")

    def _head(self, answer: _Completion, draft: Draft) -> None:
        draft.served = answer.model or draft.served
        draft.fingerprint = answer.system_fingerprint or draft.fingerprint
        if answer.usage is not None:
            draft.usage = _usage(answer.usage)
            draft.usd = answer.usage.usd
        if answer.timings is not None:
            draft.timings = Timings(prompt=answer.timings.prompt_ms / 1e3, output=answer.timings.predicted_ms / 1e3)


def chat_body(call: Call, *, cap: str = "max_tokens") -> dict[str, Any]:
    """The request body; `extra` of the model and of the call has the last word."""
    candidate, options = asked(call), call.options
    turns = [_message(turn, candidate.system) for turn in spoken(call.messages, candidate.system)]
    body: dict[str, Any] = {"model": candidate.served, "messages": turns}
    body |= _sampling(options, cap)
    reasoning = options.reasoning or candidate.reasoning
    if reasoning:
        body["reasoning_effort"] = "none" if reasoning == "off" else reasoning
    if call.stream:
        body |= {"stream": True, "stream_options": {"include_usage": True}}
    return {**body, **candidate.extra, **options.extra}


def _sampling(options: Options, cap: str) -> dict[str, Any]:
    schema = options.json_schema
    fields = {
        "temperature": options.temperature,
        "top_p": options.top_p,
        cap: options.max_output_tokens,
        "seed": options.seed,
        "stop": list(options.stop) or None,
        "response_format": schema
        and {"type": "json_schema", "json_schema": {"name": "answer", "strict": options.json_strict, "schema": schema}},
        "tools": [_tool(tool.name, tool.description, tool.parameters) for tool in options.tools] or None,
        "tool_choice": _choice(options.tool_choice) if options.tools else None,
    }
    return {name: value for name, value in fields.items() if value is not None}


def _tool(name: str, description: str, parameters: Mapping[str, Any]) -> dict[str, Any]:
    return {"type": "function", "function": {"name": name, "description": description, "parameters": parameters}}


def _choice(choice: str) -> str | dict[str, Any]:
    if choice in {"auto", "none", "required"}:
        return choice
    return {"type": "function", "function": {"name": choice}}


def _message(turn: Message, system: SystemRole) -> dict[str, Any]:
    role = system if turn.role == "system" else turn.role
    message: dict[str, Any] = {"role": role, "content": _content(turn)}
    if turn.tool_calls:
        message["tool_calls"] = [
            {"id": tool.id, "type": "function", "function": {"name": tool.name, "arguments": tool.arguments}}
            for tool in turn.tool_calls
        ]
    if turn.tool_call_id:
        message["tool_call_id"] = turn.tool_call_id
    return message


def _content(turn: Message) -> str | list[dict[str, Any]] | None:
    """A plain string unless there is a picture: the form every compatible server takes."""
    if not any(isinstance(part, Image) for part in turn.parts):
        return turn.text or (None if turn.tool_calls else "")
    return [_part(part) for part in turn.parts if isinstance(part, Text | Image)]


def _part(part: Text | Image) -> dict[str, Any]:
    if isinstance(part, Text):
        return {"type": "text", "text": part.text}
    url = part.url or f"data:{part.media_type};base64,{base64.b64encode(part.data).decode()}"
    return {"type": "image_url", "image_url": {"url": url}}


def _is_openai(base_url: str) -> bool:
    """OpenAI's own API renamed the cap; compatible servers still take the old name."""
    return (urlsplit(base_url).hostname or "").endswith(("openai.com", "openai.azure.com"))


def _take(piece: _Piece, draft: Draft) -> None:
    draft.reasoning(piece.reasoning_content or piece.reasoning or "")
    if isinstance(piece.content, str):
        draft.text(piece.content)
    elif piece.content:
        draft.text("".join(part.text for part in piece.content))
    if piece.refusal:
        draft.text(piece.refusal)
        draft.refused = True
    for place, tool in enumerate(piece.tool_calls or ()):
        index = place if tool.index is None else tool.index
        function = tool.function or _Function()
        draft.tool_call(ToolCallDelta(index, tool.id or "", function.name or "", function.arguments or ""))


def _usage(usage: _Usage) -> Usage:
    prompt, completion = usage.prompt_tokens_details, usage.completion_tokens_details
    return Usage(
        input=usage.prompt_tokens,
        output=usage.completion_tokens,
        cached=(prompt.cached_tokens or 0) if prompt else 0,
        reasoning=(completion.reasoning_tokens or 0) if completion else 0,
    )


class _PromptDetails(msgspec.Struct):
    cached_tokens: int | None = None


class _CompletionDetails(msgspec.Struct):
    reasoning_tokens: int | None = None


class _Usage(msgspec.Struct):
    prompt_tokens: int = 0
    completion_tokens: int = 0
    prompt_tokens_details: _PromptDetails | None = None
    completion_tokens_details: _CompletionDetails | None = None
    cost: float | dict[str, Any] | None = None

    @property
    def usd(self) -> float | None:
        """Some servers put a table of their own under `cost`."""
        return None if isinstance(self.cost, dict) else self.cost


class _Timings(msgspec.Struct):
    prompt_ms: float = 0.0
    predicted_ms: float = 0.0


class _Function(msgspec.Struct):
    name: str | None = None
    arguments: str | None = None


class _ToolCall(msgspec.Struct):
    index: int | None = None
    id: str | None = None
    function: _Function | None = None


class _ContentPart(msgspec.Struct):
    text: str = ""


class _Piece(msgspec.Struct):
    content: str | list[_ContentPart] | None = None
    reasoning_content: str | None = None
    reasoning: str | None = None
    refusal: str | None = None
    tool_calls: list[_ToolCall] | None = None


class _Choice(msgspec.Struct):
    message: _Piece | None = None
    delta: _Piece | None = None
    finish_reason: str | None = None


class _Completion(msgspec.Struct):
    model: str | None = None
    choices: list[_Choice] = []
    usage: _Usage | None = None
    system_fingerprint: str | None = None
    timings: _Timings | None = None
    error: dict[str, Any] | str | None = None


class _Embedding(msgspec.Struct):
    embedding: list[float]
    index: int = 0


class _Embeddings(msgspec.Struct):
    data: list[_Embedding]
    model: str = ""
    usage: _Usage | None = None


class _Meta(msgspec.Struct):
    n_ctx: int | None = None


class _Model(msgspec.Struct):
    id: str
    max_model_len: int | None = None
    context_length: int | None = None
    meta: _Meta | None = None

    @property
    def context(self) -> int | None:
        return self.max_model_len or self.context_length or (self.meta.n_ctx if self.meta else None)


class _Models(msgspec.Struct):
    data: list[_Model]
