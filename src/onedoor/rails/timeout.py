"""One attempt may be slow in four ways, each with its own limit."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from onedoor.clock import loop_time
from onedoor.errors import AttemptTimeout, Stage
from onedoor.pipeline import Next
from onedoor.rails.setting import setting
from onedoor.tap import Watched
from onedoor.types import Call, Limits, Reply, replace


@dataclass(frozen=True, slots=True)
class Timeout:
    """Ends an attempt that is too slow to connect, to begin, between two tokens, or as a whole.

    The stall timer starts anew with every token, not with keep-alives. `first_token` and `stall` need a stream, so
    setting one makes onedoor stream from the provider.
    """

    limits: Limits = setting("timeout", default=Limits())

    async def __call__(self, call: Call, call_next: Next) -> Reply:
        limits = self.limits.under(call.limits)
        watch = _Watch(limits, call.trail.now)
        try:
            async with asyncio.timeout_at(watch.until) as watch.scope:
                return await call_next(_watched(call, limits, watch))
        except TimeoutError:
            if not watch.scope.expired():
                raise
            provider = call.candidate.provider if call.candidate else ""
            raise AttemptTimeout(watch.stage, watch.seconds, provider=provider) from None


def _watched(call: Call, limits: Limits, watch: _Watch) -> Call:
    if not limits.watched:
        return replace(call, limits=limits)
    return replace(call, limits=limits, stream=True, tap=Watched(call.tap, watch.progress))


class _Watch:
    """Which limit comes next, and when."""

    __slots__ = ("_end", "_limits", "scope", "seconds", "stage", "until")

    scope: asyncio.Timeout
    stage: Stage

    def __init__(self, limits: Limits, now: float) -> None:
        self._limits = limits
        self._end = None if limits.total is None else now + limits.total
        self._expect("first_token", limits.first_token, now)

    def progress(self) -> None:
        """A token has come: the stall timer starts anew, unless the attempt is already being ended."""
        if not self.scope.expired():
            self._expect("stall", self._limits.stall, loop_time())
            self.scope.reschedule(self.until)

    def _expect(self, stage: Stage, seconds: float | None, now: float) -> None:
        """The next thing to wait for: this stage, or the end of the whole attempt if that is sooner."""
        until = None if seconds is None else now + seconds
        if until is None or (self._end is not None and self._end < until):
            self.stage, self.seconds, self.until = "total", self._limits.total or 0.0, self._end
        else:
            self.stage, self.seconds, self.until = stage, seconds or 0.0, until
