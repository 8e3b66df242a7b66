"""`onedoor budget`: what every budget has spent, and what is left."""

from __future__ import annotations

import time

import click

from onedoor.cli import kept, out
from onedoor.cli.options import common, examples
from onedoor.cli.table import table
from onedoor.cli.times import ahead
from onedoor.ledger.budgets import BudgetLine, budgets
from onedoor.opening import configured

HEAD = ("LEVEL", "WINDOW", "SPENT", "RESERVED", "CAP", "LEFT", "RESETS", "")


@click.command("budget", epilog=examples("onedoor budget", "onedoor budget --json | python3 -m json.tool"))
@common
def command(config: str | None, as_json: bool) -> None:
    """Show every configured budget in the window that holds now.

    RESERVED is what attempts under way may come to at most; it isn't spent yet and can't be spent twice.
    """
    settings, now = configured(config), time.time()
    lines = kept.standing(settings, lambda rows: budgets(settings, rows, now))
    if as_json:
        out.pretty_json(lines)
    elif lines:
        out.line("\n".join(table([_cells(line, now) for line in lines], head=HEAD)))
    else:
        out.say("no budget is configured: give a provider, model, caller or run `budgets`")


def _cells(line: BudgetLine, now: float) -> tuple[str, ...]:
    amounts = (_amount(line, value) for value in (line.spent, line.reserved, line.cap, line.left))
    words = [name for name in ("strict", "guaranteed") if getattr(line, name)]
    return (line.level, line.window, *amounts, ahead(line.ends, now), ", ".join(words))


def _amount(line: BudgetLine, value: int) -> str:
    return f"${value / 1e9:.6f}" if line.metric == "usd" else f"{value} tokens"
