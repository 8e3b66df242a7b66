"""The `onedoor` command: finds the sub-command, and turns errors into messages and exit codes."""

from __future__ import annotations

import importlib
import os
import sys
from collections.abc import Mapping, Sequence

import click

from onedoor import __version__
from onedoor.cli import out
from onedoor.errors import ConfigError, Misuse, OnedoorError, Refused
from onedoor.load import nearest

COMMANDS: Mapping[str, str] = {
    "ask": "Ask a question.",
    "check": "Reach every provider and say what is wrong.",
    "config": "Show the configuration, its place, its schema.",
    "demo": "See a small batch pass the rails.",
    "explain": "Print the road of a task.",
    "init": "Write an onedoor.toml for what is found here.",
    "models": "List what each provider really serves.",
    "sim": "Serve the simulator over HTTP.",
}

FAILED, USAGE, CONFIG, REFUSED, INTERRUPTED = 1, 2, 3, 4, 130

EPILOG = """\b
Exit codes:
  0    an answer, or all is well
  1    no model could answer, or a check failed
  2    wrong usage: an unknown flag, an empty prompt, an unknown task
  3    the configuration is wrong or missing
  4    refused by onedoor itself: deadline
  130  interrupted
"""


class Commands(click.Group):
    """Loads a command's file only when it is asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = importlib.import_module(f"onedoor.cli.{cmd_name}").command
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args and args[0] not in COMMANDS:
            raise click.UsageError(f"there is no command {args[0]!r}; {nearest(args[0], COMMANDS)}", ctx)
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands without importing any."""
        with formatter.section("Commands"):
            formatter.write_dl(sorted(COMMANDS.items()))


@click.group(cls=Commands, epilog=EPILOG, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="onedoor")
def onedoor() -> None:
    """One door for every model call."""


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line and exit with its code."""
    arguments = sys.argv[1:] if arguments is None else list(arguments)
    sys.exit(run(arguments))


def run(arguments: Sequence[str]) -> int:
    """Run one command; its exit code."""
    try:
        onedoor.main(args=list(arguments), prog_name="onedoor", standalone_mode=False)
    except click.exceptions.Exit as stop:
        return stop.exit_code
    except click.Abort:
        return INTERRUPTED
    except KeyboardInterrupt:
        return INTERRUPTED
    except click.ClickException as error:
        error.show(sys.stderr)
        return error.exit_code
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return FAILED
    except OnedoorError as error:
        if "--debug" in arguments:
            raise
        out.error(error, as_json="--json" in arguments)
        return exit_code(error)
    return 0


def exit_code(error: OnedoorError) -> int:
    """The documented exit code of an error."""
    if isinstance(error, ConfigError):
        return CONFIG
    if isinstance(error, Misuse):
        return USAGE
    return REFUSED if isinstance(error, Refused) else FAILED
