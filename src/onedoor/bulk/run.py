"""A run over items: what holds for all of it, and results as they come."""

from __future__ import annotations

import asyncio
import copy
import os
import time
import weakref
from collections import deque
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, Protocol, Self, Unpack

from onedoor.asking import Ask
from onedoor.bulk import places
from onedoor.bulk.batch import Batching, batching
from onedoor.bulk.calls import Calls
from onedoor.bulk.given import Running, for_run, pace_of
from onedoor.bulk.items import Items, count, each
from onedoor.bulk.lines import Lines
from onedoor.bulk.outbox import Outbox
from onedoor.bulk.paces import Route, paces
from onedoor.bulk.result import FORMAT, Head, Progress, Result
from onedoor.bulk.rows import Rows
from onedoor.bulk.run_file import copied, opened
from onedoor.bulk.steady import Pacing, Steady
from onedoor.bulk.wanted import Wanted
from onedoor.bulk.work import Telling, Work
from onedoor.config import Config
from onedoor.errors import InvalidCall, StoreError
from onedoor.ids import new_id
from onedoor.kinds import KINDS
from onedoor.messages import Prompt
from onedoor.plan import budget_of
from onedoor.policy.budget import Book
from onedoor.policy.keys import book_window
from onedoor.providers.provider import Provider
from onedoor.quality.comparison import Beside, House
from onedoor.quality.meter import Meter, Metered, later
from onedoor.quality.results import MOST_NAMED, differences
from onedoor.types import Reply

AT_ONCE = 32
"""Calls at once, where no slots say otherwise."""


class Job(Protocol):
    """What a run does with its items.

    name      what it is called in the ledger; `task` the job it asks for, where there is one
    settings  all that can change an answer besides the items, by which a run knows whether it may go on
    models    the models it asks, as far as that is known
    at_once   calls at once on any one route, where that is known
    window    how many items may be begun whose results weren't taken
    """

    @property
    def name(self) -> str: ...
    @property
    def task(self) -> str: ...
    @property
    def settings(self) -> dict[str, Any]: ...
    @property
    def models(self) -> tuple[str, ...]: ...
    @property
    def at_once(self) -> int | None: ...
    @property
    def window(self) -> int: ...

    def telling(self, house: House, run: str) -> Telling:
        """What is done with one item, on the rails of this run."""


@dataclass(slots=True)
class _Started:
    """What there is only once a run has begun."""

    rows: Rows
    work: Work
    batches: Batching | None
    task: asyncio.Task[None]


