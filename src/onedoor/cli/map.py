"""`onedoor map`: the same question about every line of a file."""

from __future__ import annotations

import asyncio
import gc
import os
import random
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

import click
import msgspec

from onedoor.bulk import places
from onedoor.bulk.forecast import Expected, expected
from onedoor.bulk.items import count, read
from onedoor.bulk.result import Result
from onedoor.bulk.run import Mapped, Run
from onedoor.cli import out
from onedoor.cli.map_bar import Bar
from onedoor.cli.options import common, examples
from onedoor.config import Config
from onedoor.door import AsyncDoor
from onedoor.errors import InvalidCall
from onedoor.opening import configured
from onedoor.places import state_path

COLLECT = (50_000, 20, 100)
"""Calls come and go in waves, which Python's garbage collector takes for growth: it would look far too often."""

STOPPED = 4
"""onedoor itself ended the run before its end: its budget, too many failures, a wish."""

EPILOG = examples(
    "onedoor map in.jsonl -t chat --template 'Summarise: {text}' --key id --run night --out out.jsonl",
    "onedoor map in.jsonl -t chat --template 'Summarise: {text}' --dry-run 50",
    "onedoor map in.csv -t chat --template summary --run night --out out.jsonl --budget 5",
    "onedoor map in.jsonl -t chat --template 'Summarise: {text}' --key id --run night --retry-only timeout",
    "onedoor map texts/ -t chat --template 'What is it about?' --context text --out out.jsonl",
)


@click.command("map", epilog=EPILOG)
@click.argument("items", type=click.Path(path_type=Path))
@click.option("-t", "--task", help="The job, which names the models.")
@click.option("-m", "--model", help="Pin one configured model.")
@click.option("--template", required=True, help="A text with {fields} of the items, or a configured template.")
@click.option("--context", multiple=True, metavar="FIELD", help="A field that is a document; repeatable.")
@click.option("--key", metavar="FIELD", help="The field that tells items apart; else their place.")
@click.option("--run", metavar="NAME", help="What it is called; the same name goes on where it ended.")
@click.option("--out", "target", type=click.Path(dir_okay=False, path_type=Path), help="Where results go; else stdout.")
@click.option("--ordered", is_flag=True, help="Results in input order.")
@click.option("--max-failures", type=click.IntRange(1), help="Stop after so many.")
@click.option("--retry-only", "retry", metavar="A,B", help="Ask items again that failed with these codes.")
@click.option("--again", is_flag=True, help="Ask anew what a changed task or template changes.")
@click.option("--strict", is_flag=True, help="End at a line that can't be read.")
@click.option("--at-once", "concurrency", type=click.IntRange(1), help="Calls at once; else the slots, or 32.")
@click.option("--budget", type=click.FloatRange(0, min_open=True), help="US dollars that are never passed.")
@click.option("--dry-run", "sample", type=click.IntRange(1), metavar="N", help="Ask N items and foretell the whole.")
@click.option("--caller", help="Who calls.")
@click.option("--max-tokens", "max_output_tokens", type=click.IntRange(1), help="Longest answer, in tokens.")
@click.option("--temperature", type=float, help="How freely to sample, 0 to 2.")
@common
def command(
    items: Path, template: str, target: Path | None, sample: int | None, config: str | None, as_json: bool, **given: Any
) -> None:
    """Ask the same about every item of a file.

    ITEMS is JSON lines, CSV, Parquet or a directory of texts. Each result is a line of JSON. With --run every result
    is kept as it comes, so the same command goes on where it was interrupted, and never pays twice.
    """
    gc.set_threshold(*COLLECT)
    settings = configured(config)
    bar = Bar(budget=given["budget"])
    wanted = _wanted(given, bar)
    if sample is not None:
        _foretell(asyncio.run(_sampled(settings, items, template, wanted, sample)), as_json=as_json)
        return
    if target is not None:
        _check_target(settings, target, given["run"])
    run = asyncio.run(_all(settings, items, template, wanted, target, bar))
    bar.end(run.progress)
    if run.why:
        out.say(_on(run, given["run"]), colour="yellow")
        raise click.exceptions.Exit(STOPPED)


