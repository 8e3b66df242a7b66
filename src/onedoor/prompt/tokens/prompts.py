"""How big a prompt is: its words, and what a server writes around them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import msgspec

from onedoor.prompt.tokens.upper import certain
from onedoor.types import Image, Message, Text, Thinking, Tool

MESSAGE = 8
"""Tokens around a message: role, begin and end marks. The templates of ChatML and Llama 3 write five."""

REPLY = 8
"""Tokens that open the answer."""

CALL = 16
"""Tokens around a tool call, its id and marks: a judgement."""

PICTURE = 3_000
"""Tokens for a picture, whatever its size: a judgement, and no bound. Qwen2-VL makes up to 16,384 of a large one."""

TOOLS = 550
"""Tokens of what a server says about tools before it lists them: 159 to 530 for Claude 3, by Anthropic's "Tool use
pricing and tokens". For other makers a judgement."""

TOOL = 16
"""Tokens around a tool: a judgement."""

WIDE = 1.15
"""Bytes for each character above which a prompt is of another script than ASCII."""


@dataclass(frozen=True, slots=True)
class Prompt:
    """A prompt to be counted: its texts, and its messages, calls, pictures and tools in number."""

    texts: tuple[str, ...]
    messages: int
    pictures: int = 0
    calls: int = 0
    tools: int = 0

    @property
    def around(self) -> int:
        """Tokens at most of all that is neither text nor picture."""
        tools = TOOLS + TOOL * self.tools if self.tools else 0
        return REPLY + MESSAGE * self.messages + CALL * self.calls + tools


def prompt_of(
    messages: Sequence[Message], tools: Sequence[Tool] = (), *, schema: Mapping[str, object] | None = None
) -> Prompt:
    """Messages, tools and the schema of the answer as what has to be counted of them."""
    texts = [text for turn in messages for text in _texts(turn)]
    return Prompt(
        (*texts, *map(_described, tools), *([_json(schema)] if schema else ())),
        messages=len(messages),
        pictures=sum(isinstance(part, Image) for turn in messages for part in turn.parts),
        calls=sum(len(turn.tool_calls) for turn in messages),
        tools=len(tools),
    )


def is_wide(*texts: str) -> bool:
    """Whether much of it is in a script of two bytes or more a character; accented letters here and there are not."""
    return sum(map(certain, texts)) > WIDE * sum(map(len, texts))


def _texts(turn: Message) -> Iterator[str]:
    for part in turn.parts:
        if isinstance(part, Text | Thinking):
            yield part.text
    for tool in turn.tool_calls:
        yield f"{tool.name} {tool.arguments}"


def _described(tool: Tool) -> str:
    """A tool as JSON: what most templates write, and more than the others do."""
    return _json({"name": tool.name, "description": tool.description, "parameters": tool.parameters})


def _json(value: object) -> str:
    try:
        return msgspec.json.encode(value, enc_hook=dict).decode()
    except (TypeError, ValueError, OverflowError):  # whoever sends it refuses it in words
        return repr(value)
