"""The road: a task's configuration in, the list of rails out. This list is the architecture."""

from __future__ import annotations

import random
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from onedoor.clock import LoopWall
from onedoor.config import (
    Config,
    Defaults,
    DocumentScreening,
    InputScreening,
    Model,
    OutputScreening,
    Provider,
    Reviewer,
    limits,
    seconds,
)
from onedoor.config import LastResort as LastResortTable
from onedoor.errors import InvalidCall
from onedoor.inner import Inner
from onedoor.kinds import KINDS
from onedoor.output.enforcement import Book, MemoryBook
from onedoor.pipeline import Rail
from onedoor.places import make_room, state_path
from onedoor.plan import Plan
from onedoor.prices import PriceBook, price_address
from onedoor.prompt.build import Layout
from onedoor.prompt.tokens import Counters
from onedoor.rails.admit import Admit
from onedoor.rails.build import Build
from onedoor.rails.cache import Cache, Flights
from onedoor.rails.deadline import Deadline
from onedoor.rails.fallback import Fallback
from onedoor.rails.hold import Hold
from onedoor.rails.limit import Limit
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

if TYPE_CHECKING:
    from onedoor.guard.source import Source
    from onedoor.output.legal import Target


@dataclass(frozen=True, slots=True)
class Parts:
    """What the rails of one door share. As it stands, everything lives as long as the process."""

    state: State = field(default_factory=lambda: State(MemoryEngine, now=LoopWall()))
    ledger: Ledger = field(default_factory=MemoryLedger)
    answers: Answers = field(default_factory=MemoryAnswers)
    flights: Flights = field(default_factory=dict)
    quotas: dict[str, int] = field(default_factory=dict)
    enforcement: Book = field(default_factory=MemoryBook)
    counters: Counters = field(default_factory=Counters)
    secret: bytes = field(default_factory=lambda: secrets.token_bytes(16), repr=False)
    ask: Inner | None = None
    jitter: Callable[[], float] = random.random
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
        Record(parts.ledger, parts.now),
        Deadline(seconds(task.deadline)),
        Limit(task.on_limit, task.max_wait, plan=plan, state=parts.state),
        Hold() if task.hold else None,
        input_guard(task, parts),
        Cache(cache.ttl, cache.shared, candidates, answers=parts.answers, flights=parts.flights) if cache else None,
        # once per route
        Fallback(candidates, last_resorts(task, candidates, parts), task.degrade, task.min_score, task.on_low_score),
        # once per answer
        *answer_rails(plan, parts),
        # once per attempt
        Retry(retry.sends, retry.per_call, retry.max_wait, parts.quotas, parts.jitter),
        Admit(task.on_limit, task.max_wait, plan=plan, state=parts.state),
        Timeout(limits(task.timeout)),
    )
    return tuple(rail for rail in rails if rail is not None)


def answer_rails(plan: Plan, parts: Parts) -> tuple[Rail | None, ...]:
    """The rails of one answer; what a contract or a verifier needs is imported with the first one."""
    build, verify, look = builder(plan, parts), verifier(plan, parts), screen(plan.settings, parts)
    if not plan.checked and verify is None:
        return build, look
    from onedoor.rails.repair import Repair

    repair = plan.settings.repair
    if not plan.checked:
        return Repair(repair.corrections), verify, build, look
    from onedoor.rails.abort import Abort
    from onedoor.rails.validate import Validate

    validate = Validate(repair.recover, parts.enforcement)
    return Repair(repair.corrections), verify, build, validate, Abort(plan.settings.abort), look


def verifier(plan: Plan, parts: Parts) -> Rail | None:
    """What has answers verified; imported where a task or a call asks for it."""
    verify = plan.settings.verify
    if verify is None and not plan.verified:
        return None
    from onedoor.rails.verify import Verify
    from onedoor.verifiers import verifiers

    if verify is None:
        return Verify()
    return Verify(verifiers(verify.by, plan.config, parts.ask), verify.sample, verify.on_reject, verify.on_unknown)


