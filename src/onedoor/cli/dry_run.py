"""A dry run: a few items are asked, and what all of them would cost is foretold."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from onedoor.bulk.forecast import Expected, expected
from onedoor.bulk.items import Items, count, read
from onedoor.bulk.result import Result
from onedoor.bulk.run import Run
from onedoor.cli import out


async def sampled(items: Path, sample: int, begin: Callable[[Items], Run]) -> Expected:
    """Do so many, drawn evenly; what they cost is spent, and kept where the run has a name."""
    total = count(items) or 0
    chosen = frozenset(random.Random(0).sample(range(total), min(sample, total)))
    run = begin(_chosen(items, chosen))
    results = [result async for result in run]
    if once := [result.step for result in results if result.step]:
        out.say(f"not foretold: {', '.join(once)}, done once for all items; of the sample it cost {_cost(results)}")
    return expected([one for one in results if not one.step], total=total, at_once=max(1, run.progress.limit))


def _cost(results: Iterable[Result]) -> str:
    known = [result.nano_usd for result in results if result.step]
    return "nobody knows what" if None in known else f"${sum(one or 0 for one in known) / 1e9:.4f}"


def _chosen(items: Path, places: frozenset[int]) -> Iterator[Mapping[str, Any]]:
    return (item.fields for item in read(items) if item.place in places and not item.problem)


def foretell(told: Expected, *, as_json: bool) -> None:
    """Say what is expected of all of it."""
    if as_json:
        out.pretty_json(told)
        return
    mean, low, high = told.seconds
    out.line(f"asked    {told.asked} of {told.total}")
    out.line(f"cost     {told.cost or 'unknown: too few answers have a price'}")
    out.line(f"time     {_span(mean)} ({_span(low)} to {_span(high)})")
    out.line(f"failures {told.failed:.1%} ({told.failed_low:.1%} to {told.failed_high:.1%})")


def _span(seconds: float) -> str:
    return f"{seconds / 60:.1f} min" if seconds >= 120 else f"{seconds:.1f} s"
