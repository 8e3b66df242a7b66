"""From the configuration to the terms an attempt is admitted under: every limit of every level that it touches."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from onedoor.config import Budget as BudgetTable
from onedoor.config import Config, Defaults, limits
from onedoor.config import Rate as RateTable
from onedoor.policy.breaker import Rule
from onedoor.policy.budget import Metric
from onedoor.policy.rates import Rate
from onedoor.policy.terms import Budget, Limit, Slots, Terms
from onedoor.types import Call, Candidate

LEASE = 600.0
"""Seconds a probe may take where an attempt has no limit of its own."""

LONGEST_NAME = 100
"""Characters of a user's or caller's name that a key of the state holds; of a longer one a digest tells the rest."""

MOST_KNOWN = 1_000
"""Terms that are kept: callers and runs may have any name, and each call a new one."""

SECONDS: Mapping[str, float] = {"second": 1.0, "minute": 60.0, "hour": 3600.0, "day": 86400.0}


@dataclass(frozen=True, slots=True)
class Plan:
    """One task's settings and candidates, and the terms of each, worked out once per candidate, caller and run.

    `checked` plans are for answers that must fulfil a contract, `verified` ones for answers that are verified.
    """

    config: Config
    task: str
    settings: Defaults
    candidates: tuple[Candidate, ...]
    endpoint: str = "chat"
    checked: bool = False
    verified: bool = False
    _known: dict[tuple[str, str, str], Terms] = field(default_factory=dict, repr=False, compare=False)

    def terms(self, call: Call, candidate: Candidate) -> Terms:
        """The terms of this candidate for this call's caller and run."""
        key = (candidate.name, call.caller, call.run)
        known = self._known.get(key)
        if known is None:
            if len(self._known) >= MOST_KNOWN:
                self._known.clear()
            known = self._known[key] = self._terms(candidate, call.caller, call.run)
        return known

    def entry(self, call: Call) -> tuple[Limit, ...]:
        """The rates of this call's caller and user: taken once per call, before the guard looks.

        A call made for another one, as a judge's, is part of that one and takes nothing.
        """
        config = self.config
        if call.parent or not (config.callers or config.users.rates):
            return ()
        caller = config.callers.get(call.caller)
        own = [limit_of(f"caller/{call.caller}", table) for table in caller.rates if table.requests] if caller else []
        if not call.user:
            return tuple(own)
        key = f"user/{_named(call.caller)}/{_named(call.user)}"
        return (*own, *(limit_of(key, table) for table in config.users.rates))

    def bulk(self, call: Call) -> bool:
        """Whether this call waits behind interactive ones."""
        caller = self.config.callers.get(call.caller)
        return ((caller and caller.priority) or self.settings.priority) == "bulk"

    def longest(self, candidate: Candidate) -> int:
        """The longest answer to reserve for a call that sets no cap."""
        return self.config.models[candidate.name].max_output

    def slow(self, candidate: Candidate, first_token: float | None, per_token: float | None) -> bool:
        """Whether an answer was slow to begin or slow to write; how long it was doesn't matter."""
        rule = self.config.providers[candidate.provider].breaker
        late = rule.slow_first_token is not None and (first_token or 0.0) > rule.slow_first_token
        return late or (rule.slow_token is not None and (per_token or 0.0) > rule.slow_token)

    def _terms(self, candidate: Candidate, caller: str, run: str) -> Terms:
        provider = self.config.providers[candidate.provider]
        guaranteed, budgets = self._guaranteed(), tuple(self._budgets(candidate, caller, run))
        return Terms(
            provider=candidate.provider,
            route=self._route(candidate),
            host=candidate.provider,
            others=tuple((other.provider, self._route(other)) for other in self.candidates if other != candidate),
            rule=_rule(provider.breaker),
            slots=tuple(self._slots(candidate)),
            limits=tuple(self._limits(candidate, caller)),
            budgets=tuple(budget_of(key, table, guaranteed) for key, table in budgets),
            strict=any(table.strict for _, table in budgets),
            bills_lost=provider.bills_lost,
            lease=limits(self.settings.timeout).total or LEASE,
        )

    def _route(self, candidate: Candidate) -> str:
        endpoint = "batch" if candidate.provider in self.config.batched else self.endpoint
        return f"{candidate.provider}/{endpoint}/{candidate.served}"

    def _slots(self, candidate: Candidate) -> Iterator[Slots]:
        """The provider's group always counts, so that a 429 knows how many were under way. A batch takes no slots."""
        if candidate.provider in self.config.batched:
            return
        yield Slots(f"provider/{candidate.provider}", self.config.providers[candidate.provider].slots)
        model = self.config.models[candidate.name]
        if model.slots is not None:
            yield Slots(f"model/{candidate.name}", model.slots)
        if self.settings.slots is not None:
            yield Slots(f"task/{self.task}", self.settings.slots)

    def _limits(self, candidate: Candidate, caller: str) -> Iterator[Limit]:
        config = self.config
        levels = {
            f"provider/{candidate.provider}": config.providers[candidate.provider].rates,
            f"model/{candidate.name}": config.models[candidate.name].rates,
            f"caller/{caller}": _of_tokens(config.callers[caller].rates) if caller in config.callers else [],
        }
        return (limit_of(key, table) for key, tables in levels.items() for table in tables)

    def _budgets(self, candidate: Candidate, caller: str, run: str) -> Iterator[tuple[str, BudgetTable]]:
        """Provider, model, caller, run: the order in which a refusal is looked for."""
        config = self.config
        levels = {
            f"provider/{candidate.provider}": config.providers[candidate.provider].budgets,
            f"model/{candidate.name}": config.models[candidate.name].budgets,
            f"caller/{caller}": config.callers[caller].budgets if caller in config.callers else [],
            f"run/{run}": config.runs[run].budgets if run in config.runs else [],
        }
        return ((key, table) for key, tables in levels.items() for table in tables)

    def _guaranteed(self) -> tuple[Budget, ...]:
        """Every caller's guaranteed budget: held back from everyone else above."""
        return tuple(
            budget_of(f"caller/{name}", table)
            for name, caller in self.config.callers.items()
            for table in caller.budgets
            if table.guaranteed
        )


