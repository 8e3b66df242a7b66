"""`onedoor explain`: the road of a task, every option with its value and origin."""

from __future__ import annotations

import click

from onedoor.asking import check, check_model, chosen_task
from onedoor.cli import out
from onedoor.cli.options import common
from onedoor.door import AsyncDoor
from onedoor.explain import Stop, explain
from onedoor.opening import configured


@click.command("explain")
@click.argument("task", required=False)
@click.option("-m", "--model", default="", help="Explain the road of one pinned model.")
@common
def command(task: str | None, model: str, config: str | None, as_json: bool) -> None:
    """Print the road of a TASK: its rails in order, their rules, their options and where each came from."""
    settings = configured(config)
    given = check({"task": task or "", "model": model})
    name = chosen_task(settings, given)
    check_model(settings, given)
    stops = explain(settings, name, AsyncDoor(settings).rails(name, model=model))
    if as_json:
        out.pretty_json({"task": name, "model": model or None, "source": settings.source, "road": stops})
        return
    out.line(f"{name or model} — {settings.source}", bold=True)
    for place, stop in enumerate(stops):
        _print(place, stop)


def _print(place: int, stop: Stop) -> None:
    out.line()
    out.line(f"{place or '·'} {stop.rail}", colour="cyan", bold=True)
    out.line(f"    {stop.rule}")
    width = max((len(f"{setting.key} = {setting.value}") for setting in stop.settings), default=0)
    for setting in stop.settings:
        text = f"{setting.key} = {setting.value}"
        out.line(f"      {text:<{min(width, 60)}}  [{setting.origin}]")
