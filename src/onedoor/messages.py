"""From what people pass as a prompt to typed messages, or an error that says which turn is wrong."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from onedoor.errors import InvalidCall
from onedoor.prompt.template import Filled
from onedoor.types import Document, Example, Image, Message, Part, Role, Text, Thinking, Tool, ToolCall

Prompt = str | Message | Filled | Sequence[Message | Mapping[str, Any]]
Context = str | Document | Sequence[str | Document | Mapping[str, Any]]

ROLES: Mapping[str, Role] = {
    "system": "system",
    "developer": "system",
    "user": "user",
    "assistant": "assistant",
    "tool": "tool",
}
KEYS = frozenset({"role", "content", "tool_calls", "tool_call_id", "name", "reasoning_content", "refusal"})


def as_messages(prompt: Prompt) -> tuple[Message, ...]:
    """A text, a message, or a conversation in the usual role/content form. Raises InvalidCall.

    Content may be a text or a list of parts: `{"type": "text"}`, `{"type": "image_url"}` or `{"type": "image"}` with a
    base64 or url source.
    """
    turns = _turns(prompt)
    _check_said(turns)
    return turns


def as_context(context: Context) -> tuple[Document, ...]:
    """What a question is about: a text, a document, a mapping with text, name and rank, or a list of these."""
    if isinstance(context, str | Document):
        return (_document(context, "context"),)
    if not isinstance(context, Sequence) or isinstance(context, bytes):
        raise InvalidCall(f"context must be a text, a Document or a list of them, not {type(context).__name__}")
    return tuple(_document(given, f"context[{place}]") for place, given in enumerate(context))


def as_examples(examples: Sequence[tuple[str, str] | Example]) -> tuple[Example, ...]:
    """Pairs of a question and its right answer."""
    if not isinstance(examples, Sequence) or isinstance(examples, str):
        raise InvalidCall(f"few_shot must be a list of pairs of texts, not {type(examples).__name__}")
    return tuple(_example(given, f"few_shot[{place}]") for place, given in enumerate(examples))


def as_tools(tools: Sequence[Tool | Mapping[str, Any]]) -> tuple[Tool, ...]:
    """Tools, typed or in the usual `{"type": "function", "function": {…}}` form."""
    if not isinstance(tools, Sequence) or isinstance(tools, str):
        raise InvalidCall(f"tools must be a list, not {type(tools).__name__}")
    return tuple(_tool(tool, f"tools[{place}]") for place, tool in enumerate(tools))


def _document(given: object, where: str) -> Document:
    match given:
        case Document(str(), str(), int() | float()):
            return given
        case str(text):
            return Document(text)
        case {"text": str(text), **rest} if rest.keys() <= {"name", "rank"}:
            made: Any = (text, rest.get("name", ""), rest.get("rank", 0.0))
            return _document(Document(*made), where)
    raise InvalidCall(f"{where} must be a text, a Document, or a mapping with text, name and rank, not {given!r:.80}")


def _example(given: object, where: str) -> Example:
    match given:
        case Example(str(), str()):
            return given
        case (str(question), str(answer)):
            return Example(question, answer)
    raise InvalidCall(f"{where} must be a pair of texts, a question and its answer, not {given!r}")


def _check_said(turns: tuple[Message, ...]) -> None:
    """Something must be asked: a picture, a tool's result, or words that aren't all white space."""
    last = turns[-1] if turns else None
    if last is None or not (last.tool_calls or last.tool_call_id or _said(last)):
        raise InvalidCall("the prompt is empty: there is nothing to ask")


def _said(turn: Message) -> bool:
    return any(not isinstance(part, Text) or (part.text and not part.text.isspace()) for part in turn.parts)


def _turns(prompt: Prompt) -> tuple[Message, ...]:
    if isinstance(prompt, str):
        return (Message("user", (Text(prompt),)),)
    if isinstance(prompt, Message):
        return (_typed(prompt, "the message"),)
    if isinstance(prompt, Sequence) and not isinstance(prompt, bytes):
        return tuple(_turn(turn, f"messages[{place}]") for place, turn in enumerate(prompt))
    raise InvalidCall(f"the prompt must be a text or a list of messages, not {type(prompt).__name__}")


def _turn(turn: object, where: str) -> Message:
    if isinstance(turn, Message):
        return _typed(turn, where)
    if not isinstance(turn, Mapping):
        raise InvalidCall(f"{where} must be a Message or a mapping with role and content, not {type(turn).__name__}")
    unknown = sorted(map(str, set(turn) - KEYS))
    if unknown:
        raise InvalidCall(f"{where} has an unknown key {unknown[0]!r}; it takes {', '.join(sorted(KEYS))}")
    return Message(
        _role(turn.get("role"), where),
        _parts(turn.get("content"), f"{where}.content"),
        _tool_calls(turn.get("tool_calls") or (), f"{where}.tool_calls"),
        str(turn.get("tool_call_id") or ""),
    )


def _typed(turn: Message, where: str) -> Message:
    """A message built by hand, its role and parts looked at."""
    _role(turn.role, where)
    for place, part in enumerate(turn.parts):
        if not isinstance(part, Text | Image | Thinking):
            raise InvalidCall(f"{where}.parts must be a tuple of Text, Image or Thinking; a text is (Text(…),)")
        _whole(part, f"{where}.parts[{place}]")
    for place, call in enumerate(turn.tool_calls):
        _tool_call(call, f"{where}.tool_calls[{place}]")
    if not isinstance(turn.tool_call_id, str):
        raise InvalidCall(f"{where}.tool_call_id is {turn.tool_call_id!r}; it must be a text")
    return turn


def _whole(part: Part, where: str) -> Part:
    """A part whose words are words."""
    if not isinstance(part, Image) and not isinstance(part.text, str):
        raise InvalidCall(f"{where}.text is {part.text!r}; it must be a text")
    return part


def _role(role: object, where: str) -> Role:
    known = ROLES.get(role) if isinstance(role, str) else None
    if known is None:
        raise InvalidCall(f"{where}.role is {role!r}; it must be one of {', '.join(ROLES)}")
    return known


def _parts(content: object, where: str) -> tuple[Part, ...]:
    if content is None:
        return ()
    if isinstance(content, str):
        return (Text(content),)
    if isinstance(content, Sequence) and not isinstance(content, bytes):
        return tuple(_part(part, f"{where}[{place}]") for place, part in enumerate(content))
    raise InvalidCall(f"{where} must be a text or a list of parts, not {type(content).__name__}")


def _part(part: object, where: str) -> Part:
    if isinstance(part, Text | Image | Thinking):
        return _whole(part, where)
    kind = part.get("type") if isinstance(part, Mapping) else None
    try:
        match part:
            case {"type": "text", "text": str(text)}:
                return Text(text)
            case {"type": "image_url", "image_url": {"url": str(url)}} | {"type": "image_url", "image_url": str(url)}:
                return _image(url)
            case {"type": "image", "source": {"type": "base64", "data": str(data), "media_type": str(media_type)}}:
                return Image(base64.b64decode(data, validate=True), media_type=media_type)
            case {"type": "image", "source": {"type": "url", "url": str(url)}}:
                return _image(url)
    except (binascii.Error, ValueError) as error:
        raise InvalidCall(f"{where}: the picture is not valid base64: {error}") from error
    raise InvalidCall(f"{where} is a part of type {kind!r}; it must be a text, image_url or image part, whole")


def _image(url: str) -> Image:
    """A picture by its address; a data: address carries it."""
    if not url.startswith("data:"):
        return Image(url=url)
    head, _, data = url[5:].partition(",")
    return Image(base64.b64decode(data, validate=True), media_type=head.partition(";")[0] or "image/png")


def _tool_calls(calls: object, where: str) -> tuple[ToolCall, ...]:
    if not isinstance(calls, Sequence) or isinstance(calls, str):
        raise InvalidCall(f"{where} must be a list, not {type(calls).__name__}")
    return tuple(_tool_call(call, f"{where}[{place}]") for place, call in enumerate(calls))


def _tool_call(call: object, where: str) -> ToolCall:
    match call:
        case ToolCall(str(), str(), str()):
            return call
        case {"id": str(id), "function": {"name": str(name), "arguments": str(arguments)}}:
            return ToolCall(id, name, arguments)
        case {"id": str(id), "function": {"name": str(name), "arguments": dict(arguments)}}:
            return ToolCall(id, name, msgspec.json.encode(arguments).decode())
    raise InvalidCall(f"{where} must have an id and a function with name and arguments")


def _tool(tool: Tool | Mapping[str, Any], where: str) -> Tool:
    if isinstance(tool, Tool):
        return _sendable(tool, where)
    inner = tool.get("function", tool) if isinstance(tool, Mapping) else None
    if not isinstance(inner, Mapping) or not isinstance(inner.get("name"), str):
        raise InvalidCall(f"{where} must be a Tool or a mapping with a function's name, description and parameters")
    parameters = inner.get("parameters", inner.get("input_schema")) or {"type": "object", "properties": {}}
    return _sendable(Tool(inner["name"], inner.get("description") or "", parameters), where)


def _sendable(tool: Tool, where: str) -> Tool:
    try:
        msgspec.json.encode(tool, enc_hook=dict)
    except (TypeError, ValueError, OverflowError) as error:
        raise InvalidCall(f"{where} can't be written as JSON: {error}") from error
    return tool
