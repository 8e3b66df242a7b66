"""`onedoor ask`: one question, its answer on stdout."""

from __future__ import annotations

import mimetypes
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from onedoor.asking import Ask
from onedoor.cli import out
from onedoor.cli.options import common
from onedoor.opening import open as open_door
from onedoor.sync import Door
from onedoor.types import Image, Message, Part, Reply, Text

IMAGES = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp"})


@click.command("ask")
@click.argument("prompt", nargs=-1)
@click.option("-t", "--task", help="The job, which names the models.")
@click.option("-m", "--model", help="Pin one configured model.")
@click.option("-s", "--system", help="A system message.")
@click.option("-f", "--file", "files", multiple=True, metavar="FILE", help="A text or picture as context; repeatable.")
@click.option("--caller", help="Who calls, for the ledger.")
@click.option("--max-tokens", "max_output_tokens", type=click.IntRange(1), help="Longest answer, in tokens.")
@click.option("--temperature", type=float, help="How freely to sample, 0 to 2.")
@click.option("--deadline", type=float, help="Seconds for the whole call.")
@click.option("--cache", type=click.Choice(["on", "refresh", "off"]), help="refresh asks anew, off bypasses.")
@click.option("--degrade", type=click.Choice(["label", "never"]), help="never: fail rather than fall back.")
@click.option("--stream/--no-stream", default=None, help="Show the answer as it is written; on at a terminal.")
@click.option("-v", "--verbose", is_flag=True, help="Show every rail the call passed, on stderr.")
@common
def command(
    prompt: tuple[str, ...],
    files: tuple[str, ...],
    stream: bool | None,
    verbose: bool,
    config: str | None,
    as_json: bool,
    **given: Any,
) -> None:
    """Ask a question.

    PROMPT is the question; - stands for what comes on stdin, which is also read when there is no PROMPT.
    """
    message = Message("user", (*_context(files), Text(_question(prompt))))
    ask: Ask = {name: value for name, value in given.items() if value is not None}  # type: ignore[assignment]
    live = sys.stdout.isatty() if stream is None else stream
    with open_door(config) as door:
        reply = _streamed(door, message, ask) if live and not as_json else door.ask([message], **ask)
    _show(reply, as_json=as_json, shown=live and not as_json)
    if verbose:
        out.say("\n".join(out.waterfall(reply.trail)) if reply.trail else "")


def _question(prompt: tuple[str, ...]) -> str:
    """The prompt's words, stdin in place of each -, or stdin alone."""
    if not prompt and sys.stdin.isatty():
        raise click.UsageError("give a prompt, or pipe one in: echo 'a question' | onedoor ask")
    words = prompt or ("-",)
    return " ".join(_stdin() if word == "-" else word for word in words)


def _stdin() -> str:
    try:
        return sys.stdin.read().strip()
    except UnicodeDecodeError as error:
        raise click.UsageError(f"stdin is not UTF-8 text: {error}") from error


def _context(files: Sequence[str]) -> tuple[Part, ...]:
    return tuple(_file(Path(name)) for name in files)


def _file(path: Path) -> Part:
    """A picture as it is, a text under its name."""
    media_type = mimetypes.guess_type(path.name)[0] or ""
    try:
        if media_type in IMAGES:
            return Image(path.read_bytes(), media_type=media_type)
        return Text(f"--- {path.name} ---\n{path.read_text(encoding='utf-8')}\n--- end of {path.name} ---\n\n")
    except UnicodeDecodeError as error:
        raise click.UsageError(f"{path} is neither a picture nor UTF-8 text") from error
    except OSError as error:
        raise click.UsageError(f"{path} can't be read: {error.strerror}") from error


def _streamed(door: Door, message: Message, ask: Ask) -> Reply:
    with door.stream([message], **ask) as deltas:
        for delta in deltas:
            out.piece(delta.text)
    out.piece("\n")
    return deltas.reply


def _show(reply: Reply, *, as_json: bool, shown: bool) -> None:
    if as_json:
        out.json(out.as_data(reply))
    elif not shown:
        out.line(reply.text)
    for tool in () if as_json else reply.tool_calls:
        out.line(f"{tool.name}({tool.arguments})")
    if sys.stderr.isatty():
        out.say(out.summary(reply), colour="bright_black")
    for reason in reply.degraded:
        out.say(f"degraded: {reason}", colour="yellow")
    if reply.finish_reason == "length":
        out.say("cut short: the answer reached its longest length (--max-tokens)", colour="yellow")
