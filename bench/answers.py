"""What the contract rails are worth and what they cost: 21 kinds of damage, each rail switched off in turn.

    python bench/answers.py [--quick] [--json FILE] [--svg FILE]

The answers are the simulator's, so the truth of each is known. Every item goes down every road on a clock that jumps to
the next thing due: seconds are simulated ones, exact and the same on every machine. The second half measures this
process's CPU time on answers that come right at once. Baselines are in the same run; there are no thresholds.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import platform
import random
import selectors
from collections import Counter
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from html import escape
from pathlib import Path
from statistics import fmean
from typing import Any, Literal, NamedTuple

import pydantic_core
from overhead import Row, Work, contest, one_by_one
from overhead import table as times_table
from pydantic import BaseModel, ValidationError

import onedoor
from onedoor import AsyncDoor, Call, Delta, Reply, ServedModel, Usage
from onedoor.errors import OnedoorError
from onedoor.output.recover import recover
from onedoor.output.validate import validate
from onedoor.providers.openai import OpenAI
from onedoor.providers.provider import Provider
from onedoor.providers.transport import HttpRequest
from onedoor.sim.profiles import PROFILES
from onedoor.sim.simulator import Simulator
from onedoor.sim.tokens import split
from onedoor.sim.transport import SimTransport
from onedoor.sim.world import Case, as_json, invoices
from onedoor.standard import Parts
from onedoor.types import replace as changed

SEED = 20
CAREFUL = "careful"
SHORT_CAP = 32
"""Output tokens of the kind `short_cap`: half an invoice."""
SPELT = ("fenced", "prose_around", "single_quotes", "trailing_comma", "python_literals", "unquoted_keys", "comments")
SHAPED = ("wrapped", "numbers_as_text", "key_case", "enum_case", "missing_field", "doubled")
LOST = ("short_cap", "truncated", "runaway", "empty", "refusal", "echo", "cut", "flaky")
KINDS = (*SPELT, *SHAPED, *LOST)
NEVER = 1_000_000_000
"""Of a breaker: failures that are never reached."""

End = Literal["clean", "recovered", "again", "fallback", "slip", "wrong", "failed"]
"""How an item ended.

clean      right as it came, at the first request
recovered  right after recovery, at the first request
again      right after a further request
fallback   right, by the careful model, and labelled so
slip       valid and not the truth, but word for word what the model said: it misread the document
wrong      accepted and not what the model said
failed     an error
"""
RIGHT: frozenset[End] = frozenset({"clean", "recovered", "again", "fallback"})


class Item(BaseModel):
    description: str
    quantity: int
    unit_price: float


class Invoice(BaseModel):
    """The contract."""

    number: str
    supplier: str
    date: date
    currency: Literal["EUR", "USD", "GBP", "CHF"]
    total: float
    items: list[Item]


class Told(NamedTuple):
    """What came back: the value, the words it was in, and how it was got."""

    data: Invoice
    text: str
    end: End = "clean"


@dataclass(frozen=True)
class Outcome:
    """One item on one road; `seconds` are simulated, `error` is the failure's code, else empty."""

    road: str
    kind: str
    case: str
    end: End
    calls: int
    output: int
    nano_usd: int
    seconds: float
    error: str = ""


Ask = Callable[[str, Case], Awaitable[Told]]
"""Puts a case to the model of one kind of damage. Raises what it fails with."""


class Failed(Exception):
    """A request of the baseline that came to nothing."""


class Leaping(selectors.DefaultSelector):
    """Waits for nothing: where only a timer is due, its time has come."""

    now = 0.0

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        ready = super().select(timeout if timeout is None else 0)
        if timeout and not ready:
            self.now += timeout
        return ready


class LeapingLoop(asyncio.SelectorEventLoop):
    """An event loop on that clock."""

    def __init__(self) -> None:
        self._leaping = Leaping()
        super().__init__(self._leaping)

    def time(self) -> float:
        return self._leaping.now


