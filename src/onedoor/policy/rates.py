"""So many requests or tokens a period: three ways to count, one row each, refused calls count nothing."""

from __future__ import annotations

from typing import Literal

import msgspec

from onedoor.policy.spans import SLACK

Algorithm = Literal["gcra", "sliding", "fixed"]

NEVER = float("inf")
HAIR = 1e-6
"""Seconds that are lost in the binary fractions of a clock: gcra overlooks them, and a wait is so much longer."""


class Rate(msgspec.Struct, frozen=True):
    """`limit` units per `period` seconds.

    What may pass within any one period at most: under gcra the limit and the burst; under sliding, which takes the
    previous period for even, and under fixed, across a boundary, less than twice the limit.

    burst  units at once under gcra. By default a few seconds' worth, yet never less than one call of up to the limit.
    """

    limit: int
    period: float
    algorithm: Algorithm = "gcra"
    burst: float | None = None

    @property
    def interval(self) -> float:
        """Seconds a unit takes at the steady rate."""
        return self.period / self.limit


class Meter(msgspec.Struct, frozen=True, omit_defaults=True):
    """What a limit has counted.

    start  when the window began; under gcra when the meter was last found empty
    ahead  gcra: seconds by which the theoretical arrival time lay ahead when it was last taken from, at `seen`
    """

    start: float = 0.0
    ahead: float = 0.0
    seen: float = 0.0
    current: float = 0.0
    previous: float = 0.0


NEW = Meter()


def wait(rate: Rate, meter: Meter, units: float, now: float) -> float:
    """Seconds until `units` may pass: 0 is now, infinity is never because they are more than the limit itself."""
    if units <= 0:
        return 0.0
    if rate.algorithm == "gcra":
        seconds = _gcra_wait(rate, meter, units, now)
    else:
        seconds = _window_wait(rate, _rolled(rate, meter, now), units, now)
    return seconds + HAIR if seconds > 0 else 0.0


def taken(rate: Rate, meter: Meter, units: float, now: float) -> Meter:
    """The meter once `units` have passed."""
    if rate.algorithm != "gcra":
        meter = _rolled(rate, meter, now)
        return Meter(start=meter.start, current=meter.current + units, previous=meter.previous)
    ahead = _ahead(meter, now)
    return Meter(min(meter.start, now) if ahead else now, ahead + units * rate.interval, now)


def corrected(rate: Rate, meter: Meter, units: float, *, since: float, now: float) -> Meter:
    """The meter once units taken at `since` have turned out to be so many more, or fewer if negative.

    What has left the view of the meter in the meantime is neither given back nor counted.
    """
    if rate.algorithm != "gcra":
        return _corrected_window(rate, _rolled(rate, meter, now), units, since)
    if units > 0:
        return taken(rate, meter, units, now)
    if since < meter.start:
        return meter
    return Meter(meter.start, meter.ahead + units * rate.interval, meter.seen)


def set_back(rate: Rate, meter: Meter, now: float) -> Meter:
    """The meter as it must be kept where the clock was set back, or what it has counted would never drain."""
    if rate.algorithm == "gcra":
        return Meter(meter.start, meter.ahead, now) if meter.seen > now + SLACK else meter
    return _rolled(rate, meter, now) if meter.start > now + SLACK else meter


def idle(meter: Meter, period: float, now: float) -> bool:
    """Whether a meter says no more than a new one: nothing was taken for as long as any way to count looks back."""
    return now - max(meter.start, meter.seen) >= max(2 * period, meter.ahead)


def _gcra_wait(rate: Rate, meter: Meter, units: float, now: float) -> float:
    """Generic cell rate algorithm. Source: ITU-T I.371, annex A."""
    burst = _burst(rate, units)
    if units > burst:
        return NEVER
    seconds = _ahead(meter, now) + (units - burst) * rate.interval
    return seconds if seconds > HAIR else 0.0


def _ahead(meter: Meter, now: float) -> float:
    """Seconds to the theoretical arrival time; where the clock was set back, as many as when last taken from."""
    passed = now - meter.seen
    return max(0.0, meter.ahead - (passed if passed >= -SLACK else 0.0))


def _burst(rate: Rate, units: float) -> float:
    if rate.burst is not None:
        return max(1.0, rate.burst)
    return max(1.0, rate.limit * min(1.0, 5.0 / rate.period), min(units, rate.limit))


def _rolled(rate: Rate, meter: Meter, now: float) -> Meter:
    """The meter moved into the window that holds now; where the clock was set back, with what it has counted."""
    start = now - now % rate.period
    if start <= meter.start <= now + SLACK:
        return meter
    if meter.start > now:
        return Meter(start=start, current=meter.current)
    adjoins = meter.start >= start - 1.5 * rate.period
    return Meter(start=start, previous=meter.current if adjoins else 0.0)


def _window_wait(rate: Rate, meter: Meter, units: float, now: float) -> float:
    """Fixed counts this window alone; sliding weighs the previous one by the part of it still in view."""
    if units > rate.limit:
        return NEVER
    left = meter.start + rate.period - now
    if rate.algorithm == "fixed":
        return 0.0 if meter.current + units <= rate.limit else left
    over = meter.previous * left / rate.period + meter.current + units - rate.limit
    if over <= 1e-12 * rate.limit:
        return 0.0
    fades = over * rate.period / meter.previous if meter.previous else NEVER
    return fades if fades <= left else left + _fades_next(rate, meter, units)


def _fades_next(rate: Rate, meter: Meter, units: float) -> float:
    """Seconds into the next window until what this one has counted leaves room."""
    room = rate.limit - units
    return rate.period * (1 - room / meter.current) if meter.current > room else 0.0


def _corrected_window(rate: Rate, meter: Meter, units: float, since: float) -> Meter:
    if since >= meter.start:
        return Meter(start=meter.start, current=max(0.0, meter.current + units), previous=meter.previous)
    if since >= meter.start - rate.period:
        return Meter(start=meter.start, current=meter.current, previous=max(0.0, meter.previous + units))
    return meter
