"""The circuit breaker of one route: when to stop asking, when to try again, and which results count.

Pure: a row and the clock in, a new row or a gate out. Source of the shape: Polly v8 and resilience4j; of the figures:
`docs/reference/admit.md`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import msgspec
from msgspec.structs import replace

from onedoor.policy.spans import SLACK, holds

Phase = Literal["closed", "open", "half_open"]
Manual = Literal["", "isolated", "closed", "disabled", "metrics_only"]
Result = Literal["success", "slow", "failure", "neutral"]


class Bucket(msgspec.Struct, frozen=True):
    """What ended within one stretch of the window."""

    start: float
    total: int = 0
    failed: int = 0
    slow: int = 0


class Breaker(msgspec.Struct, frozen=True, omit_defaults=True):
    """One route's breaker.

    generation  grows with every change of phase; a result admitted under another one never changes it
    buckets     what ended of late, oldest first
    since       when it opened; `until`: when it lets probes through
    breaks      how many times in a row it has opened
    leases      probes under way in half-open: the permit, and when its lease began and ends
    probed      probes that have succeeded in half-open
    manual      a hand on it, by `actor`, until `manual_until` (0 is for ever)
    """

    phase: Phase = "closed"
    generation: int = 0
    buckets: tuple[Bucket, ...] = ()
    consecutive: int = 0
    since: float = 0.0
    until: float = 0.0
    breaks: int = 0
    leases: dict[str, tuple[float, float]] = {}
    probed: int = 0
    manual: Manual = ""
    manual_until: float = 0.0
    actor: str = ""


class Rule(msgspec.Struct, frozen=True):
    """When a breaker opens and for how long. Seconds and shares."""

    window: float = 120.0
    minimum: int = 10
    failure_share: float = 0.5
    slow_share: float = 0.8
    consecutive: int = 5
    first_break: float = 15.0
    longest_break: float = 300.0
    successes: int = 2

    @property
    def bucket(self) -> float:
        """The window is counted in twelve parts."""
        return self.window / 12


@dataclass(frozen=True, slots=True)
class Gate:
    """May this attempt go through: "yes", as a "probe", or "no" until a moment."""

    verdict: Literal["yes", "probe", "no"]
    until: float = 0.0
    reason: str = ""


YES = Gate("yes")
LONGEST = 3600.0
"""No break lasts longer, whatever a provider asks for."""

ENOUGH = 2
"""A bucket that knows only successes counts up to so many times the rule's minimum: more would tell nothing new, and a
busy healthy route need not write its row with every answer."""

NEW = Breaker()


def gate(row: Breaker, now: float) -> Gate:
    """Whether an attempt may go through."""
    if row.phase == "closed" and not row.manual:
        return YES
    manual = by_hand(row, now)
    if manual == "isolated":
        return Gate("no", row.manual_until, f"isolated by {row.actor}")
    if manual or row.phase == "closed":
        return YES
    if row.phase == "open" and holds(row.since, row.until, now):
        return Gate("no", row.until, "open after repeated failures")
    ends = [end for _, end in _held(row, now).values()]
    if len(ends) < _allowed(row):
        return Gate("probe")
    return Gate("no", min(ends), "half open: a probe is under way")


def by_hand(row: Breaker, now: float) -> Manual:
    """What a hand has set, while it holds."""
    return row.manual if row.manual and (not row.manual_until or now < row.manual_until) else ""


def probe(row: Breaker, permit: str, *, until: float, now: float) -> Breaker:
    """The row once a probe holds a lease. The lease ends by itself, so a dead prober can't block the route."""
    if row.phase == "open":
        return replace(row, phase="half_open", generation=row.generation + 1, leases={permit: (now, until)}, probed=0)
    return replace(row, leases={**_held(row, now), permit: (now, until)})


def shed(row: Breaker, rule: Rule, now: float) -> float:
    """The share of calls to turn away on a route that is the last one left, which is never shut whole.

    Client-side throttling, K = 2. Source: Site Reliability Engineering, chapter 21, "Handling Overload".
    """
    total, failed, _ = _counts(row, rule, now)
    return min(0.9, max(0.0, (total - 2 * (total - failed)) / (total + 1)))


