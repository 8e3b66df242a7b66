"""One pass over the items of a run: they are read as they are needed, and each comes to a result."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from dataclasses import dataclass, field
from typing import Protocol

from onedoor.bulk.calls import Calls, called_off
from onedoor.bulk.fingerprint import fingerprint
from onedoor.bulk.items import Item
from onedoor.bulk.outbox import Outbox
from onedoor.bulk.outcome import refused
from onedoor.bulk.places import raised
from onedoor.bulk.prompts import Asked, key_of
from onedoor.bulk.result import Result
from onedoor.bulk.rows import Rows
from onedoor.bulk.wanted import Wanted
from onedoor.clock import loop_time
from onedoor.errors import InvalidCall, StoreError
from onedoor.trail import words_of

BEAT = 0.05
"""Seconds after which results are written down at the latest, and somebody's wish to stop is seen."""

LONG = 0.001
"""Seconds that may go by with reading items before calls have their turn."""

TURN = 0.1
"""How long their turn is, in parts of the time that reading took."""

SELDOM = 0.5
"""Seconds between two looks at what needs a file of its own, or other processes."""


class Telling(Protocol):
    """What is done with an item."""

    def fitted(self, key: str, item: Item) -> Callable[[Work], None]:
        """What begins it; its result is handed to `work.deliver` in the end. Raises where the item doesn't fit."""

    async def end(self, work: Work) -> None:
        """All items have been begun, and have come to their results: what is left to do once for all of them."""

    @property
    def busy(self) -> bool:
        """Whether items are under way that `Calls` knows nothing of."""


