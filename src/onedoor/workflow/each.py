"""The steps of a workflow for one item."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import msgspec

from onedoor.bulk.calls import called_off
from onedoor.bulk.result import Result
from onedoor.errors import OnedoorError, StoreError, WrongContext
from onedoor.output.score import plain
from onedoor.trail import code_of, words_of
from onedoor.workflow.came import Came, outlook
from onedoor.workflow.desk import BlockingStepDoor, StepDoor, Stopped
from onedoor.workflow.graph import Graph
from onedoor.workflow.step import DOOR, ITEM, Part, Step
from onedoor.workflow.threads import Threads


class WrongValue(OnedoorError):
    """A step gave what it may not give."""

    code = "step_value"


@dataclass(slots=True)
class One:
    """One item, or one group of values, and what the steps make of it.

    `came` is what steps before have come to, `results` what was asked; each step has a door of its own like `door`.
    """

    graph: Graph
    item: Mapping[str, Any]
    door: StepDoor
    threads: Threads
    came: dict[str, Came] = field(default_factory=dict)
    results: dict[bytes, Result] = field(default_factory=dict)

    async def all(self) -> None:
        """Do every step that is done for each item, each as soon as what it needs is there."""
        left, under_way = list(self.graph.each), set[asyncio.Task[None]]()
        try:
            while left or under_way:
                ready = [step for step in left if self.came.keys() >= set(self.graph.needs[step.name])]
                left = [step for step in left if step not in ready]
                if len(ready) == 1 and not under_way:
                    await self._do(ready[0])
                else:
                    under_way |= {asyncio.create_task(self._do(step)) for step in ready}
                    under_way = await _one_more(under_way)
        finally:
            for task in under_way:
                task.cancel()
            await asyncio.gather(*under_way, return_exceptions=True)

    async def _do(self, step: Step) -> None:
        self.came[step.name] = await self.step(step)

    async def step(self, step: Step) -> Came:
        """Do one step, if it can be done. Raises Stopped where the run was before, also if its function caught that."""
        how = outlook(self.graph, step, self.came)
        if how != "done":
            return Came(how)
        door = StepDoor(self.door.desk, self.door.calls, self.door.key, self.door.place, step.name, self.results)
        came = await self._done(step, door)
        if door.stopped:
            raise Stopped
        return came

    async def _done(self, step: Step, door: StepDoor) -> Came:
        try:
            if step.when is not None and not await self._call(step.when, step, door):
                return Came("skipped")
            value = await self._call(step.does, step, door)
            problem = step.wrong(value)
        except (StoreError, WrongContext, Stopped):
            raise
        except asyncio.CancelledError as error:
            if called_off():
                raise
            return Came("failed", error=error)
        except (SystemExit, KeyboardInterrupt) as error:
            raise OnedoorError(f"step {step.name!r} ended the run with {error!r}") from error
        except Exception as error:  # noqa: BLE001 - a function of the user's may raise anything; it is the item's result
            return Came("failed", error=error)
        return Came("failed", error=WrongValue(problem)) if problem else Came("done", value)

    async def _call(self, part: Part, step: Step, door: StepDoor) -> Any:
        """A function with what it takes: on the loop, or in a thread where it waits for the door."""
        given = self._given(part, door)
        if part.awaited:
            return await part.run(**given)
        if DOOR in given:
            given[DOOR] = BlockingStepDoor(door, asyncio.get_running_loop())
            return await self.threads.wait(partial(part.run, **given))
        return await self.threads.work(partial(part.run, **given)) if step.thread else part.run(**given)

    def _given(self, part: Part, door: StepDoor) -> dict[str, Any]:
        """What a function is called with; an optional step that was skipped is left out."""
        found: dict[str, Any] = {}
        for need in part.needs:
            came = self.came.get(need.name)
            if came is not None:
                if came.how == "done":
                    found[need.name] = came.value
            elif need.name == DOOR:
                found[DOOR] = door
            else:
                found[need.name] = self.item if need.name == ITEM else self.item[need.name]
        return found

    def result(self, names: Collection[str], *, at: float) -> Result:
        """What these steps came to: the value of each that was done, and what their calls used."""
        failed = next(((name, self.came[name]) for name in names if self._is(name, "failed")), None)
        gone = next((name for name in names if self._is(name, "done") and self._drops(name)), "")
        asked = self.results.values()
        found = Result(
            self.door.key,
            self.door.place,
            data={name: plain(self.came[name].value) for name in names if self._is(name, "done")},
            dropped=gone,
            nano_usd=None if any(one.nano_usd is None for one in asked) else sum(one.nano_usd or 0 for one in asked),
            input=sum(one.input for one in asked),
            output=sum(one.output for one in asked),
            attempts=sum(one.attempts for one in asked),
            retries=sum(one.retries for one in asked),
            degraded=tuple(dict.fromkeys(reason for one in asked for reason in one.degraded)),
            cached=bool(asked) and all(one.cached for one in asked),
            seconds=sum(one.seconds for one in asked),
            at=at,
        )
        return msgspec.structs.replace(found, **_told(*failed)) if failed else found

    def _is(self, name: str, how: str) -> bool:
        return name in self.came and self.came[name].how == how

    def _drops(self, name: str) -> bool:
        return self.graph.steps[name].kind == "filter" and self.came[name].value is False


async def _one_more(tasks: set[asyncio.Task[None]]) -> set[asyncio.Task[None]]:
    """Those left once another one is done. Raises what it failed with."""
    done, left = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    for error in [task.exception() for task in done]:
        if error is not None:
            raise error
    return left


def _told(name: str, came: Came) -> dict[str, str]:
    """How an item failed, and at which step."""
    error = came.error
    assert error is not None
    row = getattr(error, "row", None)
    code, kind = (row.error, row.kind) if isinstance(row, Result) else (code_of(error), type(error).__name__)
    return {"error": code, "kind": kind, "message": f"step {name!r}: {words_of(error)}"}
