"""The door as the steps of a run see it: what was asked in this run before is told again."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Mapping
from dataclasses import dataclass, field, fields, is_dataclass, replace
from typing import Any, Unpack

from onedoor import errors
from onedoor.asking import Ask
from onedoor.bulk.calls import Calls
from onedoor.bulk.fingerprint import around, fingerprint, terms
from onedoor.bulk.paces import Route
from onedoor.bulk.prompts import Asked
from onedoor.bulk.question import Question
from onedoor.bulk.result import Result
from onedoor.config import Config
from onedoor.errors import InvalidCall, OnedoorError
from onedoor.jobs import BlockingJobs, Jobs
from onedoor.messages import Prompt, as_context
from onedoor.output.contract import Contract, Unfit
from onedoor.output.recover import recover
from onedoor.output.validate import Valid, validate
from onedoor.quality.comparison import House
from onedoor.standard import candidates, elsewhere
from onedoor.types import Candidate, Cost, Reply, Usage

KNOWN = 256
"""Ways of asking that are remembered; who makes up a new one for every item pays for each."""


class Stopped(Exception):
    """The run was stopped before this was asked."""


@dataclass(frozen=True, slots=True)
class Terms:
    """What holds for everything that is asked in one way. `told` is all of it, as JSON has it."""

    own: Ask
    told: Mapping[str, Any]
    around: bytes
    models: tuple[Candidate, ...]
    contract: Contract | None

    @property
    def route(self) -> Route:
        """Who is asked first."""
        return Route(self.models[0].provider, self.models[0].served)


@dataclass(slots=True)
class Desk:
    """Where the steps of a run ask. `own` is what every call is asked with."""

    house: House
    config: Config
    own: Ask
    _known: dict[object, Terms] = field(default_factory=dict)

    def terms(self, ask: Ask) -> Terms:
        """What holds for questions asked so. Raises InvalidCall for wrong arguments."""
        key = _hashable(ask)
        found = self._known.get(key)
        if found is None:
            if len(self._known) >= KNOWN:
                self._known.clear()
            found = self._known[key] = self._terms(ask)
        return found

    def _terms(self, ask: Ask) -> Terms:
        if "run" in ask:
            raise InvalidCall("run: what a step asks belongs to the run it is in, and to its budget")
        own: Ask = {**self.own, **ask}
        call = self.house.call("an item", own)
        models = candidates(self.config, [own["model"]] if own.get("model") else self.config.tasks[call.task].models)
        told = terms(call, models)
        return Terms(own, told, around(told), models, call.contract)


@dataclass(slots=True)
class StepDoor(Jobs):
    """The door as one step sees it. A question the run has asked before, in the same words, is answered from its rows.
    One that has just failed here, and is put again, is asked again.

    `results` are what its questions came to, by their fingerprints; `stopped` says that one wasn't asked any more.
    """

    desk: Desk
    calls: Calls
    key: str
    place: int
    step: str
    results: dict[bytes, Result] = field(default_factory=dict)
    stopped: bool = False

    async def ask(self, prompt: Prompt, **ask: Unpack[Ask]) -> Reply:
        """Ask as the door does. The reply has no trail: it is the same when the run is gone on with."""
        context = as_context(ask.pop("context")) if "context" in ask else ()
        terms = self.desk.terms(ask)
        asked = Asked(prompt, context)
        print_ = fingerprint(terms.around, asked)
        question = Question(self.key, self.place, asked, print_, terms.route, terms.own, self.step)
        known = self.results.get(print_)
        again = known is not None and bool(known.error) and not known.cached
        result = known if known is not None and not again else await self._answer(question, terms.contract)
        if result.error:
            raise failure(result)
        return reply(result, terms.contract)

    def elsewhere(self, step: str, ask: Ask) -> Ask:
        """How to ask a model of another lab than the one whose answer a step of this item has."""
        author = next((result.model for result in self.results.values() if result.step == step), "")
        models, names = self.desk.config.models, [model.name for model in self.desk.terms(ask).models]
        lab = models[author].lab if author in models else ""
        return {**ask, "model": elsewhere(self.desk.config, names, lab)[0]} if lab else ask

    def __getattr__(self, name: str) -> Any:
        """Raises AttributeError that says what there is."""
        raise AttributeError(f"the door of a step has ask, extract and classify, and no {name!r}")

    async def _answer(self, question: Question, contract: Contract | None) -> Result:
        """What the question comes to. Raises Stopped where the run is over before."""
        arrived: asyncio.Future[Result] = asyncio.get_running_loop().create_future()

        def landed(result: Result | None) -> None:
            self.stopped = self.stopped or result is None
            before = self.results.get(question.fingerprint)
            if result is not None and (before is None or before.error):
                self.results[question.fingerprint] = result
            if arrived.done():
                return
            if result is None:
                arrived.set_exception(Stopped())
            else:
                arrived.set_result(result)

        kept = self.calls.find(question)
        stale = question.fingerprint in self.results or (kept is not None and not holds(kept, contract))
        self.calls.begin(question, kept, landed, stale=stale)
        return await arrived


@dataclass(frozen=True, slots=True)
class BlockingStepDoor(BlockingJobs):
    """The same for a plain function, which waits in a thread of its own."""

    _door: StepDoor
    _loop: asyncio.AbstractEventLoop

    def __getattr__(self, name: str) -> Any:
        """Raises AttributeError that says what there is."""
        return getattr(self._door, name)

    def _wait(self, work: Coroutine[Any, Any, Any]) -> Any:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result()


def reply(result: Result, contract: Contract | None) -> Reply:
    """A kept result as the reply it was, its value built anew."""
    return Reply(
        result.text,
        model=result.model,
        served=result.served,
        provider=result.provider,
        data=value(result, contract),
        usage=Usage(result.input, result.output),
        cost=None if result.nano_usd is None else Cost(result.nano_usd, "run"),
        finish_reason=result.finish_reason or "stop",  # type: ignore[arg-type]  # it was one of them
        score=result.score,
        degraded=result.degraded,
        tool_calls=result.tool_calls,
        cached=result.cached,
        attempts=result.attempts,
        retries=result.retries,
        id=result.call,
        duration=result.seconds,
    )


def value(result: Result, contract: Contract | None) -> Any:
    """The value of a kept answer: built of what the model said, else of what was kept. Raises Unfit."""
    if result.data is None or contract is None or contract.build is None:
        return result.data
    told = validate(replace(contract, checks=()), result.text, recover)
    return told.data if isinstance(told, Valid) else contract.build(result.data)


def holds(kept: Result, contract: Contract | None) -> bool:
    """Whether a kept answer still is what it must be: a class may have changed since without its schema changing."""
    try:
        value(kept, contract)
    except Unfit:
        return False
    return True


def failure(result: Result) -> OnedoorError:
    """A kept failure as the error it was, of the same class and in the same words; `row` is the result itself."""
    kind = getattr(errors, result.kind, OnedoorError)
    error: OnedoorError = kind.__new__(kind) if issubclass(kind, OnedoorError) else OnedoorError()
    error.args, error.call_id = (result.message,), result.call or None
    error.__dict__.update(row=result, answer=result.text)
    return error


def _hashable(value: object) -> object:
    """A key that is the same for the same arguments, also for a contract that is made anew for each item."""
    if isinstance(value, Mapping):
        return tuple(sorted((name, _hashable(inner)) for name, inner in value.items()))
    if isinstance(value, list | tuple):
        return tuple(_hashable(inner) for inner in value)
    try:
        hash(value)
    except TypeError:
        told = [one.name for one in fields(value) if one.compare] if is_dataclass(value) else []
        return (type(value), *(_hashable(getattr(value, name)) for name in told)) if told else id(value)
    return (type(value), value)
