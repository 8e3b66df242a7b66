"""What an answer cost, in integer nano-dollars."""

from __future__ import annotations

from onedoor.types import Cost, Price, Usage

MILLION = 1_000_000


def cost_of(usage: Usage, price: Price | None) -> Cost | None:
    """The cost at a configured price, rounded half up; None without a price, never zero by ignorance."""
    if price is None:
        return None
    plain = max(0, usage.input - usage.cached - usage.cache_write)
    total = (
        plain * price.input
        + usage.cached * (price.input if price.cached is None else price.cached)
        + usage.cache_write * (price.input if price.cache_write is None else price.cache_write)
        + usage.output * price.output
    )
    return Cost(per_million(total), "configured")


def per_million(total: int) -> int:
    """Tokens times prices per million of them, as nano-dollars, rounded half up."""
    return (total + MILLION // 2) // MILLION


def reported(usd: float | None) -> Cost | None:
    """The cost a provider states itself, which wins over any price table; None for a negative one, which is no cost."""
    return None if usd is None or usd < 0 else Cost(round(usd * 1e9), "reported")
