"""`onedoor config`: what is configured, where it is, and its schema for editors."""

from __future__ import annotations

from pathlib import Path

import click
import msgspec

from onedoor.cli import out
from onedoor.cli.options import common, debug
from onedoor.config import json_schema
from onedoor.load import find
from onedoor.opening import configured


@click.group("config")
def command() -> None:
    """Show the configuration, its place, its schema."""


@command.command("schema")
@debug
def schema() -> None:
    """Print the JSON Schema of an onedoor.toml, for editors."""
    out.pretty_json(json_schema())


@command.command("path")
@debug
def path() -> None:
    """Print the path of the configuration in use."""
    found = find()
    if found is None:
        out.say("there is no onedoor.toml here nor in your configuration directory; `onedoor init` writes one")
        raise click.exceptions.Exit(3)
    out.line(str(Path(found).resolve()))


@command.command("show")
@common
def show(config: str | None, as_json: bool) -> None:
    """Check the configuration and print it as JSON, defaults filled in."""
    settings = configured(config)
    whole = {name: value for name, value in msgspec.structs.asdict(settings).items() if name != "origins"}
    (out.json if as_json else out.pretty_json)(whole)
