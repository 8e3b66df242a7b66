"""What the door costs: CPU and wall time per call, per streamed event, at import, and in memory.

    python bench/overhead.py [--quick] [--json FILE]

Every figure stands beside a named baseline measured in the same run. Contestants take turns round by round, figures are
medians over the rounds, and CPU time is this process's alone: the server runs in another one. There are no thresholds.
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
import time
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import aiohttp
from upstream import EVENTS

import onedoor
from onedoor import AsyncDoor, Call, Document, Reply, ServedModel, Usage
from onedoor.standard import Parts
from onedoor.stores.memory import MemoryAnswers

os.environ["ONEDOOR_STATE"] = "memory"  # what a file costs is bench/state.py's to say
PROMPT = "Which of these reports mentions the harbour, and what does it say about the tide? " * 24
ANSWER = Reply("The second one.", model="first", provider="memory", served="bench-1", usage=Usage(480, 4))
PARALLEL = 50
FULL = {
    "models": ["first", "second"],
    "system": "Answer in one sentence.",
    "temperature": 0.2,
    "max_output_tokens": 400,
    "deadline": 60,
    "timeout": {"connect": 5, "first_token": 20, "stall": 10, "total": 40},
    "hold": True,
    "last_resort": [{"template": "Nobody can answer now."}],
}
GUARDED = {"models": ["first"], "system": "You answer questions about harbour reports, in one sentence.", "guard": {}}
DOCUMENTS = [Document(PROMPT[:328], f"report {number}") for number in range(1, 5)]
CONSTRAINTS = ["Answer in one sentence.", "Name the report."]


@dataclass(frozen=True)
class Row:
    """One contestant of one measure. `ratio` is its CPU time over that of the first contestant, the baseline."""

    measure: str
    contestant: str
    unit: str
    wall: float
    cpu: float
    ratio: float
    note: str = ""


Work = Callable[[int], None]
"""Does so many units of work."""


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


def contest(
    measure: str, contestants: Mapping[str, Work], *, calls: int, rounds: int, units: int = 1, unit: str = "call"
) -> list[Row]:
    """Let the contestants take turns; the first is the baseline. One uncounted round warms everything up."""
    times: dict[str, list[tuple[float, float]]] = {name: [] for name in contestants}
    for number in range(rounds + 1):
        for name, work in contestants.items():
            wall, cpu = _timed(work, calls)
            if number:
                times[name].append((wall / (calls * units) * 1e6, cpu / (calls * units) * 1e6))
    base = [cpu for _, cpu in next(iter(times.values()))]
    return [
        Row(
            measure,
            name,
            f"µs/{unit}",
            wall=statistics.median(wall for wall, _ in taken),
            cpu=statistics.median(cpu for _, cpu in taken),
            ratio=statistics.median(cpu / other for (_, cpu), other in zip(taken, base, strict=True)),
        )
        for name, taken in times.items()
    ]


def _timed(work: Work, calls: int) -> tuple[float, float]:
    """Wall and CPU seconds."""
    wall, cpu = time.perf_counter(), time.process_time()
    work(calls)
    return time.perf_counter() - wall, time.process_time() - cpu


def one_by_one(runner: asyncio.Runner, ask: Callable[[], Awaitable[object]]) -> Work:
    """Calls after each other on one loop."""

    async def several(calls: int) -> None:
        for _ in range(calls):
            await ask()

    return lambda calls: runner.run(several(calls))


def together(runner: asyncio.Runner, ask: Callable[[], Awaitable[object]]) -> Work:
    """Calls from PARALLEL tasks that each ask again as soon as they are answered."""

    async def several(calls: int) -> None:
        for _ in range(calls // PARALLEL):
            await ask()

    async def crowd(calls: int) -> None:
        await asyncio.gather(*(several(calls) for _ in range(PARALLEL)))

    return lambda calls: runner.run(crowd(calls))


def in_memory(quick: bool) -> list[Row]:
    """The standard road around a provider that answers at once, against calling that provider."""
    cached, short = {**FULL, "cache": {"ttl": 3600}}, PROMPT[:82]
    number = iter(range(1 << 60))
    with asyncio.Runner() as runner:
        plain, full = memory_door({"models": ["first"]}), memory_door(FULL)
        missing, guarded = memory_door(cached), memory_door(GUARDED)
        rows = contest(
            "in memory",
            {
                "bare coroutine returning the Reply": one_by_one(runner, lambda: Constant().chat(None)),  # type: ignore[arg-type]
                "door.ask, plain task": one_by_one(runner, lambda: plain.ask(PROMPT, task="chat")),
                "door.ask, full task": one_by_one(runner, lambda: full.ask(PROMPT, task="chat")),
                "door.ask, full task, cache miss": one_by_one(
                    runner, lambda: missing.ask(f"{next(number)} {PROMPT}", task="chat")
                ),
                "door.ask, context and constraints": one_by_one(
                    runner, lambda: plain.ask(short, task="chat", context=DOCUMENTS, constraints=CONSTRAINTS)
                ),
                "door.ask, guarded task": one_by_one(
                    runner, lambda: guarded.ask(f"{next(number)} {short}", task="chat")
                ),
            },
            calls=500 if quick else 2000,
            rounds=5 if quick else 15,
        )
        for door in (plain, full, missing, guarded):
            runner.run(door.close())
    return rows


def facade(quick: bool) -> list[Row]:
    """The synchronous door, whose loop is in a thread of its own, against the asynchronous one."""
    with asyncio.Runner() as runner:
        plain = memory_door({"models": ["first"]})
        door = onedoor.open(memory_config({"models": ["first"]}), providers={"memory": Constant()})

        def sync(calls: int) -> None:
            for _ in range(calls):
                door.ask(PROMPT, task="chat")

        with door:
            rows = contest(
                "sync facade",
                {"async door.ask": one_by_one(runner, lambda: plain.ask(PROMPT, task="chat")), "door.ask": sync},
                calls=500 if quick else 2000,
                rounds=5 if quick else 15,
            )
        runner.run(plain.close())
    return rows


def over_http(quick: bool) -> list[Row]:
    """A 2 KB question and a 1.3 KB answer over loopback, against aiohttp with nothing around it."""
    with upstream() as address, asyncio.Runner() as runner:
        door, session = http_door(address), runner.run(bare_session())
        memory = memory_door({"models": ["first"]})
        body = json.dumps({"model": "bench-1", "messages": [{"role": "user", "content": PROMPT}]}).encode()

        async def bare() -> None:
            async with session.post(f"{address}/v1/chat/completions", data=body) as response:
                json.loads(await response.read())

        async def beside() -> None:
            await bare()
            await memory.ask(PROMPT, task="chat")

        async def ask() -> None:
            await door.ask(PROMPT, task="chat")

        rows = []
        for name, crowd in (("HTTP, 1 at a time", one_by_one), (f"HTTP, {PARALLEL} at a time", together)):
            contestants = {
                "bare aiohttp POST + json.loads": crowd(runner, bare),
                "the same, then door.ask in memory": crowd(runner, beside),
                "door.ask": crowd(runner, ask),
            }
            rows += contest(name, contestants, calls=500 if quick else 1000, rounds=5 if quick else 15)
        runner.run(session.close())
        runner.run(door.close())
    return rows


def streamed(quick: bool) -> list[Row]:
    """500 events of one answer, as fast as the server writes and a millisecond apart, against aiohttp alone."""
    rows = []
    with upstream() as address, asyncio.Runner() as runner:
        session = runner.run(bare_session())
        for name, path, calls in (("stream, burst", "", 10), ("stream, paced 1 ms", "/paced", 1)):
            reads = Reads(session, f"{address}{path}/v1/chat/completions")
            door = http_door(address + path)

            async def stream(door: AsyncDoor = door, **timeout: float) -> None:
                async with door.stream(PROMPT, task="chat", timeout=timeout) as deltas:
                    async for _ in deltas:
                        pass

            contestants = {
                "bare aiohttp, bytes only": one_by_one(runner, reads.bytes_only),
                "bare aiohttp, lines + json.loads": one_by_one(runner, reads.parsed),
                "door.stream": one_by_one(runner, stream),
                "door.stream, stall limit": one_by_one(runner, partial(stream, first_token=20, stall=10)),
            }
            rounds = 5 if quick else 15
            taken = contest(name, contestants, calls=calls, rounds=rounds, units=EVENTS, unit="event")
            note = f"{EVENTS * reads.streams / reads.count:.1f} events a read"
            rows += [replace(taken[0], note=note), *taken[1:]]
            runner.run(door.close())
        runner.run(session.close())
    return rows


class Reads:
    """Reads a stream with aiohttp alone, counting how many reads it came in."""

    def __init__(self, session: aiohttp.ClientSession, url: str) -> None:
        self._session = session
        self._url = url
        self._body = json.dumps({"stream": True, "messages": [PROMPT]}, separators=(",", ":")).encode()
        self.count = 0
        self.streams = 0

    async def bytes_only(self) -> None:
        """Every byte, looked at by nobody."""
        self.streams += 1
        async with self._session.post(self._url, data=self._body) as response:
            async for _ in response.content.iter_any():
                self.count += 1

    async def parsed(self) -> None:
        """What a script without a harness would do."""
        async with self._session.post(self._url, data=self._body) as response:
            async for line in response.content:
                if line.startswith(b"data: {"):
                    json.loads(line[6:])


def importing(quick: bool) -> list[Row]:
    """A fresh interpreter that imports the package, against one that does nothing."""
    starts = {"bare interpreter": "pass", "import onedoor": "import onedoor", "import aiohttp": "import aiohttp"}
    taken: dict[str, list[tuple[float, float]]] = {name: [] for name in starts}
    for _ in range(5 if quick else 15):
        for name, code in starts.items():
            taken[name].append(_started(code))
    base_wall, base_cpu = (statistics.median(column) for column in zip(*taken["bare interpreter"], strict=True))
    least = min(wall for wall, _ in taken["bare interpreter"])
    rows = []
    for name, times in taken.items():
        bare = name == "bare interpreter"
        wall = statistics.median(wall for wall, _ in times) - (0 if bare else base_wall)
        cpu = statistics.median(cpu for _, cpu in times) - (0 if bare else base_cpu)
        best = min(wall for wall, _ in times) - (0 if bare else least)
        note = f"best {1e3 * best:.1f} ms" + ("" if bare else ", start of the interpreter taken off")
        rows.append(Row("import", name, "ms", 1e3 * wall, 1e3 * cpu, cpu / base_cpu, note))
    return rows


def _started(code: str) -> tuple[float, float]:
    """Wall and CPU seconds of an interpreter's whole life."""
    begun = time.perf_counter()
    pid = os.posix_spawn(sys.executable, [sys.executable, "-c", code], os.environ)
    _, status, usage = os.wait4(pid, 0)
    assert status == 0, f"{code!r} failed"
    return time.perf_counter() - begun, usage.ru_utime + usage.ru_stime


