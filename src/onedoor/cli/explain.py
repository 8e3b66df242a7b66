"""`onedoor explain`: the road of a task, every option with its value and origin."""

from __future__ import annotations

import shutil
import textwrap
from collections.abc import Iterator, Sequence

import click

from onedoor.asking import check, check_model, chosen_task
from onedoor.cli import out
from onedoor.cli.options import common, examples
from onedoor.door import AsyncDoor
from onedoor.explain import Setting, Stop, explain
from onedoor.opening import configured

EPILOG = examples(
    "onedoor explain                 the default task",
    "onedoor explain chat",
    "onedoor explain chat -m fast    when the call pins a model",
)
ALIGNED = 60
LONGEST = 400
INDENT = " " * 6


@click.command("explain", epilog=EPILOG)
@click.argument("task", required=False)
@click.option("-m", "--model", default="", help="Explain the road of one pinned model.")
@common
def command(task: str | None, model: str, config: str | None, as_json: bool) -> None:
    """Print the road of a TASK: its rails in order, their rules, their options and where each came from."""
    settings = configured(config)
    given = check({"task": task or "", "model": model})
    name = chosen_task(settings, given)
    check_model(settings, given)
    stops = explain(settings, name, AsyncDoor(settings).rails(name, model=model), model=model)
    if as_json:
        out.pretty_json({"task": name or None, "model": model or None, "source": settings.source, "road": stops})
        return
    out.line(f"{name or model} — {settings.source}", bold=True)
    width = max(ALIGNED, shutil.get_terminal_size((120, 24)).columns)
    for place, stop in enumerate(stops):
        _print(place, stop, width)


def _print(place: int, stop: Stop, width: int) -> None:
    out.line()
    out.line(f"{place or '·'} {stop.rail}", colour="cyan", bold=True)
    out.line(textwrap.fill(stop.rule, width, initial_indent="    ", subsequent_indent="    "))
    for line in _lines(stop.settings, width):
        out.line(line)


def _lines(settings: Sequence[Setting], width: int) -> Iterator[str]:
    """Each option and its origin, the origins in one column where the values are short enough."""
    shown = [(f"{setting.key} = {_shortened(setting)}", f"[{setting.origin}]") for setting in settings]
    column = max((len(text) for text, _ in shown if len(text) <= ALIGNED), default=0)
    for text, origin in shown:
        whole = f"{INDENT}{text:<{column}}  {origin}"
        fits = len(whole) <= width and "\n" not in text
        yield whole if fits else _wrapped(f"{text}  {origin}", width)


def _wrapped(text: str, width: int) -> str:
    return textwrap.fill(text, width, initial_indent=INDENT, subsequent_indent=INDENT + "    ", break_on_hyphens=False)


def _shortened(setting: Setting) -> str:
    """The value; of a text as long as a system message may be, its beginning."""
    value = setting.value
    if setting.key != "system" or len(value) <= LONGEST:
        return value
    return f"{value[:LONGEST].rstrip()} … ({len(value)} characters, all of them with --json)"
