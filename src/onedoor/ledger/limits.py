"""How full every slot group is, what every rate leaves, and which providers asked to wait."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from onedoor.config import Caller, Config, Model, Provider
from onedoor.plan import limit_of
from onedoor.policy import gates, rates, shares, slots
from onedoor.policy.admission import provider_gates
from onedoor.policy.keys import meter_key
from onedoor.policy.rows import Rows
from onedoor.policy.terms import Limit, Unit


@dataclass(frozen=True, slots=True)
class SlotLine:
    """One group of slots. `limit` is None where calls are only counted; `mean` is how long a slot is held."""

    group: str
    in_use: int
    limit: int | None
    waiting: int
    mean_seconds: float


@dataclass(frozen=True, slots=True)
class RateLine:
    """One rate: how many units may pass at once now, and out of how many when nothing has."""

    level: str
    unit: Unit
    limit: int
    period: float
    algorithm: str
    free: int
    most: int
    next_in_seconds: float


@dataclass(frozen=True, slots=True)
class GateLine:
    """One provider's gates, in epoch seconds until they open; None is open.

    bearable  calls at once it is known to bear, None while it bears every slot
    """

    provider: str
    throttled_until: float | None
    credential_until: float | None
    reason: str
    bearable: int | None


@dataclass(frozen=True, slots=True)
class PaceLine:
    """The pace of bulk work on one route: calls allowed at once, and at most; how many are under way, in how many
    passes."""

    route: str
    allowed: int
    ceiling: int
    under_way: int
    passes: int


@dataclass(frozen=True, slots=True)
class Limits:
    """Everything but money that may keep a call waiting."""

    slots: tuple[SlotLine, ...]
    rates: tuple[RateLine, ...]
    paces: tuple[PaceLine, ...]
    gates: tuple[GateLine, ...]


def limits(config: Config, rows: Rows, now: float) -> Limits:
    """How things stand now."""
    return Limits(
        slots=tuple(_slots(config, rows, now)),
        rates=tuple(_rate(limit, rows, now) for limit in _limits(config)),
        paces=tuple(_paces(rows, now)),
        gates=tuple(_gate(name, provider_gates(rows, name), now) for name in config.providers),
    )


def _slots(config: Config, rows: Rows, now: float) -> Iterator[SlotLine]:
    """The configured groups, then those another configuration has used."""
    used = {key.removeprefix("slots/"): group for key, group in rows.scan("slots/", slots.Group)}
    configured = dict(_groups(config))
    for key in (*configured, *(key for key in used if key not in configured)):
        group = used.get(key, slots.NEW)
        waiting = sum(now - ticket.seen < slots.STALE for ticket in group.waiting)
        yield SlotLine(key, group.total, configured.get(key), waiting, group.mean)


def _groups(config: Config) -> Iterator[tuple[str, int | None]]:
    for name, provider in config.providers.items():
        yield f"provider/{name}", provider.slots
    for name, model in config.models.items():
        if model.slots is not None:
            yield f"model/{name}", model.slots
    for name, task in config.tasks.items():
        if task.slots is not None:
            yield f"task/{name}", task.slots


def _limits(config: Config) -> Iterator[Limit]:
    levels: Mapping[str, Mapping[str, Provider | Model | Caller]] = {
        "provider": config.providers,
        "model": config.models,
        "caller": config.callers,
    }
    for kind, named in levels.items():
        for name, level in named.items():
            yield from (limit_of(f"{kind}/{name}", table) for table in level.rates)


def _rate(limit: Limit, rows: Rows, now: float) -> RateLine:
    rate, meter = limit.rate, rows.get(meter_key(limit), rates.Meter) or rates.NEW
    return RateLine(
        level=limit.key,
        unit=limit.unit,
        limit=rate.limit,
        period=rate.period,
        algorithm=rate.algorithm,
        free=_free(limit, meter, now),
        most=_free(limit, rates.NEW, now),
        next_in_seconds=rates.wait(rate, meter, 1, now),
    )


def _free(limit: Limit, meter: rates.Meter, now: float) -> int:
    """How many requests, or tokens in one call, may pass now: found by halving, as more never wait less."""
    low, high = 0, limit.rate.limit + 1
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if _passes(limit, meter, middle, now) else (low, middle)
    return low


def _passes(limit: Limit, meter: rates.Meter, units: int, now: float) -> bool:
    """Tokens pass as one call, requests one after another: the last of them is the one that may have to wait."""
    if limit.unit == "tokens":
        return rates.wait(limit.rate, meter, units, now) == 0
    return rates.wait(limit.rate, rates.taken(limit.rate, meter, units - 1, now), 1, now) == 0


def _paces(rows: Rows, now: float) -> Iterator[PaceLine]:
    """Those that bulk work has kept to of late."""
    for key, row in rows.scan("pace/", shares.Shared):
        if shares.fresh(row, now):
            parts = shares.live(row, now).values()
            under_way = sum(part.flying for part in parts)
            yield PaceLine(key.removeprefix("pace/"), row.pace.now, row.pace.ceiling, under_way, len(parts))


def _gate(provider: str, row: gates.Gates, now: float) -> GateLine:
    refused = gates.credential_shut(row, now)
    return GateLine(
        provider=provider,
        throttled_until=row.throttled_until if gates.throttle_shut(row, now) else None,
        credential_until=row.credential_until if refused else None,
        reason=row.reason if refused else "",
        bearable=gates.concurrency(row, None),
    )
