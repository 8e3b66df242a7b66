"""What a model costs: the configured price, else the public price list's, else unknown, which is never zero.

The list is genai-prices'. It is read from the package, never from the network, at the first need.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING

from onedoor.kinds import KINDS
from onedoor.policy.prices import cost_of
from onedoor.types import Candidate, Cost, Price, Usage

if TYPE_CHECKING:
    from decimal import Decimal

    from genai_prices.types import ModelInfo, ModelPrice, Provider

HOSTED = frozenset({"openai", "anthropic"})
"""The kinds whose address may be one of the list's; a local server never has a price by its models' names."""

NANO = 10**9
INPUT, OUTPUT = ("input_mtok", "input_image_mtok"), ("output_mtok", "output_reasoning_mtok")
CACHED, CACHE_WRITE = ("cache_read_mtok",), ("cache_write_mtok", "cache_write_5m_mtok", "cache_write_1h_mtok")


@dataclass(frozen=True, slots=True)
class Listed:
    """A model in the list. `provider` is the list's own, `source` says which list."""

    provider: Provider
    model: ModelInfo
    source: str

    def cost(self, usage: Usage, at: float) -> Cost | None:
        """The cost at the price of that moment; None where the list doesn't price what was used."""
        when = datetime.fromtimestamp(at, UTC)
        prices = self.model.get_prices(when)
        if _unpriced(self.model, prices, usage):
            return None
        told = self.model.calc_price(_as_listed(usage), self.provider, genai_request_timestamp=when)
        return Cost(_whole(told.total_price * NANO), self.source)

    def dearest(self, at: float) -> Price | None:
        """A price that no call of the day after `at` exceeds: the dearest tier, the dearest hour."""
        prices = tuple(_within_a_day(self.model, at))
        if any(_unpriced(self.model, price, Usage(1)) or price.requests_kcount for price in prices):
            return None
        return Price(
            input=_top(prices, INPUT) or 0,
            output=_top(prices, OUTPUT) or 0,
            cached=_top(prices, CACHED),
            cache_write=_top(prices, CACHE_WRITE),
        )


@lru_cache(maxsize=1024)
def listed(address: str, model: str) -> Listed | None:
    """A provider's model in the public list, found by the provider's address; None if it isn't there."""
    import genai_prices
    from genai_prices.data_snapshot import get_snapshot

    try:
        provider, found = get_snapshot().find_provider_model(model, None, None, address)
    except LookupError:
        return None
    return Listed(provider, found, f"genai-prices@{genai_prices.__version__}")


@dataclass(frozen=True, slots=True)
class PriceBook:
    """Prices in the order of trust: configured, listed, unknown. `find` looks a provider's address and a model up."""

    find: Callable[[str, str], Listed | None] = listed

    def cost(self, usage: Usage, *, price: Price | None, address: str, models: Sequence[str], at: float) -> Cost | None:
        """What an answer cost. `models` are the names to look for, the wire's own first; `at` is epoch seconds."""
        if price is not None:
            return cost_of(usage, price)
        costs = (found.cost(usage, at) for found in self._found(address, models))
        return next((cost for cost in costs if cost is not None), None)

    def bound(self, *, price: Price | None, address: str, model: str, at: float) -> Price | None:
        """The price to reserve at: the configured one, else the dearest of the list's that may hold."""
        found = self.find(address, model) if price is None and address else None
        return found.dearest(at) if found else price

    def _found(self, address: str, models: Sequence[str]) -> Iterator[Listed]:
        """Every name that is in the list."""
        for model in dict.fromkeys(models):
            found = self.find(address, model) if address and model else None
            if found is not None:
                yield found


def priced(usage: Usage, candidate: Candidate, served: str) -> Cost | None:
    """What a candidate's answer cost; `served` is what the wire called the model."""
    own = None if candidate.listed else candidate.price
    names = (served, candidate.served)
    return PriceBook().cost(usage, price=own, address=candidate.listed, models=names, at=time.time())


def price_address(kind: str, base_url: str) -> str:
    """The address to look a provider's prices up by, empty where it can't have any: the list's are all https."""
    address = base_url or KINDS[kind].base_url
    return address if kind in HOSTED and not address.startswith("http://") else ""


def _as_listed(usage: Usage) -> object:
    from genai_prices import Usage as ListedUsage

    return ListedUsage(
        input_tokens=usage.input,
        output_tokens=usage.output,
        cache_read_tokens=min(usage.cached, usage.input),
        cache_write_tokens=min(usage.cache_write, max(0, usage.input - usage.cached)),
    )


def _unpriced(model: ModelInfo, prices: ModelPrice, usage: Usage) -> bool:
    """Whether the list would count something used as free for want of a price."""
    if model.id.endswith(":free"):
        return False
    return bool((usage.input and prices.input_mtok is None) or (usage.output and prices.output_mtok is None))


def _within_a_day(model: ModelInfo, at: float) -> Iterator[ModelPrice]:
    begin = datetime.fromtimestamp(at, UTC)
    return (model.get_prices(begin + timedelta(hours=hour)) for hour in range(25))


def _top(prices: Sequence[ModelPrice], keys: Sequence[str]) -> int | None:
    """The dearest of these prices in nano-dollars per million tokens; None if there is none."""
    rates = [rate for price in prices for key in keys for rate in _rates(getattr(price, key))]
    return max((_whole(rate * NANO) for rate in rates), default=None)


def _rates(price: object) -> Iterator[Decimal]:
    """One price, or every tier's."""
    from decimal import Decimal

    if isinstance(price, Decimal):
        yield price
    elif price is not None:
        yield price.base  # type: ignore[attr-defined]
        yield from (tier.price for tier in price.tiers)  # type: ignore[attr-defined]


def _whole(amount: Decimal) -> int:
    from decimal import ROUND_HALF_UP, Decimal

    return int(amount.quantize(Decimal(1), ROUND_HALF_UP))
