"""The whole call has one deadline, whatever happens inside."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from onedoor.errors import DeadlineExceeded
from onedoor.pipeline import Next
from onedoor.rails.setting import setting
from onedoor.types import Call, Reply, replace


@dataclass(frozen=True, slots=True)
class Deadline:
    """Ends the call after `seconds`, or after the call's own deadline if it brings one."""

    seconds: float | None = setting("deadline", default=None)

    async def __call__(self, call: Call, call_next: Next) -> Reply:
        seconds = self.seconds if call.deadline is None else call.deadline - call.trail.begun
        if seconds is None:
            return await call_next(call)
        until = call.trail.begun + seconds
        try:
            async with asyncio.timeout_at(until) as scope:
                return await call_next(replace(call, deadline=until))
        except TimeoutError:
            if not scope.expired():
                raise
            raise DeadlineExceeded(seconds) from None
