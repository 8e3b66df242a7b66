"""Calls as the road would hand them to a provider, and a reader that keeps what it sees."""

from __future__ import annotations

import time
from typing import Any

from onedoor.tap import Live, Silent
from onedoor.trail import Trail
from onedoor.types import Call, Candidate, Delta, Limits, Message, Options, Text

MODEL = Candidate("mine", "p", "served-0")


def user(text: str) -> Message:
    return Message("user", (Text(text),))


def asking(*messages: Message, candidate: Candidate = MODEL, seen: list[Delta] | None = None, **fields: Any) -> Call:
    """A call; with `seen` it streams and its deltas are put there."""
    tap = Silent() if seen is None else Live(seen.append)
    options = fields.pop("options", Options())
    limits = fields.pop("limits", Limits())
    stream = fields.pop("stream", seen is not None)
    said = messages or (user("hello"),)
    return Call(
        "01HZX4N9K2",
        "t",
        "c",
        said,
        options,
        limits,
        tap,
        Trail(time.monotonic),
        stream=stream,
        candidate=candidate,
        **fields,
    )
