"""`onedoor move`: another model as a task's first choice, on evidence, and back again."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import click
import msgspec

from onedoor.cli import kept, out
from onedoor.cli.options import common, examples
from onedoor.cli.table import table
from onedoor.cli.times import MOMENT
from onedoor.config import Config, Task
from onedoor.errors import InvalidCall
from onedoor.ids import new_id
from onedoor.ledger.quality import QualityRow, quality
from onedoor.load import FILENAME, find, load, nearest
from onedoor.places import state_path, user_name
from onedoor.policy.ledger import EventRow
from onedoor.quality.move import ACTION, Move, check, diff, edited, first, write

HEAD = ("MODEL", "JUDGED", "ACCEPTED", "RATE", "95 % INTERVAL", "P50", "PER ACCEPTED")

EPILOG = examples(
    "onedoor move cheap_bulk fast               show the change and the evidence, ask, and do it",
    "onedoor move cheap_bulk fast --dry-run     only show it",
    "onedoor move --undo                        take the latest move back",
    "onedoor move cheap_bulk --undo             take the latest move of that task back",
)


@dataclass(frozen=True, slots=True)
class _Change:
    """What is about to be written."""

    path: Path
    task: str
    before: str
    after: str
    move: Move


@click.command("move", epilog=EPILOG)
@click.argument("task", required=False)
@click.argument("model", required=False)
@click.option("--undo", is_flag=True, help="Take the latest move back.")
@click.option("--since", type=MOMENT, help="Evidence from then on: 7d, or a date.")
@click.option("-y", "--yes", is_flag=True, help="Don't ask.")
@click.option("--dry-run", is_flag=True, help="Show the change, write nothing.")
@click.option("--actor", default=user_name, show_default="user@host", help="Who did it, for the ledger.")
@common
def command(
    task: str | None,
    model: str | None,
    undo: bool,
    since: float | None,
    yes: bool,
    dry_run: bool,
    actor: str,
    config: str | None,
    as_json: bool,
) -> None:
    """Make MODEL the first choice of TASK.

    Shows the configuration's change with the evidence beside it; once confirmed, edits the file, keeping its comments
    and order, and writes down in the ledger who did it, and why.
    """
    path = _file(config)
    settings = load(path)
    change = _undone(path, settings, task, model) if undo else _moved(path, settings, task, model, since)
    lines = diff(change.before, change.after, str(path))
    if as_json:
        out.pretty_json({"task": change.task, "diff": lines, "move": change.move, "written": not dry_run})
    else:
        _show(lines, change.move)
    if dry_run:
        return
    if not (yes or as_json or click.confirm("write it?", err=True)):
        out.say("nothing was written")
        raise click.exceptions.Exit(1)
    write(path, change.before, change.after)
    _note(settings, change, actor)
    back = "" if undo else f"; `onedoor move {change.task} --undo` takes it back"
    out.say(f"{change.task} asks {change.move.after[0]} first now{back}")


def _file(config: str | None) -> Path:
    path = Path(config) if config else find()
    if path is None:
        raise click.ClickException(f"there is no {FILENAME} here to change; `onedoor init` writes one")
    return path


def _moved(path: Path, settings: Config, task: str | None, model: str | None, since: float | None) -> _Change:
    if task is None or model is None:
        raise click.UsageError("name the task and the model: onedoor move TASK MODEL")
    models = _task(settings, task).models
    check(models, model, list(settings.models), task)
    after = first(models, model)
    text = path.read_text(encoding="utf-8")
    evidence = [_evidence(row) for row in _rows(settings, task, since) if row.model in {model, models[0]}]
    move = Move(str(path), models, after, evidence=evidence)
    return _Change(path, task, text, edited(text, task, after), move)


def _undone(path: Path, settings: Config, task: str | None, model: str | None) -> _Change:
    """The latest move taken back, where the file still says what it wrote."""
    if model is not None:
        raise click.UsageError("--undo takes at most a task")
    event, told = _latest(settings, task, path)
    now = _task(settings, event.subject).models
    if now != told.after:
        raise InvalidCall(
            f"task {event.subject!r} asks {', '.join(now)} now, not {', '.join(told.after)} as the move wrote it; "
            "change it by hand"
        )
    text = path.read_text(encoding="utf-8")
    move = Move(str(path), told.after, told.before, undoes=event.id)
    return _Change(path, event.subject, text, edited(text, event.subject, told.before), move)


def _latest(settings: Config, task: str | None, path: Path) -> tuple[EventRow, Move]:
    """The latest move of this file that nothing has undone."""
    undone: set[str] = set()
    for event in _events(settings):
        if event.action != ACTION or task not in {None, event.subject}:
            continue
        told = msgspec.json.decode(event.detail, type=Move)
        if told.undoes:
            undone.add(told.undoes)
        elif event.id not in undone and Path(told.file).resolve() == path.resolve():
            return event, told
    raise InvalidCall(f"no move{f' of task {task!r}' if task else ''} of this file is in the ledger")


def _events(settings: Config) -> Sequence[EventRow]:
    path = state_path(settings)
    if path is None or not path.exists():
        return ()
    from onedoor.ledger.ledger import Ledger

    with Ledger(path) as ledger:
        return ledger.events(limit=10_000)


def _rows(settings: Config, task: str, since: float | None) -> tuple[QualityRow, ...]:
    """What the ledger knows of the task's models; nothing where there is none."""
    path = state_path(settings)
    if path is None or not path.exists():
        return ()
    from onedoor.ledger.ledger import Ledger

    with Ledger(path) as ledger:
        return quality(ledger.reader.query, "task", since=since, task=task).rows


