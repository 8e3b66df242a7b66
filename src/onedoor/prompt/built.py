"""A prompt as one candidate is sent it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from onedoor.prompt.trimmed import Trimmed
from onedoor.types import Message


@dataclass(frozen=True, slots=True)
class Built:
    """What a candidate is sent, and how much of its window that takes.

    messages  the turns in order, system message first
    trimmed   what was left out so that they fit
    tokens    by slot: "system", "constraints", "hint", "examples", "context", "conversation", "question", "tools";
              empty where the candidate has no known window, because nothing was counted then
    how       how they were counted: "exact", "learnt" or "estimated"
    window    the candidate's context window in tokens, and `reserved` what of it is kept for the answer
    """

    model: str
    messages: tuple[Message, ...]
    trimmed: tuple[Trimmed, ...] = ()
    tokens: Mapping[str, int] = field(default_factory=dict)
    how: str = ""
    window: int | None = None
    reserved: int = 0