@dataclass(slots=True)
class Work:
    """One pass over the items. `take` gives what has arrived; while nobody takes, no further item is begun."""

    wanted: Wanted
    rows: Rows
    source: AsyncGenerator[Item, None]
    telling: Telling
    calls: Calls
    outbox: Outbox
    why: str = ""
    group: asyncio.TaskGroup | None = None
    _begun: dict[str, tuple[bytes, int]] = field(default_factory=dict)
    _failures: int = 0
    _checked: bool = False
    _moved: asyncio.Event = field(default_factory=asyncio.Event)
    _feeding: asyncio.Task[None] | None = None
    _over: bool = False
    _broken: Exception | None = None

    async def run(self) -> None:
        """To the end of the items, or until it is stopped."""
        begun = loop_time()
        try:
            async with asyncio.TaskGroup() as group:
                self.group = self.calls.group = group
                try:
                    await self._through(group)
                finally:
                    self.calls.end()
            if self._broken is not None:
                raise self._broken
        except BaseExceptionGroup as broken:
            raise _first(broken) from None
        finally:
            self._over = True
            self.rows.head.progress.seconds = loop_time() - begun
            self.outbox.end()

    async def _through(self, group: asyncio.TaskGroup) -> None:
        beating = [group.create_task(self._beat()), group.create_task(self._share())]
        self._feeding = group.create_task(self._feed())
        await asyncio.wait([self._feeding])
        await self._landed()
        if not self.why and self._broken is None:
            await self.telling.end(self)
        for task in beating:
            task.cancel()

    async def take(self) -> list[Result]:
        """What has arrived, waited for where nothing has; empty when all is over."""
        batch = await self.outbox.take()
        self.wake()
        return batch

    def stop(self, why: str) -> None:
        """Begin nothing more; what is under way is waited for."""
        if not self.why and not self._over:
            self.why = why
            self.calls.end()
            if self._feeding is not None:
                self._feeding.cancel()
            self.wake()

    def wake(self) -> None:
        """Something has moved on: whoever waits for that looks again."""
        self._moved.set()

    def refuse(self, key: str, place: int, code: str, problem: str) -> None:
        """An item that can't be asked about is a row as well."""
        print_ = fingerprint(b"refused", Asked(f"{code} {problem}"))
        self.keep(print_, refused(key, place, code, problem, at=self.wanted.now()))

    def keep(self, print_: bytes, result: Result, *, sums: bool = False) -> None:
        """Written down with the next group, and handed out."""
        self.rows.add(print_, result, sums=sums)
        self.deliver(result)

    def deliver(self, result: Result | None) -> None:
        """An item has come to its result; none where the run was stopped before."""
        if result is None:
            return
        self._begun.pop(result.key, None)
        progress = self.rows.head.progress
        progress.add(result)
        progress.flying = self.calls.lines.flying
        self.wanted.watch()
        self.outbox.put(result)
        if result.error and not result.cached:
            self._failures += 1
            if self.wanted.max_failures is not None and self._failures >= self.wanted.max_failures:
                self.stop(f"stopped: {self._failures} items failed, the latest with {result.error}: {result.message}")

    def clash(self, key: str, print_: bytes, place: int) -> bool:
        """Whether another item of this pass has the same key and asks something else; then this one is refused."""
        if self.wanted.key is None:
            return False
        asked, other = self._begun.setdefault(key, (print_, place))
        found = other if asked != print_ else self.rows.clash(key, print_)
        if found is not None:
            self.refuse(key, place, "duplicate_key", f"item {found + 1} has the same key and asks something else")
        return found is not None

    async def _feed(self) -> None:
        """Begin item after item. What is wrong with the items themselves ends the run once what is paid for is here."""
        since = loop_time()
        try:
            async with aclosing(self.source) as items:
                async for item in items:
                    while self.outbox.outstanding >= self.wanted.window and not self.why:
                        await self._move()
                        since = loop_time()
                    if self.why:
                        return
                    self.outbox.outstanding += 1
                    self._begin(item)
                    if (took := loop_time() - since) > LONG and (self.calls.busy or self.telling.busy):
                        await asyncio.sleep(took * TURN)
                        since = loop_time()
        except StoreError:
            raise
        except asyncio.CancelledError as error:
            if called_off():
                raise
            self._broken = InvalidCall("what the items are read from has cancelled itself")
            self._broken.__cause__ = error
            self.calls.end()
        except (SystemExit, KeyboardInterrupt) as error:
            self._broken = InvalidCall(f"reading the items ended with {error!r}")
            self.calls.end()
        except Exception as error:  # noqa: BLE001 - the caller's own iterable may raise anything; it is raised at the end
            self._broken = error
            self.calls.end()

    def _begin(self, item: Item) -> None:
        """Begin an item, or refuse it. The first must fit before anything is spent."""
        key = f"#{item.place}"
        if item.problem:
            self.refuse(key, item.place, "unreadable", item.problem)
            return
        try:
            key = key_of(self.wanted.key, item.fields, item.place)
            begin = self.telling.fitted(key, item)
        except Exception as error:
            problem = words_of(error)
            if self.wanted.strict or not self._checked:
                raise InvalidCall(f"item {item.place + 1}: {problem}") from error
            self.refuse(key, item.place, "invalid_item", problem)
        else:
            self._checked = True
            begin(self)

    async def _landed(self) -> None:
        """Until nothing is under way any more."""
        while self.calls.busy or self.telling.busy:
            await self._move()

    async def _beat(self) -> None:
        """Write down what has come and how far it is, and look whether somebody wants the run to stop."""
        progress, begun = self.rows.head.progress, loop_time()
        seen, flag = 0.0, self.wanted.flag
        while True:
            await asyncio.sleep(BEAT)
            progress.seconds, progress.flying = loop_time() - begun, self.calls.lines.flying
            self.rows.head.updated = self.wanted.now()
            self.rows.flush(head=True)
            if flag is not None and loop_time() - seen >= SELDOM:
                seen = loop_time()
                if raised(flag, self.wanted.since):
                    self.stop("stopped: cancelled with `onedoor runs cancel`")

    async def _share(self) -> None:
        """Agree with other processes on how many calls each may have under way."""
        paces, lines = self.calls.paces, self.calls.lines
        try:
            while True:
                await paces.share(lines.by_route)
                self.rows.head.progress.limit = paces.limit
                self.calls.spread()
                await paces.beat(SELDOM)
        finally:
            await paces.close()

    async def _move(self) -> None:
        """Until a call has landed, a result was taken, or the run is stopped."""
        self._moved.clear()
        await self._moved.wait()


def _first(broken: BaseExceptionGroup[BaseException]) -> BaseException:
    """The error that ended everything; the others are its consequences."""
    inner = broken.exceptions[0]
    return _first(inner) if isinstance(inner, BaseExceptionGroup) else inner
