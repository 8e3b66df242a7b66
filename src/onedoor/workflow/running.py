"""`door.run`: a workflow over items."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from onedoor.asking import Ask
from onedoor.bulk.given import Running, check, check_hurry, check_prices, file_for, for_run, pace_of
from onedoor.bulk.items import Items
from onedoor.bulk.run import Run
from onedoor.config import Config
from onedoor.errors import InvalidCall
from onedoor.quality.comparison import Beside, House
from onedoor.quality.meter import later
from onedoor.standard import elsewhere
from onedoor.workflow.desk import Desk, Terms
from onedoor.workflow.graph import Graph
from onedoor.workflow.step import Step
from onedoor.workflow.telling import Steps
from onedoor.workflow.workflow import Workflow

SHARD = 256
"""Items under way at once: enough that a server that holds one model at a time swaps seldom."""


class Flowing(Running, total=False):
    """The keyword arguments of `run`: those of `Running`, and these.

    caller  who calls, for the ledger and limits
    shard   how many items are under way at once; 256, or twice `concurrency` where that is more. Where a provider holds
            one model at a time, all of them are asked of one model before the next is loaded
    """

    caller: str
    shard: int


@dataclass(frozen=True, slots=True)
class FlowJob:
    """The steps of a workflow for each item. `terms` is what each step that asks is asked under."""

    graph: Graph
    config: Config
    own: Ask
    terms: Mapping[str, Mapping[str, Any]]
    models: tuple[str, ...]
    at_once: int | None
    window: int

    @property
    def name(self) -> str:
        """What it is called in the ledger."""
        return self.graph.name

    @property
    def task(self) -> str:
        """Each step has its own."""
        return ""

    @property
    def settings(self) -> dict[str, Any]:
        """What a run must agree on with the one it goes on with."""
        return {"steps": {step.name: self._step(step.name) for step in self.graph.steps.values()}}

    def telling(self, house: House, run: str) -> Steps:
        """What is done with one item."""
        desk = Desk(house, self.config, {**self.own, "run": run})
        return Steps(self.graph, desk, self.window)

    def _step(self, name: str) -> dict[str, Any]:
        step = self.graph.steps[name]
        shape = {"kind": step.kind, "needs": list(self.graph.needs[name]), "by": step.by}
        return {**shape, **step.says, **self.terms.get(name, {})}


def ran(
    flow: Workflow, items: Items, given: Flowing, *, config: Config, beside: Beside, now: Callable[[], float]
) -> Run:
    """A workflow over these items. What can be checked is checked now; it begins when its first result is asked for."""
    if not isinstance(flow, Workflow):
        raise InvalidCall(f"run takes a Workflow, not {type(flow).__name__}; read one from a file with Workflow.load")
    check(given, Flowing.__annotations__, "run")
    graph = flow.graph(config.templates)
    own: Ask = {"caller": given["caller"]} if given.get("caller") else {}
    desk = Desk(beside(for_run(config, given, "", None), later), config, own)
    terms = {step.name: _terms(desk, step, given) for step in graph.steps.values() if step.own is not None}
    for step in graph.steps.values():
        if step.other_lab:
            _check_labs(config, graph, step, terms)
    models = {model.name: model for one in terms.values() for model in one.models}
    check_prices(given, models.values())
    told = {name: one.told for name, one in terms.items()}
    job = FlowJob(graph, config, own, told, tuple(models), given.get("concurrency"), _shard(given))
    return Run(items, given, config, beside, now, job, file_for(config, given))


def _terms(desk: Desk, step: Step, given: Flowing) -> Terms:
    assert step.own is not None
    try:
        check_hurry(step.own, batch=bool(given.get("batch")))
        return desk.terms(step.own)
    except InvalidCall as error:
        raise InvalidCall(f"step {step.name!r}: {error}") from error


def _check_labs(config: Config, graph: Graph, step: Step, terms: Mapping[str, Terms]) -> None:
    """Whoever the author is, somebody surely of another lab is left. Raises InvalidCall."""
    if step.name in graph.once:
        raise InvalidCall(
            f"step {step.name!r}: other_lab is for steps of an item; after a reduce there are many authors"
        )
    if step.other_lab not in terms:
        raise InvalidCall(f"step {step.name!r}: other_lab is {step.other_lab!r}, which isn't a step that asks")
    names = [model.name for model in terms[step.name].models]
    for author in terms[step.other_lab].models:
        lab = config.models[author.name].lab
        if not lab:
            raise InvalidCall(f"step {step.name!r}: another lab than that of {author.name!r} needs it: give it its lab")
        try:
            elsewhere(config, names, lab)
        except InvalidCall as error:
            raise InvalidCall(f"step {step.name!r}: {error}") from error


def _shard(given: Flowing) -> int:
    batches = pace_of(given.get("batch"))
    shard = given.get("shard", max(SHARD, 2 * (given.get("concurrency") or 0), batches.ceiling if batches else 0))
    if not isinstance(shard, int) or shard < 1:
        raise InvalidCall(f"shard is {shard!r}; it must be a whole number of at least 1")
    return shard
