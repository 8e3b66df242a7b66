"""The story of one call: which rail did what, how long it took, what every attempt came to."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from typing import Literal

import msgspec

from onedoor.clock import loop_time

Outcome = Literal["passed", "changed", "answered", "repeated", "recovered", "refused", "raised", "failed"]
"""What a rail did.

passed     handed the reply up as it came
changed    handed up another reply than it was given
answered   replied by itself, nothing below was asked
repeated   asked below more than once and got a reply
recovered  got an error from below and replied all the same
refused    raised by itself, nothing below was asked
raised     raised another error than it was given
failed     let an error from below through
"""

QUIET: frozenset[Outcome] = frozenset({"passed", "failed"})
"""The outcomes of a rail that had nothing to do."""


class Note(msgspec.Struct, frozen=True):
    """What one rail, or one attempt at a provider, did.

    `at` is seconds since the call began; `depth` is the rail's place on the road, so notes nest like the road does.
    `error` is the code of the error that came out, empty when a reply did. `candidate` is set on attempts.
    """

    rail: str
    depth: int
    at: float
    seconds: float
    outcome: Outcome
    error: str = ""
    message: str = ""
    candidate: str = ""
    remark: str = ""

    @property
    def fired(self) -> bool:
        """Whether the rail did more than pass things through."""
        return self.outcome not in QUIET


class Found(msgspec.Struct, frozen=True):
    """Something the guard found in this call, and what it did about it.

    source    "user", "document NAME", "tool", "answer", "reasoning" or "tool call NAME"
    id        what was found, "family.name"; `owasp` the risk it belongs to
    start, end, view   where, in code points of that text, and how it was read ("" as written, else "base64" …)
    score     how likely that text is an attack, 0 to 1
    action    "blocked", "dropped", "marked", "redacted" or "logged"
    """

    source: str
    id: str
    severity: str
    owasp: str
    start: int
    end: int
    view: str
    score: float
    action: str

    def __str__(self) -> str:
        how = f" ({self.view})" if self.view else ""
        return f"{self.source}: {self.id}{how} at {self.start}-{self.end}, {self.action}"


class Opinion(msgspec.Struct, frozen=True):
    """What a verifier thinks of an answer.

    verdict  "accepted", "rejected", or "unknown" where it couldn't tell
    kind     "check", "judge" (a model) or "person"; `by` is its name
    model    whose answer it is about
    score    0 to 1 where it gave one
    """

    verdict: Literal["accepted", "rejected", "unknown"]
    kind: Literal["check", "judge", "person"]
    by: str
    reason: str = ""
    score: float | None = None
    model: str = ""

    def __str__(self) -> str:
        because = f": {self.reason}" if self.reason else ""
        return f"{self.verdict} by {self.by}{because}"


def code_of(error: BaseException) -> str:
    """The stable name of an error: its `code`, with the diagnosis of an answer behind it, "cancelled", or its class."""
    if isinstance(error, asyncio.CancelledError):
        return "cancelled"
    code, mode = str(getattr(error, "code", type(error).__name__)), getattr(error, "mode", "")
    return f"{code}/{mode}" if mode else code


def words_of(error: BaseException) -> str:
    """What an error says, or its class where it says nothing, or can't."""
    try:
        return str(error) or type(error).__name__
    except Exception:  # noqa: BLE001 - an error of the user's own may fail at that as well
        return type(error).__name__


class Span(msgspec.Struct, gc=False):
    """A note while it is being written. It refers to nothing that could refer to it."""

    rail: str
    depth: int
    begun: float
    candidate: str
    ended: float | None = None
    aside: bool = False
    same: bool = False
    error: str = ""
    message: str = ""
    remark: str = ""


Inner = list[Span]
"""The spans one step below another."""


