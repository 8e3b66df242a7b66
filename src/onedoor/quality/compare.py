"""Every case through every candidate on the same rails; what is answered is written down, and never asked twice."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from typing import Any, Protocol, Unpack

from onedoor.asking import Ask
from onedoor.errors import BudgetExceeded, InvalidCall, OnedoorError, StoreError, WrongContext
from onedoor.messages import Prompt
from onedoor.output.score import plain
from onedoor.prompt.template import Template
from onedoor.quality.cases import Case
from onedoor.quality.forecast import Progress
from onedoor.quality.meter import Bill
from onedoor.quality.opinions import opinion
from onedoor.quality.results import Result, Results
from onedoor.quality.variants import Variant
from onedoor.trail import Opinion, code_of
from onedoor.types import Reply
from onedoor.verifiers.verifier import kept

AT_ONCE = 8
"""Calls at once, where no slots say less."""


class Asks(Protocol):
    """Asks a question: `AsyncDoor.ask`."""

    async def __call__(self, prompt: Prompt, **ask: Unpack[Ask]) -> Reply: ...


Told = tuple[Result, Opinion | None]
"""An answer, and what is thought of it."""

Judges = Callable[[Prompt, Ask, Reply], Awaitable[Opinion]]
"""Has another model judge an answer to a question asked so."""


@dataclass(frozen=True, slots=True)
class Setting:
    """What a comparison needs of a door, and what holds for all of its calls.

    note       writes an opinion on a call into the ledger
    bill       what a call's attempts cost; given once
    judge      judges answers of which a case itself says nothing; None for nobody
    places     calls at once: of a provider or a model, by the groups each model belongs to
    now        seconds since the epoch
    """

    ask: Asks
    note: Callable[[str, Opinion], Awaitable[None]]
    bill: Callable[[str], Bill]
    now: Callable[[], float]
    templates: Mapping[str, Template] = field(default_factory=dict)
    judge: Judges | None = None
    places: Mapping[str, Sequence[tuple[str, int]]] = field(default_factory=dict)
    at_once: int = AT_ONCE
    cached: bool = False
    stream: bool = False


@dataclass(frozen=True, slots=True)
class Ended:
    """How a comparison ended. `capped` is why no further call was started, empty where all is asked."""

    progress: Progress
    capped: str = ""


async def compare(
    setting: Setting,
    cases: Sequence[Case],
    variants: Sequence[Variant],
    results: Results,
    *,
    watch: Callable[[Progress], None] = lambda progress: None,
) -> Ended:
    """Ask everything that isn't answered yet, the candidates taking turns, and write each answer down as it comes.

    A call that fails is a result. Raises StoreError and OSError, where nothing can be written down any more.
    """
    progress = Progress(len(cases) * len(variants), left={variant.name: len(cases) for variant in variants})
    for result in results.each(cases, variants):
        failed = bool(result.error)
        progress.add(result.variant, result.nano_usd, result.judged_nano_usd, failed=failed, resumed=True)
    watch(progress)
    run = _Run(setting, results, progress, watch, iter(_turns(cases, variants, results)))
    try:
        async with asyncio.TaskGroup() as group:
            for _ in range(min(setting.at_once, progress.total - progress.done)):
                group.create_task(run.work())
    except BaseExceptionGroup as broken:
        raise _first(broken) from None
    return Ended(progress, run.capped)


def _turns(cases: Sequence[Case], variants: Sequence[Variant], results: Results) -> Iterator[tuple[Case, Variant]]:
    """What isn't answered yet: case by case, another candidate first each time, so that all see the same load."""
    for number, case in enumerate(cases):
        first = number % len(variants)
        for variant in (*variants[first:], *variants[:first]):
            if (case.id, variant.name) not in results.done:
                yield case, variant


def _first(broken: BaseExceptionGroup[BaseException]) -> BaseException:
    """The error that ended everything; the others are its consequences."""
    inner = broken.exceptions[0]
    return _first(inner) if isinstance(inner, BaseExceptionGroup) else inner


