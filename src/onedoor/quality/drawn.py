"""Cases drawn from the ledger: what was really asked of a task, each question once."""

from __future__ import annotations

import base64
from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

from onedoor.errors import InvalidCall
from onedoor.ledger.ledger import Ledger
from onedoor.ledger.query import Filter
from onedoor.messages import as_context
from onedoor.quality.cases import Case
from onedoor.types import Document, Image, Message, Part, Text, Thinking, ToolCall

TAG = "compare"
"""The metadata a comparison's own calls carry: they aren't drawn again."""


def drawn(ledger: Ledger, *, task: str, last: int, system: str = "", since: float | None = None) -> tuple[Case, ...]:
    """The last questions of a task whose bodies are kept, oldest first; the ids are those of their calls.

    `system` is the task's own system message: it isn't taken as the question's. Raises InvalidCall where none is kept.
    """
    found: list[Case] = []
    seen: set[str] = set()
    calls = 0
    for call in ledger.calls(Filter(task=task, since=since)):
        if call.parent or TAG in call.metadata or call.prompt_hash in seen:
            continue
        calls += 1
        body = ledger.show(call.id).body
        if body is not None:
            seen.add(call.prompt_hash)
            found.append(_case(call.id, body.request, system))
        if len(found) == last:
            break
    if not found:
        raise InvalidCall(_why(task, calls))
    return tuple(reversed(found))


def _why(task: str, calls: int) -> str:
    if not calls:
        return f"the ledger has no call of task {task!r} to draw cases from"
    return (
        f"the ledger has {calls} calls of task {task!r} and kept the words of none; "
        "with `bodies = true` in [state] it keeps those to come"
    )


def _case(call: str, request: str, system: str) -> Case:
    asked = msgspec.json.decode(request)
    turns = tuple(map(_turn, asked["messages"]))
    own = ""
    if turns and turns[0].role == "system":
        own = "" if turns[0].text == system else turns[0].text
        turns = turns[1:]
    return Case(call, turns, own, _documents(asked["context"]))


def _documents(context: list[Any]) -> tuple[Document, ...]:
    return as_context(context) if context else ()


def _turn(turn: Mapping[str, Any]) -> Message:
    return Message(
        turn["role"],
        tuple(map(_part, turn.get("parts", ()))),
        tuple(ToolCall(one["id"], one["name"], one["arguments"]) for one in turn.get("tool_calls", ())),
        turn.get("tool_call_id", ""),
        turn.get("stable", False),
    )


def _part(part: Mapping[str, Any]) -> Part:
    match part:
        case {"text": str(text), "signature": str(signature)}:
            return Thinking(text, signature)
        case {"text": str(text)}:
            return Text(text)
        case {"data": str(data), "url": str(url), "media_type": str(media_type)}:
            return Image(base64.b64decode(data), url, media_type)
    raise InvalidCall(f"the ledger holds a part no case can have: {sorted(part)}")


def texts(cases: tuple[Case, ...]) -> Iterator[Case]:
    """Those that can be written to a file: a picture can't."""
    return (case for case in cases if all(isinstance(part, Text) for turn in case.messages for part in turn.parts))