class Trail:
    """Appended to while a call is under way, read afterwards: iterate it for its notes, outermost first."""

    __slots__ = ("_clock", "_passing", "_sent", "_spans", "begun", "found", "opinions")

    def __init__(self, clock: Callable[[], float] | None = None) -> None:
        self._clock = clock or asyncio.get_running_loop().time
        self._spans: list[Span] = []
        self._sent: list[Span] = []
        self._passing: object = None
        self.found: list[Found] = []
        self.opinions: list[Opinion] = []
        self.begun = self._clock()

    def enter(self, rail: str, depth: int, candidate: str = "") -> Span:
        """Open a note; the composer calls this, not a rail. One with a candidate is a request to a provider."""
        span = Span(rail, depth, self._clock(), candidate)
        self._spans.append(span)
        if candidate:
            self._sent.append(span)
        return span

    def leave(self, span: Span, result: object) -> None:
        """Close a note with the reply or the error that came out of the rail."""
        span.ended = self._clock()
        span.same = result is self._passing
        self._passing = result
        if isinstance(result, BaseException):
            span.error = code_of(result)
            span.message = str(result)
        if not span.depth:
            self._end()

    def _end(self) -> None:
        """The call is over: whoever keeps its trail keeps neither the reply nor the loop with it."""
        self._passing, self._clock = None, loop_time

    def remark(self, text: str) -> None:
        """Add why to the innermost open note: `waited 1.2 s after throttled`."""
        for span in reversed(self._spans):
            if span.ended is None:
                span.remark = f"{span.remark}; {text}" if span.remark else text
                return

    def branch(self) -> Trail:
        """A trail for asking aside, as for a second sample, so that several can at once; `join` it afterwards."""
        return Trail(self._clock)

    def join(self, branch: Trail) -> None:
        """Take over what happened on a branch. Its requests count, but none of them was the answer's."""
        for span in branch._spans:
            span.aside = True
        self._spans += branch._spans
        self._sent += branch._sent

    @property
    def now(self) -> float:
        """This moment on the call's clock, its loop's: the quickest way to ask it."""
        return self._clock()

    @property
    def elapsed(self) -> float:
        """Seconds since the call began."""
        return self._clock() - self.begun

    @property
    def attempts(self) -> int:
        """How many requests were sent to providers."""
        return len(self._sent)

    @property
    def sends(self) -> dict[str, int]:
        """How many requests each candidate got, by its name."""
        counts: dict[str, int] = {}
        for span in self._sent:
            counts[span.candidate] = counts.get(span.candidate, 0) + 1
        return counts

    @property
    def last_send(self) -> float:
        """Seconds from the call's begin to its last attempt, those aside left out."""
        sends = [span.begun for span in self._sent if not span.aside]
        return sends[-1] - self.begun if sends else 0.0

    @property
    def notes(self) -> tuple[Note, ...]:
        """What happened, in the order it began."""
        latest = max((span.ended or span.begun for span in self._spans), default=self.begun)
        return tuple([self._note(span, inner, latest) for span, inner in zip(self._spans, self._inner(), strict=True)])

    def __iter__(self) -> Iterator[Note]:
        return iter(self.notes)

    def _note(self, span: Span, inner: Inner, latest: float) -> Note:
        ended = latest if span.ended is None else span.ended
        at, seconds, outcome = span.begun - self.begun, ended - span.begun, _outcome(span, inner)
        return Note(span.rail, span.depth, at, seconds, outcome, span.error, span.message, span.candidate, span.remark)

    def _inner(self) -> list[Inner]:
        """What came back to each span from one step below: the road is walked in order, so that follows it."""
        found: list[Inner] = [[] for _ in self._spans]
        open_at: dict[int, Inner] = {}
        for span, inner in zip(self._spans, found, strict=True):
            open_at[span.depth] = inner
            if span.depth - 1 in open_at:
                open_at[span.depth - 1].append(span)
        return found


def _outcome(span: Span, inner: Inner) -> Outcome:
    if span.ended is None:
        return "failed" if inner and inner[-1].error else "passed"
    if span.candidate:
        return "failed" if span.error else "answered"
    if span.error:
        if not inner:
            return "refused"
        return "failed" if span.same else "raised"
    if not inner:
        return "answered"
    if inner[-1].error:
        return "recovered"
    if len(inner) > 1:
        return "repeated"
    return "passed" if span.same else "changed"