def _of_tokens(rates: list[RateTable]) -> list[RateTable]:
    """A caller's rates that count per attempt; its requests are counted once per call, at the entry."""
    return [table for table in rates if table.tokens]


def _named(name: str) -> str:
    """A name as a part of a key: no two become one by their slashes, and none is endless."""
    plain = name.replace("%", "%25").replace("/", "%2F")
    if len(plain) <= LONGEST_NAME:
        return plain
    return f"{plain[:LONGEST_NAME]}%…{hashlib.sha256(name.encode()).hexdigest()}"


def _rule(table: object) -> Rule:
    return Rule(**{name: getattr(table, name) for name in Rule.__struct_fields__ if hasattr(table, name)})


def limit_of(key: str, table: RateTable) -> Limit:
    """A configured rate as admission takes it."""
    period = SECONDS[table.per] if isinstance(table.per, str) else table.per
    limit = table.requests or table.tokens or 1
    rate = Rate(limit, period, table.algorithm, table.burst)
    return Limit(key, rate, "requests" if table.requests is not None else "tokens")


def budget_of(key: str, table: BudgetTable, guaranteed: tuple[Budget, ...] = ()) -> Budget:
    """A budget as admission takes it. Only guarantees in the same unit and window can be held back from it."""
    from zoneinfo import ZoneInfo

    metric: Metric = "usd" if table.usd is not None else "tokens"
    cap = round(table.usd * 1e9) if table.usd is not None else table.tokens or 0
    above = not key.startswith(("caller/", "run/"))
    own = Budget(key, metric, cap, table.per, ZoneInfo(table.timezone), table.hours)
    return replace(own, guaranteed=tuple(other for other in guaranteed if above and _same_window(own, other)))


def _same_window(one: Budget, other: Budget) -> bool:
    return (one.metric, one.period, one.zone.key, one.hours) == (
        other.metric,
        other.period,
        other.zone.key,
        other.hours,
    )
