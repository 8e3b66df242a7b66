"""How many calls at once: a little more while all goes well, far fewer when a provider pushes back or slows down."""

from __future__ import annotations

from collections.abc import Collection
from math import inf, sqrt

import msgspec

from onedoor.policy.spans import holds

PUSHED_BACK: Collection[str] = frozenset({"throttled", "rate_limited", "slots_full", "provider_throttled"})
"""The codes by which a provider, or a limit of one's own, says that it is too much."""

BACK = 0.7
ROUND = 1.0
"""Seconds a round of calls is taken to last where no call has said: as long as a 429 shuts its provider at least."""

SLOW = 3.0
"""A smoothed latency so many times the best one is growth, not chance: answers differ in length."""

SMOOTH = 0.05
FEWEST = 20
"""Answers before latency says anything."""

HELPED = 0.85
"""Answers that still take more of what they took, with three in ten fewer at once, are longer ones, not slower ones."""


class Pace(msgspec.Struct, frozen=True, omit_defaults=True):
    """The calls one route is allowed at once, at most `ceiling`.

    From `slowed` until `calm` it isn't slowed down again: what was under way says nothing about the new pace.
    """

    ceiling: int
    allowed: float
    slowed: float = 0.0
    calm: float = 0.0

    @property
    def now(self) -> int:
        """Whole calls, at least one."""
        return max(1, int(self.allowed))


class Latency(msgspec.Struct, frozen=True):
    """How long the answers of one kind of work take.

    `best` and `usual` are the least and the latest smoothed seconds, `seen` the answers since the last slowing down,
    `before` what was usual when they were last found slow.
    """

    best: float = inf
    usual: float = 0.0
    seen: int = 0
    before: float = inf


UNKNOWN = Latency()


def full(ceiling: int) -> Pace:
    """As many as there may be."""
    return Pace(ceiling, float(ceiling))


def under(pace: Pace, ceiling: int) -> Pace:
    """The pace under another ceiling. One that nothing had slowed down is at the new one too."""
    if ceiling == pace.ceiling:
        return pace
    allowed = float(ceiling) if pace.allowed >= pace.ceiling else min(pace.allowed, float(ceiling))
    return Pace(ceiling, allowed, pace.slowed, pace.calm)


def grown(pace: Pace, landed: int = 1) -> Pace:
    """The pace after so many more calls that went well: one more for each round of them, however they are counted."""
    if not landed or pace.allowed >= pace.ceiling:
        return pace
    more = sqrt(pace.allowed * pace.allowed + 2 * landed)
    return Pace(pace.ceiling, min(float(pace.ceiling), more), pace.slowed, pace.calm)


def calm(pace: Pace, at: float) -> bool:
    """Whether what lands now began before it was slowed down."""
    return holds(pace.slowed, pace.calm, at)


def slowed(pace: Pace, at: float, seconds: float) -> Pace:
    """The pace after a push-back, once in a round of calls; `seconds` is how long one takes, 0 where nobody knows."""
    if calm(pace, at):
        return pace
    return Pace(pace.ceiling, max(1.0, pace.allowed * BACK), at, at + (seconds or ROUND))


def within(pace: Pace, most: int | None) -> Pace:
    """The pace where a provider takes no more calls than so many, None where nobody knows; one is always allowed."""
    if most is None or most >= pace.allowed:
        return pace
    return Pace(pace.ceiling, max(1.0, float(most)), pace.slowed, pace.calm)


def timed(latency: Latency, seconds: float) -> Latency:
    """What is known of latency after one more answer."""
    seen = latency.seen + 1
    usual = latency.usual + max(SMOOTH, 1 / seen) * (seconds - latency.usual)
    return Latency(_best(latency, usual, seen), usual, seen, latency.before)


def _best(latency: Latency, usual: float, seen: int) -> float:
    if seen < FEWEST:
        return latency.best
    longer = seen == FEWEST and usual > max(SLOW * latency.best, HELPED * latency.before)
    return usual if longer else min(latency.best, usual)


def slow(latency: Latency) -> bool:
    """Whether answers have become so much slower that it is the load."""
    return latency.seen >= FEWEST and latency.usual > SLOW * latency.best


def anew(latency: Latency) -> Latency:
    """Latency is learnt again once the pace was slowed down, whether for it or for a push-back."""
    return Latency(latency.best, 0.0, 0, latency.usual if slow(latency) else inf)
