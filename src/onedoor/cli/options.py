"""The options every command has, and the door they lead to."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import click

F = TypeVar("F", bound=Callable[..., Any])


def common(command: F) -> F:
    """--config, --json and --debug."""
    config = click.option(
        "-c",
        "--config",
        envvar="ONEDOOR_CONFIG",
        metavar="FILE",
        help="The configuration; else ./onedoor.toml, then yours, then what is found here.",
    )
    as_json = click.option("--json", "as_json", is_flag=True, help="Print JSON on stdout.")
    return config(as_json(debug(command)))


def debug(command: F) -> F:
    """--debug alone, for commands that need no configuration."""
    return click.option("--debug", is_flag=True, expose_value=False, help="Show the traceback of an error.")(command)
