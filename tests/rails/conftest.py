"""A short road under a fake clock: the rails under test, a scripted provider, and what a reader saw."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import pytest
from tests.calls import a_call

from onedoor import Call, Delta, Rail, Reply, Trail, compose
from onedoor.tap import Live
from onedoor.testing import FakeClock, Scripted


class Road:
    """Takes calls through some rails to `script`; `trail` is the latest call's, `seen` what a reader was shown."""

    def __init__(self) -> None:
        self.clock = FakeClock()
        self.script = Scripted([])
        self.trail = Trail(self.clock)
        self.seen: list[str] = []

    def call(self, prompt: str = "hi", **fields: Any) -> Call:
        return a_call(prompt, self.clock, **fields)

    def read(self, prompt: str = "hi", **fields: Any) -> Call:
        """The same with a reader looking on."""
        return self.call(prompt, stream=True, tap=Live(self._show), **fields)

    def take(self, rails: Sequence[Rail], steps: Iterable[Any] | Scripted, call: Call | None = None) -> Reply:
        """One call, to its end."""
        self.script = steps if isinstance(steps, Scripted) else Scripted(steps)
        call = call or self.call()
        self.trail = call.trail
        return self.clock.run(self._walk(rails, call))

    def outcome(self, rail: str) -> str:
        """What this rail did, by the latest call's trail."""
        return next(note.outcome for note in self.trail if note.rail == rail)

    async def _walk(self, rails: Sequence[Rail], call: Call) -> Reply:
        return await compose(rails, self.script.chat)(call)

    def _show(self, delta: Delta) -> None:
        self.seen.append(delta.text)


@pytest.fixture
def road() -> Road:
    return Road()
