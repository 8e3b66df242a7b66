"""`onedoor map`: the same question about every line of a file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from onedoor.cli.bulk import carry_out, order, over_items
from onedoor.cli.options import common, examples
from onedoor.cli.outputs import line

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
@over_items
@click.option("--max-tokens", "max_output_tokens", type=click.IntRange(1), help="Longest answer, in tokens.")
@click.option("--temperature", type=float, help="How freely to sample, 0 to 2.")
@common
def command(items: Path, template: str, **told: Any) -> None:
    """Ask the same about every item of a file.

    ITEMS is JSON lines, CSV, Parquet or a directory of texts. Each result is a line of JSON. With --run every result
    is kept as it comes, so the same command goes on where it was interrupted, and never pays twice.
    """
    carry_out(order(items, told, line), lambda door, items, given: door.map(items, template, **given))
