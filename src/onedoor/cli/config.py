"""`onedoor config`: what is configured, where it is, and its schema for editors."""

from __future__ import annotations

from pathlib import Path

import click
import msgspec

from onedoor.cli import options, out
from onedoor.cli.options import Family, common, debug, examples
from onedoor.config import json_schema
from onedoor.errors import ConfigError
from onedoor.load import FILENAME, find
from onedoor.opening import configured

EPILOG = examples(
    "onedoor config show | less                      every key, defaults filled in",
    "onedoor config path                             which file is in use",
    "onedoor config schema > onedoor.schema.json     for your editor",
)


@click.group("config", cls=Family, no_args_is_help=False, epilog=EPILOG)
def command() -> None:
    """Show the configuration, its place, its schema."""


@command.command("schema", epilog=examples("onedoor config schema > onedoor.schema.json"))
@debug
def schema() -> None:
    """Print the JSON Schema of an onedoor.toml, for editors."""
    out.pretty_json(json_schema())


@command.command("path", epilog=examples("onedoor config path", '$EDITOR "$(onedoor config path)"'))
@options.config
@debug
def path(config: str | None) -> None:
    """Print the path of the configuration in use."""
    place = Path(config) if config else find()
    if place is None:
        raise ConfigError(f"there is no {FILENAME} here nor in your configuration directory; `onedoor init` writes one")
    if not place.is_file():
        raise ConfigError(f"there is no file {place}; `onedoor init` writes one")
    out.line(str(place.resolve()))


@command.command("show", epilog=examples("onedoor config show", "onedoor config show --json -c staging.toml"))
@common
def show(config: str | None, as_json: bool) -> None:
    """Check the configuration and print it as JSON, defaults filled in.

    With --json it is on one line. Keys are references in the file, so none is shown.
    """
    settings = configured(config)
    worked_out = {"origins", "contracts"}
    whole = {name: value for name, value in msgspec.structs.asdict(settings).items() if name not in worked_out}
    (out.json if as_json else out.pretty_json)(whole)
