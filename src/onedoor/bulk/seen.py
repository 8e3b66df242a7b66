"""What may have been seen before, in little memory that doesn't grow: a Bloom filter."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass, field

PLACES = 1 << 24
"""Bits, in 2 MiB: of a million things seen, four new ones in a thousand look like one of them."""

_SHIFTS = (0, 20, 40)


@dataclass(frozen=True, slots=True)
class Seen:
    """What isn't in it was never added; what is, may have been."""

    _bits: bytearray = field(default_factory=lambda: bytearray(PLACES // 8))

    def add(self, one: Hashable) -> None:
        """It has been seen now."""
        digest = hash(one)
        for shift in _SHIFTS:
            place = digest >> shift & PLACES - 1
            self._bits[place >> 3] |= 1 << (place & 7)

    def __contains__(self, one: Hashable) -> bool:
        digest = hash(one)
        for shift in _SHIFTS:
            place = digest >> shift & PLACES - 1
            if not self._bits[place >> 3] & 1 << (place & 7):
                return False
        return True
