"""What a workflow does with the items of a run, and after the last of them."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from itertools import islice
from typing import Any

import msgspec

from onedoor.bulk.items import Item
from onedoor.bulk.prompts import lacking
from onedoor.bulk.work import Work
from onedoor.errors import InvalidCall
from onedoor.output.score import plain
from onedoor.workflow.asking import Values
from onedoor.workflow.came import Came
from onedoor.workflow.desk import Desk, StepDoor, Stopped
from onedoor.workflow.each import One
from onedoor.workflow.graph import Graph
from onedoor.workflow.step import Step
from onedoor.workflow.threads import Threads

_encode = msgspec.json.Encoder(order="deterministic", enc_hook=str).encode


@dataclass(slots=True)
class Steps:
    """Does the steps of a workflow for each item. `window` bounds what is under way."""

    graph: Graph
    desk: Desk
    window: int
    threads: Threads = field(default_factory=Threads)
    _open: int = 0
    _once: dict[str, Came] = field(default_factory=dict)

    @property
    def busy(self) -> bool:
        """Whether items are under way."""
        return self._open > 0

    def fitted(self, key: str, item: Item) -> Callable[[Work], None]:
        """What does the steps for an item. Raises where it lacks a field, or has one that is called like a step."""
        lacks = [name for name in self.graph.fields if item.fields.get(name) is None]
        if lacks:
            raise InvalidCall(lacking(lacks, item.fields))
        both = sorted(self.graph.ambiguous & item.fields.keys())
        if both:
            raise InvalidCall(f"it has a field {both[0]!r}, and a step is called so that prompts speak of: rename it")
        return partial(self._begin, key, item, _fingerprint("item", item.fields))

    def _begin(self, key: str, item: Item, print_: bytes, work: Work) -> None:
        if work.clash(key, print_, item.place):
            return
        assert work.group is not None
        self._open += 1
        work.group.create_task(self._tell(key, item, print_, work))

    async def _tell(self, key: str, item: Item, print_: bytes, work: Work) -> None:
        """All steps of one item, to its result; none where the run is stopped before."""
        at = work.wanted.now()
        one = One(self.graph, item.fields, StepDoor(self.desk, work.calls, key, item.place, ""), self.threads)
        try:
            if work.why:
                return
            await one.all()
        except Stopped:
            return
        finally:
            self._open -= 1
            work.wake()
        names = [step.name for step in self.graph.each]
        work.keep(print_, one.result(names, at=at), sums=True)

    async def end(self, work: Work) -> None:
        """The steps that are done once, one after the other; their results come last."""
        for step in self.graph.last:
            at, place = work.wanted.now(), work.rows.head.progress.done + len(self._once)
            one = One(self.graph, {}, StepDoor(self.desk, work.calls, step.name, place, ""), self.threads)
            one.came.update(self._once)
            try:
                came = await (self._reduced(step, one, work) if step.kind == "reduce" else one.step(step))
            except Stopped:
                return
            self._once[step.name] = one.came[step.name] = came
            if came.how in {"done", "failed"}:
                result = one.result((step.name,), at=at)
                result = msgspec.structs.replace(result, step=step.name, data=result.data.get(step.name))
                work.keep(_fingerprint("once", step.name), result, sums=True)

    async def _reduced(self, step: Step, one: One, work: Work) -> Came:
        """One value of all items' values; skipped where no item has any."""
        work.rows.flush()
        names = self.graph.needs[step.name]
        names = tuple(name for name in names if step.does.takes(name))
        values = _values(work, self.graph, step, names)
        if step.by is None:
            rows = list(values)
            lists = {name: Values(row[at] for row in rows) for at, name in enumerate(names)}
            return await _group(step, one, lists, rows)
        found = await self._level(step, one, names[0], _groups((row[0] for row in values), step.by))
        while len(found) > 1 and all(came.how == "done" for came in found):
            alone = found[-1:] if len(found) % step.by == 1 else []
            groups = _groups((plain(came.value) for came in found[: len(found) - len(alone)]), step.by)
            found = [*await self._level(step, one, names[0], groups), *alone]
        return next((came for came in found if came.how != "done"), found[0] if found else Came("skipped"))

    async def _level(self, step: Step, one: One, name: str, groups: Iterator[Values]) -> list[Came]:
        """What each group of values comes to, in order."""
        found: list[Came] = []
        while now := list(islice(groups, self.window)):
            found += await asyncio.gather(*(_group(step, one, {name: group}, group) for group in now))
        return found


def _groups(values: Iterator[Any], by: int) -> Iterator[Values]:
    """So many values at a time."""
    return iter(lambda: Values(islice(values, by)), Values())


async def _group(step: Step, one: One, given: dict[str, Values], values: list[Any]) -> Came:
    """One call of a reduce."""
    if not values:
        return Came("skipped")
    came = {**one.came, **{name: Came("done", value) for name, value in given.items()}}
    came |= {name: Came("done") for name in one.graph.needs[step.name] if name not in came}
    return await One(one.graph, {}, one.door, one.threads, came, one.results).step(step)


def _values(work: Work, graph: Graph, step: Step, names: tuple[str, ...]) -> Iterator[tuple[Any, ...]]:
    """The values of every item that has them all, in input order; an item that was let go before has none."""
    gates = frozenset(graph.gates[step.name])
    for result in work.rows.passed():
        data = result.data if isinstance(result.data, dict) else {}
        if not result.step and result.dropped not in gates and all(name in data for name in names):
            yield tuple(data[name] for name in names)


def _fingerprint(what: str, said: object) -> bytes:
    return hashlib.sha256(what.encode() + _encode(said)).digest()[:16]
