"""`door.map`: the same question about every item."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from onedoor.asking import Ask
from onedoor.bulk.fingerprint import around, fingerprint, terms
from onedoor.bulk.given import Running, check, check_prices, file_for, for_run, pace_of
from onedoor.bulk.items import Item, Items
from onedoor.bulk.paces import Route
from onedoor.bulk.prompts import Asker, Asking, asker
from onedoor.bulk.question import Question
from onedoor.bulk.run import Run, ceiling
from onedoor.bulk.work import Work
from onedoor.config import Config
from onedoor.quality.comparison import Beside, House
from onedoor.quality.meter import later
from onedoor.standard import candidates


class Mapped(Ask, Running, total=False):
    """The keyword arguments of `map`: those of `Ask` hold for every item, and those of `Running` for the run.

    `context` are here the names of the item's fields that are documents.
    """


@dataclass(frozen=True, slots=True)
class MapJob:
    """One question about each item. `own` is what each is asked with, `route` who is asked first."""

    asker: Asker
    own: Ask
    route: Route
    task: str
    terms: Mapping[str, Any]
    models: tuple[str, ...]
    at_once: int

    @property
    def name(self) -> str:
        """What it is called in the ledger."""
        return "map"

    @property
    def window(self) -> int:
        """Enough that nobody waits for the next item."""
        return 2 * self.at_once

    @property
    def settings(self) -> dict[str, Any]:
        """What a run must agree on with the one it goes on with."""
        template = self.asker.template.text if self.asker.template else "a function"
        return {**self.terms, "template": template, "context": list(self.asker.context)}

    def telling(self, house: House, run: str) -> AskEach:
        """What is done with one item."""
        return AskEach(self.asker, {**self.own, "run": run}, self.route, around(self.terms))


@dataclass(frozen=True, slots=True)
class AskEach:
    """Asks about an item; what it comes to is the item's result. `around` is the same in every fingerprint."""

    asker: Asker
    own: Ask
    route: Route
    around: bytes

    @property
    def busy(self) -> bool:
        """Nothing is under way beside its calls."""
        return False

    def fitted(self, key: str, item: Item) -> Callable[[Work], None]:
        """What asks about an item. Raises where it lacks a field."""
        asked = self.asker(item.fields)
        print_ = fingerprint(self.around, asked)
        return partial(_begin, Question(key, item.place, asked, print_, self.route, self.own))

    async def end(self, work: Work) -> None:
        """Nothing is left to do."""


def _begin(question: Question, work: Work) -> None:
    kept = work.calls.find(question)
    own = kept is not None and kept.key == question.key
    if own or not work.clash(question.key, question.fingerprint, question.place):
        work.calls.begin(question, kept, work.deliver)


def mapped(
    items: Items, prompt: Asking, given: Mapped, *, config: Config, beside: Beside, now: Callable[[], float]
) -> Run:
    """A run over these items. What can be checked is checked now; it begins when its first result is asked for."""
    check(given, Mapped.__annotations__, "map")
    own, fields = _own(given), given.get("context", ())
    found = asker(prompt, config.templates, fields)  # type: ignore[arg-type]  # names of fields here
    call = beside(for_run(config, given, "", None), later).call("an item", own)
    names = [given["model"]] if given.get("model") else list(config.tasks[call.task].models)
    models = candidates(config, names)
    check_prices(given, models)
    route = Route(models[0].provider, models[0].served)
    slots = config.settings(call.task).slots
    batches = pace_of(given.get("batch"))
    at_once = ceiling(config, given.get("concurrency") or (batches.ceiling if batches else None), route)
    most = at_once if batches else min(at_once, slots or at_once)
    job = MapJob(found, own, route, call.task, terms(call, models), tuple(names), most)
    return Run(items, given, config, beside, now, job, file_for(config, given))


def _own(given: Mapped) -> Ask:
    """What every call of the run is asked with."""
    left = {name: value for name, value in given.items() if name in Ask.__annotations__ and value is not None}
    return {name: value for name, value in left.items() if name not in {"context", "run"}}  # type: ignore[return-value]
