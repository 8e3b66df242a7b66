"""The `onedoor` command: finds the sub-command, and turns its end into an exit code."""

from __future__ import annotations

import importlib
import os
import sys
from collections.abc import Mapping, Sequence
from typing import TextIO, cast

import click

from onedoor import __version__
from onedoor.cli.failing import FAILED, INTERRUPTED, exit_code, tell
from onedoor.cli.options import Family, examples

COMMANDS: Mapping[str, str] = {
    "ask": "Ask a question.",
    "breaker": "See and set the breakers of routes.",
    "budget": "See what every budget has left.",
    "calls": "List calls, or show one rail by rail.",
    "check": "Reach every provider and say what is wrong.",
    "compare": "Ask several candidates the same cases.",
    "config": "Show the configuration, its place, its schema.",
    "db": "Look after the state's file.",
    "demo": "See a small batch pass the rails.",
    "explain": "Print the road of a task.",
    "export": "Write the ledger as JSON lines.",
    "guard": "See what the guard finds in texts.",
    "init": "Write an onedoor.toml for what is found here.",
    "limits": "See slots, rates and gates as they stand.",
    "map": "Ask the same about every item of a file.",
    "models": "List what each provider really serves.",
    "move": "Make another model a task's first choice.",
    "report": "Sum up calls: answered, how fast, at what cost.",
    "run": "Do a workflow for every item of a file.",
    "runs": "See bulk runs, export, go on, stop or forget.",
    "sim": "Serve the simulator over HTTP.",
    "verdict": "Say whether an answer was right.",
}

EPILOG = (
    examples(
        "onedoor init                                 write an onedoor.toml for what is found here",
        "onedoor ask 'name three rivers in France'    ask the first model of the default task",
        "onedoor explain chat                         what a call of the task chat passes",
    )
    + """

\b
Exit codes:
  0    an answer, degraded or not, or all is well
  1    no model could answer, a check failed, or something unexpected
  2    wrong usage: an unknown flag, an empty prompt, an unknown task
  3    the configuration is wrong or missing
  4    refused by onedoor itself: the deadline, the guard
  130  interrupted

Answers go to stdout, everything else to stderr. With --json an error is JSON as well, one line on stderr:
{"error": {"code", "message", "id", "trail"}}.
"""
)


class Commands(Family):
    """Loads a command's file only when it is asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = importlib.import_module(f"onedoor.cli.{cmd_name}").command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands without importing any."""
        with formatter.section("Commands"):
            formatter.write_dl(sorted(COMMANDS.items()))


@click.group(
    cls=Commands,
    epilog=EPILOG,
    no_args_is_help=False,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(__version__, prog_name="onedoor")
def onedoor() -> None:
    """One door for every model call."""


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line and exit with its code."""
    _mend_streams()
    sys.exit(run(sys.argv[1:] if arguments is None else arguments))


def run(arguments: Sequence[str]) -> int:
    """Run one command; its exit code."""
    try:
        return _run(arguments)
    except BrokenPipeError:
        return _unread()


def _run(arguments: Sequence[str]) -> int:
    try:
        code: int | None = onedoor.main(
            args=list(arguments), prog_name="onedoor", standalone_mode=False, obj=tuple(arguments)
        )
    except (click.Abort, KeyboardInterrupt):
        return INTERRUPTED
    except BrokenPipeError:
        raise
    except Exception as error:  # noqa: BLE001 - whatever it is, it becomes a message and an exit code; --debug shows it
        tell(error, arguments)
        return exit_code(error)
    return code or 0


def _mend_streams() -> None:
    """A closed stream becomes an empty one; what an encoding lacks is printed as an escape."""
    sys.stdin = sys.stdin or _nowhere("r")
    sys.stdout = sys.stdout or _nowhere("w")
    sys.stderr = sys.stderr or _nowhere("w")
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]


def _nowhere(mode: str) -> TextIO:
    return cast(TextIO, open(os.devnull, mode, encoding="utf-8"))


def _unread() -> int:
    """Nobody reads any more, as after `| head`: end without a word."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    for stream in (sys.stdout, sys.stderr):
        os.dup2(nowhere, stream.fileno())
    return FAILED