class Script:
    """The baseline: posts the same prompt itself, json.loads, Invoice.model_validate.

    tells  whether the answer and the error go into the next question, as a conversation
    """

    def __init__(self, simulator: Simulator, *, requests: int = 1, tells: bool = False) -> None:
        self._transport = SimTransport(simulator)
        self._requests = requests
        self._tells = tells

    async def __call__(self, kind: str, case: Case) -> Told:
        turns = [{"role": "user", "content": case.prompt}]
        for left in range(self._requests - 1, -1, -1):
            text = ""
            try:
                text = await self._post(kind, turns)
                end: End = "again" if left < self._requests - 1 else "clean"
                return Told(Invoice.model_validate(json.loads(text)), text, end)
            except (Failed, OnedoorError, ValueError) as error:
                if not left:
                    raise
                if self._tells and text:
                    turns = [*turns[:1], {"role": "assistant", "content": text}, _correction(error)]
        raise AssertionError("the last request returns or raises")

    async def _post(self, kind: str, turns: list[dict[str, str]]) -> str:
        body: dict[str, Any] = {"model": served(kind), "messages": turns}
        if kind == "short_cap":
            body["max_tokens"] = SHORT_CAP
        request = HttpRequest("POST", "sim://in-process/v1/chat/completions", json.dumps(body).encode())
        async with self._transport.send(request) as response:
            if response.status != 200:
                raise Failed(f"status {response.status}")
            return str(json.loads(await response.read())["choices"][0]["message"]["content"])


def _correction(error: Exception) -> dict[str, str]:
    wrong = str(error) if isinstance(error, ValidationError) else f"That is no JSON: {error}"
    return {"role": "user", "content": f"{wrong}\nAnswer again, with corrected JSON and nothing else."}


class Unconstrained:
    """A provider that isn't told the schema: the road without Build."""

    def __init__(self, inner: Provider) -> None:
        self._inner = inner

    async def chat(self, call: Call) -> Reply:
        return await self._inner.chat(changed(call, options=changed(call.options, json_schema=None)))

    async def embed(self, call: Call) -> Reply:
        return await self._inner.embed(call)

    async def models(self) -> tuple[ServedModel, ...]:
        return await self._inner.models()

    async def close(self) -> None:
        await self._inner.close()


class Road:
    """A door over the simulator. `settings` are those of each task; `structured` is how the schema is sent."""

    def __init__(
        self,
        simulator: Simulator,
        settings: Mapping[str, Any],
        *,
        fallback: bool,
        structured: str = "auto",
        build: bool = True,
    ) -> None:
        parts = Parts(jitter=random.Random(SEED).random)
        providers: dict[str, Provider] = {name: _provider(simulator, name, build) for name in (*KINDS, CAREFUL)}
        config = _config(settings, fallback=fallback, structured=structured)
        self._door = onedoor.open_async(config, providers=providers, parts=parts)

    async def __call__(self, kind: str, case: Case) -> Told:
        reply = await self._door.ask(case.prompt, task=kind, schema=Invoice)
        return Told(reply.data, reply.text, _how(reply))


def _provider(simulator: Simulator, name: str, build: bool) -> Provider:
    inner = OpenAI(name, "sim://in-process/v1", transport=SimTransport(simulator, name))
    return inner if build else Unconstrained(inner)


def _how(reply: Reply) -> End:
    if reply.degraded:
        return "fallback"
    if reply.attempts > 1:
        return "again"
    return "recovered" if reply.edits else "clean"


def _config(settings: Mapping[str, Any], *, fallback: bool, structured: str) -> dict[str, Any]:
    """A provider, a model and a task for each kind, so that none uses up another's quota of retries."""
    never = {"minimum": NEVER, "consecutive": NEVER}
    names = (*KINDS, CAREFUL)
    own = {"short_cap": {"max_output_tokens": SHORT_CAP}}
    return {
        "providers": {name: {"kind": "sim", "breaker": never, "structured": structured} for name in names},
        "models": {name: {"provider": name, "name": served(name)} for name in names},
        "tasks": {kind: {"models": [kind, CAREFUL][: 1 + fallback], **settings, **own.get(kind, {})} for kind in KINDS},
    }


