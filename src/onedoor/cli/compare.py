"""`onedoor compare`: the same cases through several candidates, side by side."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import click

from onedoor.cli import kept, out
from onedoor.cli.comma_separated import comma_separated
from onedoor.cli.compare_bar import Bar
from onedoor.cli.compare_table import data, flat, show
from onedoor.cli.options import common, examples
from onedoor.cli.times import MOMENT
from onedoor.config import Config, Reviewer
from onedoor.door import AsyncDoor
from onedoor.errors import InvalidCall
from onedoor.opening import configured
from onedoor.quality.cases import Case, lines
from onedoor.quality.comparison import Comparing, Comparison
from onedoor.quality.drawn import drawn, texts
from onedoor.quality.variants import Sweep

T = TypeVar("T")

CAPPED = 4
"""The cap was reached before everything was asked: onedoor itself said no."""

REASONING = ("off", "low", "medium", "high")

EPILOG = examples(
    "onedoor compare cases.jsonl -t chat -m fast,careful",
    "onedoor compare cases.jsonl -t chat -m fast,careful --cap 1.50 --html compare.html",
    "onedoor compare cases.jsonl -t chat -m fast --temperature 0,0.7 --reasoning off,low",
    "onedoor compare cases.jsonl -t chat -m fast --system short.txt --system long.txt",
    "onedoor compare cases.jsonl -m fast --template first --template second",
    "onedoor compare --from-ledger -t chat --last 200 -m fast,careful --judge check",
    "onedoor compare cases.jsonl -t chat -m fast,careful --serve",
)


class _Several(click.ParamType):  # type: ignore[type-arg]  # generic from click 8.2 on
    """Values between commas."""

    name = "list"

    def __init__(self, kind: Callable[[str], Any], what: str) -> None:
        self._kind, self._what = kind, what

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> tuple[Any, ...]:
        if isinstance(value, tuple):
            return value
        parts = [part.strip() for part in str(value).split(",")]
        try:
            return tuple(self._kind(part) for part in parts if part)
        except ValueError:
            self.fail(f"{value!r} must be {self._what}, with commas between them", param, ctx)


def _reasoning(text: str) -> str:
    if text not in REASONING:
        raise ValueError(text)
    return text


@click.command("compare", epilog=EPILOG)
@click.argument("cases", required=False, type=click.Path(path_type=Path))
@click.option("-t", "--task", default="", help="The job whose settings and contract hold.")
@click.option(
    "-m",
    "--models",
    default=(),
    type=_Several(str, "names"),
    metavar="A,B",
    help="The candidates; else the task's models.",
)
@click.option("--name", default="", help="What it is called; the same name goes on where it ended.")
@click.option("--results", "directory", default=".", metavar="DIR", help="Where compare-NAME.jsonl is kept.")
@click.option("--from-ledger", is_flag=True, help="Draw the cases from what was asked of the task (bodies kept).")
@click.option("--last", default=100, show_default=True, type=click.IntRange(1), help="How many to draw.")
@click.option("--since", type=MOMENT, help="Draw from 30m, 24h, 7d ago on, or from a date.")
@click.option("--temperature", default=(), type=_Several(float, "numbers"), metavar="T,T", help="Sweep.")
@click.option(
    "--reasoning", default=(), type=_Several(_reasoning, f"of {', '.join(REASONING)}"), metavar="R,R", help="Sweep."
)
@click.option("--max-tokens", default=(), type=_Several(int, "whole numbers"), metavar="N,N", help="Sweep.")
@click.option(
    "--system", "systems", multiple=True, metavar="FILE", help="A system message in place of the task's; repeatable."
)
@click.option("--template", "templates", multiple=True, help="A template the cases' values fill; repeatable.")
@click.option("--cap", type=click.FloatRange(0, min_open=True), help="US dollars that are never passed.")
@click.option("--judge", help="The task that judges answers of which a case says nothing.")
@click.option("--same-lab", is_flag=True, help="It may be of the lab of the model it judges.")
@click.option("--cached", is_flag=True, help="Let the cache answer, where the task has one.")
@click.option("--stream", is_flag=True, help="Stream answers, so that the first token is timed.")
@click.option(
    "--at-once", default=8, show_default=True, type=click.IntRange(1), help="Calls at once, within the slots."
)
@click.option("--fresh", is_flag=True, help="Begin anew; what is there is set aside.")
@click.option("--again", is_flag=True, help="Ask those again that failed.")
@click.option("--csv", "as_csv", is_flag=True, help="Print comma-separated values, a row for each answer.")
@click.option("--html", metavar="FILE", type=click.Path(dir_okay=False, path_type=Path), help="Write a page.")
@click.option("--serve", is_flag=True, help="Serve the page here, so that thumbs write verdicts.")
@common
def command(
    cases: Path | None,
    config: str | None,
    as_json: bool,
    as_csv: bool,
    html: Path | None,
    serve: bool,
    **given: Any,
) -> None:
    """Compare candidates on the same cases: how good, how dear, how fast.

    CASES is a JSONL file: {"prompt": "…", "expected": "…"} on each line. Every answer is written down as it comes, so
    the same command goes on where it was interrupted.
    """
    if as_json + as_csv > 1:
        raise click.UsageError("give one of --json and --csv")
    if (cases is None) != given["from_ledger"]:
        raise click.UsageError("name a file of cases, or draw them with --from-ledger")
    settings = configured(config)
    bar = Bar(cap=given["cap"])
    asked = cases if cases is not None else _from_ledger(settings, config, given)
    found = asyncio.run(
        _ask(settings, asked, _wanted(given, bar), bar, html, serve=serve, as_json=as_json, as_csv=as_csv)
    )
    if found.ended.capped:
        raise click.exceptions.Exit(CAPPED)


async def _ask(
    config: Config,
    cases: Path | Sequence[Case],
    wanted: Comparing,
    bar: Bar,
    html: Path | None,
    *,
    serve: bool,
    as_json: bool,
    as_csv: bool,
) -> Comparison:
    async with AsyncDoor(config) as door:
        try:
            found = await door.compare(cases, **wanted)
        except asyncio.CancelledError:
            bar.stop("interrupted; the same command goes on from here")
            raise
        bar.end()
        _print(found, bar, as_json=as_json, as_csv=as_csv)
        if html is not None:
            await asyncio.to_thread(_write, html, found)
        if serve:
            await _serve(door, found)
        return found


def _wanted(given: dict[str, Any], bar: Bar) -> Comparing:
    judge = Reviewer(task=given["judge"], different_lab=not given["same_lab"]) if given["judge"] else None
    wanted: Comparing = {
        "sweep": Sweep(
            temperature=given["temperature"],
            reasoning=given["reasoning"],
            max_output_tokens=given["max_tokens"],
            systems=_texts(given["systems"]),
            templates=given["templates"],
        ),
        "judge": judge,
        "watch": bar,
    }
    same = ("task", "models", "name", "directory", "cap", "cached", "stream", "at_once", "fresh", "again")
    wanted.update({name: given[name] for name in same})  # type: ignore[typeddict-item]
    if given["from_ledger"]:
        wanted["name"] = _drawn_name(given)
    return wanted


def _texts(files: Sequence[str]) -> dict[str, str]:
    """System messages by the names of their files."""
    found: dict[str, str] = {}
    for name in files:
        path = Path(name)
        try:
            text = path.read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError) as error:
            raise InvalidCall(f"--system {name} can't be read: {error}") from error
        if path.stem in found:
            raise InvalidCall(f"--system {name}: another file is named {path.stem!r}; their names tell variants apart")
        found[path.stem] = text
    return found


def _drawn_name(given: dict[str, Any]) -> str:
    return given["name"] or f"{given['task'] or 'task'}-last-{given['last']}"


def _from_ledger(config: Config, source: str | None, given: dict[str, Any]) -> Path | Sequence[Case]:
    """Cases drawn now, or those this comparison drew when it began: what came in meanwhile isn't added."""
    file = Path(given["directory"]) / f"compare-{_drawn_name(given)}.cases.jsonl"
    if file.exists() and not given["fresh"]:
        return file
    task = given["task"] or config.default_task or next(iter(config.tasks))
    with kept.ledger(source) as ledger:
        found = drawn(ledger, task=task, last=given["last"], system=config.settings(task).system, since=given["since"])
    cases = tuple(texts(found))
    if len(cases) < len(found):
        out.say(f"{len(found) - len(cases)} cases with pictures are left out", colour="yellow")
    file.parent.mkdir(parents=True, exist_ok=True)
    with _private(file) as handle:
        handle.write(b"".join(lines(cases)))
    return file


