"""Results on their way to whoever reads them: as they come, or in input order."""

from __future__ import annotations

import asyncio
from collections import deque
from dataclasses import dataclass, field

from onedoor.bulk.result import Result


@dataclass(slots=True)
class Outbox:
    """What has come and wasn't taken yet. `outstanding` are the items begun whose result wasn't taken."""

    ordered: bool
    outstanding: int = 0
    _ready: deque[Result] = field(default_factory=deque)
    _held: dict[int, Result] = field(default_factory=dict)
    _next: int = 0
    _over: bool = False
    _arrived: asyncio.Event = field(default_factory=asyncio.Event)

    def put(self, result: Result) -> None:
        """One more result; in order, it waits for those before it."""
        if not self.ordered:
            self._ready.append(result)
        else:
            self._held[result.place] = result
            while self._next in self._held:
                self._ready.append(self._held.pop(self._next))
                self._next += 1
        self._arrived.set()

    def end(self) -> None:
        """Nothing more comes: what waits for results that never came goes out as well."""
        self._ready.extend(self._held.pop(place) for place in sorted(self._held))
        self._over = True
        self._arrived.set()

    async def take(self) -> list[Result]:
        """What has arrived, waited for where nothing has; empty when all is over."""
        while not self._ready and not self._over:
            self._arrived.clear()
            await self._arrived.wait()
        batch = list(self._ready)
        self._ready.clear()
        self.outstanding -= len(batch)
        return batch
