"""What runs over many items cost: throughput beside the ideal, memory at any length, going on, kills, phases.

    python bench/bulk.py [--quick] [--million] [--json FILE]

Throughput and memory: the provider is a function that sleeps 20 ms, and 256 calls are under way at once, which makes
12,800 a second at best. Every measure runs in a process of its own, so that its peak memory is its own, with the
garbage collector's thresholds of `onedoor map`. "ask" is the baseline: the same calls of `door.ask` from as many tasks,
without a run. What is compared is measured by turns, and the median is told. A workflow has three steps, each asking
with what came before; its baseline asks the same three questions with `door.ask`. `--million` adds a million items.

Going on: a finished run once more. Nothing is asked; "first" are the seconds until its first result.

Kills: a run in a process of its own asks a server on loopback (bench/local.py), whose log is the truth, and is killed
with -9 twenty times, each at a random moment of the half second after its first question; so is a workflow of two
steps. Ends with an error unless every item has one row, and no more is asked twice than was allowed at once, for each
kill.

Phases: a server that holds one model at a time, a draft by one model and its critique by another for each item, four
calls at once. Time passes faster than the clock: what is written as seconds is what it would be with 2 s for an answer
and 10 s for a swap; the server's log has the swaps. By phases is what onedoor does once it knows `resident_models`.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import json
import os
import platform
import random
import resource
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import AsyncIterable, Awaitable, Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from local import local

import onedoor
from onedoor import AsyncDoor, Call, Cost, Reply, Usage
from onedoor.bulk import Result
from onedoor.bulk.run_file import looked_at
from onedoor.cli.bulk import COLLECT
from onedoor.providers.function import Function

LATENCY, SLOTS = 0.02, 256
IDEAL = SLOTS / LATENCY
ROUNDS = 3
VICTIM_SLOTS = 16
STEPS = ("Summarise: {text}", "What is wrong with {one}?", "Revise {one} by {two}")
Row = dict[str, Any]


def configuration(place: str, *, slots: int = SLOTS, **provider: Any) -> dict[str, Any]:
    models = {name: {"provider": "p", "name": name, "price": {"input": 1, "output": 1}} for name in ("m", "n")}
    return {
        "providers": {"p": {"kind": "openai", "slots": slots, **provider}},
        "models": models,
        "tasks": {"t": {"models": ["m"]}, "u": {"models": ["n"]}},
        "state": {"path": place},
    }


async def answer(call: Call) -> Reply:
    await asyncio.sleep(LATENCY)
    text = f"about {call.messages[-1].text}"
    return Reply(text, model="m", served="m", provider="p", usage=Usage(20, 5), cost=Cost(1000, "reported"))


def opened(place: str) -> AsyncDoor:
    return onedoor.open_async(configuration(place), providers={"p": Function(answer)})


def items(count: int) -> Iterator[dict[str, Any]]:
    return ({"id": str(number), "text": f"item {number} of the bench"} for number in range(count))


def three() -> onedoor.Workflow:
    """Each step asks with what came before."""
    flow = onedoor.Workflow("bench")
    for name, prompt in zip(("one", "two", "three"), STEPS, strict=True):
        flow.ask(name, prompt, task="t")
    return flow


async def asked(count: int, place: str) -> Row:
    """The calls of a run without one: as many tasks, each asking one after another."""

    async def ask(door: AsyncDoor, text: str) -> None:
        await door.ask(STEPS[0].format(text=text), task="t")

    return await _by_hand(count, place, ask)


async def asked_three(count: int, place: str) -> Row:
    """The calls of the workflow without one."""

    async def ask(door: AsyncDoor, text: str) -> None:
        one = await door.ask(STEPS[0].format(text=text), task="t")
        two = await door.ask(STEPS[1].format(one=one.text), task="t")
        await door.ask(STEPS[2].format(one=one.text, two=two.text), task="t")

    return await _by_hand(count, place, ask)


async def _by_hand(count: int, place: str, ask: Callable[[AsyncDoor, str], Awaitable[None]]) -> Row:
    left = items(count)

    async def several(door: AsyncDoor) -> None:
        for item in left:
            await ask(door, item["text"])

    timed = Timed(count)
    async with opened(place) as door, asyncio.TaskGroup() as group:
        for _ in range(SLOTS):
            group.create_task(several(door))
    return timed.told(count)


async def mapped(count: int, place: str, **named: Any) -> Row:
    async with opened(place) as door:
        timed = Timed(count)
        found = door.map(items(count), STEPS[0], task="t", key="id", concurrency=SLOTS, **named)
        return timed.told(await timed.through(found))


async def flowed(count: int, place: str, **named: Any) -> Row:
    async with opened(place) as door:
        timed = Timed(count)
        found = door.run(three(), items(count), key="id", concurrency=SLOTS, shard=2 * SLOTS, **named)
        return timed.told(await timed.through(found))


MEASURES: Mapping[str, Callable[[int, str], Awaitable[Row]]] = {
    "ask": asked,
    "map": mapped,
    "named": lambda count, place: mapped(count, place, run="bench"),
    "resume": lambda count, place: mapped(count, place, run="bench"),
    "three asks": asked_three,
    "flow": flowed,
    "named flow": lambda count, place: flowed(count, place, run="bench"),
    "resume flow": lambda count, place: flowed(count, place, run="bench"),
}


class Timed:
    """What so many items took, from now."""

    def __init__(self, count: int) -> None:
        self.count = count
        self.first = 0.0
        self.begun, self.cpu = time.perf_counter(), time.process_time()

    async def through(self, results: AsyncIterable[Result]) -> int:
        """How many there were."""
        done = 0
        async for _ in results:
            if not done:
                self.first = time.perf_counter() - self.begun
            done += 1
        return done

    def told(self, done: int) -> Row:
        seconds, cpu = time.perf_counter() - self.begun, time.process_time() - self.cpu
        return {
            "done": done,
            "seconds": round(seconds, 3),
            "items_per_second": round(self.count / seconds),
            "cpu_us_per_item": round(cpu / self.count * 1e6, 1),
            "first_seconds": round(self.first, 3),
            "peak_mib": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, 1),
        }


def alone(measure: str, count: int, place: str) -> Row:
    """One measure in a process of its own."""
    command = [sys.executable, __file__, "--one", measure, str(count), place]
    environ = {**os.environ, "ONEDOOR_STATE": place}
    ended = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True, env=environ)
    found: Row = json.loads(ended.stdout.splitlines()[-1])
    assert found["done"] == count, found
    return {"measure": measure, "state": "memory" if place == "memory" else "file", "items": count, **found}


def by_turns(measures: tuple[str, ...], count: int, place: Callable[[int], str], rounds: int) -> list[Row]:
    """The median of each, measured by turns, so that whatever else the machine does meets them all."""
    found = [[alone(measure, count, place(turn)) for measure in measures] for turn in range(rounds)]
    ordered = [sorted(rows, key=lambda row: float(row["cpu_us_per_item"])) for rows in zip(*found, strict=True)]
    return [rows[rounds // 2] for rows in ordered]


def throughput(count: int, rounds: int, name: str) -> Iterator[Row]:
    yield from by_turns(("ask", "map"), count, lambda turn: "memory", rounds)
    yield from by_turns(("map",), count // 10, lambda turn: "memory", 1)
    yield from by_turns(("three asks", "flow"), count // 4, lambda turn: "memory", rounds)
    yield from by_turns(("ask", "named", "resume"), count // 5, lambda turn: f"{name}/map{turn}/state.db", rounds)
    flows = ("three asks", "named flow", "resume flow")
    yield from by_turns(flows, count // 10, lambda turn: f"{name}/flow{turn}/state.db", rounds)


def twice() -> onedoor.Workflow:
    flow = onedoor.Workflow("twice")
    flow.ask("draft", "Answer: {text}", task="t")
    flow.ask("critique", "What is wrong with {draft}?", task="u")
    return flow


def victim(what: str, count: int, place: Path, address: str) -> None:
    """A run that somebody is going to kill."""
    config = configuration(str(place / "state.db"), slots=VICTIM_SLOTS, base_url=address)
    given: Any = {"key": "id", "run": "victim", "concurrency": VICTIM_SLOTS}
    with onedoor.open(config) as door:
        begin = {"map": lambda: door.map(items(count), "{text}", task="t", **given)}
        begin["flow"] = lambda: door.run(twice(), items(count), **given)
        print(sum(1 for _ in begin[what]()))


def kills(what: str, number: int, count: int) -> Row:
    """Killed at random moments, so many times, and then run to its end."""
    with tempfile.TemporaryDirectory() as name, local(Path(name, "log"), 0.005) as address:
        log = Path(name, "log")

        def begun() -> subprocess.Popen[str]:
            command = [sys.executable, __file__, "--victim", what, str(count), name, address]
            environ = {**os.environ, "ONEDOOR_STATE": f"{name}/state.db"}
            return subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environ)

        chance = random.Random(7)
        killed = sum(_killed(begun(), log, chance.random() / 2) for _ in range(number))
        done = int(begun().communicate()[0])
        calls = Counter(log.read_text().splitlines())
        with looked_at(Path(name, "runs", "victim.db")) as rows:
            kept = Counter(result.key for result in rows.passed() if result.ok)
    repeated, questions = calls.total() - len(calls), count if what == "map" else 2 * count
    assert kept == Counter(item["id"] for item in items(count)), "every item has one row"
    assert (len(calls), done) == (questions, count), "every item is asked about"
    assert repeated <= killed * VICTIM_SLOTS, f"{repeated} calls were made again after {killed} kills"
    told = {"measure": f"kills of a {what}", "kills": killed, "items": count, "rows": kept.total()}
    return {**told, "calls": calls.total(), "repeated_per_kill": round(repeated / max(1, killed), 1)}


def _killed(process: subprocess.Popen[str], log: Path, seconds: float) -> bool:
    """Whether it was killed so long after its first question, and not at its end before."""
    before = log.stat().st_size
    with process:
        while log.stat().st_size == before and process.poll() is None:
            time.sleep(0.001)
        time.sleep(seconds)
        alive = process.poll() is None
        process.send_signal(signal.SIGKILL)
    return alive


def phases(count: int, faster: float) -> list[Row]:
    """Draft and critique by two models on a server that holds one."""
    ways: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
        "by phases": ({"resident_models": 1}, {}),
        "by phases, shards of 32": ({"resident_models": 1}, {"shard": 32}),
        "as it comes": ({}, {}),
        "item by item": ({}, {"shard": 1}),
    }
    return [
        {"measure": "phases", "way": way, "items": count, **asyncio.run(_phased(count, faster, provider, given))}
        for way, (provider, given) in ways.items()
    ]


async def _phased(count: int, faster: float, provider: Mapping[str, Any], given: Mapping[str, Any]) -> Row:
    with tempfile.TemporaryDirectory() as name, local(Path(name, "log"), 2 / faster, 10 / faster) as address:
        config = configuration("memory", slots=4, base_url=address, **provider)
        async with onedoor.open_async(config) as door:
            begun = time.perf_counter()
            found = [result async for result in door.run(twice(), items(count), **given)]
            seconds = time.perf_counter() - begun
        told = logged(Path(name, "log"))
    assert sum(result.ok for result in found) == count
    assert told["ask"] == 2 * count
    least = 2 * count * 2 / 4 + 2 * 10
    return {"swaps": told["swap"], "seconds": round(seconds * faster), "least_seconds": round(least)}


def logged(log: Path) -> Counter[str]:
    """How many lines of each kind the server wrote."""
    return Counter(line.split("\t")[0] for line in log.read_text().splitlines())


def measured(*, quick: bool, million: bool) -> Iterator[Row]:
    with tempfile.TemporaryDirectory() as name:
        yield from throughput(4_000 if quick else 100_000, 1 if quick else ROUNDS, name)
        if not quick:
            yield from by_turns(("named", "resume"), 100_000, lambda turn: f"{name}/long/state.db", 1)
        if million:
            yield alone("map", 1_000_000, "memory")
            yield alone("named", 1_000_000, f"{name}/million/state.db")
    yield kills("map", 2 if quick else 20, 800 if quick else 8000)
    yield kills("flow", 2 if quick else 20, 400 if quick else 4000)
    yield from phases(24, 200) if quick else phases(200, 50)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--million", action="store_true")
    parser.add_argument("--json")
    parser.add_argument("--one", nargs=3, help=argparse.SUPPRESS)
    parser.add_argument("--victim", nargs=4, help=argparse.SUPPRESS)
    given = parser.parse_args()
    os.environ.setdefault("ONEDOOR_STATE", "memory")
    if given.one:
        gc.set_threshold(*COLLECT)
        measure, count, place = given.one
        print(json.dumps(asyncio.run(MEASURES[measure](int(count), place))))  # type: ignore[arg-type]
    elif given.victim:
        what, count, place, address = given.victim
        victim(what, int(count), Path(place), address)
    else:
        report(measured(quick=given.quick, million=given.million), given.json)


def report(rows: Iterator[Row], file: str | None) -> None:
    found = []
    for row in rows:
        print(json.dumps(row), flush=True)
        found.append(row)
    if file:
        system = {"python": platform.python_version(), "machine": platform.machine(), "cpus": os.cpu_count()}
        Path(file).write_text(json.dumps({"system": system, "rows": found}, indent=1))


if __name__ == "__main__":
    main()