def served(kind: str) -> str:
    """The simulator's profile for a kind of damage."""
    return CAREFUL if kind == "short_cap" else kind


class Setup(NamedTuple):
    """One road: what it is called and how it is made."""

    name: str
    make: Callable[[Simulator], Ask]


def setups() -> tuple[Setup, ...]:
    """Every road; the first is the baseline of the added seconds."""

    def road(name: str, settings: Mapping[str, Any], *, fallback: bool, **given: Any) -> Setup:
        return Setup(name, lambda simulator: Road(simulator, settings, fallback=fallback, **given))

    off: dict[str, dict[str, Any]] = {
        "recover off": {"repair": {"recover": False}},
        "repair off": {"repair": {"corrections": 0}},
        "abort off": {"abort": False},
        "retry off": {"retry": {"sends": 1}},
    }
    return (
        Setup("script, one call", Script),
        Setup("script, 3 retries", lambda simulator: Script(simulator, requests=4)),
        Setup("script, error told twice", lambda simulator: Script(simulator, requests=3, tells=True)),
        road("one model", {}, fallback=False),
        *(road(f"one model, {name}", settings, fallback=False) for name, settings in off.items()),
        road("one model, build off", {}, fallback=False, build=False),
        road("one model, json_object", {}, fallback=False, structured="json_object"),
        road("with fallback", {}, fallback=True),
        *(road(f"with fallback, {name}", settings, fallback=True) for name, settings in off.items()),
    )


def work(quick: bool) -> list[tuple[str, Case]]:
    """The items: another document each, its kind by its place."""
    return [(KINDS[place % len(KINDS)], case) for place, case in enumerate(invoices(63 if quick else 525, seed=SEED))]


def answers(quick: bool) -> list[Outcome]:
    """Every item on every road. The roads take turns item by item, each over a simulator of its own."""
    with asyncio.Runner(loop_factory=LeapingLoop) as runner:
        return runner.run(_answers(work(quick)))


async def _answers(items: Sequence[tuple[str, Case]]) -> list[Outcome]:
    clock = asyncio.get_running_loop().time
    asks = []
    for name, make in setups():
        simulator = Simulator(clock=clock)
        asks.append((name, simulator, make(simulator)))
    return [await _one(name, simulator, ask, kind, case) for kind, case in items for name, simulator, ask in asks]


async def _one(road: str, simulator: Simulator, ask: Ask, kind: str, case: Case) -> Outcome:
    clock = asyncio.get_running_loop().time
    before, begun, error = _billed(simulator), clock(), ""
    end: End
    try:
        told = await ask(kind, case)
        end = _judged(told, kind, case)
    except OnedoorError as failure:
        end, error = "failed", getattr(failure, "mode", "") or failure.code
    except (Failed, ValueError) as failure:
        end, error = "failed", type(failure).__name__
    calls, output, nano_usd = (after - first for after, first in zip(_billed(simulator), before, strict=True))
    return Outcome(road, kind, case.id, end, calls, output, nano_usd, clock() - begun, error)


def _billed(simulator: Simulator) -> tuple[int, ...]:
    """Requests, output tokens and nano-dollars so far, by the simulator's own count."""
    counts = simulator.counts.values()
    return tuple(sum(count[what] for count in counts) for what in ("requests", "output", "nano_usd"))


def _judged(told: Told, kind: str, case: Case) -> End:
    if told.data == Invoice.model_validate(case.truth):
        return told.end
    said = as_json(told.data.model_dump(mode="json")) in told.text
    return "slip" if said and PROFILES[served(kind)].accuracy < 1 else "wrong"


