"""What every command has in common: its options, its examples, how a family of commands reads its arguments."""

from __future__ import annotations

from collections.abc import Callable
from functools import reduce
from typing import Any, TypeVar

import click

from onedoor.load import nearest

F = TypeVar("F", bound=Callable[..., Any])


class Family(click.Group):
    """Commands under one name; without one of them it shows its help."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        if not args:
            click.echo(ctx.get_help(), err=True)
            ctx.exit(2)
        return super().parse_args(ctx, args)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        known = self.list_commands(ctx)
        if args and args[0] not in known:
            raise click.UsageError(f"there is no command {args[0]!r}; {nearest(args[0], known)}", ctx)
        return super().resolve_command(ctx, args)


def examples(*lines: str) -> str:
    """Example commands for the end of a help text, one per line."""
    shown = "\n".join(f"  {line}" for line in lines)
    return f"\b\nExamples:\n{shown}"


def together(*options: Callable[[F], F]) -> Callable[[F], F]:
    """Several options as one, in the order in which help shows them."""
    return lambda command: reduce(lambda made, option: option(made), reversed(options), command)


def common(command: F) -> F:
    """--config, --json and --debug."""
    return config(as_json(debug(command)))


def config(command: F) -> F:
    """--config: which configuration."""
    return click.option(
        "-c",
        "--config",
        envvar="ONEDOOR_CONFIG",
        show_envvar=True,
        metavar="FILE",
        help="The configuration; else ./onedoor.toml, then yours, then what is found here.",
    )(command)


def as_json(command: F) -> F:
    """--json: for programs."""
    return click.option("--json", "as_json", is_flag=True, help="Print JSON on stdout; errors as JSON on stderr.")(
        command
    )


def debug(command: F) -> F:
    """--debug: for whoever looks for the cause."""
    return click.option("--debug", is_flag=True, expose_value=False, help="Show the traceback of an error.")(command)
