"""What a model's own reports say about the estimate of its prompts."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

from onedoor.prompt.tokens.count import Count

NEEDED = 8
"""Reports before anything learnt is used."""

MEMORY = 32
"""A report weighs at least 1/MEMORY, so that what was true long ago fades."""

LOWEST = 0.4
"""Below this share of the estimate a report says that the server left out what it had cached or cut; it is ignored
when it is below half of this, and never followed below it."""

HIGHEST = 4.0
FRAME = 2_000
"""The most tokens a message's frame may come to: hidden instructions before a short question are of that order."""

NARROWEST = 0.02
REACH = 4.0
"""Deviations above the line a bound lies at first."""

NEAREST = 2.5
STEP = 1.0
MISSES = 0.01
"""One prompt in a hundred may be longer than its bound.

A report above its bound moves the next bounds up by nearly STEP deviations, one below it moves them down by a hundredth
of that: over many reports no more than this share misses, whatever they are like. Source: Gibbs and Candès, "Adaptive
Conformal Inference Under Distribution Shift", NeurIPS 2021.
"""


@dataclass(frozen=True, slots=True)
class Learnt:
    """A running line through what was reported against what was estimated: a ratio, and tokens for each message.

    Both are kept as exponentially weighted means of r = real/estimated and u = messages/estimated, which makes every
    prompt count alike however long. One odd report moves the line little: it is cut to four deviations first. `reach`
    is how many deviations above the line a bound lies.
    """

    reports: int = 0
    r: float = 0.0
    u: float = 0.0
    uu: float = 0.0
    ur: float = 0.0
    rr: float = 0.0
    reach: float = REACH

    @property
    def ready(self) -> bool:
        """Whether there are enough reports to go by."""
        return self.reports >= NEEDED

    @property
    def frame(self) -> float:
        """Tokens for each message beyond those estimated."""
        spread = self.uu - self.u * self.u
        if spread <= 1e-3 * self.uu:
            return 0.0
        return min(max((self.ur - self.u * self.r) / spread, 0.0), FRAME, self.r / self.u)

    @property
    def ratio(self) -> float:
        """Tokens for each one estimated, without the frame."""
        return self.r - self.frame * self.u

    @property
    def deviation(self) -> float:
        """How far reports lie from the line, as a share of the estimate."""
        spread, slope = max(0.0, self.uu - self.u * self.u), self.frame
        left = self.rr - self.r * self.r - 2 * slope * (self.ur - self.u * self.r) + slope * slope * spread
        return max(NARROWEST, math.sqrt(max(0.0, left)))

    def seen(self, *, estimated: int, real: int, messages: int = 1) -> Learnt:
        """With one more report. One that can't be of the whole prompt changes nothing."""
        if estimated <= 0 or real < LOWEST / 2 * estimated:
            return self
        u, r = messages / estimated, self._kept(real / estimated, messages / estimated)
        weight = max(1 / (self.reports + 1), 1 / MEMORY)
        means = {"r": r, "u": u, "uu": u * u, "ur": u * r, "rr": r * r}
        moved = {name: (1 - weight) * getattr(self, name) + weight * value for name, value in means.items()}
        return replace(self, reports=self.reports + 1, reach=self._reached(estimated, real, messages), **moved)

    def count(self, estimated: int, *, messages: int = 0) -> Count:
        """What an estimate comes to at most, in 99 of 100 prompts over time; itself until there are enough reports."""
        if not self.ready:
            return Count(estimated, "estimated")
        ratio = min(max(self.ratio + self.reach * self.deviation, LOWEST), HIGHEST)
        return Count(math.ceil(estimated * ratio + self.frame * messages), "learnt")

    def _reached(self, estimated: int, real: int, messages: int) -> float:
        if not self.ready:
            return self.reach
        missed = real > self.count(estimated, messages=messages).tokens
        return max(self.reach + STEP * (missed - MISSES), NEAREST)

    def _kept(self, r: float, u: float) -> float:
        """A ratio within what is possible and, once there are enough, within four deviations of the line."""
        r = min(r, HIGHEST + FRAME * u)
        if not self.ready:
            return r
        expected, reach = self.ratio + self.frame * u, 4 * max(self.deviation, 0.05)
        return min(max(r, expected - reach), expected + reach)


NOTHING = Learnt()