@dataclass(frozen=True)
class Sum:
    """What some items came to on one road. Calls, tokens and dollars are those of all, over the accepted ones."""

    road: str
    kind: str
    items: int
    right: float
    by_fallback: float
    slips: int
    wrong: int
    failed: int
    calls: float
    added: float
    output: float
    usd_per_1000: float
    errors: Mapping[str, int]


def summed(outcomes: Iterable[Outcome], once: Mapping[str, float], *, kind: str = "all") -> Sum:
    """One line of a table. `once` is how long the first road took for each case."""
    found = list(outcomes)
    ends = Counter(one.end for one in found)
    accepted = len(found) - ends["failed"]
    over = accepted or float("nan")
    return Sum(
        found[0].road,
        kind,
        len(found),
        right=sum(ends[end] for end in RIGHT) / len(found),
        by_fallback=ends["fallback"] / len(found),
        slips=ends["slip"],
        wrong=ends["wrong"],
        failed=ends["failed"],
        calls=sum(one.calls for one in found) / over,
        added=fmean(one.seconds - once[one.case] for one in found),
        output=sum(one.output for one in found) / over,
        usd_per_1000=sum(one.nano_usd for one in found) / over / 1e6,
        errors=dict(Counter(one.error for one in found if one.error)),
    )


def sums(outcomes: Sequence[Outcome]) -> tuple[list[Sum], list[Sum]]:
    """Each road in total, and each road by kind."""
    roads = list(dict.fromkeys(one.road for one in outcomes))
    once = {one.case: one.seconds for one in outcomes if one.road == roads[0]}
    by_road = {road: [one for one in outcomes if one.road == road] for road in roads}
    by_kind = [
        summed((one for one in found if one.kind == kind), once, kind=kind)
        for found in by_road.values()
        for kind in KINDS
    ]
    return [summed(found, once) for found in by_road.values()], by_kind


def totals_table(totals: Sequence[Sum]) -> str:
    """A line for each road."""
    return _sums_table("Road", [(one.road, one) for one in totals])


def kinds_table(by_kind: Sequence[Sum], road: str) -> str:
    """A line for each kind of damage on one road."""
    return _sums_table("Damage", [(one.kind, one) for one in by_kind if one.road == road])


def _sums_table(first: str, named: Sequence[tuple[str, Sum]]) -> str:
    lines = [
        f"| {first} | Right % | by fallback % | Wrong | Slips | Failed | Calls | Added s | Output tokens | $/1,000 |",
        "|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|",
    ]
    for name, one in named:
        counts = f"{100 * one.right:.1f} | {100 * one.by_fallback:.1f} | {one.wrong} | {one.slips} | {one.failed}"
        shares = (
            _figure(one.calls, 2),
            f"{round(one.added, 2) or 0.0:+.2f}",
            _figure(one.output, 0),
            _figure(one.usd_per_1000, 3),
        )
        lines.append(f"| {name} | {counts} | {' | '.join(shares)} |")
    return "\n".join(lines)


def _figure(value: float, digits: int) -> str:
    return "-" if value != value else f"{value:.{digits}f}"


def matrix(by_kind: Sequence[Sum]) -> str:
    """The share of right answers of every kind on every road, in percent."""
    roads = list(dict.fromkeys(one.road for one in by_kind))
    right = {(one.road, one.kind): one.right for one in by_kind}
    lines = ["| Damage | " + " | ".join(roads) + " |", "|---|" + "---:|" * len(roads)]
    for kind in KINDS:
        lines.append(f"| {kind} | " + " | ".join(f"{100 * right[road, kind]:.0f}" for road in roads) + " |")
    return "\n".join(lines)


def errors_table(totals: Sequence[Sum]) -> str:
    """What each road failed with."""
    told = [", ".join(f"{name} {count}" for name, count in sorted(one.errors.items())) for one in totals]
    return "\n".join(f"- {one.road}: {said or 'nothing'}" for one, said in zip(totals, told, strict=True))


