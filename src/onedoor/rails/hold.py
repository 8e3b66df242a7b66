"""A reader sees nothing of an answer that may still be taken back."""

from __future__ import annotations

from dataclasses import dataclass

from onedoor.pipeline import Next
from onedoor.tap import Held
from onedoor.types import Call, Reply, replace


@dataclass(frozen=True, slots=True)
class Hold:
    """Keeps the deltas of a stream back until the reply is accepted, so that every loop inside may begin again."""

    async def __call__(self, call: Call, call_next: Next) -> Reply:
        held = Held(call.tap)
        reply = await call_next(replace(call, tap=held))
        held.release()
        return reply
