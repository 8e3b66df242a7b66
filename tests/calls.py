"""A call of no particular kind."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from onedoor import Call, Candidate, Limits, Message, Options, Text, Trail
from onedoor.tap import Silent


def a_call(prompt: str, clock: Callable[[], float], **fields: Any) -> Call:
    """A question to a hosted model; `fields` are what it has otherwise."""
    usual: dict[str, Any] = {
        "id": "call-1",
        "task": "chat",
        "caller": "",
        "messages": (Message("user", (Text(prompt),)),),
        "options": Options(),
        "limits": Limits(),
        "tap": Silent(),
        "trail": Trail(clock),
        "candidate": Candidate("small", "hosted", "small-1"),
    }
    return Call(**usual | fields)