@dataclass(slots=True, weakref_slot=True)
class Run:
    """Results as they come: iterate it, inside `async with` where you might leave early.

    `progress` is how far it is, `why` the reason it ended before its end, empty where it didn't.
    """

    items: Items
    given: Running
    config: Config
    beside: Beside
    now: Callable[[], float]
    job: Job
    file: Path | None = None
    progress: Progress = field(default_factory=Progress)
    why: str = ""
    _batch: deque[Result] = field(default_factory=deque)
    _started: _Started | None = None
    _ended: bool = False

    def __aiter__(self) -> AsyncIterator[Result]:
        return self

    async def __anext__(self) -> Result:
        if not self._batch:
            self._batch.extend(await self.take())
        if not self._batch:
            raise StopAsyncIteration
        return self._batch.popleft()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *error: object) -> None:
        await self.close()

    @property
    def over(self) -> bool:
        """Whether nothing more comes."""
        return self._ended

    async def take(self) -> list[Result]:
        """The results that have come since, waited for where there are none; empty at the end."""
        if self._ended:
            return []
        if self._started is None:
            self._started = await self._start()
        batch = await self._started.work.take()
        if not batch:
            await self.close(whole=True)
        return batch

    async def close(self, *, whole: bool = False) -> None:
        """End the run: cancel what is under way, write down what has come. Raises what ended it before its end."""
        started, self._started, self._ended = self._started, None, True
        if started is None:
            return
        if not whole:
            started.task.cancel()
        unbegun = False
        try:
            await asyncio.wait([started.task])
            failed = None if started.task.cancelled() else started.task.exception()
            self._end(started, failed, whole=whole)
            unbegun = isinstance(failed, InvalidCall) and started.rows.lasting and started.rows.empty
        finally:
            if started.batches is not None:
                await started.batches.close()
            started.rows.close()
        if unbegun and self.file is not None:
            places.delete(self.file, force=True)
        if failed is not None:
            raise failed

    def _end(self, started: _Started, failed: BaseException | None, *, whole: bool) -> None:
        work, head = started.work, started.rows.head
        status, _, why = work.why.partition(": ")
        if failed is not None:
            status, why = "stopped", str(failed)
        elif not status:
            status, why = ("done", "") if whole else ("stopped", "left before its end")
        self.why, head.status, head.why, head.updated = why, status, why, self.now()
        head.progress.flying = 0
        if work.wanted.flag is not None:
            work.wanted.flag.unlink(missing_ok=True)
        if not isinstance(failed, StoreError):
            started.rows.flush(head=True)

    async def _start(self) -> _Started:
        """Begin. A run nobody holds any more, left without `async with`, ends by itself."""
        given, job, at, since = self.given, self.job, self.now(), time.time()
        name = given.get("run", "")
        label = name if name in self.config.runs else f"{job.name} {name or 'unnamed'} {at:.3f}"
        rows = self._rows(Head(FORMAT, name, label, at, job.task, job.settings))
        before = copy.deepcopy(rows.head)
        try:
            _agree(rows.head, job.settings, again=given.get("again", False))
            self.progress = _begun(rows.head, job.task, await asyncio.to_thread(count, self.items))
            rows.flush(head=True)
            config = for_run(self.config, given, rows.head.run, await self._left(rows, given.get("budget")))
            batches = self._batches(config)
            work = await self._work(rows, since, config, batches)
        except BaseException:
            self._refused(rows, before)
            raise
        task = asyncio.create_task(work.run(), name=f"onedoor run {name}")
        weakref.finalize(self, _leave, asyncio.get_running_loop(), task, rows).atexit = False
        return _Started(rows, work, batches, task)

    def _refused(self, rows: Rows, before: Head) -> None:
        """What was refused hasn't begun: the run is as it was, and gone where it wasn't there."""
        with suppress(StoreError):
            rows.head = before
            if before.passes:
                rows.flush(head=True)
        rows.close()
        if not before.passes and self.file is not None:
            places.delete(self.file, force=True)

    def _rows(self, fresh: Head) -> Rows:
        if not self.given.get("replay"):
            return opened(self.file, fresh)
        if self.file is None or not self.file.exists():
            raise InvalidCall("replay goes by the rows of an earlier run: name one with run")
        return copied(self.file)

    def _batches(self, config: Config) -> Batching | None:
        pace = None if self.given.get("replay") else pace_of(self.given.get("batch"))
        return None if pace is None else batching(config, self.file, models=self.job.models, pace=pace)

    async def _work(self, rows: Rows, since: float, config: Config, batches: Batching | None) -> Work:
        given, meter, run = self.given, Meter(), rows.head.run

        def metered(name: str, find: Callable[[], Provider]) -> Provider:
            if batches is None:
                return Metered(find, meter)
            batched = batches.wrap(find, name)
            return Metered(lambda: batched, meter)

        house = self.beside(config if batches is None else batches.config, metered)
        if batches is not None:
            await batches.begin(house.state)
        pacing, wanted = self._pacing(house, batches), self._wanted(rows, since)
        calls = Calls(
            ask=unasked if given.get("replay") else house.ask,
            bill=meter.take,
            now=lambda: house.state.now,
            rows=rows,
            paces=pacing,
            lines=Lines(partial(open_for, pacing), partial(resident, config)),
            retry=frozenset(given.get("retry", ())),
            stop=lambda why: work.stop(why),
            moved=lambda: work.wake(),
            ended=(lambda: None) if batches is None else batches.stop,
        )
        source = each(self.items, strict=wanted.strict)
        work = Work(wanted, rows, source, self.job.telling(house, run), calls, Outbox(wanted.ordered))
        return work

    def _pacing(self, house: House, batches: Batching | None) -> Pacing:
        """How many calls at once: as agreed with all processes, or always as many as batches have room for."""
        if batches is not None:
            return Steady(self.given.get("concurrency") or batches.ceiling)
        at_once = partial(ceiling, self.config, self.job.at_once)
        return paces(house.state, at_once, now=lambda: house.state.now, process=new_id(self.now()))

    def _wanted(self, rows: Rows, since: float) -> Wanted:
        given, progress = self.given, rows.head.progress
        watch = given.get("on_progress")
        return Wanted(
            key=given.get("key"),
            now=self.now,
            window=self.job.window,
            ordered=given.get("ordered", False),
            strict=given.get("strict", False),
            max_failures=given.get("max_failures"),
            flag=None if self.file is None else places.flag_of(self.file),
            since=since,
            watch=(lambda: None) if watch is None else (lambda: watch(progress)),
        )

    async def _left(self, rows: Rows, usd: float | None) -> float | None:
        """The budget as the state has to have it: what rows cost counts, wherever it was booked."""
        if usd is None:
            return None
        run = rows.head.run
        config = for_run(self.config, self.given, run, usd)
        house: House = self.beside(config, later)
        budget = budget_of(f"run/{run}", config.runs[run].budgets[-1])
        book = await house.state.read(lambda kept: kept.get(book_window(kept, budget, house.now())[0], Book))
        booked = book.spent if book else 0
        return max(1, round(usd * 1e9) - max(0, rows.spent() - booked)) / 1e9


