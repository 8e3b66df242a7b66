"""A provider that says what it was told to: for tests of what stands around a model."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from onedoor.errors import RequestRejected
from onedoor.providers.draft import Draft
from onedoor.types import Call, Reply, ServedModel, ToolCallDelta, Usage


@dataclass(frozen=True, slots=True)
class Wait:
    """A step that takes time before the next one."""

    seconds: float


Step = str | Reply | BaseException | Wait | Sequence["str | BaseException | Wait"]
"""One answer: a text, a whole Reply, an error to raise, a wait, or a sequence of pieces streamed one by one."""


class Scripted:
    """Answers with one step after another and keeps the calls it got; `calls` is the truth a test asserts on.

    A sequence is a stream: its strings are pushed piece by piece, a `Wait` sleeps, an error breaks it off. A `Wait`
    that is a step of its own delays the answer after it. When the script is used up the last step is repeated with
    `repeat=True`; otherwise asking again is an AssertionError that says so.
    """

    def __init__(self, steps: Iterable[Step], *, name: str = "scripted", repeat: bool = False) -> None:
        self.calls: list[Call] = []
        self._steps = list(steps)
        self._name = name
        self._repeat = repeat
        self._place = 0

    async def chat(self, call: Call) -> Reply:
        self.calls.append(call)
        step = self._next()
        while isinstance(step, Wait):
            await asyncio.sleep(step.seconds)
            step = self._next()
        return await self._say(call, step)

    async def embed(self, call: Call) -> Reply:
        """A vector of each text's length, so that a test can tell them apart."""
        self.calls.append(call)
        draft = Draft(call, self._name)
        draft.finish = "stop"
        return replace(draft.reply(), data=tuple((float(len(text)),) for text in call.texts))

    async def models(self) -> tuple[ServedModel, ...]:
        return (ServedModel(self._name),)

    async def count_tokens(self, model: str, text: str) -> int:
        raise RequestRejected(f"{self._name} follows a script: it counts no tokens", provider=self._name)

    async def close(self) -> None:
        """Nothing to let go of."""

    def _next(self) -> Step:
        if self._place >= len(self._steps):
            if not (self._repeat and self._steps):
                raise AssertionError(f"{self._name!r} was asked again after all {len(self._steps)} steps of its script")
            return self._steps[-1]
        self._place += 1
        return self._steps[self._place - 1]

    async def _say(self, call: Call, step: Step) -> Reply:
        if isinstance(step, BaseException):
            raise step
        draft = Draft(call, self._name)
        draft.finish = "stop"
        if isinstance(step, Reply):
            return _whole(draft, step)
        for piece in step if isinstance(step, Sequence) and not isinstance(step, str) else (step,):
            await _piece(draft, piece)
        return draft.reply()


async def _piece(draft: Draft, piece: object) -> None:
    if isinstance(piece, BaseException):
        raise piece
    if isinstance(piece, Wait):
        await asyncio.sleep(piece.seconds)
    else:
        draft.text(str(piece))


def _whole(draft: Draft, reply: Reply) -> Reply:
    """A given Reply, its text and tool calls pushed like any other's; what it leaves out is filled in."""
    draft.text(reply.text)
    for place, tool in enumerate(reply.tool_calls):
        draft.tool_call(ToolCallDelta(place, tool.id, tool.name, tool.arguments))
    draft.usage = reply.usage if reply.usage != Usage() else None
    filled = draft.reply()
    return replace(
        reply,
        model=reply.model or filled.model,
        provider=reply.provider or filled.provider,
        served=reply.served or filled.served,
        usage=filled.usage,
        cost=reply.cost or filled.cost,
        first_token=reply.first_token or filled.first_token,
    )
