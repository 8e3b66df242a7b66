"""How often a text repeats its end, followed piece by piece."""

from __future__ import annotations

PROBE = 32
LEAST = 96
"""Characters that must agree with those one unit before them until a repetition is followed."""
STRIDE = 128
TRIES = 6


class Period:
    """The smallest unit the end of a text repeats, and for how long; units up to half the window are seen.

    Looks for a unit once every `STRIDE` characters; once there is one, a piece costs one comparison.
    """

    __slots__ = ("_since", "_tail", "_window", "run", "unit")

    def __init__(self, window: int = 8_192) -> None:
        self._window = window
        self._tail = ""
        self._since = 0
        self.unit = self.run = 0

    @property
    def text(self) -> str:
        """The unit itself, from wherever the text stands."""
        return self._tail[-self.unit :] if self.unit else ""

    @property
    def tail(self) -> str:
        """The last characters, as many as the window holds."""
        return self._tail

    def feed(self, piece: str) -> None:
        """Take the next piece."""
        self._tail = tail = (self._tail + piece)[-self._window :]
        if self.unit and self._goes_on(tail, min(len(piece), len(tail))):
            self.run += len(piece)
            return
        self._since += len(piece)
        if self.unit or self._since >= STRIDE:
            self._since = 0
            self.unit, self.run = _repeated(tail)

    def _goes_on(self, tail: str, count: int) -> bool:
        whole = count + self.unit
        return whole <= len(tail) and tail.endswith(tail[-whole : -self.unit])


def _repeated(tail: str) -> tuple[int, int]:
    """The unit that the end of `tail` repeats and the length of that repetition; 0, 0 where it repeats none."""
    probe = tail[-PROBE:]
    start = end = len(tail) - len(probe)
    for _ in range(TRIES):
        found = tail.rfind(probe, 0, end + PROBE - 1)
        if found < 0 or (start - found) * 2 > len(tail):
            break
        unit = start - found
        agreed = _agreeing(tail, unit)
        if agreed >= max(unit, LEAST):
            return unit, agreed + unit
        end = found
    return 0, 0


def _agreeing(tail: str, unit: int) -> int:
    """How many of the last characters are those one unit before them."""
    most = len(tail) - unit
    low, high = 0, PROBE
    while high < most and _agree(tail, unit, high):
        low, high = high, high * 2
    high = min(high, most)
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if _agree(tail, unit, middle) else (low, middle - 1)
    return low


def _agree(tail: str, unit: int, count: int) -> bool:
    return tail.endswith(tail[-count - unit : -unit])
