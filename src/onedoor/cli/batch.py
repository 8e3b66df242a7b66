"""The batch of `onedoor demo`: which models, the questions asked of each, and what that came to."""

from __future__ import annotations

import asyncio
import statistics
from collections import Counter
from collections.abc import Container, Sequence
from dataclasses import dataclass
from typing import Any

from onedoor.discover import Found
from onedoor.door import AsyncDoor
from onedoor.errors import OnedoorError
from onedoor.sim.profiles import PROFILES
from onedoor.sim.world import Case, is_right
from onedoor.types import Reply

SIMULATED = ("fast", "flaky", "outage")
LAST = "careful"
REAL = 2
AT_ONCE = 8

Told = Reply | OnedoorError


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


def configuration(found: Sequence[Found]) -> dict[str, Any]:
    """A task per candidate, each with one that always answers behind it."""
    models = {name: _simulated(name) for name in (*SIMULATED, LAST)}
    firsts: tuple[str, ...] = SIMULATED
    for place in found[:1]:
        real = {_free(name, models): _served(place.spot.name, served) for name, served, _ in place.models[:REAL]}
        models |= real
        firsts = (*real, "outage")
    spots = {place.spot.name: {"kind": place.spot.kind, "base_url": place.spot.base_url} for place in found[:1]}
    task = {"temperature": 0.0, "max_output_tokens": 200, "cache": {"ttl": 3600}, "deadline": 120}
    return {
        "providers": {"sim": {"kind": "sim", "speed": 4.0}, **spots},
        "models": models,
        "tasks": {first: {**task, "models": [first, LAST]} for first in firsts},
    }


def _free(name: str, taken: Container[str]) -> str:
    return f"real_{name}" if name in taken else name


def _served(provider: str, served: str) -> dict[str, Any]:
    return {"provider": provider, "name": served}


def _simulated(name: str) -> dict[str, Any]:
    profile = PROFILES[name]
    price = {"input": profile.usd_input, "output": profile.usd_output}
    return {"provider": "sim", "name": name, "lab": "simulated", "price": price}


async def ask_all(door: AsyncDoor, task: str, cases: Sequence[Case]) -> list[Told]:
    """Every case through one task, a few at once; an error stands for itself."""
    gate = asyncio.Semaphore(AT_ONCE)

    async def one(case: Case) -> Told:
        async with gate:
            try:
                return await door.ask(case.prompt, task=task, caller="demo")
            except OnedoorError as error:
                return error

    return await asyncio.gather(*(one(case) for case in cases))


def row(first: str, cases: Sequence[Case], told: Sequence[Told]) -> Row:
    """What the answers of one candidate's task came to."""
    replies = [reply for reply in told if isinstance(reply, Reply)]
    right = [isinstance(one, Reply) and is_right(case, one.text) for case, one in zip(cases, told, strict=True)]
    costs = [reply.cost.usd for reply in replies if reply.cost is not None]
    return Row(
        candidate=first,
        asked=len(told),
        accepted=sum(right),
        failed=len(told) - len(replies),
        answered_by=_counted(Counter(reply.model for reply in replies)),
        p50_seconds=statistics.median(reply.duration for reply in replies) if replies else 0.0,
        usd=sum(costs) if len(costs) == len(replies) else None,
        degraded=sum(bool(reply.degraded) for reply in replies),
        rails=_fired(told),
    )


def _fired(told: Sequence[Told]) -> str:
    """How many calls each rail had to do something for."""
    fired: Counter[str] = Counter()
    for one in told:
        names = {note.rail for note in one.trail or () if note.fired}
        fired.update(names - {"record", "attempt"})
    return _counted(fired)


def _counted(counts: Counter[str]) -> str:
    """The most frequent first, equals by name."""
    ordered = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    return ", ".join(f"{name} {count}" for name, count in ordered) or "-"
