"""The gates that are not the breaker: a provider that says slow down, and one that refuses the key.

Also how many calls at once a provider bears: additive increase, multiplicative decrease.
"""

from __future__ import annotations

import msgspec
from msgspec.structs import replace

from onedoor.policy.spans import SLACK, holds

CREDENTIAL_PAUSE = 600.0
"""Seconds until a refused key or used-up quota is tried again; closing the breaker by hand tries at once."""

THROTTLE_PAUSE = 1.0
"""Seconds to hold back after a 429 that doesn't say how long."""

LONGEST = 86400.0
"""No provider's wish shuts a gate for longer: a daily quota comes back within a day."""

GROWTH_WINDOW = 10.0
"""Seconds of success after which one more call at once is tried."""


class Gates(msgspec.Struct, frozen=True, omit_defaults=True):
    """One provider's gates: since and until when each is shut, and why.

    prober    the permit that tries a refused key again
    bearable  calls at once that the provider bears, 0 while unknown; when it changed and when it was last halved
    """

    throttled_since: float = 0.0
    throttled_until: float = 0.0
    credential_since: float = 0.0
    credential_until: float = 0.0
    reason: str = ""
    prober: str = ""
    bearable: float = 0.0
    changed: float = 0.0
    halved: float = 0.0


NEW = Gates()


def throttle_shut(row: Gates, now: float) -> bool:
    """Whether the provider has asked to wait."""
    return holds(row.throttled_since, row.throttled_until, now)


def credential_shut(row: Gates, now: float) -> bool:
    """Whether the provider has refused the key, or is being asked again by one call."""
    return holds(row.credential_since, row.credential_until, now)


def throttled(row: Gates, *, retry_after: float | None, in_flight: int, admitted: float, now: float) -> Gates:
    """After a 429: shut until the latest moment the provider named, and half the calls at once.

    A call `admitted` before the last halving belongs to the same burst and halves nothing more.
    """
    asked = now + min(LONGEST, THROTTLE_PAUSE if retry_after is None else retry_after)
    until = max(asked, row.throttled_until) if throttle_shut(row, now) else asked
    row = replace(row, throttled_since=now, throttled_until=until)
    if row.bearable and admitted <= row.halved <= now + SLACK:
        return row
    bears = row.bearable or float(in_flight)
    return replace(row, bearable=max(1.0, bears / 2), changed=now, halved=now)


def refused(row: Gates, reason: str, *, now: float) -> Gates:
    """After a refused key or a used-up quota: one strike shuts the gate."""
    return replace(row, credential_since=now, credential_until=now + CREDENTIAL_PAUSE, reason=reason, prober="")


def probing(row: Gates, permit: str, *, now: float) -> Gates:
    """The credential gate's pause is over: one call tries, the others wait another pause for what it finds."""
    return replace(row, credential_since=now, credential_until=now + CREDENTIAL_PAUSE, prober=permit)


def unproven(row: Gates, permit: str, *, now: float) -> Gates:
    """The call that tried the key ended without an answer to that: the next one may try."""
    return replace(row, credential_until=now, prober="") if permit == row.prober else row


def answered(row: Gates, permit: str, *, slots: int | None, now: float) -> Gates:
    """After an answer: the key works if this call was to try it, and one more call at once is borne each window."""
    if permit == row.prober:
        row = replace(row, credential_since=0.0, credential_until=0.0, reason="", prober="")
    if row.bearable and not holds(row.changed, row.changed + GROWTH_WINDOW, now):
        grown = row.bearable + 1
        enough = slots is not None and grown >= slots
        row = replace(row, bearable=0.0 if enough else grown, changed=now)
    return row


def concurrency(row: Gates, slots: int | None) -> int | None:
    """How many calls may be under way at once: the configured slots, or fewer while the provider bears fewer."""
    if not row.bearable:
        return slots
    bears = max(1, int(row.bearable))
    return bears if slots is None else min(slots, bears)
