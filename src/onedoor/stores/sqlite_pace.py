"""Whether a loop may write the file by itself: only while that costs next to nothing, and takes nobody's turn."""

from __future__ import annotations

import time
from collections.abc import Callable

_SLOW = 0.002
_WEIGHT = 0.1
_REST = 2.0
_SHARED = 0.1


class Pace:
    """Remembers for a while that commits were slow, or that others write too.

    A running mean is judged: one commit of 20 ms is enough, one of 3 ms isn't, as any busy processor makes those.
    """

    def __init__(self, clock: Callable[[], float] = time.perf_counter) -> None:
        self._clock = clock
        self._mean = 0.0
        self._not_before = clock()

    @property
    def quick(self) -> bool:
        """Whether neither has been so of late."""
        return self._clock() >= self._not_before

    def shared(self) -> None:
        """Another process writes too. One that never had to wait would take the lock again before others wake up."""
        self._not_before = max(self._not_before, self._clock() + _SHARED)

    def commit(self, step: Callable[[], object]) -> None:
        """Take the step that writes to the disk, and see how long it takes."""
        begun = self._clock()
        step()
        ended = self._clock()
        self._mean += _WEIGHT * (ended - begun - self._mean)
        if self._mean > _SLOW:
            self._mean, self._not_before = 0.0, ended + _REST
