"""`onedoor calls`: what was asked of whom, and what came of it."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice
from typing import Any

import click
import msgspec

from onedoor.cli import kept, out
from onedoor.cli.one_call import lines, money, outcome
from onedoor.cli.options import Family, common, examples
from onedoor.cli.table import table
from onedoor.cli.times import MOMENT, shown
from onedoor.ledger.ledger import Story
from onedoor.ledger.query import Filter
from onedoor.ledger.verdicts import holding
from onedoor.policy.ledger import CallRow

HEAD = ("WHEN", "ID", "TASK", "CALLER", "MODEL", "OUTCOME", "SECONDS", "IN", "OUT", "COST")
OUTCOMES = ("ok", "degraded", "cached", "failed", "cancelled")
SCREEN = 1_000

EPILOG = examples(
    "onedoor calls                                    the latest 20",
    "onedoor calls --since 24h --outcome failed       what failed today",
    "onedoor calls --all --json > calls.jsonl         every one, one object a line",
    "onedoor calls show last                          the latest, rail by rail",
)


class Listed(Family):
    """A family that lists something when none of its commands is named."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        return click.Group.parse_args(self, ctx, args)


@click.group("calls", cls=Listed, invoke_without_command=True, no_args_is_help=False, epilog=EPILOG)
@click.option("-n", "count", default=20, show_default=True, type=click.IntRange(1), help="How many.")
@click.option("--all", "everything", is_flag=True, help="Every one; with --json one object a line.")
@click.option("--since", type=MOMENT, help="30m, 24h, 7d, or a date and time (UTC).")
@click.option("--until", type=MOMENT, help="The same; this moment no longer counts.")
@click.option("-t", "--task", help="Of this task.")
@click.option("--caller", help="By this caller.")
@click.option("--user", help="For this user.")
@click.option("-m", "--model", help="Answered by this model, by your name or the provider's.")
@click.option("--run", help="Of this run.")
@click.option("--outcome", type=click.Choice(OUTCOMES), help="Ended so.")
@click.option("--error", metavar="CODE", help="Failed with this code.")
@click.option("--min-cost", type=click.FloatRange(0), metavar="USD", help="Cost at least so much.")
@click.option("-q", "--text", help="With this text in what was asked or answered, where bodies are kept.")
@common
@click.pass_context
def command(
    ctx: click.Context,
    /,
    count: int,
    everything: bool,
    min_cost: float | None,
    config: str | None,
    as_json: bool,
    **given: Any,
) -> None:
    """List calls, newest first, or show one."""
    if ctx.invoked_subcommand is not None:
        return
    wanted = Filter(min_nano_usd=None if min_cost is None else round(min_cost * 1e9), **given)
    with kept.ledger(config) as ledger:
        found = ledger.calls(wanted, limit=None if everything else count)
        if as_json:
            _print_json(found, streamed=everything)
        else:
            _print(found)


@command.command("show", epilog=examples("onedoor calls show last", "onedoor calls show 019aa1c2-4f --json"))
@click.argument("call", metavar="ID|last")
@common
def show(call: str, config: str | None, as_json: bool) -> None:
    """Show one call: its rails, its attempts, its cost, what was said of it, and its words where they are kept.

    ID may be the beginning of one; `last` is the latest call.
    """
    with kept.ledger(config) as ledger:
        story = ledger.show(call)
    if as_json:
        out.pretty_json(_whole(story))
    else:
        out.line("\n".join(lines(story)))


def _print(calls: Iterable[CallRow]) -> None:
    """A table for every screenful, so that any number can be listed."""
    found, first = iter(calls), True
    while rows := [_cells(row) for row in islice(found, SCREEN)]:
        out.line("\n".join(table(rows, head=HEAD if first else ())))
        first = False
    if first:
        out.say("no call fits")


def _print_json(calls: Iterable[CallRow], *, streamed: bool) -> None:
    if not streamed:
        out.pretty_json([_data(row) for row in calls])
        return
    for row in calls:
        out.json(_data(row))


def _cells(row: CallRow) -> tuple[object, ...]:
    return (
        shown(row.at),
        row.id,
        row.task or "-",
        row.caller or "-",
        row.model or "-",
        outcome(row),
        f"{row.seconds:.2f} s",
        row.input,
        row.output,
        money(row.nano_usd),
    )


def _data(row: CallRow) -> dict[str, Any]:
    return {**msgspec.structs.asdict(row), "cost_usd": None if row.nano_usd is None else row.nano_usd / 1e9}


def _whole(story: Story) -> dict[str, Any]:
    body = story.body
    return {
        "id": story.id,
        "call": _data(story.call) if story.call else None,
        "attempts": story.attempts,
        "verdicts": story.verdicts,
        "holds": holding(story.verdicts),
        "request": msgspec.Raw(body.request.encode()) if body else None,
        "reply": msgspec.Raw(body.reply.encode()) if body and body.reply else None,
    }
