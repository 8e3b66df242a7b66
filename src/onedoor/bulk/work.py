"""A run at work: items in, a bounded number of calls at once, results out, each written down as it comes."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncGenerator
from contextlib import aclosing, suppress
from dataclasses import dataclass, field

import msgspec

from onedoor.asking import Ask
from onedoor.bulk import concurrency
from onedoor.bulk.concurrency import PUSHED_BACK, Pace
from onedoor.bulk.fingerprint import fingerprint
from onedoor.bulk.items import Item
from onedoor.bulk.outbox import Outbox
from onedoor.bulk.outcome import after, answered, call_of, failed, refused, twin
from onedoor.bulk.places import raised
from onedoor.bulk.prompts import Asked, key_of
from onedoor.bulk.result import Result
from onedoor.bulk.rows import Rows
from onedoor.bulk.wanted import Question, Wanted
from onedoor.clock import loop_time
from onedoor.errors import BudgetExceeded, InvalidCall, NotAdmitted, OnedoorError, StoreError, WrongContext
from onedoor.trail import Trail, code_of
from onedoor.types import Reply

BEAT = 0.05
"""Seconds after which results are written down at the latest, and somebody's wish to stop is seen."""

WAITS = 8
"""How often an item waits for a route that takes nothing now, before it counts as failed."""

LONGEST_WAIT = 60.0
_SENDING = frozenset({"admit", "attempt"})


