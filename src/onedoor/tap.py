"""Where deltas go while an answer is being written. Streaming is a tap on the road, not a second road."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from onedoor.types import Delta, Reply, ToolCallDelta


class Tap(Protocol):
    """Takes deltas as they come."""

    def push(self, delta: Delta) -> None:
        """Take the next piece of the answer."""

    def rewind(self) -> bool:
        """Forget what was pushed so that the answer can begin again; False when a reader has already seen some."""


def replay(tap: Tap, reply: Reply) -> None:
    """Show a reader a reply that is already whole."""
    if reply.reasoning:
        tap.push(Delta(reasoning=reply.reasoning))
    if reply.text:
        tap.push(Delta(reply.text))
    for place, tool in enumerate(reply.tool_calls):
        tap.push(Delta(tool_call=ToolCallDelta(place, tool.id, tool.name, tool.arguments)))


class Silent:
    """Nobody reads along."""

    __slots__ = ()

    def push(self, delta: Delta) -> None:
        """Drop it: the whole reply carries the text."""

    def rewind(self) -> bool:
        return True


class Live:
    """A reader sees every delta at once, so nothing shown can be taken back."""

    __slots__ = ("_put", "_shown")

    def __init__(self, put: Callable[[Delta], None]) -> None:
        self._put = put
        self._shown = False

    def push(self, delta: Delta) -> None:
        self._shown = True
        self._put(delta)

    def rewind(self) -> bool:
        return not self._shown


class Held:
    """Keeps deltas back until the reply is accepted."""

    __slots__ = ("_kept", "_tap")

    def __init__(self, tap: Tap) -> None:
        self._tap = tap
        self._kept: list[Delta] = []

    def push(self, delta: Delta) -> None:
        self._kept.append(delta)

    def rewind(self) -> bool:
        self._kept.clear()
        return True

    def release(self) -> None:
        """Hand everything on to the reader."""
        for delta in self._kept:
            self._tap.push(delta)
        self._kept.clear()


class Watched:
    """Tells a watcher of every delta on its way through."""

    __slots__ = ("_progress", "_tap")

    def __init__(self, tap: Tap, progress: Callable[[], None]) -> None:
        self._tap = tap
        self._progress = progress

    def push(self, delta: Delta) -> None:
        self._progress()
        self._tap.push(delta)

    def rewind(self) -> bool:
        return self._tap.rewind()
