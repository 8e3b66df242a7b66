"""Times as people write them: "30m", "24h", "7d", or an ISO date or time."""

from __future__ import annotations

import re
from datetime import UTC, datetime

UNITS = {"s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0, "w": 604800.0}
_SPAN = re.compile(r"(\d+(?:\.\d+)?)([smhdw])")


def span(text: str) -> float:
    """The seconds in "90s", "30m", "24h", "7d" or "2w". Raises ValueError."""
    found = _SPAN.fullmatch(text.strip().lower())
    if found is None:
        raise ValueError(f"{text!r} is not a span of time; write one like 30m, 24h or 7d")
    return float(found[1]) * UNITS[found[2]]


def moment(text: str, now: float) -> float:
    """The seconds since the epoch of "24h" (ago), "2026-11-20" or "2026-11-20T09:30+01:00"; UTC where no zone is given.

    Raises ValueError.
    """
    if _SPAN.fullmatch(text.strip().lower()):
        return now - span(text)
    try:
        when = datetime.fromisoformat(text.strip())
    except ValueError:
        raise ValueError(
            f"{text!r} is no time; write 30m, 24h, 7d or a date like 2026-11-20 or 2026-11-20T09:30"
        ) from None
    return (when if when.tzinfo else when.replace(tzinfo=UTC)).timestamp()
