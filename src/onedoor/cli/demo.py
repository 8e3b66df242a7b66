"""`onedoor demo`: a small batch through a few candidates, one of them failing, and what the rails did about it."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Mapping, Sequence
from typing import Any

import click

from onedoor.cli import out
from onedoor.cli.batch import LAST, Row, ask_all, configuration, row
from onedoor.cli.options import as_json as json_option
from onedoor.cli.options import debug, examples
from onedoor.cli.story import waterfall
from onedoor.cli.table import table
from onedoor.discover import look
from onedoor.door import AsyncDoor
from onedoor.load import load
from onedoor.sim.world import Case, tickets
from onedoor.standard import Parts
from onedoor.types import Reply

NEXT = ("onedoor init", "onedoor explain chat", "onedoor ask -t chat 'say hello'")


@click.command("demo", epilog=examples("onedoor demo", "onedoor demo --sim --cases 100 --json"))
@click.option("--cases", default=24, show_default=True, type=click.IntRange(1, 500), help="How many to ask each.")
@click.option("--sim", is_flag=True, help="Simulated models only, even where real ones are found.")
@json_option
@debug
def command(cases: int, sim: bool, as_json: bool) -> None:
    """See a small batch pass the rails.

    Support tickets with known labels go to three candidates in turn, one of them failing. Real models are used where a
    local server is found, simulated ones otherwise; no provider that costs money is asked.
    """
    found = () if sim else tuple(place for place in look() if not place.spot.variable)
    rows, reply = asyncio.run(_run(configuration(found), tickets(cases)))
    if as_json:
        out.pretty_json(rows)
        return
    _print(rows, reply, simulated=not found)


async def _run(config: Mapping[str, Any], cases: Sequence[Case]) -> tuple[list[Row], Reply | None]:
    """Every case through every candidate, and one degraded reply to look at."""
    async with AsyncDoor(load(config), parts=Parts()) as door:
        rows, shown = [], None
        for first in config["tasks"]:
            if sys.stderr.isatty():
                out.say(f"asking {first} {len(cases)} times", colour="bright_black")
            told = await ask_all(door, first, cases)
            rows.append(row(first, cases, told))
            shown = next((reply for reply in told if isinstance(reply, Reply) and reply.degraded), shown)
        return rows, shown


HEAD = ("ASKED FIRST", "ACCEPTED", "P50", "COST", "DEGRADED", "ANSWERED BY", "RAILS THAT FIRED (calls)")


def _print(rows: Sequence[Row], reply: Reply | None, *, simulated: bool) -> None:
    kind = "simulated models: no model was asked, costs are simulated" if simulated else "real local models"
    out.line(f"{rows[0].asked} support tickets to each candidate, `{LAST}` behind it ({kind})\n", bold=True)
    out.line("\n".join(table([_cells(row) for row in rows], head=HEAD)))
    if reply is not None and reply.trail is not None:
        out.line(f"\none degraded call, rail by rail ({reply.degraded[0]}):", bold=True)
        out.line("\n".join(waterfall(reply.trail)))
    out.line("\nnext:")
    for step in NEXT:
        out.line(f"  {step}")


def _cells(row: Row) -> tuple[str, ...]:
    return (
        row.candidate,
        f"{row.accepted}/{row.asked}",
        f"{row.p50_seconds:.2f} s",
        "unknown" if row.usd is None else f"${row.usd:.5f}",
        str(row.degraded),
        row.answered_by,
        row.rails,
    )
