"""Reads along while an answer goes down the road, and calls a stop as soon as it can't come to anything."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from onedoor.output.contract import Diagnosis, Mode
from onedoor.output.stream.prefix import Prefix
from onedoor.output.stream.runaway import Runaway
from onedoor.tap import Tap
from onedoor.types import Delta


class Guarded:
    """Passes deltas on, watches them, and calls `stop` once with the first reason to.

    `prefix` reads the text. `runaway` reads text, reasoning and the arguments of each tool call, each for itself.
    `partials` is given the committed value whenever it grew: the same object each time, to be copied if kept.
    """

    __slots__ = ("_partials", "_prefix", "_runaway", "_stop", "_stopped", "_tap", "_watches")

    def __init__(
        self,
        tap: Tap,
        *,
        stop: Callable[[Diagnosis], None],
        prefix: Prefix | None = None,
        runaway: Runaway | None = None,
        partials: Callable[[Any], None] | None = None,
    ) -> None:
        self._tap = tap
        self._stop = stop
        self._prefix = prefix
        self._runaway = runaway
        self._partials = partials
        self._watches: dict[str | int, Runaway] = {}
        self._stopped = False

    def push(self, delta: Delta) -> None:
        self._tap.push(delta)
        if self._stopped:
            return
        reason = self._hopeless(delta) or self._loops(delta)
        if reason is not None:
            self._stopped = True
            self._stop(reason)

    def rewind(self) -> bool:
        """Begin again: what was read is forgotten, and the next reason is told again."""
        self._stopped = False
        self._watches.clear()
        if self._prefix is not None:
            self._prefix.reset()
        return self._tap.rewind()

    def _hopeless(self, delta: Delta) -> Diagnosis | None:
        if self._prefix is None or not delta.text:
            return None
        grew = self._prefix.feed(delta.text)
        if grew and self._partials is not None:
            self._partials(self._prefix.value)
        broken = self._prefix.hopeless
        if broken is None:
            return None
        mode: Mode = "syntax" if self._prefix.malformed else "schema"
        return Diagnosis(mode, f"stopped while it was written: {broken}", (broken,))

    def _loops(self, delta: Delta) -> Diagnosis | None:
        for source, piece in _pieces(delta):
            loop = self._watch(source, self._runaway).feed(piece) if self._runaway else None
            if loop is not None:
                return Diagnosis("runaway", f"stopped while it was written: {loop}")
        return None

    def _watch(self, source: str | int, like: Runaway) -> Runaway:
        if source not in self._watches:
            self._watches[source] = Runaway(like.bounds)
        return self._watches[source]


def _pieces(delta: Delta) -> Iterator[tuple[str | int, str]]:
    """What a delta adds, and to what; a tool call is known by its index."""
    if delta.text:
        yield "text", delta.text
    if delta.reasoning:
        yield "reasoning", delta.reasoning
    if delta.tool_call is not None:
        yield delta.tool_call.index, delta.tool_call.arguments
