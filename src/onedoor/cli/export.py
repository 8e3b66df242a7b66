"""`onedoor export`: the ledger as JSON lines that another program can read along."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import closing
from functools import wraps
from pathlib import Path
from typing import Any

import click

from onedoor.cli import kept, out
from onedoor.cli.options import common, examples, together
from onedoor.cli.times import SPAN
from onedoor.ledger.export import KINDS, Export, Table
from onedoor.ledger.jsonl import Lines, Rotation

EPILOG = examples(
    "onedoor export calls.jsonl                           what is new since the last time",
    "onedoor export calls.jsonl --follow                  and what comes",
    "onedoor export attempts.jsonl --table attempts",
    "onedoor export verdicts.jsonl --table verdicts       what checks, judges and people thought of answers",
)


_ROTATING = together(
    click.option(
        "--max-mb", default=100.0, show_default=True, type=click.FloatRange(0.001), help="Rotate at this size."
    ),
    click.option("--max-age", default="1d", show_default=True, type=SPAN, help="Rotate when the first line is so old."),
    click.option(
        "--keep", default=30, show_default=True, type=click.IntRange(1), help="How many rotated files to keep."
    ),
    click.option("--compress/--no-compress", default=True, help="gzip rotated files; on unless said otherwise."),
)


def rotating(function: Callable[..., None]) -> Callable[..., None]:
    """The options that say when FILE is rotated, as one argument."""

    @wraps(function)
    def command(max_mb: float, max_age: float, keep: int, compress: bool, **given: Any) -> None:
        function(rotation=Rotation(round(max_mb * 1e6), max_age, keep, compress), **given)

    return _ROTATING(command)


@click.command("export", epilog=EPILOG)
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--follow", is_flag=True, help="Go on with what comes, until interrupted.")
@click.option("--every", default=1.0, show_default=True, type=click.FloatRange(0.05), help="--follow: seconds between.")
@click.option("--table", default="calls", show_default=True, type=click.Choice(list(KINDS)), help="Which rows.")
@rotating
@common
def command(
    file: Path, follow: bool, every: float, table: Table, rotation: Rotation, config: str | None, as_json: bool
) -> None:
    """Append every row that FILE doesn't have yet, one JSON object a line.

    FILE itself says how far it is, so it may be stopped and killed at any time and goes on where it was: each row is
    written exactly once. Rotated files are FILE.NUMBER, after the last row in them.
    """
    with kept.ledger(config) as ledger, closing(Lines(file, table, rotation)) as lines:
        export = Export(ledger.reader, lines, table)
        export.check()
        count = export.once()
        while follow:
            time.sleep(every)
            export.once()
    if as_json:
        out.json({"file": str(file), "table": table, "rows": count, "last_seq": lines.last})
    else:
        out.say(f"{count} new rows in {file}")
