"""A configuration as its batches have it: half the price, and none of the limits that are about seconds."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeVar

import msgspec

from onedoor.config import Breaker, Config, Defaults, Model, Price, Provider, Retry, Timeout
from onedoor.errors import InvalidCall
from onedoor.types import Cost, Reply, replace

KINDS = frozenset({"openai", "anthropic", "sim"})
"""The kinds of provider that have a batch API."""

Settings = TypeVar("Settings", bound=Defaults)

DAY = 86_400.0
"""Seconds a provider gives itself for a batch."""

NEVER = Breaker(minimum=10**6, consecutive=10**6)
"""What a batch's requests come to says nothing about direct calls."""


def batched(config: Config) -> Config:
    """The configuration of a run in batches: prices halved; timeouts, slots, rates and retries of direct calls lifted.

    Budgets stay, and hold. An answer under way when the process ends isn't lost, so nothing is charged for it.
    """
    replaced = msgspec.structs.replace
    names = frozenset(name for name, one in config.providers.items() if one.kind in KINDS)
    return replaced(
        config,
        providers={name: _provider(one) if name in names else one for name, one in config.providers.items()},
        models={name: _model(one) if one.provider in names else one for name, one in config.models.items()},
        tasks={name: _settings(task) for name, task in config.tasks.items()},
        defaults=_settings(config.defaults),
        batched=names,
    )


def check(config: Config, models: Iterable[str]) -> None:
    """Raise InvalidCall where a model's provider has no batches."""
    for name in models:
        provider = config.models[name].provider
        kind = config.providers[provider].kind
        if kind not in KINDS:
            raise InvalidCall(
                f"model {name!r} can't be asked in batches: provider {provider!r} is of kind {kind}, and only openai "
                "and anthropic have a batch API; ask without batch, or of another model"
            )


def halved(reply: Reply, *, listed: bool) -> Reply:
    """A reply at half its price, where that is the public list's: a configured one is halved in the terms."""
    if reply.cost is None or not listed or reply.cost.source == "reported":
        return reply
    return replace(reply, cost=Cost((reply.cost.nano_usd + 1) // 2, reply.cost.source))


def _provider(provider: Provider) -> Provider:
    return msgspec.structs.replace(provider, slots=None, rates=[], breaker=NEVER, bills_lost=False)


def _model(model: Model) -> Model:
    return msgspec.structs.replace(model, slots=None, rates=[], price=model.price and _half(model.price))


def _half(price: Price) -> Price:
    return Price(
        price.input / 2,
        price.output / 2,
        None if price.cached is None else price.cached / 2,
        None if price.cache_write is None else price.cache_write / 2,
    )


def _settings(settings: Settings) -> Settings:
    """A task's settings. What fails for a moment is asked again below the road, in the next batch; and an answer that
    comes whole is paid for whole, so that stopping it early would save nothing."""
    return msgspec.structs.replace(
        settings,
        timeout=Timeout(connect=settings.timeout.connect, total="none"),
        deadline="none",
        retry=Retry(sends=1),
        slots=None,
        hold=False,
        abort=False,
    )
