"""The road: a task's configuration in, the list of rails out. This list is the architecture."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from onedoor.clock import LoopWall, loop_time
from onedoor.config import Config, Defaults, Model, Provider, limits, seconds
from onedoor.config import LastResort as LastResortTable
from onedoor.kinds import KINDS
from onedoor.output.enforcement import Book, MemoryBook
from onedoor.output.legal import Target
from onedoor.pipeline import Rail
from onedoor.places import make_room, state_path
from onedoor.plan import Plan
from onedoor.prices import PriceBook, price_address
from onedoor.rails.admit import Admit
from onedoor.rails.cache import Cache, Flights
from onedoor.rails.deadline import Deadline
from onedoor.rails.fallback import Fallback
from onedoor.rails.hold import Hold
from onedoor.rails.record import Record
from onedoor.rails.retry import Retry
from onedoor.rails.timeout import Timeout
from onedoor.resorts import Function, LastGood, LastResort, Template
from onedoor.state import State
from onedoor.state_ledger import StateLedger
from onedoor.stores.engine import Engine
from onedoor.stores.memory import MemoryAnswers, MemoryLedger
from onedoor.stores.memory_engine import MemoryEngine
from onedoor.stores.store import Answers, Ledger
from onedoor.types import Candidate, Limits, Price


@dataclass(frozen=True, slots=True)
class Parts:
    """What the rails of one door share. As it stands, everything lives as long as the process."""

    state: State = field(default_factory=lambda: State(MemoryEngine, now=LoopWall()))
    ledger: Ledger = field(default_factory=MemoryLedger)
    answers: Answers = field(default_factory=MemoryAnswers)
    flights: Flights = field(default_factory=dict)
    quotas: dict[str, int] = field(default_factory=dict)
    enforcement: Book = field(default_factory=MemoryBook)
    jitter: Callable[[], float] = random.random
    clock: Callable[[], float] = loop_time
    now: Callable[[], float] = time.time


def parts(config: Config) -> Parts:
    """The parts a configuration asks for: state and ledger in one file shared by every process, unless in memory."""
    path = state_path(config)
    if path is None:
        return Parts()
    state = State(lambda: _engine(path, config.state.durability))
    return Parts(state=state, ledger=StateLedger(state, config.state.bodies))


def road(plan: Plan, parts: Parts) -> tuple[Rail, ...]:
    """Every rail a call of this task passes, outermost first."""
    task, candidates = plan.settings, plan.candidates
    cache, retry = task.cache, task.retry
    rails: tuple[Rail | None, ...] = (
        # once per call
        Record(parts.ledger, parts.now, parts.clock),
        Deadline(seconds(task.deadline)),
        Hold() if task.hold else None,
        Cache(cache.ttl, cache.shared, candidates, answers=parts.answers, flights=parts.flights) if cache else None,
        # once per route
        Fallback(candidates, last_resorts(task, candidates, parts), task.degrade, task.min_score, task.on_low_score),
        # once per answer that has a contract
        *(answer_rails(plan, parts) if plan.checked else ()),
        # once per attempt
        Retry(retry.sends, retry.per_call, retry.max_wait, parts.quotas, parts.jitter),
        Admit(task.on_limit, task.max_wait, plan=plan, state=parts.state),
        Timeout(limits(task.timeout)),
    )
    return tuple(rail for rail in rails if rail is not None)


def answer_rails(plan: Plan, parts: Parts) -> tuple[Rail, ...]:
    """The rails of an answer that must fulfil a contract; imported with the first one."""
    from onedoor.rails.abort import Abort
    from onedoor.rails.build import Build
    from onedoor.rails.repair import Repair
    from onedoor.rails.validate import Validate

    repair = plan.settings.repair
    return (
        Repair(repair.corrections),
        Build(targets(plan.config)),
        Validate(repair.recover, parts.enforcement),
        Abort(plan.settings.abort),
    )


def embedding_road(plan: Plan, parts: Parts) -> tuple[Rail, ...]:
    """Every rail an embedding passes: vectors of another model are no substitute, and nothing is streamed."""
    task, retry = plan.settings, plan.settings.retry
    timeout = limits(task.timeout)
    return (
        Record(parts.ledger, parts.now, parts.clock),
        Deadline(seconds(task.deadline)),
        Fallback(plan.candidates),
        Retry(retry.sends, retry.per_call, retry.max_wait, parts.quotas, parts.jitter),
        Admit(task.on_limit, task.max_wait, plan=plan, state=parts.state),
        Timeout(Limits(connect=timeout.connect, total=timeout.total)),
    )


def _engine(path: Path, durability: Literal["process", "power"]) -> Engine:
    from onedoor.stores.sqlite import SqliteEngine

    make_room(path)
    return SqliteEngine(path, durability=durability)


def targets(config: Config) -> dict[str, Target]:
    """How each provider takes a schema; by its kind and address unless its configuration says so."""
    return {name: target(provider) for name, provider in config.providers.items()}


def target(provider: Provider) -> Target:
    """The dialect of one provider. A compatible server that isn't known gets what llama.cpp takes, the least."""
    if provider.structured != "auto":
        return provider.structured
    if provider.kind == "openai":
        return "openai_strict" if "openai.com" in (provider.base_url or KINDS["openai"].base_url) else "llama_cpp"
    known: dict[str, Target] = {"anthropic": "anthropic", "ollama": "ollama", "sim": "llama_cpp"}
    return known.get(provider.kind, "json_object")


def candidate(name: str, model: Model, provider: Provider) -> Candidate:
    """A configured model as the road takes it."""
    own = price(model)
    listed = "" if own else price_address(provider.kind, provider.base_url)
    return Candidate(
        name=name,
        provider=model.provider,
        served=model.name,
        lab=model.lab,
        context=model.context,
        price=PriceBook().bound(price=own, address=listed, model=model.name, at=time.time()),
        listed=listed,
        keep_alive=model.keep_alive,
        reasoning=model.reasoning,
        extra=model.options,
    )


def candidates(config: Config, names: list[str]) -> tuple[Candidate, ...]:
    """The models of these names, in this order."""
    models = ((name, config.models[name]) for name in names)
    return tuple(candidate(name, model, config.providers[model.provider]) for name, model in models)


def price(model: Model) -> Price | None:
    """USD per million tokens as integer nano-dollars per million."""
    if model.price is None:
        return None
    given = model.price
    return Price(_nano(given.input), _nano(given.output), _maybe_nano(given.cached), _maybe_nano(given.cache_write))


def last_resorts(task: Defaults, candidates: tuple[Candidate, ...], parts: Parts) -> tuple[LastResort, ...]:
    """What answers when no model can, in the task's order."""
    return tuple(_last_resort(resort, task, candidates, parts) for resort in task.last_resort)


def _last_resort(
    resort: str | LastResortTable, task: Defaults, candidates: tuple[Candidate, ...], parts: Parts
) -> LastResort:
    if not isinstance(resort, LastResortTable):
        return LastGood(bool(task.cache and task.cache.shared), candidates, parts.answers)
    if resort.template:
        return Template(resort.template)
    from onedoor.providers.function import imported

    return Function(imported(resort.function, "last_resort"), name=resort.function)


def _nano(usd: float) -> int:
    return round(usd * 1e9)


def _maybe_nano(usd: float | None) -> int | None:
    return None if usd is None else _nano(usd)