@dataclass(slots=True)
class Work:
    """One pass over the items. `take` gives what has arrived; while nobody takes, no further item is begun."""

    wanted: Wanted
    rows: Rows
    source: AsyncGenerator[Item, None]
    pace: Pace
    outbox: Outbox
    why: str = ""
    _failures: int = 0
    _sending: int = 0
    _landings: int = 0
    _checked: bool = False
    _waiting: deque[tuple[Question, Result | None]] = field(default_factory=deque)
    _flying: dict[bytes, list[Question]] = field(default_factory=dict)
    _keys: dict[str, Question] = field(default_factory=dict)
    _moved: asyncio.Event = field(default_factory=asyncio.Event)
    _stopped: asyncio.Event = field(default_factory=asyncio.Event)
    _feeding: asyncio.Task[None] | None = None
    _over: bool = False
    _broken: Exception | None = None

    async def run(self) -> None:
        """To the end of the items, or until it is stopped."""
        begun = loop_time()
        try:
            async with asyncio.TaskGroup() as group:
                beating = group.create_task(self._beat())
                self._feeding = group.create_task(self._feed(group))
                await asyncio.wait([self._feeding])
                while self._flying:
                    await self._move()
                beating.cancel()
            if self._broken is not None:
                raise self._broken
        except BaseExceptionGroup as broken:
            raise _first(broken) from None
        finally:
            self._over = True
            self.rows.head.progress.seconds = loop_time() - begun
            self.outbox.end()

    async def take(self) -> list[Result]:
        """What has arrived, waited for where nothing has; empty when all is over."""
        batch = await self.outbox.take()
        self._wake()
        return batch

    def stop(self, why: str) -> None:
        """Begin nothing more; what is under way is waited for."""
        if not self.why and not self._over:
            self.why = why
            self._stopped.set()
            self._forget()
            if self._feeding is not None:
                self._feeding.cancel()
            self._wake()

    def _forget(self) -> None:
        """What wasn't begun yet won't be."""
        while self._waiting:
            question, _ = self._waiting.popleft()
            del self._flying[question.fingerprint]
            self._keys.pop(question.key, None)

    async def _feed(self, group: asyncio.TaskGroup) -> None:
        """Begin item after item. What is wrong with the items themselves ends the run once what is paid for is here."""
        try:
            async with aclosing(self.source) as items:
                async for item in items:
                    while self.outbox.outstanding >= 2 * self.wanted.ceiling:
                        await self._move()
                    self.outbox.outstanding += 1
                    self._begin(item, group)
        except StoreError:
            raise
        except Exception as error:  # noqa: BLE001 - the caller's own iterable may raise anything; it is raised at the end
            self._broken = error
            self._forget()

    def _begin(self, item: Item, group: asyncio.TaskGroup) -> None:
        """Answer the item from what is there, or ask."""
        question = self._question(item)
        if question is None:
            return
        kept = self.rows.find(question.key, question.fingerprint)
        if kept is not None and self._wanted_again(kept):
            self._ask(question, kept if kept.key == question.key else None, group)
        elif kept is not None and kept.key == question.key:
            kept = msgspec.structs.replace(kept, place=question.place, cached=True)
            self.rows.touch(question.fingerprint, kept)
            self._deliver(kept)
        elif (other := self._other(question)) is not None:
            same = f"item {other + 1} has the same key and asks something else"
            self._refuse(question.key, question.place, "duplicate_key", same)
        elif kept is not None:
            self._same(question, kept)
        else:
            self._ask(question, None, group)

    def _ask(self, question: Question, before: Result | None, group: asyncio.TaskGroup) -> None:
        """Begin a call as soon as one may be, or wait for one that asks the same."""
        if question.fingerprint in self._flying:
            self._flying[question.fingerprint].append(question)
            return
        self._flying[question.fingerprint] = []
        self._keys[question.key] = question
        self._waiting.append((question, before))
        self._spread(group)

    def _spread(self, group: asyncio.TaskGroup) -> None:
        """Begin what waits, as far as the pace allows."""
        while self._waiting and self._sending < self.pace.now:
            self._sending += 1
            group.create_task(self._several(*self._waiting.popleft(), group))

    async def _several(self, question: Question, before: Result | None, group: asyncio.TaskGroup) -> None:
        """Ask one item and then, at the same pace, the next: calls that end and begin together cost far less."""
        while True:
            await self._one(question, before)
            if not self._waiting or self._sending > self.pace.now:
                break
            question, before = self._waiting.popleft()
        self._sending -= 1
        self._wake()
        self._spread(group)

    def _question(self, item: Item) -> Question | None:
        """What is asked about an item; a result where nothing can be. The first must fit before anything is spent."""
        wanted, key = self.wanted, f"#{item.place}"
        if item.problem:
            self._refuse(key, item.place, "unreadable", item.problem)
            return None
        try:
            key = key_of(wanted.key, item.fields, item.place)
            asked = wanted.asker(item.fields)
            found = Question(key, item.place, asked, fingerprint(wanted.around, asked))
        except Exception as error:
            problem = str(error) or type(error).__name__
            if wanted.strict or not self._checked:
                raise InvalidCall(f"item {item.place + 1}: {problem}") from error
            self._refuse(key, item.place, "invalid_item", problem)
            return None
        self._checked = True
        return found

    def _other(self, question: Question) -> int | None:
        """Another item of this pass with the same key and another question."""
        if self.wanted.key is None:
            return None
        flying = self._keys.get(question.key)
        if flying is not None:
            return None if flying.fingerprint == question.fingerprint else flying.place
        return self.rows.clash(question.key, question.fingerprint)

    def _wanted_again(self, kept: Result) -> bool:
        return bool(kept.error) and kept.error.partition("/")[0] in self.wanted.retry

    def _refuse(self, key: str, place: int, code: str, problem: str) -> None:
        """An item that can't be asked about is a row as well."""
        print_ = fingerprint(b"refused", Asked(f"{code} {problem}"))
        self._keep(print_, refused(key, place, code, problem, at=self.wanted.now()))

    async def _one(self, question: Question, before: Result | None) -> None:
        """Ask one item, to its result; none where the run stopped first."""
        result: Result | None = None
        try:
            result = await self._told(question)
        finally:
            others = self._flying.pop(question.fingerprint)
            self._keys.pop(question.key, None)
            self._landings += 1
            self._wake()
        if result is not None:
            self._keep(question.fingerprint, after(result, before))
            for other in others:
                self._same(other, result)

    async def _told(self, question: Question) -> Result | None:
        """What it came to. What refused it before anything was sent is waited for, until the run is stopped."""
        own, waits = self._arguments(question), WAITS
        while True:
            at, landings = self.wanted.now(), self._landings
            try:
                reply = await self.wanted.ask(question.asked.prompt, **own)
            except (StoreError, WrongContext):
                raise
            except Exception as error:  # noqa: BLE001 - whatever it is, it is this item's result
                if not await self._later(error, landings, waits):
                    return self._failed(question, error, at)
                if self.why:
                    return None
                waits -= not isinstance(error, BudgetExceeded)
            else:
                return self._answered(question, reply, at)

    def _arguments(self, question: Question) -> Ask:
        own = self.wanted.own
        told: Ask = {**own, "metadata": {**own.get("metadata", {}), "item": question.key}}
        if question.asked.context:
            told["context"] = question.asked.context
        return told

    async def _later(self, error: Exception, landings: int, waits: int) -> bool:
        """Wait for what refused a call before it was sent; False where that isn't so, or has been often enough."""
        self._paced(error.trail if isinstance(error, OnedoorError) else None, 0.0, code_of(error))
        if not (isinstance(error, NotAdmitted) and _unsent(error)):
            return False
        if isinstance(error, BudgetExceeded):
            await self._room(landings, str(error))
            return True
        if error.until is None or not waits:
            return False
        await self._pause(error.until - self.wanted.now())
        return True

    async def _room(self, landings: int, why: str) -> None:
        """Wait for what others have reserved; where nobody has, the money is used up and the run pauses."""
        if self._landings == landings:
            self._sending -= 1
            try:
                if self._sending:
                    while self._landings == landings and self._sending and not self.why:
                        await self._move()
                if self._landings == landings:
                    self.stop(f"paused: {why}")
            finally:
                self._sending += 1

    async def _pause(self, seconds: float) -> None:
        """Until the route may take calls again, or the run is stopped."""
        with suppress(TimeoutError):
            await asyncio.wait_for(self._stopped.wait(), min(max(seconds, BEAT), LONGEST_WAIT))

    def _answered(self, question: Question, reply: Reply, at: float) -> Result:
        if not reply.cached:
            self._paced(reply.trail if reply.retries or reply.degraded else None, reply.duration, "")
        return answered(question.key, question.place, reply, self.wanted.bill(reply.id), at)

    def _failed(self, question: Question, error: Exception, at: float) -> Result:
        bill, seconds = self.wanted.bill(call_of(error)), max(0.0, self.wanted.now() - at)
        return failed(question.key, question.place, error, bill, at=at, seconds=seconds)

    def _paced(self, trail: Trail | None, seconds: float, code: str) -> None:
        codes = {code, *(note.error for note in trail.notes if note.rail in _SENDING)} if trail else {code}
        pushed = any(one.partition("/")[0] in PUSHED_BACK for one in codes)
        if seconds or pushed:
            self.pace = concurrency.after(self.pace, pushed_back=pushed, seconds=seconds, now=loop_time())

    def _keep(self, print_: bytes, result: Result) -> None:
        """Written down with the next group, then handed out."""
        self.rows.add(print_, result)
        self._deliver(result)
        if result.error and not result.cached:
            self._failures += 1
            if self.wanted.max_failures is not None and self._failures >= self.wanted.max_failures:
                self.stop(f"stopped: {self._failures} items failed, the latest with {result.error}: {result.message}")

    def _same(self, question: Question, kept: Result) -> None:
        """Another item's result: a row of its own, unless they share their key as well."""
        result = twin(kept, question.key, question.place)
        if kept.key != question.key:
            self.rows.add(question.fingerprint, result)
        self._deliver(result)

    def _deliver(self, result: Result) -> None:
        progress = self.rows.head.progress
        progress.add(result)
        progress.flying, progress.limit = self._sending, self.pace.now
        self.wanted.watch()
        self.outbox.put(result)

    async def _beat(self) -> None:
        """Write down what has come, and look whether somebody wants the run to stop."""
        progress, begun = self.rows.head.progress, loop_time()
        seen, flag = 0.0, self.wanted.flag
        while True:
            await asyncio.sleep(BEAT)
            progress.seconds, progress.flying = loop_time() - begun, self._sending
            self.rows.head.updated = self.wanted.now()
            self.rows.flush()
            if flag is not None and loop_time() - seen >= 0.5:
                seen = loop_time()
                if raised(flag, self.wanted.since):
                    self.stop("stopped: cancelled with `onedoor runs cancel`")

    def _wake(self) -> None:
        self._moved.set()

    async def _move(self) -> None:
        """Until a call has landed, a result was taken, or the run is stopped."""
        self._moved.clear()
        await self._moved.wait()


def _unsent(error: OnedoorError) -> bool:
    """Whether nothing was sent to any provider."""
    return error.trail is None or not error.trail.attempts


def _first(broken: BaseExceptionGroup[BaseException]) -> BaseException:
    """The error that ended everything; the others are its consequences."""
    inner = broken.exceptions[0]
    return _first(inner) if isinstance(inner, BaseExceptionGroup) else inner
