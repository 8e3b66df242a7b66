"""Stretches of time on a clock that may be set back, which must make none of them much longer."""

from __future__ import annotations

SLACK = 10.0
"""Seconds by which decisions may see the clock out of order: each is made at the time at which it was asked for."""


def holds(since: float, until: float, now: float) -> bool:
    """Whether a stretch holds now. Long before its own beginning the clock was set back, and it is over."""
    return since - SLACK <= now < until
