"""The turns of the event loops: what begins within one is done together, at its end."""

from __future__ import annotations

import asyncio
from collections.abc import Callable


class Turns:
    """Calls `end` once, at the end of each turn of a loop in which something began."""

    def __init__(self, end: Callable[[asyncio.AbstractEventLoop], None]) -> None:
        self._end = end
        self._ending: set[asyncio.AbstractEventLoop] = set()

    def begun(self, loop: asyncio.AbstractEventLoop) -> None:
        """Something began, in this turn of the loop that runs here."""
        if loop not in self._ending:
            self._ending.add(loop)
            loop.call_soon(self._ended, loop)

    def _ended(self, loop: asyncio.AbstractEventLoop) -> None:
        self._ending.discard(loop)
        self._end(loop)
