"""How long to wait before asking the same candidate again, and when not to."""

from __future__ import annotations

from onedoor.errors import Throttled, Transient

TRANSIENT_BASE = 0.05
THROTTLED_BASE = 1.0
LONGEST_HINT = 60.0
"""A provider asking for a longer wait than this is left for the next candidate."""


def wait(error: Transient, sends: int, *, cap: float, jitter: float) -> float | None:
    """Seconds before send number `sends + 1`; None when the wait asked for is too long to sit out.

    Full jitter: uniform between zero and base·2^(sends-1), capped first. `jitter` is a random number in [0, 1).
    Retry-After is a minimum. Source: "Exponential Backoff And Jitter", AWS Architecture Blog, 2015.
    """
    base = THROTTLED_BASE if isinstance(error, Throttled) else TRANSIENT_BASE
    backoff = min(cap, base * 2.0 ** min(sends - 1, 64)) * jitter
    if error.retry_after is None:
        return backoff
    if error.retry_after > LONGEST_HINT:
        return None
    return error.retry_after + backoff
