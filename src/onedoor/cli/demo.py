"""`onedoor demo`: a small batch through a few candidates, one of them failing, and what the rails did about it."""

from __future__ import annotations

import asyncio
import statistics
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import click

from onedoor.cli import out
from onedoor.cli.options import debug
from onedoor.discover import Found, look
from onedoor.door import AsyncDoor
from onedoor.errors import OnedoorError
from onedoor.load import load
from onedoor.sim.profiles import PROFILES
from onedoor.sim.world import Case, is_right, tickets
from onedoor.types import Reply

SIMULATED = ("fast", "flaky", "outage")
LAST = "careful"
AT_ONCE = 8
NEXT = ("onedoor init", "onedoor explain chat", "onedoor ask -t chat 'say hello'")


@dataclass(frozen=True, slots=True)
class Row:
    """What asking one candidate first came to."""

    candidate: str
    asked: int
    accepted: int
    failed: int
    answered_by: str
    p50_seconds: float
    usd: float | None
    degraded: int
    rails: str


@click.command("demo")
@click.option("--cases", default=24, show_default=True, type=click.IntRange(1, 500), help="How many to ask each.")
@click.option("--sim", is_flag=True, help="Simulated models only, even where real ones are found.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON on stdout.")
@debug
def command(cases: int, sim: bool, as_json: bool) -> None:
    """See a small batch pass the rails.

    Support tickets with known labels go to three candidates in turn, one of them failing. Real models are used where a
    local server is found, simulated ones otherwise; no provider that costs money is asked.
    """
    found = () if sim else tuple(place for place in look() if not place.spot.variable)
    config = _config(found)
    rows, reply = asyncio.run(_run(config, tickets(cases)))
    if as_json:
        out.pretty_json(rows)
        return
    _print(rows, reply, simulated=not found)


def _config(found: Sequence[Found]) -> dict[str, Any]:
    """A task per candidate, each with one that always answers behind it."""
    models = {name: _simulated(name) for name in (*SIMULATED, LAST)}
    firsts: tuple[str, ...] = SIMULATED
    for place in found[:1]:
        real = {name: {"provider": place.spot.name, "name": served} for name, served, _ in place.models[:2]}
        models |= real
        firsts = (*real, "outage")
    spots = {place.spot.name: {"kind": place.spot.kind, "base_url": place.spot.base_url} for place in found[:1]}
    task = {"temperature": 0.0, "max_output_tokens": 200, "cache": {"ttl": 3600}, "deadline": 120}
    return {
        "providers": {"sim": {"kind": "sim", "speed": 4.0}, **spots},
        "models": models,
        "tasks": {first: {**task, "models": [first, LAST]} for first in firsts},
    }


def _simulated(name: str) -> dict[str, Any]:
    profile = PROFILES[name]
    price = {"input": profile.usd_input, "output": profile.usd_output}
    return {"provider": "sim", "name": name, "lab": "simulated", "price": price}


async def _run(config: Mapping[str, Any], cases: Sequence[Case]) -> tuple[list[Row], Reply | None]:
    """Every case through every candidate, and one degraded reply to look at."""
    async with AsyncDoor(load(config)) as door:
        rows, shown = [], None
        for first in config["tasks"]:
            told = await _batch(door, first, cases)
            rows.append(_row(first, cases, told))
            shown = next((reply for reply in told if isinstance(reply, Reply) and reply.degraded), shown)
        return rows, shown


async def _batch(door: AsyncDoor, task: str, cases: Sequence[Case]) -> list[Reply | OnedoorError]:
    gate = asyncio.Semaphore(AT_ONCE)

    async def one(case: Case) -> Reply | OnedoorError:
        async with gate:
            try:
                return await door.ask(case.prompt, task=task, caller="demo")
            except OnedoorError as error:
                return error

    return await asyncio.gather(*(one(case) for case in cases))


def _row(first: str, cases: Sequence[Case], told: Sequence[Reply | OnedoorError]) -> Row:
    replies = [reply for reply in told if isinstance(reply, Reply)]
    right = sum(
        isinstance(reply, Reply) and is_right(case, reply.text) for case, reply in zip(cases, told, strict=True)
    )
    costs = [reply.cost.usd for reply in replies if reply.cost is not None]
    return Row(
        candidate=first,
        asked=len(told),
        accepted=right,
        failed=len(told) - len(replies),
        answered_by=", ".join(f"{name} {count}" for name, count in _models(replies).items()),
        p50_seconds=statistics.median(reply.duration for reply in replies) if replies else 0.0,
        usd=sum(costs) if len(costs) == len(replies) else None,
        degraded=sum(bool(reply.degraded) for reply in replies),
        rails=_fired(told),
    )


def _models(replies: Sequence[Reply]) -> Counter[str]:
    return Counter(reply.model for reply in replies)


def _fired(told: Sequence[Reply | OnedoorError]) -> str:
    """How many calls each rail had to do something for."""
    fired: Counter[str] = Counter()
    for one in told:
        names = {note.rail for note in one.trail or () if note.fired}
        fired.update(names - {"record", "attempt"})
    return ", ".join(f"{rail} {count}" for rail, count in fired.most_common()) or "-"


HEAD = ("ASKED FIRST", "ACCEPTED", "P50", "COST", "DEGRADED", "ANSWERED BY", "RAILS THAT FIRED (calls)")


def _print(rows: Sequence[Row], reply: Reply | None, *, simulated: bool) -> None:
    kind = "simulated models: no model was asked, costs are simulated" if simulated else "real local models"
    out.line(f"{rows[0].asked} support tickets to each candidate, `{LAST}` behind it ({kind})\n", bold=True)
    out.line("\n".join(out.table(HEAD, [_cells(row) for row in rows])))
    if reply is not None and reply.trail is not None:
        out.line(f"\none degraded call, rail by rail ({reply.degraded[0]}):", bold=True)
        out.line("\n".join(out.waterfall(reply.trail)))
    out.line("\nnext:")
    for step in NEXT:
        out.line(f"  {step}")


def _cells(row: Row) -> tuple[str, ...]:
    return (
        row.candidate,
        f"{row.accepted}/{row.asked}",
        f"{row.p50_seconds:.2f} s",
        "unknown" if row.usd is None else f"${row.usd:.5f}",
        str(row.degraded),
        row.answered_by,
        row.rails,
    )
