"""A reply while it is being written."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from onedoor.clock import loop_time
from onedoor.errors import BadEnvelope
from onedoor.policy.faults import remaining
from onedoor.policy.prices import reported
from onedoor.policy.tokens import estimate
from onedoor.prices import priced
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

    The adapter sets `finish`, `refused`, `usage`, `served`, `fingerprint`, `timings`, `usd` and `headers` as the wire
    tells them.
    """

    def __init__(self, call: Call, provider: str, *, clock: Callable[[], float] = loop_time) -> None:
        self.finish: FinishReason | None = None
        self.usage: Usage | None = None
        self.served = ""
        self.fingerprint = ""
        self.timings: Timings | None = None
        self.usd: float | None = None
        self.headers: Mapping[str, str] = {}
        self.refused = False
        self._call = call
        self._provider = provider
        self._clock = clock
        self._begun = clock()
        self._first: float | None = None
        self._text: list[str] = []
        self._reasoning: list[str] = []
        self._tools: dict[int, _Tool] = {}
        self._signed: list[Text | Thinking] = []
        self._marks = (0, 0)

    @property
    def tools(self) -> int:
        """How many tool calls have begun."""
        return len(self._tools)

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

    def sign(self, signature: str) -> None:
        """The reasoning since the last signature is signed: it is kept as it came, after the words before it."""
        self._signed += self._words()
        self._signed.append(Thinking("".join(self._reasoning[self._marks[1] :]), signature))
        self._marks = (len(self._text), len(self._reasoning))

    def tool_call(self, piece: ToolCallDelta) -> None:
        """The next piece of a tool call. One that comes without an id gets one nothing else in the conversation has."""
        if piece.index not in self._tools and not piece.id:
            piece = replace(piece, id=f"call_{self._call.id[-16:]}_{piece.index}")
        self._tools.setdefault(piece.index, _Tool()).add(piece)
        self._push(Delta(tool_call=piece))

    def reply(self) -> Reply:
        """The whole answer. Usage the provider left out is estimated and says so."""
        candidate = asked(self._call)
        text = "".join(self._text)
        reasoning = "".join(self._reasoning)
        tool_calls = tuple(tool.call() for _, tool in sorted(self._tools.items()))
        usage = self.usage or _guess(self._call, text + reasoning + _calls(tool_calls))
        return Reply(
            text,
            model=candidate.name,
            provider=self._provider,
            served=self.served or candidate.served,
            reasoning=reasoning,
            parts=(*self._signed, *self._words()) if self._signed else (),
            tool_calls=tool_calls,
            usage=usage,
            cost=reported(self.usd) or priced(usage, candidate, self.served),
            finish_reason="refusal" if self.refused else self.finish or "other",
            first_token=self._first,
            timings=self.timings,
            remaining=remaining(self.headers, usage.total) if self.headers else None,
            fingerprint=self.fingerprint,
        )

    def embedded(self, vectors: Sequence[Sequence[float]]) -> Reply:
        """The answer to an embedding call: one vector for each of its texts."""
        if len(vectors) != len(self._call.texts):
            counts = f"{len(vectors)} vectors for {len(self._call.texts)} texts"
            raise BadEnvelope(f"{self._provider} gave {counts}", provider=self._provider)
        self.finish = "stop"
        return replace(self.reply(), data=tuple(tuple(vector) for vector in vectors))

    def _words(self) -> tuple[Text, ...]:
        """The text since the last signature."""
        words = "".join(self._text[self._marks[0] :])
        return (Text(words),) if words else ()

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

    def call(self) -> ToolCall:
        return ToolCall(self._id, self._name, "".join(self._arguments) or "{}")


def asked(call: Call) -> Candidate:
    """The candidate this attempt asks; Fallback has set it."""
    if call.candidate is None:
        raise LookupError("a provider was reached without a candidate: the road needs the Fallback rail")
    return call.candidate


def _calls(tool_calls: Sequence[ToolCall]) -> str:
    return "".join(tool.name + tool.arguments for tool in tool_calls)


def _guess(call: Call, written: str) -> Usage:
    asked_in = (*(turn.text + _calls(turn.tool_calls) for turn in call.messages), *call.texts)
    return Usage(input=sum(map(estimate, asked_in)), output=estimate(written), estimated=True)