COLOURS: Mapping[End, tuple[str, str]] = {
    "clean": ("#1f7a5c", "right as it came"),
    "recovered": ("#3fae7f", "recovered, no further call"),
    "again": ("#4a90c2", "asked or sent again"),
    "fallback": ("#8f7cc9", "by the fallback, labelled"),
    "slip": ("#c9a227", "the model's own slip"),
    "wrong": ("#d0342c", "silently wrong"),
    "failed": ("#9a9a9a", "failed"),
}
PLAIN = 'font-family="system-ui, sans-serif" font-size="12" fill="#767676"'
BAR, STEP, LEFT, WIDE = 15, 19, 200, 520


def plot(outcomes: Sequence[Outcome]) -> str:
    """How the items ended, as bars: each road in total, then the kinds on the whole road. For any background."""
    roads = list(dict.fromkeys(one.road for one in outcomes))
    bars = [(road, [one for one in outcomes if one.road == road]) for road in roads]
    panels = [("All items, by road", bars)]
    for road in ("one model", "with fallback"):
        kinds = [(kind, [one for one in outcomes if one.road == road and one.kind == kind]) for kind in KINDS]
        panels.append((f"Road “{road}”, by kind of damage", kinds))
    drawn, y = list(_legend()), 60
    for title, rows in panels:
        drawn.append(f'<text x="0" y="{y}" {PLAIN} font-weight="bold">{escape(title)}</text>')
        y += 10
        for name, found in rows:
            drawn += _bar(name, found, y)
            y += STEP
        y += 28
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="-8 0 {LEFT + WIDE + 60} {y - 20}" role="img">'
    return "\n".join([head, "<title>How structured answers end</title>", *drawn, "</svg>", ""])