def after(
    row: Breaker,
    rule: Rule,
    result: Result,
    *,
    permit: str,
    generation: int,
    now: float,
    jitter: float,
    retry_after: float | None = None,
) -> Breaker:
    """The row once an attempt has ended. `jitter` is a random number in [0, 1)."""
    probing, hand = permit in row.leases, by_hand(row, now)
    if probing:
        row = replace(row, leases={name: lease for name, lease in row.leases.items() if name != permit})
    if result == "neutral" or hand == "disabled":
        return row
    current = probing or generation == row.generation
    if row.phase == "closed" and (not current or _known_well(row, rule, result, now)):
        return row
    counted = _counted(row, rule, result, now, streak=current)
    return counted if hand or not current else _moved(counted, rule, result, now, jitter, retry_after)


def set_by_hand(row: Breaker, manual: Manual, *, actor: str, until: float) -> Breaker:
    """The row once a person has put a hand on it.

    "isolated" lets nothing through, "metrics_only" everything while it counts, "disabled" everything without counting.
    "closed" forgets what it has counted and goes on by itself, once `until` has passed; "" takes the hand off.
    """
    if manual in {"closed", ""}:
        row = Breaker(generation=row.generation + 1)
    if not manual or (manual == "closed" and not until):
        return row
    return replace(row, manual=manual, manual_until=until, actor=actor)


def _held(row: Breaker, now: float) -> dict[str, tuple[float, float]]:
    return {permit: (since, until) for permit, (since, until) in row.leases.items() if holds(since, until, now)}


def _known_well(row: Breaker, rule: Rule, result: Result, now: float) -> bool:
    """Whether one more success is no news: this stretch has seen enough of them and nothing else."""
    if result != "success" or row.consecutive or not row.buckets:
        return False
    last = row.buckets[-1]
    healthy = not last.failed and not last.slow and last.total >= ENOUGH * rule.minimum
    return healthy and now - rule.bucket < last.start <= now + SLACK


def _allowed(row: Breaker) -> int:
    """Probes at once: one, doubled by every success."""
    return 1 << row.probed if row.phase == "half_open" else 1


def _moved(row: Breaker, rule: Rule, result: Result, now: float, jitter: float, hint: float | None) -> Breaker:
    """The row in the phase that a result of its own generation brings it to."""
    if row.phase == "half_open":
        return _probed(row, rule, result, now, jitter, hint)
    trips = row.phase == "closed" and result != "success" and _trips(row, rule, now)
    return _opened(row, rule, now, jitter, hint) if trips else row


def _probed(row: Breaker, rule: Rule, result: Result, now: float, jitter: float, hint: float | None) -> Breaker:
    if result != "success":
        return _opened(row, rule, now, jitter, hint)
    probed = row.probed + 1
    return replace(row, probed=probed) if probed < rule.successes else Breaker(generation=row.generation + 1)


def _opened(row: Breaker, rule: Rule, now: float, jitter: float, hint: float | None) -> Breaker:
    """Open, each time in a row for twice as long, ±20 %, never less than the provider asked for."""
    pause = min(rule.longest_break, rule.first_break * 2.0 ** min(row.breaks, 30)) * (0.8 + 0.4 * jitter)
    return replace(
        row,
        phase="open",
        generation=row.generation + 1,
        since=now,
        until=now + max(pause, min(LONGEST, hint or 0.0)),
        breaks=row.breaks + 1,
        leases={},
        probed=0,
        consecutive=0,
    )


def _trips(row: Breaker, rule: Rule, now: float) -> bool:
    if row.consecutive >= rule.consecutive:
        return True
    total, failed, slow = _counts(row, rule, now)
    return total >= rule.minimum and (failed >= rule.failure_share * total or slow >= rule.slow_share * total)


def _counted(row: Breaker, rule: Rule, result: Result, now: float, *, streak: bool) -> Breaker:
    """The row with a result in its newest bucket; `streak` says whether it belongs to the failures in a row."""
    consecutive = row.consecutive
    if streak:
        consecutive = consecutive + 1 if result == "failure" else 0
    start = now - now % rule.bucket
    if row.buckets and start <= row.buckets[-1].start <= now + SLACK:
        *kept, current = row.buckets
    else:
        kept = [bucket for bucket in row.buckets if now - rule.window < bucket.start < start]
        current = Bucket(start)
    grown = Bucket(
        current.start, current.total + 1, current.failed + (result == "failure"), current.slow + (result == "slow")
    )
    return replace(row, buckets=(*kept, grown), consecutive=consecutive)


def _counts(row: Breaker, rule: Rule, now: float) -> tuple[int, int, int]:
    live = [bucket for bucket in row.buckets if now - rule.window < bucket.start <= now + SLACK]
    return (
        sum(bucket.total for bucket in live),
        sum(bucket.failed for bucket in live),
        sum(bucket.slow for bucket in live),
    )
