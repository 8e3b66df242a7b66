"""`onedoor runs`: what became of bulk runs, and what to do about them."""

from __future__ import annotations

import asyncio
import shlex
import time
from collections.abc import Mapping
from pathlib import Path

import click

from onedoor.bulk import places
from onedoor.bulk.batch import cancel as cancel_batches
from onedoor.bulk.batch import has_open
from onedoor.bulk.result import Head
from onedoor.bulk.rows import StepFigures
from onedoor.bulk.run_file import looked_at
from onedoor.cli import out
from onedoor.cli.begun import again, begun
from onedoor.cli.bulk_bar import Bar, shown
from onedoor.cli.kept import state_table
from onedoor.cli.options import as_json, common, debug, examples
from onedoor.cli.outputs import is_workflow, line, line_of
from onedoor.cli.table import table
from onedoor.cli.times import shown as moment
from onedoor.door import AsyncDoor
from onedoor.errors import InvalidCall, StoreError
from onedoor.opening import configured
from onedoor.places import NO_FILE, place

EPILOG = examples(
    "onedoor runs                                   list them",
    "onedoor runs show night                        one of them: what failed, what it cost",
    "onedoor runs watch night                       follow it from another terminal",
    "onedoor runs export night --out out.jsonl      its results, in input order",
    "onedoor runs cancel night                      have it stop within a second",
    "onedoor runs resume night                      go on with it as it was begun",
)
STEPS = ("STEP", "VALUES", "CALLS", "FAILED", "SPENT")
HEAD = ("RUN", "STATUS", "DONE", "FAILED", "SPENT", "UPDATED", "TASK")
LOOK = 0.5
"""Seconds between two looks at a run that is watched."""

LAST = 1.0
"""Seconds after which a process that was asked to stop has handed over its last batch."""


@click.group("runs", epilog=EPILOG, invoke_without_command=True)
@common
@click.pass_context
def command(context: click.Context, config: str | None, as_json: bool) -> None:
    """See bulk runs, export their results, stop or forget them.

    Without a sub-command it lists them.
    """
    context.obj = config
    if context.invoked_subcommand is None:
        _list(config, as_json=as_json)


def _list(config: str | None, *, as_json: bool) -> None:
    heads = list(places.heads(_state(config)))
    if as_json:
        out.pretty_json(heads)
    elif not heads:
        out.say("there are no runs yet; `onedoor map … --run NAME` and `onedoor run … --run NAME` make one")
    else:
        out.line("\n".join(table([_row(head) for head in heads], head=HEAD)))


def _row(head: Head) -> tuple[object, ...]:
    progress = head.progress
    done = f"{progress.done}/{progress.total}" if progress.total is not None else str(progress.done)
    money = f"${progress.nano_usd / 1e9:.4f}"
    what = f"{len(head.settings['steps'])} steps" if is_workflow(head) else head.task or "-"
    at = head.updated or head.begun
    return head.name, head.status, done, progress.failed, money, moment(at) if at else "-", what


@command.command("show", epilog=examples("onedoor runs show night", "onedoor runs show night --json"))
@click.argument("name")
@as_json
@debug
@click.pass_obj
def show(source: str | None, name: str, as_json: bool) -> None:
    """Show one run: how far it is, what failed, what it asks."""
    file = places.known(_state(source), name)
    head = places.head(file)
    with looked_at(file) as rows:
        errors, steps = rows.errors(), rows.steps() if is_workflow(head) else {}
    if as_json:
        out.pretty_json({"head": head, "errors": errors, "file": str(file)} | ({"steps": steps} if steps else {}))
        return
    why = f": {head.why}" if head.why else ""
    out.line(f"{head.name}  {head.status}{why}")
    out.line(f"begun    {moment(head.begun)}, {head.passes} times; process {head.pid}")
    out.line(f"so far   {shown(head.progress)}")
    if not is_workflow(head):
        out.line(f"task     {head.task or '-'}")
        out.line(f"template {head.settings['template']}")
    out.line(f"ledger   onedoor calls --run '{head.run}'")
    for code, number in errors.items():
        out.line(f"failed   {number} with {code}")
    if is_workflow(head):
        out.line("\n" + "\n".join(table(_steps(head, steps), head=STEPS)))


