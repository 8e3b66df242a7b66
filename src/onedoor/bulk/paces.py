"""How many calls of this process may be under way on each route, agreed on with every other process."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import NamedTuple

from onedoor.bulk.lane import Lane
from onedoor.policy.admission import provider_gates
from onedoor.policy.gates import Gates, concurrency
from onedoor.policy.pace import full
from onedoor.policy.shares import Heard, Shared, told
from onedoor.state import State
from onedoor.stores.engine import Transaction


class Route(NamedTuple):
    """A provider, and the name by which it serves a model."""

    provider: str
    model: str

    @property
    def key(self) -> str:
        """Where the state keeps its pace."""
        return f"pace/{self.provider}/{self.model}"


@dataclass(slots=True)
class Paces:
    """How many calls of this process may be under way on each route, agreed on with every other process.

    `process` is a name that nobody else has, `now` seconds since the epoch as the state has it. `pressed` is set where
    to share can't wait for the next beat: where calls begin on a route, and after a push-back.
    """

    state: State
    ceilings: Callable[[Route], int]
    now: Callable[[], float]
    process: str
    pressed: asyncio.Event = field(default_factory=asyncio.Event)
    _lanes: dict[Route, Lane] = field(default_factory=dict)

    def allowed(self, route: Route) -> int:
        """How many calls may be under way: one until the others were asked. Costs nothing: ask before each call."""
        lane = self._lanes.get(route) or self._begun(route)
        if not (lane.shared or lane.wants):
            lane.wants = True
            self.pressed.set()
        return lane.mine

    @property
    def limit(self) -> int:
        """How many calls may be under way on all the routes it takes part in."""
        return sum(lane.mine for lane in self._lanes.values() if lane.shared)

    def after(self, route: Route, *, pushed_back: bool, seconds: float, remaining: int | None = None) -> None:
        """A call has landed: whether it was pushed back, how long its answer took, 0 where nobody knows, and how many
        more the provider said it takes for now."""
        lane, at = self._lanes.get(route) or self._begun(route), self.now()
        if lane.slow_down(at) if pushed_back else not lane.landed_well(at, seconds):
            self.pressed.set()
        if remaining is not None:
            lane.told(remaining)

    def resting(self, route: Route) -> float:
        """Seconds until the provider takes calls again: all processes keep to what a 429 said. 0.0 is now."""
        lane = self._lanes.get(route)
        return lane.rests(self.now()) if lane is not None and lane.gates.throttled_until else 0.0

    async def share(self, flying: Mapping[Route, int]) -> None:
        """Tell the others what is under way and how it went, and learn from them, in one transaction.

        Naming a route, with 0 too, is taking part in it; a share that isn't used fades within some beats.
        """
        now = self.now()
        for route in flying.keys() - self._lanes.keys():
            self._begun(route).wants = True
        self.pressed.clear()
        telling = {
            route: lane.heard(flying.get(route, 0), now)
            for route, lane in self._lanes.items()
            if lane.shared or lane.wants or lane.landed or lane.backs or flying.get(route)
        }
        await self._tell(telling, now)

    async def beat(self, seconds: float) -> None:
        """Wait so long, or until to share can wait no longer."""
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self.pressed.wait()

    async def close(self) -> None:
        """Take part no more: the share is free at once."""
        now = self.now()
        leaving = [(route, lane) for route, lane in self._lanes.items() if lane.shared or lane.landed or lane.backs]
        await self._tell({route: lane.heard(0, now)._replace(asks=0) for route, lane in leaving}, now)

    async def _tell(self, telling: Mapping[Route, Heard], now: float) -> None:
        def work(rows: Transaction) -> dict[Route, tuple[Shared, Gates]]:
            return {route: self._told(rows, route, heard, now) for route, heard in telling.items()}

        if telling:
            for route, (row, gates) in (await self.state.read(work)).items():
                self._lanes[route].learn(row, self.process, gates)

    def _told(self, rows: Transaction, route: Route, heard: Heard, now: float) -> tuple[Shared, Gates]:
        gates = provider_gates(rows, route.provider)
        row = told(rows.get(route.key, Shared), self.process, heard, bears=concurrency(gates, None), now=now)
        rows.put(route.key, row)
        return row, gates

    def _begun(self, route: Route) -> Lane:
        """A route the others weren't asked about yet."""
        ceiling = self.ceilings(route)
        lane = self._lanes[route] = Lane(ceiling, full(ceiling))
        return lane


def paces(state: State, ceilings: Callable[[Route], int], *, now: Callable[[], float], process: str) -> Paces:
    """Take part in the paces of a state; the first `share` tells where the others, or the last run, left them."""
    return Paces(state, ceilings, now, process)