def memory() -> dict[str, float]:
    """Peak resident megabytes at stages of one process's life."""
    stages = {"bare interpreter": "pass", "import onedoor": "import onedoor"}
    peaks = {name: float(_python(f"{code}\n{PEAK}")) for name, code in stages.items()}
    here = Path(__file__)
    calls = f"import sys; sys.path.insert(0, {str(here.parent)!r})\nfrom {here.stem} import calls_in_memory\n"
    grown = _python(calls + GROWTH).split()
    return peaks | dict(zip(("bench loaded", "2,000 calls", "12,000 calls"), map(float, grown), strict=True))


PEAK = "print(next(int(line.split()[1]) / 1024 for line in open('/proc/self/status') if line.startswith('VmHWM')))"
"""The peak of this process alone: ru_maxrss would begin at its parent's."""

GROWTH = f"{PEAK}\ncalls_in_memory(2000)\n{PEAK}\ncalls_in_memory(10000)\n{PEAK}"


def calls_in_memory(calls: int, doors: list[AsyncDoor] = []) -> None:  # noqa: B006 - the door outlives the call
    """So many calls through one door; `memory` runs this in a process of its own."""
    with asyncio.Runner() as runner:
        doors[:] = doors or [memory_door({"models": ["first"]})]
        one_by_one(runner, lambda: doors[0].ask(PROMPT, task="chat"))(calls)


