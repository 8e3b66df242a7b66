"""The whole call has one deadline, whatever happens inside."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from dataclasses import dataclass

from onedoor.errors import DeadlineExceeded
from onedoor.pipeline import Next
from onedoor.rails.setting import setting
from onedoor.types import Call, Reply, replace


@dataclass(frozen=True, slots=True)
class Deadline:
    """Ends the call after `seconds`, or after the call's own deadline if it brings one."""

    seconds: float | None = setting("deadline", default=None)

    def __call__(self, call: Call, call_next: Next) -> Awaitable[Reply]:
        seconds = self.seconds if call.deadline is None else call.deadline - call.trail.begun
        return call_next(call) if seconds is None else self._within(seconds, call, call_next)

    async def _within(self, seconds: float, call: Call, call_next: Next) -> Reply:
        until = call.trail.begun + seconds
        try:
            async with asyncio.timeout_at(until) as scope:
                return await call_next(replace(call, deadline=until))
        except TimeoutError:
            if not scope.expired():
                raise
            raise DeadlineExceeded(seconds) from None
