"""What bulk work costs: items per second beside the ideal, memory at any number of items, and going on after a kill.

    python bench/bulk.py [--quick] [--json FILE] [--kills N]

Every measure runs in a process of its own, so that its peak memory is its own. The provider is a function that sleeps
20 ms; 256 slots make that 12,800 items a second at best. All have the collector's thresholds of `onedoor map`. "ask" is
the baseline: the same calls from as many tasks, without a run. There are no thresholds of our own.
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
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import onedoor
from onedoor import AsyncDoor, Call, Cost, Reply, Usage
from onedoor.cli.map import COLLECT
from onedoor.providers.function import Function

LATENCY, SLOTS = 0.02, 256
IDEAL = SLOTS / LATENCY


def configuration(place: str, slots: int = SLOTS) -> dict[str, Any]:
    return {
        "providers": {"p": {"kind": "function", "function": "none:none", "slots": slots}},
        "models": {"m": {"provider": "p", "name": "m-1", "price": {"input": 1, "output": 1}}},
        "tasks": {"t": {"models": ["m"]}},
        "state": {"path": place},
    }


def provider(latency: float, log: Path | None = None) -> Function:
    async def answer(call: Call) -> Reply:
        if log is not None:
            with log.open("a") as file:
                file.write(call.messages[-1].text + "\n")
        await asyncio.sleep(latency)
        return Reply(
            "an answer", model="m", served="m-1", provider="p", usage=Usage(20, 5), cost=Cost(1000, "reported")
        )

    return Function(answer)


def items(count: int) -> Iterator[dict[str, Any]]:
    return ({"id": number, "text": f"item {number} of the bench"} for number in range(count))


async def through(count: int, place: str, run: str | None) -> dict[str, Any]:
    """So many items through `door.map`."""
    door = AsyncDoor(onedoor.load.load(configuration(place)), providers={"p": provider(LATENCY)})  # type: ignore[attr-defined]
    begun, cpu = time.perf_counter(), time.process_time()
    done = 0
    async with door:
        named: Any = {"run": run} if run else {}
        async for _ in door.map(items(count), "Summarise: {text}", task="t", key="id", concurrency=SLOTS, **named):
            done += 1
    return told("map", count, done, time.perf_counter() - begun, time.process_time() - cpu)


async def asked(count: int, place: str) -> dict[str, Any]:
    """The same calls without a run: the baseline, SLOTS tasks that ask one after another."""
    door = AsyncDoor(onedoor.load.load(configuration(place)), providers={"p": provider(LATENCY)})  # type: ignore[attr-defined]
    begun, cpu = time.perf_counter(), time.process_time()
    left = items(count)

    async def several() -> None:
        for item in left:
            await door.ask(f"Summarise: {item['text']}", task="t")

    async with door, asyncio.TaskGroup() as group:
        for _ in range(SLOTS):
            group.create_task(several())
    return told("ask", count, count, time.perf_counter() - begun, time.process_time() - cpu)


async def again(count: int, place: str) -> dict[str, Any]:
    """A finished run once more: every row is looked up and handed out, nothing is asked."""
    found = await through(count, place, "bench")
    return {**found, "measure": "resume"}


def told(measure: str, count: int, done: int, seconds: float, cpu: float) -> dict[str, Any]:
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    rate = count / seconds
    return {
        "measure": measure,
        "items": count,
        "done": done,
        "seconds": round(seconds, 3),
        "items_per_second": round(rate),
        "of_ideal": round(rate / IDEAL, 3),
        "cpu_us_per_item": round(cpu / count * 1e6, 1),
        "peak_mib": round(peak, 1),
    }


def own_process(*arguments: str) -> dict[str, Any]:
    ended = subprocess.run([sys.executable, __file__, *arguments], capture_output=True, text=True, check=True)
    found: dict[str, Any] = json.loads(ended.stdout.splitlines()[-1])
    return found


def victim(count: int, place: Path, seed: int) -> None:
    """A run that somebody is going to kill."""
    door = onedoor.open(
        configuration(str(place / "state.db"), slots=16), providers={"p": provider(0.005, place / "log")}
    )
    with door:
        done = sum(1 for _ in door.map(items(count), "{text}", task="t", key="id", run="victim", concurrency=16))
    print(json.dumps({"done": done, "seed": seed}))


def kills(number: int, count: int = 8000) -> dict[str, Any]:
    """Kill -9 at random moments, so many times, then run to the end; calls from the provider's own log."""
    chance = random.Random(7)
    with tempfile.TemporaryDirectory() as name:
        place = Path(name)
        for kill in range(number):
            process = subprocess.Popen([sys.executable, __file__, "--victim", str(count), name, str(kill)])
            time.sleep(0.5 + chance.random() * 0.4)
            process.send_signal(signal.SIGKILL)
            process.wait()
        ended = own_process("--victim", str(count), name, "-1")
        calls = (place / "log").read_text().splitlines()
        from onedoor.bulk.rows import looked_at

        with looked_at(place / "runs" / "victim.db") as rows:
            kept = sum(1 for result in rows.each() if result.ok)
        repeated = len(calls) - len(set(calls))
        return {
            "measure": "kills",
            "kills": number,
            "items": count,
            "done": ended["done"],
            "rows": kept,
            "calls": len(calls),
            "repeated": repeated,
            "repeated_per_kill": round(repeated / max(1, number), 1),
        }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--json")
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--one", nargs=3)
    parser.add_argument("--victim", nargs=3)
    given = parser.parse_args()
    if given.one:
        measure, count, place = given.one
        gc.set_threshold(*COLLECT)
        os.environ["ONEDOOR_STATE"] = place
        work = {"map": lambda: through(int(count), place, None), "ask": lambda: asked(int(count), place)}
        work |= {"named": lambda: through(int(count), place, "bench"), "resume": lambda: again(int(count), place)}
        kept = "memory" if place == "memory" else "file"
        print(json.dumps({**asyncio.run(work[measure]()), "measure": measure, "state": kept}))
        return
    if given.victim:
        victim(int(given.victim[0]), Path(given.victim[1]), int(given.victim[2]))
        return
    found = measured(quick=given.quick, number=3 if given.quick else given.kills)
    for row in found:
        print(json.dumps(row))
    if given.json:
        system = {"python": platform.python_version(), "machine": platform.machine(), "cpus": os.cpu_count()}
        Path(given.json).write_text(json.dumps({"system": system, "rows": found}, indent=1))


def measured(*, quick: bool, number: int) -> list[dict[str, Any]]:
    size = 5_000 if quick else 100_000
    with tempfile.TemporaryDirectory() as name:
        file = f"{name}/state.db"
        rows = [own_process("--one", "ask", str(size), "memory"), own_process("--one", "map", str(size), "memory")]
        rows += [own_process("--one", "map", str(size // 10), "memory")]
        rows += [own_process("--one", "ask", str(size // 5), f"{name}/other.db")]
        rows += [own_process("--one", "named", str(size), file), own_process("--one", "resume", str(size), file)]
    return [*rows, kills(number)]


if __name__ == "__main__":
    main()
