"""How every route's breaker stands.

A route is "provider/endpoint/model"; the one of a provider's name alone is about its connections.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from onedoor.config import Config, Provider
from onedoor.policy.admission import route_breaker
from onedoor.policy.breaker import Breaker, Manual, by_hand, gate
from onedoor.policy.rows import Rows


@dataclass(frozen=True, slots=True)
class RouteLine:
    """One route's breaker. The counts are of its window; `until` is epoch seconds, None where nothing is waited for.

    state  "closed", "open", "half open", or what a hand has set: "isolated", "closed by hand", "disabled"
    """

    route: str
    state: str
    until: float | None
    total: int
    failed: int
    slow: int
    consecutive: int
    actor: str


WORDS: dict[Manual, str] = {
    "isolated": "isolated",
    "closed": "closed by hand",
    "disabled": "disabled",
    "metrics_only": "metrics only",
}


def routes(config: Config, rows: Rows, now: float) -> tuple[RouteLine, ...]:
    """Every configured route, and every one that has been used."""
    return tuple(_line(config, route, rows, now) for route in known(config, rows))


def known(config: Config, rows: Rows) -> tuple[str, ...]:
    """The names of all routes."""
    used = (key.removeprefix("breaker/") for key, _ in rows.scan("breaker/", Breaker))
    return tuple(sorted({*_configured(config), *used}))


def _configured(config: Config) -> Iterator[str]:
    yield from config.providers
    for model in config.models.values():
        yield f"{model.provider}/chat/{model.name}"


def _line(config: Config, route: str, rows: Rows, now: float) -> RouteLine:
    row = route_breaker(rows, route)
    window = config.providers.get(route.partition("/")[0], Provider("")).breaker.window
    live = [bucket for bucket in row.buckets if bucket.start > now - window]
    hand = by_hand(row, now)
    return RouteLine(
        route=route,
        state=WORDS[hand] if hand else _phase(row, now),
        until=(row.manual_until if hand else gate(row, now).until) or None,
        total=sum(bucket.total for bucket in live),
        failed=sum(bucket.failed for bucket in live),
        slow=sum(bucket.slow for bucket in live),
        consecutive=row.consecutive,
        actor=row.actor if hand else "",
    )


def _phase(row: Breaker, now: float) -> str:
    """An open breaker whose break is over lets a probe through: it is as good as half open."""
    if row.phase == "open" and gate(row, now).verdict == "probe":
        return "half open"
    return row.phase.replace("_", " ")
