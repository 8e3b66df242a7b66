"""A caller or user who asks too often costs nothing more than the answer that it is so."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from dataclasses import dataclass
from typing import Literal

from onedoor.clock import loop_time
from onedoor.errors import RateLimited
from onedoor.pipeline import Next
from onedoor.plan import Plan
from onedoor.policy.patience import latest, pause
from onedoor.policy.terms import Limit as Rate
from onedoor.policy.terms import Refusal
from onedoor.rails.setting import part, setting
from onedoor.state import State
from onedoor.types import Call, Reply


@dataclass(frozen=True, slots=True)
class Limit:
    """Counts each call against the rates of its caller and its user, once, before anything looks at it.

    Over a caller's rate it waits as `on_limit` and `max_wait` say; over a user's it is refused at once, so that nobody
    fills the queue. Raises RateLimited, which says when to try again.
    """

    on_limit: Literal["wait", "fail"] = setting("on_limit", default="wait")
    max_wait: float = setting("max_wait", default=60.0)
    plan: Plan = part(kw_only=True)
    state: State = part(kw_only=True)

    def __call__(self, call: Call, call_next: Next) -> Awaitable[Reply]:
        rates = self.plan.entry(call)
        return self._counted(rates, call, call_next) if rates else call_next(call)

    async def _counted(self, rates: tuple[Rate, ...], call: Call, call_next: Next) -> Reply:
        until = latest(self.on_limit, self.max_wait, deadline=call.deadline, now=loop_time())
        while (told := await self.state.enter(rates)) is not None:
            await self._wait(told, until)
        return await call_next(call)

    async def _wait(self, told: Refusal, until: float) -> None:
        """Until the rate has room again; raises the refusal where that would be too late."""
        seconds = pause(told.until, now=self.state.now, left=until - loop_time())
        if seconds is None or told.limit.startswith("user/"):
            raise RateLimited(told.message, limit=told.limit, until=told.until)
        await asyncio.sleep(seconds)
