"""A pace that nothing changes: what goes through a provider's batches is not hurried and not pushed back."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from onedoor.bulk.paces import Route


class Pacing(Protocol):
    """How many calls of this process may be under way on each route; `Paces` says what each part means."""

    @property
    def limit(self) -> int: ...
    def allowed(self, route: Route) -> int: ...
    def resting(self, route: Route) -> float: ...
    def after(self, route: Route, *, pushed_back: bool, seconds: float, remaining: int | None = None) -> None: ...
    async def beat(self, seconds: float) -> None: ...
    async def share(self, flying: Mapping[Route, int]) -> None: ...
    async def close(self) -> None: ...


@dataclass(frozen=True, slots=True)
class Steady:
    """Always the same number of calls, whatever happens."""

    at_once: int

    @property
    def limit(self) -> int:
        """The number."""
        return self.at_once

    def allowed(self, route: Route) -> int:
        """The number."""
        return self.at_once

    def resting(self, route: Route) -> float:
        """Never."""
        return 0.0

    def after(self, route: Route, *, pushed_back: bool, seconds: float, remaining: int | None = None) -> None:
        """Nothing changes."""

    async def beat(self, seconds: float) -> None:
        """Wait so long."""
        await asyncio.sleep(seconds)

    async def share(self, flying: Mapping[Route, int]) -> None:
        """Nobody else is concerned."""

    async def close(self) -> None:
        """Nothing is held."""