def open_for(pacing: Pacing, route: Route) -> int:
    """The calls of this process a route takes now: none while its provider wants to be left alone."""
    return 0 if pacing.resting(route) else pacing.allowed(route)


def _leave(loop: asyncio.AbstractEventLoop, task: asyncio.Task[None], rows: Rows) -> None:
    """End a run nobody holds any more, and let go of its file."""
    if not task.done() and not loop.is_closed():
        task.add_done_callback(lambda ended: rows.close())
        loop.call_soon_threadsafe(task.cancel)


async def unasked(prompt: Prompt, **ask: Unpack[Ask]) -> Reply:
    """What a replay asks: nothing."""
    raise InvalidCall("this isn't among the rows of the run, and a replay asks nothing")


def ceiling(config: Config, wanted: int | None, route: Route) -> int:
    """The calls that may ever be under way on this route: as many as wanted, else the fewest slots, else AT_ONCE."""
    mine = [one for one in config.models.values() if (one.provider, one.name) == route]
    slots = [config.providers[route.provider].slots, *(one.slots for one in mine)]
    return wanted or min((one for one in slots if one is not None), default=AT_ONCE)


def resident(config: Config, provider: str) -> int | None:
    """The models a provider holds in memory at once, where that is known."""
    found = config.providers[provider]
    return found.resident_models or KINDS[found.kind].resident_models


def _begun(head: Head, task: str, total: int | None) -> Progress:
    """One more pass begins."""
    head.passes += 1
    head.status, head.why, head.task, head.pid = "running", "", task, os.getpid()
    head.progress = Progress(total=total)
    return head.progress


def _agree(head: Head, now: Mapping[str, object], *, again: bool) -> None:
    """A run goes on under the settings it began with, unless what they change is to be asked again."""
    changed = list(differences(head.settings, now))
    if changed and not again:
        more = f" and {len(changed) - MOST_NAMED} more" if len(changed) > MOST_NAMED else ""
        raise InvalidCall(
            f"run {head.name!r} was begun under other settings: {'; '.join(changed[:MOST_NAMED])}{more}; give the run "
            "another name, or ask anew what that changes: again=True, --again"
        )
    head.settings = dict(now)
