"""For your own tests: a scripted provider, a clock that jumps, and a way to assert which rails a call took.

from onedoor.testing import FakeClock, Scripted, assert_trail

def test_a_busy_provider_is_asked_again():
    clock = FakeClock()
    script = Scripted([Throttled("busy", retry_after=30), "hello"])
    async def ask():
        async with onedoor.open_async(CONFIG, providers={"hosted": script}) as door:
            return await door.ask("hi", task="chat")
    reply = clock.run(ask())
    assert clock() >= 30
    assert_trail(reply, retry="repeated")
"""

from __future__ import annotations

import asyncio
import selectors
from collections.abc import Callable, Coroutine
from concurrent.futures import Executor
from typing import Any, TypeVar, TypeVarTuple

from onedoor.errors import OnedoorError
from onedoor.providers.function import Function
from onedoor.providers.scripted import Scripted, Wait
from onedoor.trail import QUIET, Note, Outcome
from onedoor.types import Reply

__all__ = ["FakeClock", "Function", "Scripted", "Wait", "assert_trail"]

T = TypeVar("T")
Ts = TypeVarTuple("Ts")


class FakeClock:
    """A clock that jumps: call it for the time in seconds, `run` a coroutine under it.

    Inside `run` every asyncio timer, sleep and timeout goes by this clock, and waiting takes no real time. While a
    thread works (`asyncio.to_thread`) the clock stands still. Nothing else in there may wait for the outside world.
    """

    def __init__(self, now: float = 0.0) -> None:
        self._now = now

    def __call__(self) -> float:
        return self._now

    def advance(self, seconds: float) -> None:
        """Let time pass."""
        if seconds < 0:
            raise ValueError(f"time can't go back: {seconds}")
        self._now += seconds

    def run(self, main: Coroutine[Any, Any, T]) -> T:
        """Run a coroutine to its end on a loop whose time is this clock's."""
        with asyncio.Runner(loop_factory=lambda: _JumpingLoop(self)) as runner:
            return runner.run(main)


class _JumpingLoop(asyncio.SelectorEventLoop):
    """An event loop that jumps to the next timer instead of waiting for it."""

    def __init__(self, clock: FakeClock) -> None:
        self._jumping = _JumpingSelector(clock)
        super().__init__(self._jumping)
        self._fake = clock

    def time(self) -> float:
        return self._fake()

    def run_in_executor(self, executor: Executor | None, func: Callable[[*Ts], T], *args: *Ts) -> asyncio.Future[T]:
        working = super().run_in_executor(executor, func, *args)
        self._jumping.threads += 1
        working.add_done_callback(self._jumping.ended)
        return working

    async def shutdown_default_executor(self, *timeout: Any) -> None:
        self._jumping.threads += 1
        try:
            await super().shutdown_default_executor(*timeout)
        finally:
            self._jumping.ended()


class _JumpingSelector(selectors.DefaultSelector):
    def __init__(self, clock: FakeClock) -> None:
        super().__init__()
        self._fake = clock
        self.threads = 0

    def ended(self, *work: object) -> None:
        """A thread has done its work, or nobody waits for it any more."""
        self.threads -= 1

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        ready: list[tuple[selectors.SelectorKey, int]] = super().select(0)
        if ready or timeout == 0:
            return ready
        if self.threads:
            return super().select(None)
        if timeout is None:
            raise RuntimeError("everything waits and no timer is set: under a FakeClock nothing else can wake it")
        self._fake.advance(timeout)
        return ready


def assert_trail(told: Reply | OnedoorError, **rails: Outcome) -> None:
    """Assert what rails did, by name; every rail not named must have had nothing to do.

    `record` always completes the reply and is left out unless named. A rail that ran several times counts by what it
    did when it did something.
    """
    did = _did(told)
    expected = {name: outcome for name, outcome in rails.items() if outcome not in QUIET}
    assert did == expected, f"the rails did {did}, not {expected}"


def _did(told: Reply | OnedoorError) -> dict[str, Outcome]:
    notes: tuple[Note, ...] = told.trail.notes if told.trail else ()
    return {note.rail: note.outcome for note in notes if note.fired and note.rail not in {"record", "attempt"}}
