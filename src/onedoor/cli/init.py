"""`onedoor init`: look around and write an onedoor.toml."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from pathlib import Path

import click

from onedoor.cli import out
from onedoor.cli.options import debug
from onedoor.discover import Found, look
from onedoor.load import FILENAME, load
from onedoor.scaffold import written


@click.command("init")
@click.option(
    "-o", "--output", default=FILENAME, show_default=True, metavar="FILE", help="Where to write; - is stdout."
)
@click.option("--force", is_flag=True, help="Overwrite a file that is there.")
@click.option("--json", "as_json", is_flag=True, help="Print what was found as JSON and write nothing.")
@debug
def command(output: str, force: bool, as_json: bool) -> None:
    """Write an onedoor.toml for what is found here.

    Looks for Ollama, LM Studio, vLLM and llama-server on their usual ports of this machine, and for provider keys in
    the environment. Nothing is sent to anyone else.
    """
    found = look()
    if as_json:
        out.pretty_json(found)
        return
    text = written(found)
    load(tomllib.loads(text))
    if output == "-":
        out.piece(text)
        return
    _write(Path(output), text, force=force)
    _report(found, output)


def _write(path: Path, text: str, *, force: bool) -> None:
    try:
        with path.open("w" if force else "x", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError as error:
        raise click.UsageError(f"{path} is already there; --force overwrites it") from error
    except OSError as error:
        raise click.ClickException(f"{path} can't be written: {error.strerror}") from error


def _report(found: Sequence[Found], output: str) -> None:
    for place in found:
        names = ", ".join(served for _, served, _ in place.models)
        out.say(f"found {place.spot.name} ({place.spot.variable or place.spot.base_url}): {names}")
    if not found:
        out.say("found no model server and no provider key; the file uses the built-in simulator")
    out.say(f"wrote {output}\n\nnext:\n  onedoor check\n  onedoor explain chat\n  onedoor ask -t chat 'say hello'")