def _legend() -> Iterator[str]:
    for place, (colour, words) in enumerate(COLOURS.values()):
        x, y = 195 * (place % 4), 6 + 18 * (place // 4)
        yield f'<rect x="{x}" y="{y}" width="11" height="11" fill="{colour}"/>'
        yield f'<text x="{x + 16}" y="{y + 10}" {PLAIN}>{escape(words)}</text>'


def _bar(name: str, found: Sequence[Outcome], y: int) -> Iterator[str]:
    yield f'<text x="{LEFT - 8}" y="{y + 12}" {PLAIN} text-anchor="end">{escape(name)}</text>'
    ends, x = Counter(one.end for one in found), float(LEFT)
    for end, (colour, _) in COLOURS.items():
        width = WIDE * ends[end] / len(found)
        if width:
            yield f'<rect x="{x:.1f}" y="{y}" width="{width:.1f}" height="{BAR}" fill="{colour}"/>'
        x += width
    right = 100 * sum(ends[end] for end in RIGHT) / len(found)
    yield f'<text x="{LEFT + WIDE + 6}" y="{y + 12}" {PLAIN}>{right:.0f} %</text>'


CASE = invoices(1, seed=SEED)[0]
TEXT = as_json(CASE.truth)
TOKENS = tuple(split(TEXT))
CLEAN = Reply(TEXT, model="first", provider="memory", served="bench-1", usage=Usage(200, len(TOKENS)))


class Written:
    """A provider that costs nothing: one and the same clean answer, in these pieces where it is streamed."""

    def __init__(self, *pieces: str) -> None:
        self._deltas = tuple(map(Delta, pieces))

    async def chat(self, call: Call) -> Reply:
        if call.stream:
            for delta in self._deltas:
                call.tap.push(delta)
        return CLEAN

    async def embed(self, call: Call) -> Reply:
        return CLEAN

    async def models(self) -> tuple[ServedModel, ...]:
        return ()

    async def close(self) -> None:
        """Nothing to let go of."""


def rails(quick: bool) -> list[Row]:
    """A clean answer in memory: the road with a contract against the road without."""
    with asyncio.Runner() as runner:

        def asking(provider: Provider, schema: type | None, **settings: Any) -> Work:
            door = _memory_door(provider, settings)
            return one_by_one(runner, lambda: _asked(door, schema))

        return contest(
            "in memory",
            {
                "plain road": asking(Written(TEXT), None),
                "plain road, then Invoice.model_validate_json": one_by_one(
                    runner, _parsing(_memory_door(Written(TEXT)))
                ),
                "schema=Invoice, abort off": asking(Written(TEXT), Invoice, abort=False),
                "schema=Invoice, abort off, json_object": asking(
                    Written(TEXT), Invoice, abort=False, structured="json_object"
                ),
                "schema=Invoice, answer in 1 piece": asking(Written(TEXT), Invoice),
                f"schema=Invoice, answer in {len(TOKENS)} pieces": asking(Written(*TOKENS), Invoice),
            },
            calls=50 if quick else 500,
            rounds=5 if quick else 15,
        )


def _memory_door(provider: Provider, settings: Mapping[str, Any] | None = None) -> AsyncDoor:
    given = dict(settings or {})
    structured = given.pop("structured", "auto")
    return onedoor.open_async(
        {
            "providers": {"memory": {"kind": "openai", "structured": structured}},
            "models": {"first": {"provider": "memory", "name": "bench-1"}},
            "tasks": {"chat": {"models": ["first"], **given}},
        },
        providers={"memory": provider},
        parts=Parts(),
    )


async def _asked(door: AsyncDoor, schema: type | None) -> None:
    await door.ask(CASE.prompt, task="chat", schema=schema)


def _parsing(door: AsyncDoor) -> Callable[[], Awaitable[object]]:
    async def asked() -> Invoice:
        return Invoice.model_validate_json((await door.ask(CASE.prompt, task="chat")).text)

    return asked


def reading(quick: bool) -> list[Row]:
    """Reading a clean answer alone, without a road."""
    contract = onedoor.contract(Invoice)

    def repeated(read: Callable[[], object]) -> Work:
        def several(calls: int) -> None:
            for _ in range(calls):
                read()

        return several

    return contest(
        "reading",
        {
            "pydantic_core.from_json + model_validate": repeated(
                lambda: Invoice.model_validate(pydantic_core.from_json(TEXT))
            ),
            "json.loads + model_validate": repeated(lambda: Invoice.model_validate(json.loads(TEXT))),
            "Invoice.model_validate_json": repeated(lambda: Invoice.model_validate_json(TEXT)),
            "output.validate": repeated(lambda: validate(contract, TEXT, recover)),
        },
        calls=500 if quick else 3000,
        rounds=5 if quick else 15,
        unit="answer",
    )


def main() -> None:
    """Measure everything, print it, and write it down where asked."""
    parser = argparse.ArgumentParser(description="What the contract rails are worth and what they cost.")
    parser.add_argument("--quick", action="store_true", help="three items of each kind, fewer and shorter rounds")
    parser.add_argument("--json", metavar="FILE", help="also write the figures to a file")
    parser.add_argument("--svg", metavar="FILE", help="also draw how the items ended")
    given = parser.parse_args()
    os.environ["ONEDOOR_STATE"] = "memory"
    rows = [*rails(given.quick), *reading(given.quick)]
    outcomes = answers(given.quick)
    totals, by_kind = sums(outcomes)
    python = f"{platform.python_implementation()} {platform.python_version()}"
    print(f"onedoor {onedoor.__version__}, {python}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}\n")
    print(f"{totals_table(totals)}\n\nRight answers, %\n\n{matrix(by_kind)}\n\nFailed with\n\n{errors_table(totals)}\n")
    for road in ("script, one call", "one model", "with fallback"):
        print(f"Road {road!r}\n\n{kinds_table(by_kind, road)}\n")
    print(times_table(rows))
    if given.svg:
        Path(given.svg).write_text(plot(outcomes), encoding="utf-8")
    if given.json:
        told = {name: [asdict(one) for one in found] for name, found in (("totals", totals), ("kinds", by_kind))}
        told |= {"rows": [asdict(row) for row in rows], "outcomes": [asdict(one) for one in outcomes]}
        Path(given.json).write_text(json.dumps(told, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
