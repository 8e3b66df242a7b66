"""A comparison from its arguments to its figures, on the rails of a door."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypedDict

from onedoor.asking import Ask
from onedoor.config import Config, Reviewer
from onedoor.errors import InvalidCall
from onedoor.inner import Inner
from onedoor.messages import Prompt
from onedoor.plan import budget_of
from onedoor.policy.budget import Book
from onedoor.policy.keys import book_window
from onedoor.prompt.template import Template
from onedoor.providers.provider import Provider
from onedoor.quality.cases import Case, given, read
from onedoor.quality.compare import AT_ONCE, Asks, Ended, Judges, Setting, check_prices, compare
from onedoor.quality.forecast import Progress
from onedoor.quality.matrix import Figures, figures
from onedoor.quality.meter import Meter, Metered, later
from onedoor.quality.results import Head, Result, Results, opened
from onedoor.quality.settings import capped, head
from onedoor.quality.variants import Sweep, Variant, checked, variants
from onedoor.quality.verdict import sentences
from onedoor.shape import nearest
from onedoor.standard import candidates, elsewhere
from onedoor.state import State
from onedoor.stores.store import Ledger
from onedoor.trail import Opinion
from onedoor.types import Call, Reply, replace
from onedoor.verifiers.judge import Judge

NAME = re.compile(r"[\w.-]{1,80}")

Cases = str | os.PathLike[str] | Iterable[Mapping[str, Any] | Case]
"""A JSONL file, or its lines as mappings."""


class Comparing(TypedDict, total=False):
    """The keyword arguments of `compare`.

    task       the job whose settings and contract hold; without it the default_task, or the only one
    models     the candidates; without them the task's own models
    sweep      settings to try with each of them
    name       what the comparison is called: the same name goes on where it ended; by default the file's name
    directory  where `compare-NAME.jsonl` is kept; by default the current one
    cap        US dollars that are never passed, those of earlier runs under this name included
    judge      the task whose models judge answers of which a case itself says nothing, or a whole Reviewer
    cached     let the cache answer, where the task has one
    stream     have answers streamed, so that the first token is timed
    at_once    calls at once, where no slots say less; 8
    fresh      begin anew; what is there is set aside
    again      ask those again that failed
    watch      told of the progress with every answer
    """

    task: str
    models: Sequence[str]
    sweep: Sweep
    name: str
    directory: str | os.PathLike[str]
    cap: float | None
    judge: str | Reviewer | None
    cached: bool
    stream: bool
    at_once: int
    fresh: bool
    again: bool
    watch: Callable[[Progress], None]


@dataclass(frozen=True, slots=True)
class House:
    """What a comparison needs of a door that was opened for it."""

    ask: Asks
    call: Callable[[Prompt, Ask], Call]
    inner: Inner
    ledger: Ledger
    state: State
    now: Callable[[], float]


Wrap = Callable[[str, Callable[[], Provider]], Provider]
"""Stands in for the provider of this name."""

Beside = Callable[[Config, Wrap], House]
"""Opens a door with another configuration beside the one there is, through its providers, each wrapped."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """What a comparison came to. Its answers stay in their file: iterate it to read them, case by case."""

    name: str
    path: Path
    head: Head
    cases: tuple[Case, ...]
    variants: tuple[Variant, ...]
    templates: Mapping[str, Template]
    figures: Figures
    ended: Ended

    @property
    def verdict(self) -> tuple[str, ...]:
        """What it shows, in sentences."""
        return sentences(self.figures)

    def __iter__(self) -> Iterator[Result]:
        with opened(self.path, self.head, self.cases) as results:
            yield from results.each(self.cases, self.variants)


async def compared(cases: Cases, wanted: Comparing, *, config: Config, beside: Beside, now: float) -> Comparison:
    """Compare as wanted. Everything is checked before anything is spent."""
    task = _task(config, wanted.get("task", ""), wanted.get("models", ()))
    found = checked(_variants(config, task, wanted), config)
    templates = {name: config.templates[name] for name in dict.fromkeys(one.template for one in found) if name}
    asked = _cases(cases, found, templates)
    judge = _judge(config, wanted.get("judge"), found)
    cap = _nano(wanted.get("cap"))
    if cap is not None:
        check_prices(found, lambda name: candidates(config, [name])[0].price is not None)
    name = _name(wanted.get("name", ""), cases)
    begun = head(config, found, name=name, task=task, judge=judge, cached=wanted.get("cached", False), at=now)
    path = Path(wanted.get("directory", ".")) / f"compare-{name}.jsonl"
    with opened(path, begun, asked, fresh=wanted.get("fresh", False), again=wanted.get("again", False)) as results:
        meter = Meter()
        left = await _left(beside, config, results, cap)
        house = beside(capped(config, results.head.run, left), lambda name, find: Metered(find, meter))
        setting = _setting(house, meter, config, task, found, wanted, templates, judge)
        watch = wanted.get("watch", lambda progress: None)
        ended = await compare(setting, asked, found, results, watch=watch)
        told = figures(results.each(asked, found), [one.name for one in found])
        return Comparison(name, path, results.head, asked, found, templates, told, ended)


def _task(config: Config, task: str, models: Sequence[str]) -> str:
    """The task named, the default one, or the only one; none where models are named and no task is."""
    if task and task not in config.tasks:
        raise InvalidCall(f"there is no task {task!r}; {nearest(task, config.tasks)}")
    only = next(iter(config.tasks)) if len(config.tasks) == 1 else ""
    found = task or config.default_task or only
    if not found and not models:
        raise InvalidCall(f"name a task or models: tasks are {', '.join(sorted(config.tasks)) or 'not configured'}")
    return found


def _variants(config: Config, task: str, wanted: Comparing) -> tuple[Variant, ...]:
    models = wanted.get("models") or (config.tasks[task].models if task else ())
    return variants(list(models), wanted.get("sweep", Sweep()))


def _cases(cases: Cases, found: Sequence[Variant], templates: Mapping[str, Template]) -> tuple[Case, ...]:
    """The cases, held against every template that asks them, and against none where some variant has none."""
    used = tuple(templates.values())
    bare = any(not variant.template for variant in found)
    if isinstance(cases, str | os.PathLike):
        return read(cases, templates=() if bare else used)
    return given(cases, templates=() if bare else used)


def _name(name: str, cases: Cases) -> str:
    """What was said, or the name of the file of cases."""
    found = name or (Path(cases).stem if isinstance(cases, str | os.PathLike) else "cases")
    if not NAME.fullmatch(found):
        raise InvalidCall(f"name {found!r} can't be part of a file's name; use letters, digits, dots and dashes")
    return found


def _judge(config: Config, judge: str | Reviewer | None, found: Sequence[Variant]) -> Reviewer | None:
    """Who judges; where it must be of another lab, there is one for every candidate. Raises InvalidCall."""
    if not judge:
        return None
    reviewer = judge if isinstance(judge, Reviewer) else Reviewer(task=judge, different_lab=True)
    if reviewer.task not in config.tasks:
        raise InvalidCall(f"judge: there is no task {reviewer.task!r}; {nearest(reviewer.task, config.tasks)}")
    for model in dict.fromkeys(variant.model for variant in found) if reviewer.different_lab else ():
        if not config.models[model].lab:
            raise InvalidCall(f"a judge of another lab than {model}'s needs to know it: give models.{model} its lab")
        elsewhere(config, config.tasks[reviewer.task].models, config.models[model].lab)
    return reviewer


def _nano(usd: float | None) -> int | None:
    if usd is not None and not usd > 0:
        raise InvalidCall(f"cap is {usd:g}; it must be US dollars above 0")
    return None if usd is None else round(usd * 1e9)


async def _left(beside: Beside, config: Config, results: Results, cap: int | None) -> int | None:
    """The cap as the run's budget has to have it: what earlier processes spent counts, wherever it was booked."""
    if cap is None:
        return None
    run = results.head.run
    own = capped(config, run, cap)
    house = beside(own, later)
    budget = budget_of(f"run/{run}", own.runs[run].budgets[0])
    book = await house.state.read(lambda rows: rows.get(book_window(rows, budget, house.now())[0], Book))
    booked = book.spent if book else 0
    kept = (results.get(*key) for key in list(results.done))
    known = sum((one.nano_usd or 0) + one.judged_nano_usd for one in kept if one is not None)
    return cap - max(0, known - booked)


