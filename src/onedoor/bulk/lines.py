"""Questions that wait to be asked: a line for each route, and who is next."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from heapq import heappop, heappush
from typing import Generic, TypeVar

from onedoor.bulk.paces import Route
from onedoor.policy.phases import held

T = TypeVar("T")


@dataclass(slots=True)
class Lines(Generic[T]):
    """`allowed` are the calls a route takes at once, `resident` the models a provider holds at once, if that is known.

    Where a provider can't hold them all, its calls go by model: what waits for another one waits until nothing does for
    this one any more.
    """

    allowed: Callable[[Route], int]
    resident: Callable[[str], int | None]
    flying: int = 0
    by_route: dict[Route, int] = field(default_factory=dict)
    _waiting: dict[Route, list[tuple[int, int, T]]] = field(default_factory=dict)
    _came: int = 0
    _held: dict[str, tuple[str, ...]] = field(default_factory=dict)

    def put(self, route: Route, place: int, one: T) -> None:
        """One more, about the item at this place: what was begun first is brought to its end first."""
        if route not in self._waiting:
            self._waiting[route], self.by_route[route] = [], 0
        self._came += 1
        heappush(self._waiting[route], (place, self._came, one))

    def next(self) -> T | None:
        """Who may begin now; it counts as under way until it has landed."""
        for route, line in self._waiting.items():
            if line and self.by_route[route] < self.allowed(route) and self._holds(route):
                self.left(route, -1)
                return heappop(line)[-1]
        return None

    def left(self, route: Route, by: int = 1) -> None:
        """So many fewer are under way."""
        self.by_route[route] -= by
        self.flying -= by

    def drained(self) -> list[T]:
        """All that waited, and doesn't any more."""
        found = [one for line in self._waiting.values() for _, _, one in line]
        for line in self._waiting.values():
            line.clear()
        return found

    def _holds(self, route: Route) -> bool:
        """Whether the provider has this model in memory, or may load it now."""
        limit = self.resident(route.provider)
        if limit is None:
            return True
        holds = self._held.get(route.provider, ())
        if route.model not in holds:
            mine = [other for other in self._waiting if other.provider == route.provider]
            waiting = {other.model: len(self._waiting[other]) for other in mine}
            flying = {other.model: self.by_route[other] for other in mine}
            holds = self._held[route.provider] = held(holds, waiting, flying, limit)
        return route.model in holds
