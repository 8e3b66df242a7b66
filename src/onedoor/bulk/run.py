"""`door.map`: many items, one prompt, and a run that can be gone on with."""

from __future__ import annotations

import asyncio
import os
import time
from collections import deque
from collections.abc import AsyncIterator, Callable, Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

import msgspec

from onedoor.asking import Ask
from onedoor.bulk import concurrency, places
from onedoor.bulk.fingerprint import around, settings
from onedoor.bulk.items import Items, count, each
from onedoor.bulk.outbox import Outbox
from onedoor.bulk.prompts import Asker, Asking, Keyed, asker
from onedoor.bulk.result import FORMAT, Head, Progress, Result
from onedoor.bulk.rows import Rows, opened
from onedoor.bulk.wanted import Wanted
from onedoor.bulk.work import Work
from onedoor.config import Budget, Config
from onedoor.config import Run as RunTable
from onedoor.errors import InvalidCall, StoreError
from onedoor.places import state_path
from onedoor.plan import budget_of
from onedoor.policy.budget import Book
from onedoor.policy.keys import book_window
from onedoor.quality.comparison import Beside, House
from onedoor.quality.meter import Meter, Metered
from onedoor.quality.results import MOST_NAMED, differences
from onedoor.standard import candidates
from onedoor.types import Call, Candidate, replace

AT_ONCE = 32
"""Calls at once, where no slots say otherwise."""


class Mapped(Ask, total=False):
    """The keyword arguments of `map`: those of `Ask` hold for every item, and these for the run.

    run           its name: the same name goes on where it ended; without one nothing is kept
    context       here the names of the item's fields that are documents
    key           the field that tells items apart, or a function; without one the place in the input
    ordered       results in input order instead of as they come
    max_failures  stop cleanly after so many items have failed
    retry         codes of errors whose items are asked again, as "timeout"; others keep their error row
    concurrency   calls at once; else the slots configured, else 32. Fewer while a provider pushes back
    budget        US dollars this run never spends more than, over all its processes
    again         go on although task or template have changed: what depends on it is asked anew
    strict        an item that can't be read, or lacks a field, ends the run instead of being an error row
    on_progress   told how far it is with every result
    """

    key: Keyed
    ordered: bool
    max_failures: int | None
    retry: Collection[str]
    concurrency: int | None
    budget: float | None
    again: bool
    strict: bool
    on_progress: Callable[[Progress], None] | None


@dataclass(slots=True)
class _Started:
    """What there is only once a run has begun."""

    rows: Rows
    work: Work
    task: asyncio.Task[None]


@dataclass(slots=True)
class Run:
    """Results as they come: iterate it, inside `async with` where you might leave early.

    `progress` is how far it is, `why` the reason it ended before its end, empty where it didn't.
    """

    items: Items
    given: Mapped
    config: Config
    beside: Beside
    now: Callable[[], float]
    asker: Asker
    call: Call
    models: tuple[Candidate, ...]
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
        try:
            await asyncio.wait([started.task])
            failed = None if started.task.cancelled() else started.task.exception()
            self._end(started, failed, whole=whole)
        finally:
            started.rows.close()
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
            started.rows.flush()

    async def _start(self) -> _Started:
        found = settings(self.call, self.models, self.asker)
        at, since = self.now(), time.time()
        name = self.given.get("run", "")
        label = name if name in self.config.runs else f"map {name or 'unnamed'} {at:.3f}"
        rows = opened(self.file, Head(FORMAT, name, label, at, self.call.task, found))
        try:
            _agree(rows.head, found, again=self.given.get("again", False))
            self.progress = _begun(rows.head, self.call.task, await asyncio.to_thread(count, self.items))
            rows.flush()
            wanted = await self._wanted(rows, found, since)
            work = Work(
                wanted,
                rows,
                each(self.items, strict=wanted.strict),
                concurrency.full(wanted.ceiling),
                Outbox(wanted.ordered),
            )
        except BaseException:
            rows.close()
            raise
        return _Started(rows, work, asyncio.create_task(work.run(), name=f"onedoor run {name}"))

    async def _wanted(self, rows: Rows, found: dict[str, object], since: float) -> Wanted:
        given, meter, run = self.given, Meter(), rows.head.run
        cap = await self._left(rows, given.get("budget"))
        house = self.beside(_for_run(self.config, given, run, cap), lambda find: Metered(find, meter))
        watch = given.get("on_progress")
        progress = rows.head.progress
        return Wanted(
            ask=house.ask,
            own={**_own(given), "run": run},
            asker=self.asker,
            key=given.get("key"),
            around=around(found),
            bill=meter.take,
            now=self.now,
            ceiling=given.get("concurrency") or _ceiling(self.config, self.call.task, self.models[0].name),
            ordered=given.get("ordered", False),
            strict=given.get("strict", False),
            max_failures=given.get("max_failures"),
            retry=frozenset(given.get("retry", ())),
            flag=None if self.file is None else places.flag_of(self.file),
            since=since,
            watch=(lambda: None) if watch is None else (lambda: watch(progress)),
        )

    async def _left(self, rows: Rows, usd: float | None) -> float | None:
        """The budget as the state has to have it: what rows cost counts, wherever it was booked."""
        if usd is None:
            return None
        run = rows.head.run
        config = _for_run(self.config, self.given, run, usd)
        house: House = self.beside(config, lambda find: find())
        budget = budget_of(f"run/{run}", config.runs[run].budgets[-1])
        book = await house.state.read(lambda kept: kept.get(book_window(kept, budget, house.now())[0], Book))
        booked = book.spent if book else 0
        return max(1, round(usd * 1e9) - max(0, rows.spent() - booked)) / 1e9


