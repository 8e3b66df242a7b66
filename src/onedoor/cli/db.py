"""`onedoor db`: the state's file, looked after while calls go on."""

from __future__ import annotations

import sys
import time
from collections.abc import Mapping
from pathlib import Path

import click

from onedoor.cli import kept, options, out
from onedoor.cli.options import Family, common, debug, examples
from onedoor.cli.table import table
from onedoor.cli.times import SPAN
from onedoor.ledger.upkeep import Health, Old, back_up, counts, health, prune, vacuum

DAY = 86400.0

EPILOG = examples(
    "onedoor db path                            where it is",
    "onedoor db check                           whether it is sound, how big, who uses it",
    "onedoor db backup state-backup.db          a copy, while calls go on",
    "onedoor db prune --older-than 90d          drop what is old",
)


@click.group("db", cls=Family, no_args_is_help=False, epilog=EPILOG)
def command() -> None:
    """Look after the state's file: path, check, backup, prune, vacuum."""


@command.command("path", epilog=examples("onedoor db path", 'sqlite3 -readonly "$(onedoor db path)"'))
@options.config
@debug
def path(config: str | None) -> None:
    """Print where the state's file is."""
    out.line(str(kept.file_of(config).resolve()))


@command.command("check", epilog=examples("onedoor db check", "onedoor db check --json"))
@common
def check(config: str | None, as_json: bool) -> None:
    """Check the file: whether it is sound, its size, its rows, who uses it. Reads all of it."""
    found = health(kept.file_of(config))
    if as_json:
        out.pretty_json(found)
    else:
        _print(found)
    if found.problems:
        raise click.exceptions.Exit(1)


@command.command("backup", epilog=examples("onedoor db backup state-backup.db"))
@click.argument("copy", metavar="FILE", type=click.Path(dir_okay=False, path_type=Path))
@options.config
@debug
def backup(copy: Path, config: str | None) -> None:
    """Copy the state to FILE as of one moment, while calls go on."""
    size = back_up(kept.file_of(config), copy)
    out.say(f"wrote {copy}, {_bytes(size)}")


@command.command("prune", epilog=examples("onedoor db prune --older-than 90d --bodies-older-than 30d --yes"))
@click.option("--older-than", type=SPAN, help="Drop calls, attempts, events, verdicts; else after state.keep_days.")
@click.option("--bodies-older-than", type=SPAN, help="Drop what was asked and answered; else state.keep_bodies_days.")
@click.option("--yes", is_flag=True, help="Don't ask.")
@common
def prune_rows(
    older_than: float | None, bodies_older_than: float | None, yes: bool, config: str | None, as_json: bool
) -> None:
    """Drop old rows of the ledger. Budgets, breakers and limits are not touched.

    It says how many before it asks. The file keeps its size, which new rows fill; `onedoor db vacuum` gives it back.
    """
    file, old = kept.file_of(config), _old(config, older_than, bodies_older_than)
    going = counts(file, old)
    if any(going.values()) and not yes:
        _ask(going)
    gone = prune(file, old)
    if as_json:
        out.pretty_json(gone)
    else:
        out.say(f"dropped {_told(gone)}")


@command.command("vacuum", epilog=examples("onedoor db vacuum"))
@options.config
@debug
def vacuum_file(config: str | None) -> None:
    """Rewrite the file without its gaps. Calls wait meanwhile: a second or so per 500 MB."""
    less = vacuum(kept.file_of(config))
    out.say(f"the file is {_bytes(max(0, less))} smaller")


def _old(config: str | None, rows: float | None, bodies: float | None) -> Old:
    """What was asked for, else what is configured."""
    table, now = kept.state_table(config), time.time()
    keep = table.keep_days * DAY if rows is None and table.keep_days is not None else rows
    keep_bodies = table.keep_bodies_days * DAY if bodies is None else bodies
    return Old(None if keep is None else now - keep, now - keep_bodies)


def _ask(going: Mapping[str, int]) -> None:
    if not sys.stdin.isatty():
        raise click.UsageError(f"this would drop {_told(going)}; say --yes")
    click.confirm(f"drop {_told(going)}?", abort=True, err=True)


def _told(numbers: Mapping[str, int]) -> str:
    return ", ".join(f"{count} {name}" for name, count in numbers.items())


def _print(found: Health) -> None:
    for problem in found.problems:
        out.line(problem, colour="red")
    told = {
        "file": found.path,
        "sound": "no: restore a backup, or mend it with `sqlite3 FILE .recover`" if found.problems else "yes",
        "version": f"schema {found.schema_version}, SQLite {found.sqlite}, journal {found.journal}",
        "size": f"{_bytes(found.bytes)}, write-ahead log {_bytes(found.wal_bytes)}",
        "rows": _told(found.rows),
        "in use by": ", ".join(found.owners) or "nobody",
        "died": ", ".join(found.dead) or "nobody",
    }
    out.line("\n".join(table(list(told.items()))))


def _bytes(size: int) -> str:
    return f"{size / 1e6:.1f} MB" if size >= 1e6 else f"{size / 1e3:.1f} kB"
