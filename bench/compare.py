"""What comparing costs above asking: CPU seconds a call, memory as it grows, and how heavy the page is.

python bench/compare.py [--quick] [--json FILE]
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
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import onedoor
from onedoor.pages.compare import compare_page
from onedoor.providers.function import Function
from onedoor.types import Call, Cost, Reply, Usage

CANDIDATES = ("a", "b", "c", "d")
ANSWER = "The invoice is due within thirty days of receipt, and the amount is shown on its last line. " * 14
"""1.3 kB, as bench/overhead.py's answer."""

AT_ONCE = 8
ROUNDS = 5


async def answer(call: Call) -> Reply:
    """An answer at once, another one in every fourth."""
    right = hash((call.messages[-1].text, call.candidate and call.candidate.name)) % 4
    return Reply(ANSWER if right else f"{ANSWER} Or so.", usage=Usage(500, 300), cost=Cost(1000, "reported"))


def config(state: str) -> dict[str, Any]:
    """Four candidates in this process, and the state in a file, as it is by default."""
    return {
        "providers": {"p": {"kind": "openai"}},
        "models": {name: {"provider": "p", "name": name} for name in CANDIDATES},
        "tasks": {"chat": {"models": list(CANDIDATES)}},
        "state": {"path": state},
    }


def cases(count: int) -> list[dict[str, Any]]:
    """Questions of 2 kB whose right answer is known."""
    return [
        {"id": f"c{at}", "prompt": f"{at}: {'What does this say? ' * 100}", "expected": ANSWER} for at in range(count)
    ]


async def bare(place: Path, count: int) -> float:
    """CPU seconds a call of `door.ask`, as many at once."""
    rows = iter([(row["prompt"], name) for row in cases(count) for name in CANDIDATES])
    async with onedoor.open_async(config(str(place / "bare.db")), providers={"p": Function(answer)}) as door:

        async def work() -> None:
            for prompt, name in rows:
                await door.ask(prompt, task="chat", model=name, cache="off")

        begun = time.process_time()
        await asyncio.gather(*(work() for _ in range(AT_ONCE)))
        return (time.process_time() - begun) / (count * len(CANDIDATES))


async def compared(place: Path, count: int) -> dict[str, float]:
    """CPU seconds a call of a comparison, of one that is gone on with, and of its page; megabytes of what it leaves."""
    async with onedoor.open_async(config(str(place / "compared.db")), providers={"p": Function(answer)}) as door:
        begun = time.process_time()
        await door.compare(cases(count), name="bench", directory=place, at_once=AT_ONCE)
        first = time.process_time()
        found = await door.compare(cases(count), name="bench", directory=place, at_once=AT_ONCE)
        again = time.process_time()
        page = place / "page.html"
        with page.open("w", encoding="utf-8") as file:
            file.writelines(compare_page(found))
        written = time.process_time()
    calls = count * len(CANDIDATES)
    return {
        "call": (first - begun) / calls,
        "resumed": (again - first) / calls,
        "page_s": written - again,
        "page_mb": page.stat().st_size / 1e6,
        "results_mb": found.path.stat().st_size / 1e6,
    }


PEAK = "print(next(int(line.split()[1]) / 1024 for line in open('/proc/self/status') if line.startswith('VmHWM')))"


def peak(count: int) -> float:
    """Peak resident megabytes of a process that compares so many cases and writes the page."""
    here = Path(__file__)
    code = f"""
import asyncio, sys, tempfile
from pathlib import Path
sys.path.insert(0, {str(here.parent)!r})
from {here.stem} import compared
with tempfile.TemporaryDirectory() as place:
    asyncio.run(compared(Path(place), {count}))
{PEAK}
"""
    return float(subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout)


def measured(count: int, rounds: int) -> list[tuple[str, str, float]]:
    """Everything, as a measure, its unit and its figure; the median of the rounds, contestants in turn."""
    plain, told = [], list[dict[str, float]]()
    for _ in range(rounds):
        with tempfile.TemporaryDirectory() as place:
            plain.append(asyncio.run(bare(Path(place), count)))
            told.append(asyncio.run(compared(Path(place), count)))
    middle = {name: statistics.median(one[name] for one in told) for name in told[0]}
    ask = statistics.median(plain)
    over = statistics.median(one["call"] - alone for one, alone in zip(told, plain, strict=True))
    return [
        ("`door.ask`, ledger in a file", "µs of CPU a call", 1e6 * ask),
        ("`door.compare`, verdict and results file included", "µs of CPU a call", 1e6 * middle["call"]),
        ("what comparing adds", "µs of CPU a call", 1e6 * over),
        ("going on with what is all answered", "µs of CPU an answer", 1e6 * middle["resumed"]),
        ("writing the page", "s of CPU", middle["page_s"]),
        ("the page", "MB", middle["page_mb"]),
        ("the results file", "MB", middle["results_mb"]),
    ]


def table(rows: Sequence[tuple[str, str, float]]) -> str:
    return "\n".join(
        [
            "| Measure | Unit | |",
            "|---|---|---:|",
            *(f"| {name} | {unit} | {_shown(value)} |" for name, unit, value in rows),
        ]
    )


def _shown(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"


def main() -> None:
    """Measure, print, and write down where asked."""
    parser = argparse.ArgumentParser(description="What comparing costs.")
    parser.add_argument("--quick", action="store_true", help="fewer rounds")
    parser.add_argument("--cases", type=int, default=500)
    parser.add_argument("--json", metavar="FILE", help="also write the figures to a file")
    given = parser.parse_args()
    os.environ.pop("ONEDOOR_STATE", None)
    rows = measured(given.cases, 2 if given.quick else ROUNDS)
    rows += [(f"peak memory, {count} cases", "MB", peak(count)) for count in (50, 500)]
    python = f"{platform.python_implementation()} {platform.python_version()}"
    machine = f"{python}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}"
    size = f"{given.cases} cases by {len(CANDIDATES)} candidates"
    print(f"onedoor {onedoor.__version__}, {machine}: {size}\n\n{table(rows)}")
    if given.json:
        told = {"machine": machine, "rows": rows}
        Path(given.json).write_text(json.dumps(told, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