def _steps(head: Head, figures: Mapping[str, StepFigures]) -> list[tuple[object, ...]]:
    """Every step in its order: for how many items it has a value, and what its calls came to."""
    told = [(name, figures.get(name, StepFigures())) for name in head.settings["steps"]]
    return [(name, one.values, one.calls, one.failed, f"${one.nano_usd / 1e9:.4f}") for name, one in told]


@command.command("watch", epilog=examples("onedoor runs watch night"))
@click.argument("name")
@debug
@click.pass_obj
def watch(source: str | None, name: str) -> None:
    """Follow a run from another terminal until it ends."""
    file = places.known(_state(source), name)
    bar = Bar()
    while (head := places.head(file)).status == "running":
        bar(head.progress)
        time.sleep(LOOK)
    bar.end(head.progress)
    out.line(f"{head.status}{f': {head.why}' if head.why else ''}")


@command.command("export", epilog=examples("onedoor runs export night --out out.jsonl"))
@click.argument("name")
@click.option("--out", "target", type=click.Path(dir_okay=False, path_type=Path), help="Where to; else stdout.")
@click.option("--calls", is_flag=True, help="Of a workflow: what was asked for its steps instead.")
@debug
@click.pass_obj
def export(source: str | None, name: str, target: Path | None, calls: bool) -> None:
    """Write the latest result of every item, in input order, as JSON lines."""
    file = places.known(_state(source), name)
    if target is not None and target.exists():
        raise InvalidCall(f"{target} is there already; name another --out, or move it away")
    with looked_at(file) as rows:
        lines = map(line, rows.asked()) if calls else map(line_of(rows.head), rows.each())
        if target is None:
            for told in lines:
                out.piece(told.decode())
            return
        try:
            with target.open("xb") as written:
                written.writelines(lines)
        except OSError as error:
            raise InvalidCall(f"{target} can't be written: {error.strerror}") from error
    out.say(f"wrote {target}")


@command.command(
    "resume",
    context_settings={"ignore_unknown_options": True},
    epilog=examples("onedoor runs resume night", "onedoor runs resume night --budget 10"),
)
@click.argument("name")
@click.argument("more", nargs=-1, type=click.UNPROCESSED, metavar="[OPTIONS OF THE RUN]")
@click.pass_obj
def resume(source: str | None, name: str, more: tuple[str, ...]) -> None:
    """Carry out the command that began a run again, in its directory: it goes on where it ended.

    What follows the name is added to that command, as a higher --budget.
    """
    told = begun(places.known(_state(source), name))
    out.say(f"in {told.directory}: onedoor {shlex.join([*told.arguments, *more])}")
    code = again(told, more)
    if code:
        raise click.exceptions.Exit(code)


@command.command("cancel", epilog=examples("onedoor runs cancel night"))
@click.argument("name")
@debug
@click.pass_obj
def cancel(source: str | None, name: str) -> None:
    """Have a run stop within a second and cancel its batches; what is under way is waited for, what is done is kept."""
    file = places.known(_state(source), name)
    stopped = places.cancel(file)
    if stopped:
        out.say(f"asked run {name!r} to stop; the command that began it goes on with it")
    if has_open(file):
        number = asyncio.run(_cancelled(source, file, twice=stopped))
        out.say(f"cancelled {number} batches of run {name!r}; the command that began it fetches what is finished")
    elif not stopped:
        out.say(f"run {name!r} isn't under way")


async def _cancelled(source: str | None, file: Path, *, twice: bool) -> int:
    """The batches that were cancelled; a process that has just been asked to stop may still hand one over."""
    async with AsyncDoor(configured(source)) as door:
        number = await cancel_batches(file, door.provider)
        if twice:
            await asyncio.sleep(LAST)
            number += await cancel_batches(file, door.provider)
        return number


@command.command("delete", epilog=examples("onedoor runs delete night"))
@click.argument("name")
@click.option("--force", is_flag=True, help="Also where a provider's batches weren't fetched.")
@debug
@click.pass_obj
def delete(source: str | None, name: str, force: bool) -> None:
    """Forget a run and its results; the ledger keeps its calls."""
    places.delete(places.known(_state(source), name), force=force)
    out.say(f"deleted run {name!r}")


def _state(source: str | None) -> Path:
    path = place(state_table(source))
    if path is None:
        raise StoreError(NO_FILE)
    return path