def _setting(
    house: House,
    meter: Meter,
    config: Config,
    task: str,
    found: Sequence[Variant],
    wanted: Comparing,
    templates: Mapping[str, Template],
    judge: Reviewer | None,
) -> Setting:
    async def note(call: str, opinion: Opinion) -> None:
        await house.ledger.judge(call, opinion, house.now())

    return Setting(
        ask=house.ask,
        note=note,
        bill=meter.take,
        now=house.now,
        templates=templates,
        judge=None if judge is None else _judges(house, config, judge),
        places={variant.model: tuple(_places(config, task, variant.model)) for variant in found},
        at_once=max(1, wanted.get("at_once", AT_ONCE)),
        cached=wanted.get("cached", False),
        stream=wanted.get("stream", False),
    )


def _judges(house: House, config: Config, judge: Reviewer) -> Judges:
    verifier = Judge(house.inner, judge.task, judge.rubric, judge.different_lab, f"judge {judge.task}")

    async def judged(prompt: Prompt, asked: Ask, reply: Reply) -> Opinion:
        (candidate,) = candidates(config, [reply.model])
        call = replace(house.call(prompt, asked), id=reply.id, candidate=candidate)
        return await verifier(call, reply, _never)

    return judged


async def _never(call: Call) -> Reply:
    raise LookupError("a judge asks for no further sample")


def _places(config: Config, task: str, model: str) -> Iterator[tuple[str, int]]:
    """The groups of slots a model's calls are in: no more are begun than there is room for."""
    kept = config.models[model]
    told: dict[str, int | None] = {
        f"task/{task}": config.settings(task).slots,
        f"provider/{kept.provider}": config.providers[kept.provider].slots,
        f"model/{model}": kept.slots,
    }
    yield from ((group, slots) for group, slots in told.items() if slots is not None)