def _wanted(given: dict[str, Any], bar: Bar) -> Mapped:
    told = {name: value for name, value in given.items() if value not in (None, (), False)}
    if given["retry"]:
        told["retry"] = [code.strip() for code in given["retry"].split(",") if code.strip()]
    return {**told, "on_progress": bar}  # type: ignore[typeddict-item]


async def _all(config: Config, items: Path, template: str, wanted: Mapped, target: Path | None, bar: Bar) -> Run:
    async with AsyncDoor(config) as door:
        with _writing(target) as file:
            async with door.map(items, template, **wanted) as run:
                try:
                    async for result in run:
                        file.write(line(result))
                except asyncio.CancelledError:
                    bar.stop("interrupted; the same command goes on from here" if wanted.get("run") else "interrupted")
                    raise
    _remember(config, wanted.get("run", ""), target)
    return run


async def _sampled(config: Config, items: Path, template: str, wanted: Mapped, sample: int) -> Expected:
    """Ask so many, drawn evenly; what they cost is spent, and kept where the run has a name."""
    total = count(items) or 0
    found: list[Result] = []
    chosen = frozenset(random.Random(0).sample(range(total), min(sample, total)))
    first = (item.fields for item in read(items) if item.place in chosen and not item.problem)
    async with AsyncDoor(config) as door:
        run = door.map(first, template, **wanted)
        async for result in run:
            found.append(result)
    return expected(found, total=total, at_once=max(1, run.progress.limit))


def _foretell(told: Expected, *, as_json: bool) -> None:
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


def line(result: Result) -> bytes:
    """A result as a line of JSON: its key, what was said, and what became of it."""
    told: dict[str, Any] = {"key": result.key, "place": result.place}
    if result.error:
        told |= {"error": result.error, "message": result.message}
    else:
        told |= {"text": result.text} | ({} if result.data is None else {"data": result.data})
        told |= {"model": result.model}
    if result.degraded:
        told["degraded"] = [str(reason) for reason in result.degraded]
    told |= {"usd": result.usd, "attempts": result.attempts, "cached": result.cached, "call": result.call}
    return msgspec.json.encode(told) + b"\n"


@contextmanager
def _writing(target: Path | None) -> Iterator[IO[bytes]]:
    """A file that takes its name when it is written, whole lines only; stdout where there is none."""
    if target is None:
        yield sys.stdout.buffer
        sys.stdout.buffer.flush()
        return
    part = target.with_name(f"{target.name}.part")
    try:
        with open(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            yield file
        os.replace(part, target)
    except OSError as error:
        raise InvalidCall(f"{target} can't be written: {error.strerror}; what was asked is kept in its run") from error


def _check_target(config: Config, target: Path, run: str | None) -> None:
    """A file that is there is written over only by the run that wrote it."""
    if not target.exists():
        return
    mark = _mark(config, run or "")
    if mark is None or not mark.exists() or str(target.resolve()) not in mark.read_text(encoding="utf-8").split("\n"):
        raise InvalidCall(f"{target} is there already; name another --out, or move it away")


def _remember(config: Config, run: str, target: Path | None) -> None:
    mark = _mark(config, run)
    if mark is None or target is None:
        return
    known = mark.read_text(encoding="utf-8").split("\n") if mark.exists() else []
    if str(target.resolve()) not in known:
        mark.write_text("\n".join([*known, str(target.resolve())]), encoding="utf-8")


def _mark(config: Config, run: str) -> Path | None:
    """Where the outputs of a run are written down."""
    state = state_path(config)
    return places.outputs_of(places.file_of(state, run)) if run and state is not None else None


def _on(run: Run, name: str | None) -> str:
    """Why it ended, and how to go on."""
    left = "" if run.progress.left is None else f"{run.progress.left} items are left: "
    how = (
        "the same command goes on; for more money give a higher --budget" if name else "give it a --run to go on later"
    )
    return f"{run.why}\n{left}{how}"
