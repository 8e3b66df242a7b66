"""Numbers as a page shows them."""

from __future__ import annotations

import math

LEAST = 1e-12
"""Below this an amount is nothing."""


def percent(share: float | None, digits: int = 0) -> str:
    """A share; a dash where there is none."""
    return "-" if share is None else f"{share * 100:.{digits}f} %"


def between(low: float, high: float) -> str:
    """An interval of shares, in whole percent."""
    return f"{math.floor(low * 100 + 0.5)}–{math.floor(high * 100 + 0.5)} %"  # noqa: RUF001 - a range has an en dash


def dollars(amount: float | None) -> str:
    """Money with three digits that count, however little it is."""
    if amount is None:
        return "-"
    if not amount:
        return "$0"
    digits = max(2, 2 - math.floor(math.log10(abs(amount))))
    return f"${amount:,.{min(digits, 9)}f}"


def short(amount: float) -> str:
    """Round money without zeros that say nothing: "$0.001"."""
    whole, _, rest = dollars(amount).partition(".")
    kept = rest.rstrip("0")
    return f"{whole}.{kept.ljust(2, '0')}" if kept else whole


def seconds(value: float | None) -> str:
    """Seconds to the hundredth."""
    return "-" if value is None else f"{value:.2f} s"


def ticks(most: float, *, about: int = 4) -> tuple[float, ...]:
    """Round numbers from 0 on, the last one at or above `most`."""
    if most < LEAST or not math.isfinite(most):
        return (0.0, 1.0)
    rough = most / about
    size = 10.0 ** math.floor(math.log10(rough))
    step = next(factor * size for factor in (1, 2, 2.5, 5, 10) if factor * size >= rough * (1 - 1e-9))
    return tuple(place * step for place in range(math.ceil(most / step - 1e-9) + 1))
