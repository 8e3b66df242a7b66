"""The one core behind both ways of reaching the simulator: what it has seen, and what it did."""

from __future__ import annotations

import asyncio
import os
import time
from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from typing import Any

import msgspec

from onedoor.errors import InvalidCall
from onedoor.policy.prices import cost_of
from onedoor.sim.batches import CHAT, Batches
from onedoor.sim.envelope import Fields, refusal
from onedoor.sim.journal import Entry, Journal, Outcome
from onedoor.sim.request import Request, parse
from onedoor.sim.script import Script
from onedoor.sim.wire import answer
from onedoor.types import Usage

Sleep = Callable[[float], Awaitable[object]]


class Simulator:
    """Answers requests by script, keeps count, and writes down what it did.

    seed   another seed, other answers; the same one, the same
    speed  how much faster than life time passes; infinity leaves no delays
    log    a JSONL file to append each request to when it ends

    `batches` are those it was handed: how long one takes can be set there.
    """

    def __init__(
        self,
        *,
        seed: int = 0,
        speed: float = 1.0,
        log: str | os.PathLike[str] | None = None,
        clock: Callable[[], float] = time.monotonic,
        now: Callable[[], float] = time.time,
        sleep: Sleep = asyncio.sleep,
    ) -> None:
        if not speed > 0:
            raise InvalidCall(f"speed {speed:g} stops time; give a number above 0, or infinity for no delays")
        self._seed = seed
        self._speed = speed
        self._journal = None if log is None else Journal(log)
        self._clock, self._now, self._sleep = clock, now, sleep
        self._seen: Counter[str] = Counter()
        self._counts: defaultdict[str, Counter[str]] = defaultdict(Counter)
        self._began = now()
        self.batches = Batches(self._time, self._of_batch)

    @property
    def counts(self) -> Mapping[str, Mapping[str, int]]:
        """Per model: how many requests came to which outcome, and the tokens and nano-dollars billed."""
        return {model: dict(counts) for model, counts in self._counts.items()}

    @asynccontextmanager
    async def take(self, method: str, path: str, body: bytes) -> AsyncIterator[Exchange]:
        """One request, from its arrival to its log line; entered once the answer's head is due."""
        request = parse(method, path, body)
        script = self.batches.answer(request, body) or self._answer(request)
        exchange = Exchange(script, speed=self._speed, clock=self._clock, sleep=self._sleep)
        started = self._now()
        try:
            await exchange.begin()
            yield exchange
        finally:
            self._note(request, exchange, started)

    def _answer(self, request: Request) -> Script:
        script = answer(request, seen=self._seen[request.key], seed=self._seed)
        self._seen[request.key] += 1
        return script

    def _of_batch(self, body: Mapping[str, Any]) -> tuple[int, Fields]:
        """One request of a batch: answered in whole at once, billed at half its price."""
        request = parse("POST", CHAT, msgspec.json.encode({**body, "stream": False}))
        script = self._answer(request)
        if script.cut:
            script = refusal(500, "server_error", "the connection was lost")
        exchange = Exchange(script, speed=self._speed, clock=self._clock, sleep=self._sleep)
        self._note(request, exchange.whole(), self._now(), share=0.5)
        return script.status, msgspec.json.decode(b"".join(piece.body for piece in script.pieces))

    def _time(self) -> float:
        """Seconds since the epoch as they pass here; without delays everything has always been due."""
        return self._began + (self._now() - self._began) * min(self._speed, 1e9)

    def _note(self, request: Request, exchange: Exchange, started: float, *, share: float = 1.0) -> None:
        script = exchange.script
        usage = Usage(script.input, exchange.tokens)
        cost = cost_of(usage, script.price)
        entry = Entry(
            request.path,
            request.model,
            script.status,
            exchange.outcome,
            usage.input,
            usage.output,
            round(cost.nano_usd * share) if cost else 0,
            started,
            self._now(),
        )
        self._count(entry)
        if self._journal is not None:
            self._journal.write(entry)

    def _count(self, entry: Entry) -> None:
        self._counts[entry.model].update(
            {
                "requests": 1,
                entry.outcome: 1,
                "input": entry.input,
                "output": entry.output,
                "nano_usd": entry.nano_usd,
            }
        )


class Exchange:
    """A script being played to one client."""

    def __init__(self, script: Script, *, speed: float, clock: Callable[[], float], sleep: Sleep) -> None:
        self.script = script
        self._speed, self._clock, self._sleep = speed, clock, sleep
        self._due = clock()
        self._begun = 0
        self._sent = 0

    @property
    def tokens(self) -> int:
        """The output billed: every piece begun, whether or not the client waited for it."""
        return sum(piece.tokens for piece in self.script.pieces[: self._begun])

    @property
    def outcome(self) -> Outcome:
        """How it ended, or would if it ended now."""
        if self._sent < len(self.script.pieces):
            return "disconnected"
        if self.script.cut:
            return "cut"
        return "refused" if self.script.status >= 400 else "answered"

    def whole(self) -> Exchange:
        """The same, sent in whole without a wait."""
        self._begun = self._sent = len(self.script.pieces)
        return self

    async def begin(self) -> None:
        """Wait until the first piece is due."""
        await self._wait()

    async def pieces(self) -> AsyncIterator[bytes]:
        """The body, each piece when it is due."""
        for place, piece in enumerate(self.script.pieces):
            if place >= self._begun:
                await self._wait()
            self._sent += 1
            yield piece.body

    async def _wait(self) -> None:
        """Until the next piece is due, counted from when the one before was, so that small delays add up right."""
        delay = self.script.pieces[self._begun].delay / self._speed
        self._begun += 1
        self._due += delay
        await self._sleep(max(0.0, self._due - self._clock()))
