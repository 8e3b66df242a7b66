"""Chance that comes out the same every time: each throw is named, so no throw depends on another."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Dice:
    """Throws fixed by `key`, the same on every machine and Python version."""

    key: str

    def roll(self, name: str) -> float:
        """A number in [0, 1)."""
        return (int.from_bytes(hashlib.sha256(f"{self.key}/{name}".encode()).digest()[:8], "big") >> 11) / 2**53

    def between(self, name: str, low: int, high: int) -> int:
        """A whole number, both ends included."""
        return low + int(self.roll(name) * (high - low + 1))

    def pick(self, name: str, options: Sequence[T]) -> T:
        """One of the options."""
        return options[self.between(name, 0, len(options) - 1)]

    def mark(self, name: str) -> str:
        """Sixteen hexadecimal digits, for an id."""
        return hashlib.sha256(f"{self.key}/{name}".encode()).hexdigest()[:16]
