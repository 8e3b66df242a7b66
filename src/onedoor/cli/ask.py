"""`onedoor ask`: one question, its answer on stdout."""

from __future__ import annotations

import sys
from typing import Any

import click
import msgspec

from onedoor.asking import Ask
from onedoor.cli import out
from onedoor.cli.options import common, examples
from onedoor.cli.prompt import shown
from onedoor.cli.question import Asked
from onedoor.cli.story import waterfall
from onedoor.errors import OnedoorError
from onedoor.messages import Prompt
from onedoor.opening import open as open_door
from onedoor.output.score import plain
from onedoor.sync import Door
from onedoor.trail import Trail
from onedoor.types import Reply

EPILOG = examples(
    "onedoor ask 'name three rivers in France'",
    "onedoor ask -t chat -f report.txt -f chart.png 'what does this show?'",
    "onedoor ask --template summary --set text=@report.txt --set words=50",
    "onedoor ask -t chat -f report.txt --show-prompt 'what does this show?'",
    "git diff | onedoor ask -m fast 'write a commit message for:' -",
    "onedoor ask --json 'hello' | python3 -m json.tool",
)


@click.command("ask", epilog=EPILOG)
@click.argument("prompt", nargs=-1)
@click.option("-t", "--task", help="The job, which names the models.")
@click.option("-m", "--model", help="Pin one configured model.")
@click.option("-s", "--system", help="A system message in place of the task's.")
@click.option("-f", "--file", "files", multiple=True, metavar="FILE", help="A document or picture; repeatable.")
@click.option("--require", "constraints", multiple=True, metavar="TEXT", help="What the answer must be; repeatable.")
@click.option("--template", help="A configured template in place of PROMPT.")
@click.option("--set", "values", multiple=True, metavar="NAME=TEXT", help="Fill a place of it; @FILE is a document.")
@click.option("--caller", help="Who calls.")
@click.option("--user", help="Whom the caller asks for.")
@click.option("--run", help="The named piece of work this is part of, which may have a budget of its own.")
@click.option("--max-tokens", "max_output_tokens", type=click.IntRange(1), help="Longest answer, in tokens.")
@click.option("--temperature", type=float, help="How freely to sample, 0 to 2.")
@click.option("--deadline", type=float, help="Seconds for the whole call.")
@click.option("--cache", type=click.Choice(["on", "refresh", "off"]), help="refresh asks anew, off bypasses.")
@click.option("--degrade", type=click.Choice(["label", "never"]), help="never: fail rather than fall back.")
@click.option("--stream/--no-stream", default=None, help="Show the answer as it is written; on at a terminal.")
@click.option("--show-prompt", is_flag=True, help="Show what would be sent, counted and fitted; send nothing.")
@click.option("-v", "--verbose", is_flag=True, help="Show every rail the call passed, on stderr.")
@common
def command(
    prompt: tuple[str, ...],
    files: tuple[str, ...],
    template: str | None,
    values: tuple[str, ...],
    stream: bool | None,
    show_prompt: bool,
    verbose: bool,
    config: str | None,
    as_json: bool,
    **given: Any,
) -> None:
    """Ask a question.

    The words of PROMPT are the question; - among them stands for what comes on stdin. Without a PROMPT, stdin is the
    question.
    """
    asked = Asked.of(prompt, files, template, values)
    ask: Ask = {name: value for name, value in given.items() if value not in (None, ())}  # type: ignore[assignment]
    if asked.documents:
        ask["context"] = asked.documents
    if show_prompt:
        _show_prompt(config, asked, ask, as_json=as_json)
        return
    live = not as_json and (sys.stdout.isatty() if stream is None else stream)
    reply = _answer(config, asked, ask, live=live, verbose=verbose)
    _show(reply, as_json=as_json, shown=live)
    _tell(reply.trail, verbose)


def _show_prompt(config: str | None, asked: Asked, ask: Ask, *, as_json: bool) -> None:
    with open_door(config) as door:
        built = door.build(asked.prompt(door), **ask)
    if as_json:
        out.pretty_json(built)
    else:
        out.line("\n".join(shown(built)))


def _answer(config: str | None, asked: Asked, ask: Ask, *, live: bool, verbose: bool) -> Reply:
    try:
        with open_door(config) as door:
            prompt = asked.prompt(door)
            return _streamed(door, prompt, ask) if live else door.ask(prompt, **ask)
    except OnedoorError as error:
        _tell(error.trail, verbose)
        raise


def _streamed(door: Door, prompt: Prompt, ask: Ask) -> Reply:
    """Show the answer as it is written; its line ends even where the answer doesn't."""
    shown = False
    try:
        with door.stream(prompt, **ask) as deltas:
            for delta in deltas:
                out.piece(delta.text)
                shown = shown or bool(delta.text)
        return deltas.reply
    finally:
        if shown:
            out.piece("\n")


def _said(reply: Reply) -> str:
    """The words, or the validated value as JSON where a contract holds."""
    if reply.data is None:
        return reply.text
    value = plain(reply.data)
    return value if isinstance(value, str) else msgspec.json.encode(value).decode()


def _show(reply: Reply, *, as_json: bool, shown: bool) -> None:
    if as_json:
        out.json(out.as_data(reply))
    elif not shown:
        out.line(_said(reply))
    for tool in () if as_json else reply.tool_calls:
        out.line(f"{tool.name}({tool.arguments})")
    if sys.stderr.isatty():
        out.say(out.summary(reply), colour="bright_black")
    for reason in reply.degraded:
        out.say(f"degraded: {reason}", colour="yellow")
    for trimmed in reply.trimmed:
        out.say(f"trimmed: {trimmed}", colour="yellow")
    for found in reply.findings:
        out.say(f"guard: {found}", colour="yellow")
    if reply.finish_reason == "length":
        out.say("cut short: the answer reached its longest length (--max-tokens)", colour="yellow")


def _tell(trail: Trail | None, verbose: bool) -> None:
    if verbose and trail is not None:
        out.say("\n".join(waterfall(trail)))
