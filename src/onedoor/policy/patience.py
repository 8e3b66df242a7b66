"""How long a call may wait for its turn."""

from __future__ import annotations

from typing import Literal

GRACE = 0.05
"""Seconds by which a wait may outlast what is allowed: one that is exactly as long began a moment before."""


def latest(on_limit: Literal["wait", "fail"], max_wait: float, *, deadline: float | None, now: float) -> float:
    """The moment until which a call may wait; all on one clock."""
    if on_limit == "fail":
        return now
    longest = now + max_wait
    return longest if deadline is None else min(longest, deadline)


def pause(until: float | None, *, now: float, left: float) -> float | None:
    """Seconds until it is worth asking again, by the clock that says `until`; None where that isn't before the end."""
    if until is None or left <= 0:
        return None
    wait = max(0.001, until - now)
    return wait if wait <= left + GRACE else None