@dataclass(slots=True)
class _Run:
    """One pass over what isn't answered yet, shared by its workers."""

    setting: Setting
    results: Results
    progress: Progress
    watch: Callable[[Progress], None]
    turns: Iterator[tuple[Case, Variant]]
    capped: str = ""
    _flying: int = 0
    _landings: int = 0
    _landed: asyncio.Event = field(default_factory=asyncio.Event)
    _groups: dict[str, asyncio.Semaphore] = field(default_factory=dict)

    async def work(self) -> None:
        """Take the next question until there is none, or the cap leaves no room for one."""
        for case, variant in self.turns:
            if self.capped:
                return
            async with AsyncExitStack() as held:
                for group, slots in self.setting.places.get(variant.model, ()):
                    await held.enter_async_context(self._groups.setdefault(group, asyncio.Semaphore(slots)))
                told = await self._told(case, variant)
            if told is None:
                return
            await self._keep(*told)

    async def _keep(self, result: Result, said: Opinion | None) -> None:
        """Written down before anything else can go wrong: what is in the file is never paid for again."""
        self.results.add(result)
        self.progress.add(result.variant, result.nano_usd, result.judged_nano_usd, failed=bool(result.error))
        self.watch(self.progress)
        if said is not None and result.by != "verify":
            await self.setting.note(result.call, said)

    async def _told(self, case: Case, variant: Variant) -> Told | None:
        """The answer, or None where the cap has no room for it, not even once nothing else is under way."""
        while not self.capped:
            self._flying, before = self._flying + 1, self._landings
            try:
                told = await self._once(case, variant)
            except BudgetExceeded as error:
                self._flying -= 1
                if self._landings != before:
                    continue
                if self._flying:
                    await self._landed.wait()
                else:
                    self.capped = str(error)
                    self._wake()
            else:
                self._flying -= 1
                self._wake()
                return told
        return None

    def _wake(self) -> None:
        """What was reserved for a call that has landed is free again: whoever waits for that may try."""
        self._landings += 1
        landed, self._landed = self._landed, asyncio.Event()
        landed.set()

    async def _once(self, case: Case, variant: Variant) -> Told:
        """One call. Raises BudgetExceeded where the comparison's own cap refused it before anything was sent."""
        setting, head = self.setting, self.results.head
        prompt, asked = case.prompt(setting.templates.get(variant.template)), self._ask(case, variant)
        at = setting.now()
        try:
            reply = await setting.ask(prompt, **asked)
        except (StoreError, WrongContext):
            raise
        except Exception as error:
            if _refused(error, head.run):
                raise
            return self._failed(case, variant, error, at), None
        found, by = await self._verdict(case, prompt, asked, reply)
        said = None if found is None else kept(found, model=reply.model)
        return self._answered(case, variant, reply, said, by, at), said

    def _ask(self, case: Case, variant: Variant) -> Ask:
        """The call's arguments: the task's, the case's, the variant's over them; nobody else may answer."""
        head = self.results.head
        own: Ask = {"cache": "on" if self.setting.cached else "off", "degrade": "never", "run": head.run}
        if head.task:
            own["task"] = head.task
        if self.setting.stream:
            own["timeout"] = {"first_token": 600.0}
        tags = {"compare": head.name, "case": case.id, "variant": variant.name}
        return {**own, **case.ask(), **variant.ask(), "metadata": {**case.metadata, **tags}}

    async def _verdict(self, case: Case, prompt: Prompt, asked: Ask, reply: Reply) -> tuple[Opinion | None, Any]:
        """What the case itself says; else the task's own verifiers; else the judge."""
        name = f"compare {self.results.head.name}"
        said = await opinion(case, reply, name)
        if said is not None:
            return said, "case"
        if reply.verdict != "unknown":
            reasons = "; ".join(one.reason for one in reply.opinions if one.verdict == reply.verdict and one.reason)
            return Opinion(reply.verdict, "check", "verify", reasons), "verify"
        if self.setting.judge is None:
            return None, ""
        try:
            judged = await self.setting.judge(prompt, asked, reply)
        except OnedoorError as error:
            judged = Opinion("unknown", "judge", name, f"{code_of(error)}: {error}")
        except (LookupError, TypeError) as error:
            judged = Opinion("unknown", "judge", name, str(error))
        return Opinion(judged.verdict, "judge", name, judged.reason, judged.score), "judge"

    def _answered(self, case: Case, variant: Variant, reply: Reply, said: Opinion | None, by: Any, at: float) -> Result:
        bill = self.setting.bill(reply.id)
        return Result(
            case=case.id,
            variant=variant.name,
            asked=case.asked,
            wanted=case.wanted,
            call=reply.id,
            at=at,
            text=reply.text,
            data=None if reply.data is None else plain(reply.data),
            served=reply.served,
            verdict=said.verdict if said else "unknown",
            by=by,
            reason=said.reason if said else "",
            score=said.score if said and said.score is not None else reply.score,
            nano_usd=None if bill.unpriced else bill.nano_usd,
            judged_nano_usd=bill.judged,
            seconds=reply.duration,
            first_token=reply.first_token,
            input=reply.usage.input,
            output=reply.usage.output,
            attempts=reply.attempts,
            retries=reply.retries,
        )

    def _failed(self, case: Case, variant: Variant, error: Exception, at: float) -> Result:
        """A call without an answer; one that was given and not accepted is kept to be looked at."""
        known = error if isinstance(error, OnedoorError) else None
        call = (known.call_id or "") if known else ""
        bill = self.setting.bill(call)
        return Result(
            case=case.id,
            variant=variant.name,
            asked=case.asked,
            wanted=case.wanted,
            call=call,
            at=at,
            text=str(getattr(error, "answer", "")),
            error=code_of(error),
            message=str(error),
            verdict="rejected",
            nano_usd=None if bill.unpriced else bill.nano_usd,
            judged_nano_usd=bill.judged,
            seconds=max(0.0, self.setting.now() - at),
            attempts=known.trail.attempts if known and known.trail else 0,
        )


def _refused(error: Exception, run: str) -> bool:
    """Whether the comparison's own cap said no before anything was sent."""
    sent = isinstance(error, OnedoorError) and error.trail is not None and error.trail.attempts > 0
    return isinstance(error, BudgetExceeded) and error.limit == f"run/{run}" and not sent


def check_prices(variants: Sequence[Variant], priced: Callable[[str], bool]) -> None:
    """Under a cap every model needs a price. Raises InvalidCall."""
    without = sorted({variant.model for variant in variants if not priced(variant.model)})
    if without:
        raise InvalidCall(
            f"a cap needs prices, and {', '.join(without)} has none: give models.{without[0]} a price "
            "(input and output may be 0 for a local model)"
        )
