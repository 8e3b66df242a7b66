"""The questions of a run: the same one is asked once, at the pace its route takes, and what it came to is kept."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field

import msgspec

from onedoor.asking import Ask
from onedoor.bulk.batch.asking import asking
from onedoor.bulk.lines import Lines
from onedoor.bulk.outcome import after, answered, call_of, failed, twin
from onedoor.bulk.paces import Route
from onedoor.bulk.question import Question
from onedoor.bulk.result import Result
from onedoor.bulk.rows import Rows
from onedoor.bulk.steady import Pacing
from onedoor.clock import loop_time
from onedoor.errors import BudgetExceeded, NotAdmitted, OnedoorError, StoreError, Withdrawn, WrongContext
from onedoor.policy.pace import PUSHED_BACK
from onedoor.quality.compare import Asks
from onedoor.quality.meter import Bill
from onedoor.trail import Trail, code_of
from onedoor.types import Reply

WAITS = 8
"""How often an item waits for a route that takes nothing now, before it counts as failed."""

SHORTEST_WAIT, LONGEST_WAIT = 0.05, 60.0
LOOK = 0.25
"""Seconds after which who waits for a route looks whether it answers others again."""

_SENDING = frozenset({"admit", "attempt"})


Landed = Callable[[Result | None], None]
"""Told what a question came to; None where the run was stopped before it was asked."""


@dataclass(frozen=True, slots=True)
class _Waiting:
    """A question in its line, and what an earlier try at it came to."""

    question: Question
    before: Result | None


@dataclass(slots=True)
class Calls:
    """`begin` a question, and its `landed` is told what it came to; `moved` is called whenever a call has landed, and
    `ended` once none is begun any more.

    A named run writes results down before the next call begins in their place, so that a kill repeats no more calls
    than were allowed at once.
    """

    ask: Asks
    bill: Callable[[str], Bill]
    now: Callable[[], float]
    rows: Rows
    paces: Pacing
    lines: Lines[_Waiting]
    retry: frozenset[str]
    stop: Callable[[str], None]
    moved: Callable[[], None]
    ended: Callable[[], None] = lambda: None
    group: asyncio.TaskGroup | None = None
    _landings: int = 0
    _answers: Counter[Route] = field(default_factory=Counter)
    _flying: dict[bytes, list[tuple[Question, Landed]]] = field(default_factory=dict)
    _stopped: asyncio.Event = field(default_factory=asyncio.Event)
    _writing: asyncio.Future[None] | None = None

    @property
    def busy(self) -> bool:
        """Whether anything is waiting or under way."""
        return bool(self._flying)

    def end(self) -> None:
        """Begin nothing more; what is under way is waited for."""
        self._stopped.set()
        self.ended()
        for waiting in self.lines.drained():
            for _, landed in self._flying.pop(waiting.question.fingerprint):
                landed(None)

    def find(self, question: Question) -> Result | None:
        """What is known of it."""
        return self.rows.find(question.key, question.fingerprint)

    def begin(self, question: Question, kept: Result | None, landed: Landed, *, stale: bool = False) -> None:
        """Answer it by what is known of it unless that is `stale`, or ask, or wait for one who asks the same."""
        if kept is None or stale or self._again(kept):
            self._put(question, kept if kept is not None and kept.key == question.key else None, landed)
        elif kept.key == question.key:
            kept = msgspec.structs.replace(kept, place=question.place, step=question.step, cached=True)
            if self.rows.touch(question.fingerprint, kept):
                self.rows.head.progress.pay(kept)
            landed(kept)
        else:
            landed(self._shared(question, kept))

    def _again(self, kept: Result) -> bool:
        """Whether it failed with what is to be asked again: a code, or the code with its diagnosis."""
        return bool(kept.error) and not self.retry.isdisjoint({kept.error, kept.error.partition("/")[0]})

    def _put(self, question: Question, before: Result | None, landed: Landed) -> None:
        if self._stopped.is_set():
            landed(None)
        elif (others := self._flying.get(question.fingerprint)) is not None:
            others.append((question, landed))
        else:
            self._flying[question.fingerprint] = [(question, landed)]
            self.lines.put(question.route, question.place, _Waiting(question, before))
            self.spread()

    def spread(self) -> None:
        """Begin what waits, as far as the paces allow."""
        assert self.group is not None
        while (waiting := self.lines.next()) is not None:
            self.group.create_task(self._several(waiting))

    async def _several(self, waiting: _Waiting | None) -> None:
        """Ask one question and then, in its place, the next: calls that end and begin together cost far less."""
        while waiting is not None:
            try:
                await self._one(waiting)
            finally:
                self.lines.left(waiting.question.route)
            self.moved()
            waiting = self.lines.next()
            if waiting is not None:
                self.spread()

    async def _one(self, waiting: _Waiting) -> None:
        """Ask one question, to its result; none where the run stopped or broke first."""
        question, result = waiting.question, None
        try:
            result = await self._told(question)
        finally:
            everyone = self._flying.pop(question.fingerprint)
            self._landings += 1
            if result is None:
                for _, landed in everyone:
                    landed(None)
        if result is None:
            return
        result = self._paid(question, result, waiting.before)
        self.rows.add(question.fingerprint, result)
        (_, landed), *others = everyone
        landed(result)
        for other, landed in others:
            landed(self._shared(other, result))
        if self.rows.lasting:
            await self._written()

    def _paid(self, question: Question, result: Result, before: Result | None) -> Result:
        """The result with what an earlier try cost, which is counted already where that was in this pass."""
        if before is None:
            self.rows.head.progress.pay(result)
            return result
        both = after(result, before)
        self.rows.head.progress.pay(result if self.rows.current(question.key, question.fingerprint) else both)
        return both

    async def _told(self, question: Question) -> Result | None:
        """What it came to. What refused it before anything was sent is waited for, until the run is stopped."""
        own, waits = _arguments(question), WAITS
        while True:
            at, landings = self.now(), self._landings
            try:
                with asking(question.fingerprint):
                    reply = await self.ask(question.asked.prompt, **own)
            except (StoreError, WrongContext):
                raise
            except asyncio.CancelledError as error:
                if called_off():
                    raise
                return self._failed(question, error, at)
            except Withdrawn as error:
                self.stop(f"stopped: {error}")
                return None
            except Exception as error:  # noqa: BLE001 - whatever it is, it is this question's result
                if not await self._later(question.route, error, landings, waits):
                    return self._failed(question, error, at)
                if self._stopped.is_set():
                    return None
                waits -= not isinstance(error, BudgetExceeded)
            else:
                return self._answered(question, reply, at)

    async def _later(self, route: Route, error: Exception, landings: int, waits: int) -> bool:
        """Wait for what refused a call before it was sent; False where that isn't so, or has been often enough."""
        if _pushed_back(error.trail if isinstance(error, OnedoorError) else None, code_of(error)):
            self.paces.after(route, pushed_back=True, seconds=0.0)
        if not (isinstance(error, NotAdmitted) and _unsent(error)):
            return False
        if isinstance(error, BudgetExceeded):
            await self._room(route, landings, str(error))
            return True
        if error.until is None or not waits:
            return False
        progress = self.rows.head.progress
        progress.waits = str(error)
        await self._rest(route, min(error.until - self.now(), LONGEST_WAIT))
        progress.waits = ""
        return True

    async def _room(self, route: Route, landings: int, why: str) -> None:
        """Wait for what others have reserved; where nobody has, the money is used up and the run pauses."""
        if self._landings != landings:
            return
        self.lines.left(route)
        try:
            while self._landings == landings and self.lines.flying and not self._stopped.is_set():
                await self._pause(SHORTEST_WAIT)
            if self._landings == landings:
                self.stop(f"paused: {why}")
        finally:
            self.lines.left(route, -1)

    async def _rest(self, route: Route, seconds: float) -> None:
        """Until the route may take calls again, which an answer by it shows as well, or the run is stopped."""
        ends, before = loop_time() + seconds, self._answers[route]
        await self._pause(SHORTEST_WAIT)
        while loop_time() < ends and self._answers[route] == before and not self._stopped.is_set():
            await self._pause(min(LOOK, ends - loop_time()))

    async def _pause(self, seconds: float) -> None:
        """So long, or until the run is stopped."""
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._stopped.wait()

    def _answered(self, question: Question, reply: Reply, at: float) -> Result:
        if not reply.cached:
            self._answers[question.route] += 1
            pushed = bool(reply.retries or reply.degraded) and _pushed_back(reply.trail, "")
            seconds = reply.duration - (reply.trail.last_send if reply.trail else 0.0)
            self.paces.after(question.route, pushed_back=pushed, seconds=seconds, remaining=reply.remaining)
        return answered(question, reply, self.bill(reply.id), at)

    def _failed(self, question: Question, error: BaseException, at: float) -> Result:
        bill, seconds = self.bill(call_of(error)), max(0.0, self.now() - at)
        return failed(question, error, bill, at=at, seconds=seconds)

    def _shared(self, question: Question, result: Result) -> Result:
        """Another one's result: a row of its own, unless they share their key as well."""
        own = twin(result, question)
        if result.key != question.key:
            self.rows.add(question.fingerprint, own)
        return own

    async def _written(self) -> None:
        """Until what has landed is written down, together with all that lands at the same time."""
        if self._writing is None:
            loop = asyncio.get_running_loop()
            self._writing = loop.create_future()
            loop.call_soon(self._write, self._writing)
        await asyncio.shield(self._writing)

    def _write(self, writing: asyncio.Future[None]) -> None:
        self._writing = None
        try:
            self.rows.flush()
        except Exception as error:  # noqa: BLE001 - raised by everyone who waits for it
            writing.set_exception(error)
        else:
            writing.set_result(None)


def called_off() -> bool:
    """Whether somebody wants this task to end; else what it awaits has cancelled itself, and that is a failure."""
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0


def _arguments(question: Question) -> Ask:
    own = question.own
    told = {"item": question.key} | ({"step": question.step} if question.step else {})
    found: Ask = {**own, "metadata": {**own.get("metadata", {}), **told}}
    if question.asked.context:
        found["context"] = question.asked.context
    return found


def _unsent(error: OnedoorError) -> bool:
    """Whether nothing was sent to any provider."""
    return error.trail is None or not error.trail.attempts


def _pushed_back(trail: Trail | None, code: str) -> bool:
    """Whether an attempt was refused because it was too much."""
    codes = {code, *(note.error for note in trail.notes if note.rail in _SENDING)} if trail else {code}
    return any(one.partition("/")[0] in PUSHED_BACK for one in codes)
