"""What became of an item, how far a run is, and what holds for all of it."""

from __future__ import annotations

from typing import Any

import msgspec

from onedoor.types import Degraded, ToolCall

FORMAT = 2


class Result(msgspec.Struct, frozen=True, omit_defaults=True, gc=False):
    """What became of one item.

    key, place  the item's own key, and where it stood in the input, from 0
    data        the validated value as JSON has it, where a contract holds; of a workflow, the value of every step
    step        the step of a workflow whose call this is, or that was done once for all items; empty for an item
    dropped     the filter of the workflow that let the item go
    nano_usd    what every attempt at it cost, None where that isn't known; 0 for another item's answer
    error       the code of what it failed with, empty where there is an answer
    call        the call in the ledger
    cached      nothing was asked for it this time: it was done before, or another item asks the same
    """

    key: str
    place: int
    text: str = ""
    data: Any = None
    model: str = ""
    served: str = ""
    provider: str = ""
    nano_usd: int | None = None
    input: int = 0
    output: int = 0
    degraded: tuple[Degraded, ...] = ()
    finish_reason: str = ""
    score: float | None = None
    seconds: float = 0.0
    attempts: int = 0
    retries: int = 0
    error: str = ""
    kind: str = ""
    message: str = ""
    call: str = ""
    at: float = 0.0
    cached: bool = False
    step: str = ""
    dropped: str = ""
    tool_calls: tuple[ToolCall, ...] = ()

    @property
    def ok(self) -> bool:
        """Whether there is an answer."""
        return not self.error

    @property
    def usd(self) -> float | None:
        """US dollars of every attempt, None where that isn't known."""
        return None if self.nano_usd is None else self.nano_usd / 1e9


class Progress(msgspec.Struct):
    """How far a run is, counted from its rows. Money is nano-dollars, `seconds` the time since it was last begun.

    `done` are all items that have a result, `failed` those of them without an answer, `cached` those nothing was asked
    for this time, `asked` the others; `retried` counts repeated requests. `tokens` were written this time. `waits` says
    what was refused last and is waited for, empty where nothing is.
    """

    total: int | None = None
    done: int = 0
    failed: int = 0
    cached: int = 0
    asked: int = 0
    retried: int = 0
    nano_usd: int = 0
    unpriced: int = 0
    tokens: int = 0
    flying: int = 0
    limit: int = 0
    waits: str = ""
    seconds: float = 0.0

    def add(self, result: Result) -> None:
        """One more result."""
        self.failed += bool(result.error)
        if not result.step:
            self.done += 1
            self.cached += result.cached
            self.asked += not result.cached

    def pay(self, call: Result) -> None:
        """What one more call came to."""
        self.nano_usd += call.nano_usd or 0
        self.unpriced += call.nano_usd is None and call.ok
        if not call.cached:
            self.retried += call.retries
            self.tokens += call.output

    @property
    def left(self) -> int | None:
        """Items without a result; None where nobody knows how many there are."""
        return None if self.total is None else max(0, self.total - self.done)

    @property
    def expected_nano_usd(self) -> int | None:
        """What all of it will have cost, by what has a price; None while nothing has, or the total isn't known."""
        priced = self.done - self.cached - self.unpriced - self.failed
        if self.left is None or priced <= 0:
            return None
        return self.nano_usd + round(self.nano_usd / (self.done - self.unpriced) * self.left)

    @property
    def eta(self) -> float | None:
        """Seconds until all is done, by what was asked this time."""
        if self.left is None or not self.asked:
            return None
        return self.seconds / self.asked * self.left


class Head(msgspec.Struct):
    """What holds for every row of a run. `settings` are all that can change an answer besides the item.

    run      what the ledger and the budgets call it
    passes   how often it was begun
    status   "running", "done", "paused" (`why` says how to go on) or "stopped"
    """

    format: int
    name: str
    run: str
    begun: float
    task: str
    settings: dict[str, Any]
    passes: int = 0
    status: str = "running"
    why: str = ""
    pid: int = 0
    updated: float = 0.0
    progress: Progress = msgspec.field(default_factory=Progress)
