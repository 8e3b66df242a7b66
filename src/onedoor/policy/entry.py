"""Entry: what a whole call may use before anything else looks at it, taken once however often it is sent."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from onedoor.policy import rates
from onedoor.policy.admission import too_fast
from onedoor.policy.keys import meter_key
from onedoor.policy.rows import Rows
from onedoor.policy.terms import Limit, Refusal

USERS = "rate/user/"
"""What the keys of all users' meters begin with."""


def enter(rows: Rows, limits: Sequence[Limit], *, now: float) -> Refusal | None:
    """Take one request of every limit, or nothing and say which refuses."""
    writes: dict[str, msgspec.Struct] = {}
    for limit in limits:
        key = meter_key(limit)
        meter = rows.get(key, rates.Meter) or rates.NEW
        pause = rates.wait(limit.rate, meter, 1, now)
        if pause > 0:
            if meter is not (kept := rates.set_back(limit.rate, meter, now)):
                rows.put(key, kept)
            return too_fast(limit, 1, pause, now)
        writes[key] = rates.taken(limit.rate, meter, 1, now)
    for key, row in writes.items():
        rows.put(key, row)
    return None


def forget(rows: Rows, *, now: float) -> None:
    """Drop the meters of users that say no more than new ones, so that the state grows with who asks, not who asked."""
    for key, meter in tuple(rows.scan(USERS, rates.Meter)):
        if rates.idle(meter, float(key.rpartition("/")[2]), now):
            rows.delete(key)
