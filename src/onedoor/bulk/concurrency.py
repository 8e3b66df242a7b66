"""How many calls at once: a little more while all goes well, far fewer when a provider pushes back or slows down."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

PUSHED_BACK: Collection[str] = frozenset({"throttled", "rate_limited", "slots_full", "provider_throttled"})
"""The codes by which a provider, or a limit of one's own, says that it is too much."""

BACK = 0.7
SLOW = 3.0
"""A smoothed latency so many times the best one is growth, not chance: answers differ in length."""

SMOOTH = 0.05
FEWEST = 20
"""Answers before latency says anything."""


@dataclass(frozen=True, slots=True)
class Pace:
    """The calls one route is allowed at once, at most `ceiling`.

    `best` and `usual` are the least and the latest smoothed seconds of an answer, `calm` the moment before which it
    isn't slowed down again: what was under way says nothing about the new pace.
    """

    ceiling: int
    allowed: float
    best: float = float("inf")
    usual: float = 0.0
    seen: int = 0
    calm: float = 0.0

    @property
    def now(self) -> int:
        """Whole calls, at least one."""
        return max(1, int(self.allowed))


def full(ceiling: int) -> Pace:
    """As many as there may be."""
    return Pace(ceiling, float(ceiling))


def after(pace: Pace, *, pushed_back: bool, seconds: float, now: float) -> Pace:
    """The pace after one more call: it took so many seconds, and was pushed back or not."""
    usual = seconds if not pace.seen else pace.usual + SMOOTH * (seconds - pace.usual)
    seen = pace.seen + 1
    best = min(pace.best, usual) if seen >= FEWEST else pace.best
    if not (pushed_back or usual > SLOW * best):
        more = min(float(pace.ceiling), pace.allowed + 1.0 / max(1.0, pace.allowed))
        return Pace(pace.ceiling, more, best, usual, seen, pace.calm)
    if now < pace.calm:
        return Pace(pace.ceiling, pace.allowed, best, usual, seen, pace.calm)
    return Pace(pace.ceiling, max(1.0, pace.allowed * BACK), best, 0.0, 0, now + seconds)
