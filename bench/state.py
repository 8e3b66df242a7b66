"""What the shared state costs: an attempt's admission and settlement, and the whole road on a file.

    python bench/state.py [--quick] [--json FILE]

Contestants take turns round by round, figures are medians over the rounds, and every figure stands beside a baseline of
the same run: a bare SQLite transaction that changes one row. Each process measures its own calls. There are no
thresholds.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from itertools import count
from pathlib import Path
from typing import Any, Literal
from zoneinfo import ZoneInfo

import apsw

import onedoor
from onedoor import AsyncDoor, Call, Cost, Reply, ServedModel, Usage
from onedoor.policy.breaker import Rule
from onedoor.policy.budget import Bound
from onedoor.policy.terms import Budget, Need, Permit, Settlement, Slots, Terms
from onedoor.state import State
from onedoor.stores.memory_engine import MemoryEngine
from onedoor.stores.sqlite import SqliteEngine

PROMPT = "Which of these reports mentions the harbour, and what does it say about the tide? " * 24
USED = Usage(480, 4)
ANSWER = Reply("The second one.", provider="memory", served="bench-1", usage=USED, cost=Cost(488_000, "configured"))
TOLD = Settlement("ok", served="bench-1", usage=USED, nano_usd=488_000, price_source="configured", seconds=0.001)
CAP = 10**15
UTC = ZoneInfo("UTC")
LEVELS = ("provider/memory", "model/first", "caller/etl")
TERMS = Terms(
    provider="memory",
    route="memory/chat/bench-1",
    host="memory",
    others=(),
    rule=Rule(),
    slots=(Slots("provider/memory", None),),
    budgets=tuple(Budget(key, "usd", CAP, "month", UTC) for key in LEVELS),
)
PARALLEL = 64
PROCESSES = 8

Durability = Literal["process", "power"]
Ask = Callable[[], Awaitable[None]]


@dataclass(frozen=True)
class Row:
    """One contestant of one measure: microseconds of a call, the worst of them, calls a second, CPU time of a call."""

    measure: str
    contestant: str
    p50: float
    worst: float
    rate: float
    cpu: float


@dataclass(frozen=True)
class Round:
    """What one contestant took in one round: seconds of every call, of all together, and of CPU."""

    calls: list[float]
    wall: float
    cpu: float


class Constant:
    """A provider that costs nothing and keeps nothing."""

    async def chat(self, call: Call) -> Reply:
        return ANSWER

    async def embed(self, call: Call) -> Reply:
        return ANSWER

    async def models(self) -> tuple[ServedModel, ...]:
        return ()

    async def close(self) -> None:
        """Nothing to let go of."""


class Bare:
    """The baseline: one row of one table, changed in a transaction of its own, by nobody else."""

    def __init__(self, file: Path, durability: Durability = "process") -> None:
        self._connection = apsw.Connection(str(file))
        self._connection.pragma("journal_mode", "wal")
        self._connection.pragma("synchronous", "normal" if durability == "process" else "full")
        self._connection.execute("CREATE TABLE state(key TEXT PRIMARY KEY, value BLOB) WITHOUT ROWID")
        self._connection.execute("INSERT INTO state VALUES ('key', x'00')")
        self._numbers = count()

    async def __call__(self) -> None:
        execute = self._connection.execute
        execute("BEGIN IMMEDIATE")
        execute("UPDATE state SET value = ? WHERE key = 'key'", (b"%0100d" % next(self._numbers),))
        execute("COMMIT")


class Pair:
    """Admits an attempt under three budgets and settles it."""

    def __init__(self, state: State) -> None:
        self._state = state
        self._numbers = count()

    async def __call__(self) -> None:
        name = f"{os.getpid()}-{next(self._numbers)}"
        permit = await self._state.admit(need(name, time.time()))
        assert isinstance(permit, Permit), permit
        await self._state.settle(permit, TOLD)


def need(name: str, now: float) -> Need:
    return Need(
        permit=name,
        call=name,
        number=1,
        task="chat",
        caller="etl",
        run="",
        model="first",
        bound=Bound(1000, 400, 1_400_000),
        terms=TERMS,
        bulk=False,
        since=now,
        patience=60.0,
    )


def on_file(file: Path, durability: Durability = "process") -> State:
    return State(lambda: SqliteEngine(file, durability=durability))


def door(state: Mapping[str, Any]) -> AsyncDoor:
    """A whole road, with a budget at three levels, around a provider that is there at once."""
    budgets = [{"usd": 1e6, "per": "month"}]
    return onedoor.open_async(
        {
            "state": dict(state),
            "providers": {"memory": {"kind": "openai", "budgets": budgets}},
            "models": {
                "first": {
                    "provider": "memory",
                    "name": "bench-1",
                    "price": {"input": 1.0, "output": 2.0},
                    "budgets": budgets,
                }
            },
            "tasks": {"chat": {"models": ["first"]}},
            "callers": {"etl": {"budgets": budgets}},
        },
        providers={"memory": Constant()},
    )


def asking(opened: AsyncDoor) -> Ask:
    async def ask() -> None:
        await opened.ask(PROMPT, task="chat", caller="etl")

    return ask


async def take(ask: Ask, *, calls: int, parallel: int) -> Round:
    """So many calls, by so many who each call again as soon as they can."""
    taken: list[float] = []

    async def one() -> None:
        for _ in range(calls // parallel):
            since = time.perf_counter()
            await ask()
            taken.append(time.perf_counter() - since)

    wall, cpu = time.perf_counter(), time.process_time()
    await asyncio.gather(*(one() for _ in range(parallel)))
    return Round(taken, time.perf_counter() - wall, time.process_time() - cpu)


def contest(
    measure: str, contestants: Mapping[str, tuple[Ask, int]], *, calls: int, rounds: int, runner: asyncio.Runner
) -> list[Row]:
    """Let the contestants, each with how many call at once, take turns. One uncounted round warms everything up."""
    taken: dict[str, list[Round]] = {name: [] for name in contestants}
    for number in range(rounds + 1):
        for name, (ask, parallel) in contestants.items():
            one = runner.run(take(ask, calls=calls, parallel=parallel))
            if number:
                taken[name].append(one)
    return [_row(measure, name, some) for name, some in taken.items()]


def _row(measure: str, name: str, rounds: list[Round]) -> Row:
    return Row(
        measure,
        name,
        p50=statistics.median(1e6 * statistics.median(one.calls) for one in rounds),
        worst=max(1e6 * max(one.calls) for one in rounds),
        rate=statistics.median(len(one.calls) / one.wall for one in rounds),
        cpu=statistics.median(1e6 * one.cpu / len(one.calls) for one in rounds),
    )


def pairs(folder: Path, quick: bool) -> list[Row]:
    """Admission and settlement of one attempt, without the road."""
    states = {
        "memory": State(MemoryEngine),
        "process": on_file(folder / "pairs.db"),
        "power": on_file(folder / "power.db", "power"),
    }
    contestants: dict[str, tuple[Ask, int]] = {
        "bare transaction": (Bare(folder / "bare.db"), 1),
        "bare transaction, power": (Bare(folder / "bare-power.db", "power"), 1),
    }
    for name, state in states.items():
        contestants[f"{name}, 1 caller"] = (Pair(state), 1)
        contestants[f"{name}, {PARALLEL} callers"] = (Pair(state), PARALLEL)
    with asyncio.Runner() as runner:
        rows = contest("admit + settle", contestants, calls=640, rounds=5 if quick else 15, runner=runner)
        for state in states.values():
            runner.run(state.close())
    return rows


def roads(folder: Path, quick: bool) -> list[Row]:
    """A whole call."""
    doors = {
        "memory": door({"path": "memory"}),
        "process": door({"path": str(folder / "road.db")}),
        "power": door({"path": str(folder / "road-power.db"), "durability": "power"}),
    }
    contestants: dict[str, tuple[Ask, int]] = {"bare transaction": (Bare(folder / "bare-road.db"), 1)}
    for name, opened in doors.items():
        contestants[f"{name}, 1 caller"] = (asking(opened), 1)
        contestants[f"{name}, {PARALLEL} callers"] = (asking(opened), PARALLEL)
    with asyncio.Runner() as runner:
        rows = contest("door.ask", contestants, calls=640, rounds=5 if quick else 15, runner=runner)
        for opened in doors.values():
            runner.run(opened.close())
    return rows


def processes(folder: Path, quick: bool) -> list[Row]:
    """Several processes on one file, each with one caller; the rate is that of all together."""
    rows = []
    for name, what in (("admit + settle", "pair"), ("door.ask", "road")):
        with crowd(folder / f"{what}-shared.db", what, seconds=1.0 if quick else 5.0) as told:
            rounds = [json.loads(line) for line in told]
        rows.append(
            Row(
                f"{name}, {PROCESSES} processes",
                "process, 1 caller each",
                p50=statistics.median(one["p50"] for one in rounds),
                worst=max(one["worst"] for one in rounds),
                rate=sum(one["rate"] for one in rounds),
                cpu=statistics.median(one["cpu"] for one in rounds),
            )
        )
    return rows


@contextmanager
def crowd(file: Path, what: str, *, seconds: float) -> Iterator[list[str]]:
    """What every process of a crowd says at its end."""
    line = [sys.executable, __file__, "--member", what, str(file), str(seconds)]
    members = [
        subprocess.Popen(line, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) for _ in range(PROCESSES)
    ]
    for member in members:
        assert member.stdout is not None
        member.stdout.readline()
    for member in members:
        assert member.stdin is not None
        member.stdin.close()
        member.stdin = None
    yield [member.communicate()[0] for member in members]


def member(what: str, file: str, seconds: str) -> None:
    """One process of a crowd: says that it is ready, waits until all are, measures, and says what it found."""
    with asyncio.Runner() as runner:
        state, opened = on_file(Path(file)), door({"path": file})
        ask = Pair(state) if what == "pair" else asking(opened)
        runner.run(take(ask, calls=50, parallel=1))
        print("ready", flush=True)
        sys.stdin.read()
        rounds, until = [], time.monotonic() + float(seconds)
        while time.monotonic() < until:
            rounds.append(runner.run(take(ask, calls=100, parallel=1)))
        row = _row("", "", [Round([c for one in rounds for c in one.calls], *_sums(rounds))])
        print(json.dumps(asdict(row)))
        runner.run(opened.close())
        runner.run(state.close())


def _sums(rounds: list[Round]) -> tuple[float, float]:
    return sum(one.wall for one in rounds), sum(one.cpu for one in rounds)


def table(rows: list[Row]) -> str:
    """The rows as a Markdown table."""
    lines = ["| Measure | Contestant | p50 µs | Worst ms | Calls/s | CPU µs/call |", "|---|---|---:|---:|---:|---:|"]
    for row in rows:
        figures = f"{row.p50:.0f} | {row.worst / 1000:.1f} | {row.rate:,.0f} | {row.cpu:.0f}"
        lines.append(f"| {row.measure} | {row.contestant} | {figures} |")
    return "\n".join(lines)


def main() -> None:
    """Measure everything, print it, and write it down where asked."""
    parser = argparse.ArgumentParser(description="What the shared state costs.")
    parser.add_argument("--quick", action="store_true", help="fewer and shorter rounds")
    parser.add_argument("--json", metavar="FILE", help="also write the figures to a file")
    parser.add_argument("--member", nargs=3, metavar=("WHAT", "FILE", "SECONDS"), help=argparse.SUPPRESS)
    given = parser.parse_args()
    os.environ.pop("ONEDOOR_STATE", None)
    if given.member:
        member(*given.member)
        return
    python = f"{platform.python_implementation()} {platform.python_version()}"
    machine = f"{python}, SQLite {apsw.sqlite_lib_version()}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}"
    with tempfile.TemporaryDirectory() as folder:
        rows = [row for measure in (pairs, roads, processes) for row in measure(Path(folder), given.quick)]
    print(f"onedoor {onedoor.__version__}, {machine}\n\n{table(rows)}")
    if given.json:
        told = {"machine": machine, "rows": [asdict(row) for row in rows]}
        Path(given.json).write_text(json.dumps(told, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
