"""What a comparison will have cost when it is done, from what its first answers cost."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

from onedoor.policy.intervals import Z95

LEAST = 5
"""Answers of each variant before anything is foretold."""


@dataclass(slots=True)
class Tally:
    """The costs of one variant so far: their number, mean and spread, by Welford's method."""

    n: int = 0
    mean: float = 0.0
    squares: float = 0.0
    unpriced: int = 0

    def add(self, nano_usd: int | None) -> None:
        if nano_usd is None:
            self.unpriced += 1
            return
        self.n += 1
        step = nano_usd - self.mean
        self.mean += step / self.n
        self.squares += step * (nano_usd - self.mean)

    @property
    def variance(self) -> float:
        return self.squares / (self.n - 1) if self.n > 1 else 0.0


@dataclass(frozen=True, slots=True)
class Forecast:
    """Nano-dollars of the whole comparison: what is expected, and the 95 % interval around it."""

    nano_usd: int
    low: int
    high: int

    def __str__(self) -> str:
        return f"${self.nano_usd / 1e9:.4f} (${self.low / 1e9:.4f} to ${self.high / 1e9:.4f})"


def forecast(spent: int, tallies: Mapping[str, Tally], left: Mapping[str, int]) -> Forecast | None:
    """What is spent, and for each variant its mean for what is left; None while too little is known.

    The interval covers both how uncertain the means are and how much what is left will differ from them.
    """
    rest = {name: count for name, count in left.items() if count}
    known = [tallies.get(name, Tally()) for name in rest]
    if any(tally.n < LEAST for tally in known):
        return None
    mean = sum(count * tallies[name].mean for name, count in rest.items())
    variance = sum(count * tallies[name].variance * (1 + count / tallies[name].n) for name, count in rest.items())
    half = t95(min((tally.n for tally in known), default=2) - 1) * math.sqrt(variance)
    return Forecast(round(spent + mean), round(spent + max(0.0, mean - half)), round(spent + mean + half))


def t95(df: int) -> float:
    """The two-sided 95 % quantile of Student's t; within 2 % from 4 degrees of freedom on.

    Source: Abramowitz and Stegun, Handbook of Mathematical Functions, 26.7.5, two terms.
    """
    z = Z95
    return z + (z**3 + z) / (4 * df) + (5 * z**5 + 16 * z**3 + 3 * z) / (96 * df * df)


@dataclass(slots=True)
class Progress:
    """How far a comparison is. `left` are the answers still to come, by variant; money is nano-dollars."""

    total: int
    done: int = 0
    failed: int = 0
    resumed: int = 0
    spent: int = 0
    unpriced: int = 0
    left: dict[str, int] = field(default_factory=dict)
    tallies: dict[str, Tally] = field(default_factory=dict)

    def add(self, variant: str, nano_usd: int | None, judged: int, *, failed: bool, resumed: bool = False) -> None:
        """One more answer."""
        self.done += 1
        self.failed += failed
        self.resumed += resumed
        self.left[variant] -= 1
        self.spent += (nano_usd or 0) + judged
        self.unpriced += nano_usd is None and not failed
        tally = self.tallies.setdefault(variant, Tally())
        tally.add(None if nano_usd is None else nano_usd + judged)

    @property
    def forecast(self) -> Forecast | None:
        return forecast(self.spent, self.tallies, self.left)