def mapped(
    items: Items, prompt: Asking, given: Mapped, *, config: Config, beside: Beside, now: Callable[[], float]
) -> Run:
    """A run over these items. What can be checked is checked now; it begins when its first result is asked for."""
    if unknown := sorted(given.keys() - Mapped.__annotations__.keys()):
        raise InvalidCall(f"there is no argument {unknown[0]!r}; map takes {', '.join(sorted(Mapped.__annotations__))}")
    _check(given)
    found = asker(prompt, config.templates, given.get("context", ()))  # type: ignore[arg-type]  # names of fields here
    call = beside(_for_run(config, given, "", None), lambda find: find()).call("an item", _own(given))
    names = [given["model"]] if given.get("model") else list(config.tasks[call.task].models)
    models = candidates(config, names)
    if given.get("budget") is not None and (without := [one.name for one in models if one.price is None]):
        raise InvalidCall(f"a budget needs prices, and {', '.join(without)} has none: give models.{without[0]} a price")
    state, name = state_path(config), given.get("run", "")
    file = places.file_of(state or Path(), name) if name else None
    return Run(items, given, config, beside, now, found, replace(call, messages=()), models, file if state else None)


def _check(given: Mapped) -> None:
    for name in ("concurrency", "max_failures"):
        value = given.get(name)
        if value is not None and (not isinstance(value, int) or value < 1):
            raise InvalidCall(f"{name} is {value!r}; it must be a whole number of at least 1")
    budget = given.get("budget")
    if budget is not None and not budget > 0:
        raise InvalidCall(f"budget is {budget!r}; it must be US dollars above 0")
    if given.get("retry") and not given.get("run"):
        raise InvalidCall("retry asks the failed items of an earlier run again: name it with run")
    if isinstance(given.get("retry", ()), str):
        raise InvalidCall("retry must be a list of codes, not one text")


def _own(given: Mapped) -> Ask:
    """What every call of the run is asked with."""
    left = {name: value for name, value in given.items() if name in Ask.__annotations__ and value is not None}
    return {name: value for name, value in left.items() if name not in {"context", "run"}}  # type: ignore[return-value]


def _for_run(config: Config, given: Mapped, run: str, usd: float | None) -> Config:
    """The configuration with this run, its cap, and everything it asks behind what people ask."""
    table = config.runs.get(run, RunTable())
    cap = [] if usd is None else [Budget(usd=usd, per="run", strict=True)]
    runs = {**config.runs, run: msgspec.structs.replace(table, budgets=[*table.budgets, *cap])}
    caller = given.get("caller", "")
    return msgspec.structs.replace(
        config,
        runs=runs,
        tasks={name: msgspec.structs.replace(task, priority="bulk") for name, task in config.tasks.items()},
        defaults=msgspec.structs.replace(config.defaults, priority="bulk"),
        callers={
            name: msgspec.structs.replace(one, priority="bulk") if name == caller else one
            for name, one in config.callers.items()
        },
    )


def _ceiling(config: Config, task: str, model: str) -> int:
    """The fewest slots of task, model and provider; without any, AT_ONCE."""
    kept = config.models[model]
    slots = (config.settings(task).slots, kept.slots, config.providers[kept.provider].slots)
    return min((one for one in slots if one is not None), default=AT_ONCE)


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
