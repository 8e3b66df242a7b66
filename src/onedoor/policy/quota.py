"""How much repeating one provider is worth: an outage must not be met with three times the requests.

Source of the figures: the retry quota of the AWS SDKs' standard mode (500 tokens; a retry costs 14, after a throttle 5;
a success pays 1 back).
"""

from __future__ import annotations

from onedoor.errors import Throttled, Transient

FULL = 500
COST = 14
THROTTLED_COST = 5
REPAID = 1


def after_retry(balance: int, error: Transient) -> int | None:
    """The balance once this error is retried; None when the quota doesn't allow it."""
    left = balance - (THROTTLED_COST if isinstance(error, Throttled) else COST)
    return left if left >= 0 else None


def after_success(balance: int) -> int:
    """The balance after an answer."""
    return min(FULL, balance + REPAID)
