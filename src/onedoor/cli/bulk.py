"""What every command that goes over items is told, and how it carries that out."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from onedoor.bulk.forecast import Expected
from onedoor.bulk.given import Running, file_for
from onedoor.bulk.items import Items
from onedoor.bulk.run import Run
from onedoor.cli import begun, out, outputs
from onedoor.cli.bulk_bar import Bar
from onedoor.cli.dry_run import foretell, sampled
from onedoor.cli.options import together
from onedoor.config import Config
from onedoor.door import AsyncDoor
from onedoor.opening import configured

COLLECT = (50_000, 20, 100)
"""Calls come and go in waves, which Python's garbage collector takes for growth: it would look far too often."""

STOPPED = 4
"""onedoor itself ended the run before its end: its budget, too many failures, a wish."""

LOOK = 0.5
"""Seconds between two looks at how far it is."""

Begin = Callable[[AsyncDoor, Items, Mapping[str, Any]], Run]
"""Begins a run over items with these arguments."""

over_items = together(
    click.option("--key", metavar="FIELD", help="The field that tells items apart; else their place."),
    click.option("--run", metavar="NAME", help="What it is called; the same name goes on where it ended."),
    click.option(
        "--out", "target", type=click.Path(dir_okay=False, path_type=Path), help="Where results go; else stdout."
    ),
    click.option("--ordered", is_flag=True, help="Results in input order."),
    click.option("--max-failures", type=click.IntRange(1), help="Stop after so many."),
    click.option("--retry-only", "retry", metavar="A,B", help="Ask items again that failed with these codes."),
    click.option("--again", is_flag=True, help="Ask anew what has changed."),
    click.option("--strict", is_flag=True, help="End at an item that can't be read."),
    click.option("--at-once", "concurrency", type=click.IntRange(1), help="Calls at once; else the slots, or 32."),
    click.option("--budget", type=click.FloatRange(0, min_open=True), help="US dollars that are never passed."),
    click.option(
        "--dry-run", "sample", type=click.IntRange(1), metavar="N", help="Ask N items and foretell the whole."
    ),
    click.option("--caller", help="Who calls."),
    click.option("--batch", is_flag=True, help="Ask in the providers' batches: half the price, within a day."),
    click.option("--replay", is_flag=True, help="Ask nothing: tell what the run's rows say."),
)
"""The options of a run."""

_OWN = frozenset({"config", "target", "sample", "as_json"})


@dataclass(frozen=True, slots=True)
class Order:
    """What a command was told: the arguments of its run, where results go, and how each is written.

    `sample` is how many items are done for a forecast, None for all of them.
    """

    config: Config
    items: Path
    given: Mapping[str, Any]
    target: Path | None
    sample: int | None
    as_json: bool
    line: outputs.Line

    @property
    def file(self) -> Path | None:
        """Where the run is kept."""
        return file_for(self.config, Running(run=self.given.get("run", "")))


def order(items: Path, told: Mapping[str, Any], line: outputs.Line) -> Order:
    """What the options come to; those that aren't the command's own are arguments of the run."""
    said = {name: value for name, value in told.items() if name not in _OWN}
    given = {name: value for name, value in said.items() if value not in (None, ()) and value is not False}
    if "retry" in given:
        given["retry"] = [code.strip() for code in given["retry"].split(",") if code.strip()]
    return Order(configured(told["config"]), items, given, told["target"], told["sample"], told["as_json"], line)


def carry_out(order: Order, begin: Begin) -> None:
    """Do all items, or foretell what that would cost. Ends with its own exit code where it was stopped."""
    gc.set_threshold(*COLLECT)
    if order.sample is not None:
        foretell(asyncio.run(_sampled(order, begin, order.sample)), as_json=order.as_json)
        return
    outputs.check(order.target, order.file)
    bar = Bar(budget=order.given.get("budget"))
    run = asyncio.run(_all(order, begin, bar))
    bar.end(run.progress)
    if run.why:
        out.say(_on(run, order.given.get("run")), colour="yellow")
        raise click.exceptions.Exit(STOPPED)


async def _sampled(order: Order, begin: Begin, sample: int) -> Expected:
    async with AsyncDoor(order.config) as door:
        return await sampled(order.items, sample, lambda items: begin(door, items, order.given))


async def _all(order: Order, begin: Begin, bar: Bar) -> Run:
    with begun.remembered(None if order.given.get("replay") else order.file):
        async with AsyncDoor(order.config) as door:
            with outputs.writing(order.target) as file:
                async with begin(door, order.items, {**order.given, "on_progress": bar}) as run, _watched(run, bar):
                    try:
                        async for result in run:
                            file.write(order.line(result))
                    except asyncio.CancelledError:
                        bar.stop("interrupted; the same command goes on from here" if order.file else "interrupted")
                        raise
    outputs.remember(order.target, order.file)
    return run


@asynccontextmanager
async def _watched(run: Run, bar: Bar) -> AsyncIterator[None]:
    """Say now and then how far it is, also while no item comes to its end."""
    looking = asyncio.create_task(_look(run, bar))
    try:
        yield
    finally:
        looking.cancel()


async def _look(run: Run, bar: Bar) -> None:
    while True:
        await asyncio.sleep(LOOK)
        bar(run.progress)


def _on(run: Run, name: str | None) -> str:
    """Why it ended, and how to go on."""
    left = "" if run.progress.left is None else f"{run.progress.left} items are left: "
    how = (
        "the same command goes on; for more money give a higher --budget" if name else "give it a --run to go on later"
    )
    return f"{run.why}\n{left}{how}"
