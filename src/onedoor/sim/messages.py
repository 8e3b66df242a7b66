"""Anthropic's dialect, as far as a batch needs it: a request as a chat, and its answer as a message."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from onedoor.sim.envelope import Fields

_STOP = {"stop": "end_turn", "length": "max_tokens", "tool_calls": "tool_use"}
_ERRORS = {400: "invalid_request_error", 404: "not_found_error", 429: "rate_limit_error", 503: "overloaded_error"}


def as_chat(params: Mapping[str, Any]) -> Fields:
    """The parameters of a message as the body of a chat completion."""
    system = params.get("system")
    first = [{"role": "system", "content": system}] if system else []
    form = params.get("output_config", {}).get("format")
    fields = {
        "model": params.get("model"),
        "messages": first + list(params.get("messages", ())),
        "max_tokens": params.get("max_tokens"),
        "stop": params.get("stop_sequences"),
        "response_format": form and {"type": "json_schema", "json_schema": {"schema": form["schema"]}},
        "tools": [_tool(tool) for tool in params.get("tools", ())] or None,
        "tool_choice": _choice(params.get("tool_choice", {})),
    }
    return {name: value for name, value in fields.items() if value is not None}


def as_message(status: int, body: Fields) -> Fields:
    """What a chat completion came to, as the result of a batch."""
    if status >= 400:
        kind = _ERRORS.get(status, "api_error")
        said = {"type": kind, "message": body["error"]["message"]}
        return {"type": "errored", "error": {"type": "error", "error": said}}
    choice, used = body["choices"][0], body["usage"]
    message = {
        "id": body["id"],
        "type": "message",
        "role": "assistant",
        "model": body["model"],
        "content": _content(choice["message"]),
        "stop_reason": _STOP.get(choice["finish_reason"], "end_turn"),
        "usage": {"input_tokens": used["prompt_tokens"], "output_tokens": used["completion_tokens"]},
    }
    return {"type": "succeeded", "message": message}


def _tool(tool: Mapping[str, Any]) -> Fields:
    return {"function": {"name": tool["name"], "parameters": tool["input_schema"]}}


def _choice(choice: Mapping[str, Any]) -> object:
    named = {"function": {"name": choice.get("name", "")}}
    return {"any": "required", "tool": named, "none": "none"}.get(choice.get("type", ""))


def _content(message: Mapping[str, Any]) -> list[Fields]:
    if not message.get("tool_calls"):
        return [{"type": "text", "text": message["content"]}]
    call = message["tool_calls"][0]
    arguments = json.loads(call["function"]["arguments"])
    return [{"type": "tool_use", "id": call["id"], "name": call["function"]["name"], "input": arguments}]
