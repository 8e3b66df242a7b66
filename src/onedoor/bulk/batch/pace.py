"""How large batches are, and how often they are looked at."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Pace:
    """A batch is handed over when it has `size` requests, or nothing has been added for `quiet` seconds.

    It is looked at after `first` seconds, then ever more seldom, at last every `longest` seconds. A submission that
    fails for a moment is tried `sends` times. At most `at_once` of this size are under way: a call that waits takes
    some 20 KB of memory.
    """

    size: int = 1_000
    at_once: int = 10
    quiet: float = 0.25
    first: float = 1.0
    longest: float = 60.0
    growth: float = 1.5
    sends: int = 5

    @property
    def ceiling(self) -> int:
        """Calls at once, where nobody says otherwise."""
        return self.size * self.at_once

    def after(self, pause: float) -> float:
        """The pause after this one."""
        return min(self.longest, pause * self.growth)