def _task(settings: Config, task: str) -> Task:
    if task not in settings.tasks:
        raise InvalidCall(f"there is no task {task!r}; {nearest(task, settings.tasks)}")
    return settings.tasks[task]


def _evidence(row: QualityRow) -> dict[str, object]:
    low, high = row.interval
    return {
        "model": row.model,
        "answered": row.answered,
        "judged": row.judged,
        "accepted": row.accepted,
        "low": low,
        "high": high,
        "p50": row.seconds.p50 if row.seconds else None,
        "nano_usd_per_accepted": row.nano_usd_per_accepted,
    }


def _show(lines: Sequence[str], move: Move) -> None:
    for line in lines:
        out.line(line, colour={"+": "green", "-": "red"}.get(line[0]))
    if move.undoes:
        return
    if move.evidence:
        out.line("\n" + "\n".join(table([_cells(row) for row in move.evidence], head=HEAD)))
    else:
        out.say("the ledger knows nothing of these models for this task: there is no evidence for this move")


def _cells(row: dict[str, object]) -> tuple[object, ...]:
    evidence = msgspec.convert(row, _Evidence)
    rate = f"{evidence.accepted / evidence.judged:.1%}" if evidence.judged else "-"
    cost = evidence.nano_usd_per_accepted
    return (
        evidence.model,
        evidence.judged,
        evidence.accepted,
        rate,
        f"{evidence.low:.1%} to {evidence.high:.1%}",
        "-" if evidence.p50 is None else f"{evidence.p50:.2f} s",
        "-" if cost is None else f"${cost / 1e9:.6f}",
    )


class _Evidence(msgspec.Struct):
    model: str
    judged: int
    accepted: int
    low: float
    high: float
    p50: float | None
    nano_usd_per_accepted: float | None


def _note(settings: Config, change: _Change, actor: str) -> None:
    """Write down who moved what, and why. With the state in memory there is no place for it."""
    now = time.time()
    event = EventRow(
        id=new_id(now),
        at=now,
        actor=actor,
        action=ACTION,
        subject=change.task,
        detail=msgspec.json.encode(change.move).decode(),
    )
    if state_path(settings) is None:
        out.say("the state is kept in memory, so the move isn't written down and can't be undone by itself")
        return
    kept.changing(settings, lambda state: state.note(event))
