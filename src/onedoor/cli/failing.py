"""What the command line says when something fails, and the exit code of each error."""

from __future__ import annotations

import traceback
from collections.abc import Sequence
from itertools import takewhile
from typing import Any

import click

from onedoor.cli import out, story
from onedoor.errors import ConfigError, Misuse, OnedoorError, Refused

FAILED, USAGE, CONFIG, REFUSED, INTERRUPTED = 1, 2, 3, 4, 130


def tell(error: Exception, arguments: Sequence[str]) -> None:
    """Say on stderr what happened, as JSON where that was asked for."""
    flags = set(takewhile(lambda argument: argument != "--", arguments))
    if "--debug" in flags:
        out.say("".join(traceback.format_exception(error)).rstrip())
    if "--json" in flags:
        out.say(out.encoded(as_data(error)))
    else:
        _say(error)


def exit_code(error: Exception) -> int:
    """The documented exit code of an error."""
    if isinstance(error, click.ClickException):
        return error.exit_code
    if isinstance(error, ConfigError):
        return CONFIG
    if isinstance(error, Misuse):
        return USAGE
    return REFUSED if isinstance(error, Refused) else FAILED


def as_data(error: Exception) -> dict[str, Any]:
    """An error as JSON has it: its code, its message, the call's id and trail."""
    call_id = trail = None
    if isinstance(error, OnedoorError):
        call_id, trail = error.call_id, error.trail
    notes = trail.notes if trail else ()
    return {"error": {"code": _code(error), "message": _message(error), "id": call_id, "trail": notes}}


def _say(error: Exception) -> None:
    """The message, then what each model came to, or where help is."""
    out.say(f"error: {_message(error)}", colour="red")
    if isinstance(error, click.UsageError) and error.ctx is not None:
        out.say(f"`{error.ctx.command_path} --help` shows how")
    if isinstance(error, OnedoorError) and error.trail is not None:
        for line in story.attempts(error.trail, str(error)):
            out.say(line)


def _code(error: Exception) -> str:
    if isinstance(error, click.UsageError):
        return "usage"
    if isinstance(error, click.ClickException):
        return OnedoorError.code
    return error.code if isinstance(error, OnedoorError) else "unexpected"


def _message(error: Exception) -> str:
    if isinstance(error, click.ClickException):
        said = error.format_message().rstrip(".")
        return said[:1].lower() + said[1:]
    if isinstance(error, OnedoorError):
        return str(error)
    said = f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
    return f"unexpected {said}; --debug shows the traceback"
