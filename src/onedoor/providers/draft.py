"""A reply while it is being written."""

from __future__ import annotations

import time
from collections.abc import Callable

from onedoor.policy.prices import cost_of, reported
from onedoor.policy.tokens import estimate
from onedoor.types import (
    Call,
    Candidate,
    Delta,
    FinishReason,
    Reply,
    Text,
    Thinking,
    Timings,
    ToolCall,
    ToolCallDelta,
    Usage,
)


class Draft:
    """Collects what a provider says, passing every piece to the call's tap; `reply()` is the whole of it.

    The adapter sets `finish`, `refused`, `usage`, `served`, `fingerprint`, `timings` and `usd` as the wire tells them.
    """

    def __init__(self, call: Call, provider: str, *, clock: Callable[[], float] = time.monotonic) -> None:
        self.finish: FinishReason | None = None
        self.usage: Usage | None = None
        self.served = ""
        self.fingerprint = ""
        self.timings: Timings | None = None
        self.usd: float | None = None
        self.signature = ""
        self.refused = False
        self._call = call
        self._provider = provider
        self._clock = clock
        self._begun = clock()
        self._first: float | None = None
        self._text: list[str] = []
        self._reasoning: list[str] = []
        self._tools: dict[int, _Tool] = {}

    def text(self, piece: str) -> None:
        """The next words of the answer."""
        if piece:
            self._text.append(piece)
            self._push(Delta(piece))

    def reasoning(self, piece: str) -> None:
        """The next words of the model's reasoning."""
        if piece:
            self._reasoning.append(piece)
            self._push(Delta(reasoning=piece))

    def tool_call(self, piece: ToolCallDelta) -> None:
        """The next piece of a tool call."""
        self._tools.setdefault(piece.index, _Tool()).add(piece)
        self._push(Delta(tool_call=piece))

    def reply(self) -> Reply:
        """The whole answer. Usage the provider left out is estimated and says so."""
        candidate = asked(self._call)
        text = "".join(self._text)
        reasoning = "".join(self._reasoning)
        usage = self.usage or _guess(self._call, text + reasoning)
        return Reply(
            text,
            model=candidate.name,
            provider=self._provider,
            served=self.served or candidate.served,
            reasoning=reasoning,
            parts=_parts(text, reasoning, self.signature),
            tool_calls=tuple(tool.call(place) for place, tool in sorted(self._tools.items())),
            usage=usage,
            cost=reported(self.usd) or cost_of(usage, candidate.price),
            finish_reason="refusal" if self.refused else self.finish or "other",
            first_token=self._first,
            timings=self.timings,
            fingerprint=self.fingerprint,
        )

    def _push(self, delta: Delta) -> None:
        if self._first is None and self._call.stream:
            self._first = self._clock() - self._begun
        self._call.tap.push(delta)


class _Tool:
    __slots__ = ("_arguments", "_id", "_name")

    def __init__(self) -> None:
        self._id = ""
        self._name = ""
        self._arguments: list[str] = []

    def add(self, piece: ToolCallDelta) -> None:
        self._id = self._id or piece.id
        self._name = self._name or piece.name
        self._arguments.append(piece.arguments)

    def call(self, place: int) -> ToolCall:
        return ToolCall(self._id or f"call_{place}", self._name, "".join(self._arguments) or "{}")


def asked(call: Call) -> Candidate:
    """The candidate this attempt asks; Fallback has set it."""
    if call.candidate is None:
        raise LookupError("a provider was reached without a candidate: the road needs the Fallback rail")
    return call.candidate


def _parts(text: str, reasoning: str, signature: str) -> tuple[Thinking | Text, ...]:
    """Kept only where a signed reasoning block must go back as it came; else the text says it all."""
    if not signature:
        return ()
    words = (Text(text),) if text else ()
    return (Thinking(reasoning, signature), *words)


def _guess(call: Call, written: str) -> Usage:
    return Usage(
        input=sum(estimate(message.text) for message in call.messages) + sum(map(estimate, call.texts)),
        output=estimate(written) if written else 0,
        estimated=True,
    )