@contextmanager
def _private(path: Path) -> Iterator[Any]:
    """A file for its owner alone: it holds what people asked."""
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        yield file


def _print(found: Comparison, bar: Bar, *, as_json: bool, as_csv: bool) -> None:
    if as_json:
        out.pretty_json(data(found))
    elif as_csv:
        rows = [flat(result) for result in found]
        out.piece(comma_separated(rows) if rows else "")
    else:
        show(found)
    if found.ended.capped:
        bar.capped(found)


def _write(path: Path, found: Comparison) -> None:
    from onedoor.pages.compare import compare_page

    with _private(path) as file:
        for piece in compare_page(found):
            file.write(piece.encode())
    out.say(f"wrote {path}")


async def _serve(door: AsyncDoor, found: Comparison) -> None:
    """Serve the page until it is interrupted."""
    from onedoor.pages.compare import compare_page, policy
    from onedoor.pages.serving import Serving

    async def say(call: str, accepted: bool | None, reason: str) -> None:
        await door.verdict(call, accepted=accepted, reason=reason)

    calls = frozenset(result.call for result in found if result.call)
    text = "".join(compare_page(found, served=True))
    async with Serving(text, policy(served=True), say, calls) as server:
        out.line(server.address)
        out.say("thumbs there write your verdicts into the ledger; ctrl-c ends it")
        await asyncio.Event().wait()
