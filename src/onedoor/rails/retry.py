"""A passing fault is tried again, a little later, not too often."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable
from dataclasses import dataclass

from onedoor.clock import loop_time
from onedoor.errors import Transient
from onedoor.pipeline import Next
from onedoor.policy import backoff, quota
from onedoor.rails.setting import part, setting
from onedoor.types import Call, Reply


@dataclass(frozen=True, slots=True)
class Retry:
    """Sends the same call to the same candidate again after a transient fault.

    At most `sends` requests per candidate, none repeated once the call has made `per_call`. Waits with full jitter,
    never less than the provider's Retry-After, never past the deadline; each provider has a quota of retries.
    """

    sends: int = setting("retry.sends", default=3)
    per_call: int = setting("retry.per_call", default=6)
    max_wait: float = setting("retry.max_wait", default=20.0)
    quotas: dict[str, int] = part(default_factory=dict)
    jitter: Callable[[], float] = part(default=random.random)

    async def __call__(self, call: Call, call_next: Next) -> Reply:
        sends = 0
        while True:
            sends += 1
            try:
                reply = await call_next(call)
            except Transient as error:
                seconds = self._wait(call, error, sends)
                if seconds is None:
                    raise
                call.trail.remark(f"waited {seconds:.3g} s after {error.code}")
            else:
                self._succeeded(call)
                return reply
            await asyncio.sleep(seconds)

    def _wait(self, call: Call, error: Transient, sends: int) -> float | None:
        """How long until the next send, None when there is none."""
        if sends >= self.sends or call.trail.attempts >= self.per_call:
            return None
        seconds = backoff.wait(error, sends, cap=self.max_wait, jitter=self.jitter())
        if seconds is None or _too_late(call, seconds):
            return None
        balance = quota.after_retry(self.quotas.get(_provider(call), quota.FULL), error)
        if balance is None or not call.rewind():
            return None
        self.quotas[_provider(call)] = balance
        return seconds

    def _succeeded(self, call: Call) -> None:
        balance = self.quotas.get(_provider(call))
        if balance is not None:
            self.quotas[_provider(call)] = quota.after_success(balance)


def _too_late(call: Call, seconds: float) -> bool:
    return call.deadline is not None and loop_time() + seconds >= call.deadline


def _provider(call: Call) -> str:
    return call.candidate.provider if call.candidate else ""