def _python(code: str) -> str:
    return subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout


def memory_config(task: Mapping[str, Any]) -> dict[str, Any]:
    """A configuration whose two models are in this process."""
    models = {name: {"provider": "memory", "name": "bench-1"} for name in ("first", "second")}
    return {"providers": {"memory": {"kind": "openai"}}, "models": models, "tasks": {"chat": dict(task)}}


def memory_door(task: Mapping[str, Any]) -> AsyncDoor:
    """A door with this one task; it keeps few answers, so that a long run of misses stays the same size."""
    parts = Parts(answers=MemoryAnswers(100))
    return onedoor.open_async(memory_config(task), providers={"memory": Constant()}, parts=parts)


def http_door(address: str) -> AsyncDoor:
    """A door to the upstream, everything else as it is by default."""
    return onedoor.open_async(
        {
            "providers": {"upstream": {"kind": "openai", "base_url": f"{address}/v1"}},
            "models": {"first": {"provider": "upstream", "name": "bench-1"}},
            "tasks": {"chat": {"models": ["first"]}},
        }
    )


async def bare_session() -> aiohttp.ClientSession:
    """The session onedoor opens, with nothing around it."""
    return aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0), cookie_jar=aiohttp.DummyCookieJar())


@contextmanager
def upstream() -> Iterator[str]:
    """The address of a server in a process of its own."""
    server = [sys.executable, str(Path(__file__).with_name("upstream.py"))]
    with subprocess.Popen(server, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdin is not None
        yield f"http://127.0.0.1:{process.stdout.readline().strip()}"
        process.stdin.close()


def table(rows: list[Row]) -> str:
    """The rows as a Markdown table."""
    lines = ["| Measure | Contestant | Unit | Wall | CPU | CPU ÷ baseline | |", "|---|---|---|---:|---:|---:|---|"]
    for row in rows:
        figures = f"{row.wall:.1f} | {row.cpu:.1f} | {row.ratio:.2f}"
        lines.append(f"| {row.measure} | {row.contestant} | {row.unit} | {figures} | {row.note} |")
    return "\n".join(lines)


def main() -> None:
    """Measure everything, print it, and write it down where asked."""
    parser = argparse.ArgumentParser(description="What the door costs.")
    parser.add_argument("--quick", action="store_true", help="fewer and shorter rounds")
    parser.add_argument("--json", metavar="FILE", help="also write the figures to a file")
    given = parser.parse_args()
    python = f"{platform.python_implementation()} {platform.python_version()}"
    machine = f"{python}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}"
    rows = [row for measure in (in_memory, facade, over_http, streamed, importing) for row in measure(given.quick)]
    peaks = memory()
    print(f"onedoor {onedoor.__version__}, aiohttp {aiohttp.__version__}, {machine}\n\n{table(rows)}\n")
    print("Peak memory, MB: " + ", ".join(f"{stage} {peak:.1f}" for stage, peak in peaks.items()))
    if given.json:
        told = {"machine": machine, "rows": [asdict(row) for row in rows], "peak_mb": peaks}
        Path(given.json).write_text(json.dumps(told, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
