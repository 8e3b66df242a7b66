"""Whether the rollup tells the truth: accept rates and their intervals against the simulator's known rates.

    python bench/quality.py [--quick] [--json FILE]

Each run is a door of its own, with the state in memory: simulated support tickets are asked of one model, a check that
knows each ticket's true label is the verifier, and `door.report()` says what came of it. A model of the simulator is
right at a known rate, so the interval of each run either holds the truth or it doesn't; 95 of 100 should. The same
again with a tenth and a third of the answers verified. There are no thresholds.
"""

from __future__ import annotations

import argparse
import asyncio
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import onedoor
from onedoor import Reply
from onedoor.policy.intervals import wilson
from onedoor.sim.profiles import PROFILES
from onedoor.sim.world import find, is_right, tickets

MODELS = ("fast", "wrong", "careful")
SAMPLES = (1.0, 0.33, 0.1)


@dataclass(frozen=True, slots=True)
class Held:
    """How often the interval of the accept rate held the true rate."""

    model: str
    truth: float
    sample: float
    calls: int
    runs: int
    held: int
    judged: float
    width: float

    @property
    def line(self) -> str:
        low, high = wilson(self.held, self.runs)
        return (
            f"| {self.model} | {self.truth:.0%} | {self.sample:.0%} | {self.calls} | {self.judged:.1f} | "
            f"{self.held} of {self.runs} = {self.held / self.runs:.1%} ({low:.1%} to {high:.1%}) | {self.width:.1%} |"
        )


def configuration(model: str, sample: float, seed: int) -> Mapping[str, Any]:
    """One model, its answers checked against the truth."""
    verify = {"by": [{"function": "quality:right", "name": "truth"}], "sample": sample, "on_reject": "return"}
    return {
        "providers": {"sim": {"kind": "sim", "seed": seed, "speed": 1_000_000}},
        "models": {model: {"provider": "sim", "name": model}},
        "tasks": {"sort": {"models": [model], "verify": verify}},
        "state": {"path": "memory"},
    }


async def right(reply: Reply) -> bool:
    """Whether an answer is the true label of the ticket it is about."""
    case = find(reply.metadata["prompt"])
    return case is not None and is_right(case, reply.text)


async def run(model: str, sample: float, seed: int, calls: int) -> tuple[int, int]:
    """How many answers of one run were judged, and how many of these were accepted, by the report."""
    async with onedoor.open_async(configuration(model, sample, seed)) as door:
        for case in tickets(calls, seed=seed):
            await door.ask(case.prompt, task="sort", metadata={"prompt": case.prompt})
        (row,) = await door.report(task="sort")
    return row.judged, row.accepted


async def measured(model: str, sample: float, *, runs: int, calls: int) -> Held:
    """Many runs of one model at one sample."""
    truth = PROFILES[model].accuracy
    held, widths, judged = 0, 0.0, 0
    for seed in range(runs):
        n, accepted = await run(model, sample, seed + 1, calls)
        low, high = wilson(accepted, n)
        held += low <= truth <= high
        widths += high - low
        judged += n
    return Held(model, truth, sample, calls, runs, held, judged / runs, widths / runs)


async def everything(runs: int, calls: int) -> list[Held]:
    return [await measured(model, sample, runs=runs, calls=calls) for model in MODELS for sample in SAMPLES]


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="20 runs of 40 calls instead of 200 of 60")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures there too")
    options = parser.parse_args()
    rows = asyncio.run(everything(*((20, 40) if options.quick else (200, 60))))
    print("| Model | True rate | Verified | Calls a run | Judged a run | Interval holds the truth | Mean width |")
    print("|---|---:|---:|---:|---:|---|---:|")
    print("\n".join(row.line for row in rows))
    if options.json:
        options.json.write_text(json.dumps([asdict(row) for row in rows], indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