def preview(plan: Plan, parts: Parts) -> tuple[Rail, ...]:
    """The rails that make a prompt, for whoever only wants to see it."""
    rails = (input_guard(plan.settings, parts, sends=False), Fallback(plan.candidates), builder(plan, parts, show=True))
    return tuple(rail for rail in rails if rail is not None)


def input_guard(task: Defaults, parts: Parts, *, sends: bool = True) -> Rail | None:
    """What looks at the question and its documents; imported where a task is guarded. Where nothing may be sent, a
    second layer that is a task isn't asked."""
    if task.guard is None:
        return None
    from onedoor.detectors import detector
    from onedoor.rails.guard import Guard

    guard = task.guard
    second = guard.semantic if sends or not guard.semantic.startswith("task:") else "off"
    return Guard(
        _source(guard.user),
        _source(guard.documents),
        guard.longest,
        guard.most_tokens,
        guard.semantic,
        guard.on_error,
        guard.timeout,
        guard.dry_run,
        detector=detector(second, parts.ask),
    )


def screen(task: Defaults, parts: Parts) -> Rail | None:
    """What looks at the answer; imported where a task is guarded."""
    if task.guard is None:
        return None
    from onedoor.rails.screen import Screen

    output = task.guard.output
    rules = output if isinstance(output, OutputScreening) else OutputScreening(action=output)
    if rules.action == "off":
        return None
    return Screen(
        rules.action,
        rules.secrets,
        rules.personal,
        rules.links,
        tuple(rules.hosts),
        rules.instructions,
        frozenset(rules.allow),
        task.guard.dry_run,
        key=parts.secret,
    )


def _source(given: str | InputScreening | DocumentScreening) -> Source:
    from onedoor.guard.source import Source

    if isinstance(given, str):
        return Source(given)
    return Source(given.action, given.threshold, frozenset(given.allow))


def builder(plan: Plan, parts: Parts, *, show: bool = False) -> Rail:
    """What puts the prompt together; to show one it counts everything."""
    prompt = plan.settings.prompt
    layout = Layout(prompt.marking, prompt.trim, prompt.keep, prompt.stable)
    return Build(targets(plan.config), layout, parts.counters, parts.secret, show)


def embedding_road(plan: Plan, parts: Parts) -> tuple[Rail, ...]:
    """Every rail an embedding passes: vectors of another model are no substitute, and nothing is streamed."""
    task, retry = plan.settings, plan.settings.retry
    timeout = limits(task.timeout)
    return (
        Record(parts.ledger, parts.now),
        Deadline(seconds(task.deadline)),
        Limit(task.on_limit, task.max_wait, plan=plan, state=parts.state),
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
        longest=model.max_output,
        system=model.system,
        tokenizer=model.tokenizer,
    )


def candidates(config: Config, names: list[str]) -> tuple[Candidate, ...]:
    """The models of these names, in this order."""
    models = ((name, config.models[name]) for name in names)
    return tuple(candidate(name, model, config.providers[model.provider]) for name, model in models)


def elsewhere(config: Config, names: list[str], not_lab: str) -> list[str]:
    """The models that are surely of another lab. Raises InvalidCall where there is none."""
    if not not_lab:
        return names
    left = [name for name in names if config.models[name].lab not in {"", not_lab}]
    if not left:
        raise InvalidCall(
            f"no model of {', '.join(names)} is surely of another lab than {not_lab!r}; give each its lab"
        )
    return left


def reviewer_of(config: Config, task: str, model: str) -> Reviewer:
    """Who reviews this task, or what a call pins. Raises InvalidCall where nobody does, or nobody surely may."""
    reviewer = config.settings(task).reviewer
    if reviewer is None:
        raise InvalidCall(f'task {task!r} has no reviewer; give it one: reviewer = {{ task = "…" }}')
    for name in [model] if model and reviewer.different_lab else []:
        if not config.models[name].lab:
            raise InvalidCall(
                f"the lab of model {name!r} isn't known, so no reviewer is surely of another; give it one"
            )
        elsewhere(config, config.tasks[reviewer.task].models, config.models[name].lab)
    return reviewer


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
