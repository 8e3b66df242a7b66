"""What an attempt is admitted under: its route, limits and budgets; and what it holds once it is admitted."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import msgspec

from onedoor.policy.breaker import Rule
from onedoor.policy.budget import Bound, Metric
from onedoor.policy.rates import Rate
from onedoor.policy.windows import Period
from onedoor.types import Usage

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

Unit = Literal["requests", "tokens"]
Why = Literal["circuit", "throttled", "credential", "rate", "slots", "budget", "price"]


@dataclass(frozen=True, slots=True)
class Slots:
    """At most `limit` calls at once in the group `key`; None counts them without a limit."""

    key: str
    limit: int | None


@dataclass(frozen=True, slots=True)
class Limit:
    """A rate of one provider, model or caller: "caller/etl"."""

    key: str
    rate: Rate
    unit: Unit


@dataclass(frozen=True, slots=True)
class Budget:
    """A cap of one level in one kind of window; `cap` is nano-dollars or tokens.

    `guaranteed` names callers' budgets of the same window whose unspent rest nobody else may take.
    """

    key: str
    metric: Metric
    cap: int
    period: Period
    zone: ZoneInfo
    hours: float = 5.0
    guaranteed: tuple[Budget, ...] = ()


@dataclass(frozen=True, slots=True)
class Terms:
    """What holds for every attempt of one candidate on behalf of one caller.

    route      the breaker's key: provider/endpoint/model; `host` is the provider's own, for connections
    others     host and route of each of the call's other candidates, to know when this one is the last
    strict     whether a budget must never be overspent
    lease      seconds a probe may take
    bills_lost whether the provider bills answers whose connection was lost
    """

    provider: str
    route: str
    host: str
    others: tuple[tuple[str, str], ...]
    rule: Rule
    slots: tuple[Slots, ...] = ()
    limits: tuple[Limit, ...] = ()
    budgets: tuple[Budget, ...] = ()
    strict: bool = False
    lease: float = 600.0
    most_waiting: int = 1_000
    bills_lost: bool = True


class Need(msgspec.Struct, frozen=True):
    """One attempt asking to be admitted. `ticket` and `since` stay the same while it waits; times are epoch seconds."""

    permit: str
    call: str
    number: int
    task: str
    caller: str
    run: str
    model: str
    bound: Bound
    terms: Terms
    bulk: bool
    since: float
    patience: float
    """Seconds this attempt can still wait for a slot."""


class Reservation(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What an admitted attempt holds, kept in the state until it is settled or its process is found dead."""

    permit: str
    owner: str
    call: str
    number: int
    task: str
    caller: str
    run: str
    provider: str
    model: str
    at: float
    waited: float
    route: str
    host: str
    generation: int
    host_generation: int
    input: int
    output: int
    nano_usd: int | None
    bills_lost: bool = True
    groups: list[str] = []
    books: list[tuple[str, int, str]] = []
    """Each budget's book, the amount reserved there, and its metric."""
    meters: list[tuple[str, int, Rate]] = []
    """Each token limit's meter, the tokens taken there, and the limit."""


class Permit(msgspec.Struct, frozen=True):
    """Leave to send one attempt. It must be settled, whatever becomes of it."""

    reservation: Reservation
    rule: Rule
    slots: int | None


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why an attempt may not be sent now. `until` is epoch seconds when it may be tried again, None when never.

    `limit` names what refused: "provider/hosted", "caller/etl". `queued` says that a place in the queue is held.
    """

    why: Why
    limit: str
    message: str
    until: float | None
    queued: bool = False


Ending = Literal["ok", "slow", "failed", "throttled", "refused_key", "rejected", "cancelled", "unsent"]


class Settlement(msgspec.Struct, frozen=True):
    """What really happened to an attempt.

    ending   what it means for breaker and gates: "rejected" is the caller's fault, "unsent" never left this machine
    usage    None when the answer didn't come whole, so that what it used isn't known
    """

    ending: Ending
    error: str = ""
    status: int | None = None
    served: str = ""
    usage: Usage | None = None
    nano_usd: int | None = None
    price_source: str = ""
    seconds: float = 0.0
    first_token: float | None = None
    retry_after: float | None = None
    billed: bool = True
