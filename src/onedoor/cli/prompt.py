"""A built prompt in words, for `onedoor ask --show-prompt`."""

from __future__ import annotations

from collections.abc import Iterator

from onedoor.prompt.built import Built
from onedoor.types import Message


def shown(built: Built) -> Iterator[str]:
    """Every turn as it would be sent, then what it takes of the window and what was left out."""
    for turn in built.messages:
        yield from (f"--- {turn.role} ---", _said(turn), "")
    yield f"--- {built.model}: {_sizes(built)} ---"
    yield from (f"trimmed: {trimmed}" for trimmed in built.trimmed)


def _said(turn: Message) -> str:
    pictures = len(turn.parts) - sum(1 for part in turn.parts if hasattr(part, "text"))
    calls = [f"{tool.name}({tool.arguments})" for tool in turn.tool_calls]
    return "\n".join([turn.text, *["[picture]"] * pictures, *calls])


def _sizes(built: Built) -> str:
    used = sum(built.tokens.values())
    slots = ", ".join(f"{name} {tokens}" for name, tokens in built.tokens.items() if tokens)
    window = f" of {built.window} with {built.reserved} kept for the answer" if built.window else ""
    return f"{used} tokens ({built.how}){window}: {slots}"
