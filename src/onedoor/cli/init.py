"""`onedoor init`: look around and write an onedoor.toml."""

from __future__ import annotations

import shlex
import tomllib
from collections.abc import Sequence
from pathlib import Path

import click

from onedoor.cli import out
from onedoor.cli.options import as_json as json_option
from onedoor.cli.options import debug, examples
from onedoor.discover import Found, look
from onedoor.errors import Misuse
from onedoor.load import FILENAME, load
from onedoor.scaffold import named, written

EPILOG = examples(
    "onedoor init",
    "onedoor init -o - | less       only look at it",
    "onedoor init --force           write it anew",
)


@click.command("init", epilog=EPILOG)
@click.option(
    "-o", "--output", default=FILENAME, show_default=True, metavar="FILE", help="Where to write; - is stdout."
)
@click.option("--force", is_flag=True, help="Overwrite a file that is there.")
@json_option
@debug
def command(output: str, force: bool, as_json: bool) -> None:
    """Write an onedoor.toml for what is found here.

    Looks for Ollama, LM Studio, vLLM and llama-server on their usual ports of this machine, and for provider keys in
    the environment. Nothing is sent to anyone else. With --json it prints what was found and writes nothing.
    """
    found = look()
    if as_json:
        out.pretty_json(_data(found))
        return
    text = written(found)
    load(tomllib.loads(text))
    if output == "-":
        out.piece(text)
        return
    _write(Path(output), text, force=force)
    _report(found, output)


def _write(path: Path, text: str, *, force: bool) -> None:
    if path.is_dir():
        raise Misuse(f"{path} is a directory; name a file in it: {path / FILENAME}")
    try:
        with path.open("w" if force else "x", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError as error:
        raise Misuse(f"{path} is already there; --force overwrites it") from error
    except OSError as error:
        raise click.ClickException(f"{path} can't be written: {error.strerror}") from error


def _data(found: Sequence[Found]) -> list[dict[str, object]]:
    """Each provider with its models: your name for each, and what the provider calls it."""
    own = named(found)
    return [
        {
            "provider": place.spot.name,
            "kind": place.spot.kind,
            "base_url": place.spot.base_url,
            "key": place.spot.variable or None,
            "models": {model.own: model.served for model in own if model.provider == place.spot.name},
        }
        for place in found
    ]


def _report(found: Sequence[Found], output: str) -> None:
    for place in found:
        names = ", ".join(served for _, served, _ in place.models)
        out.say(f"found {place.spot.name} ({place.spot.variable or place.spot.base_url}): {names}")
    if not found:
        out.say("found no model server and no provider key; the file uses the built-in simulator")
    other = "" if output == FILENAME else f" -c {shlex.quote(output)}"
    steps = ("check", "explain chat", "ask -t chat 'say hello'")
    out.say("\n".join([f"wrote {output}\n\nnext:", *(f"  onedoor {_with(step, other)}" for step in steps)]))


def _with(step: str, option: str) -> str:
    """A command with an option after its name."""
    name, space, rest = step.partition(" ")
    return f"{name}{option}{space}{rest}"
