"""`onedoor limits`: slots, rates, paces and gates, as they stand now."""

from __future__ import annotations

import math
import time

import click

from onedoor.cli import kept, out
from onedoor.cli.options import common, examples
from onedoor.cli.table import table
from onedoor.cli.times import ahead
from onedoor.ledger.limits import GateLine, Limits, PaceLine, RateLine, SlotLine, limits
from onedoor.opening import configured

SLOTS = ("SLOTS OF", "IN USE", "LIMIT", "WAITING", "HELD FOR")
RATES = ("RATE OF", "LIMIT", "FREE NOW", "OF", "NEXT IN", "")
PACES = ("PACE OF", "ALLOWED", "AT MOST", "UNDER WAY", "PASSES")
GATES = ("PROVIDER", "THROTTLED", "KEY REFUSED", "REASON", "BEARS")


@click.command("limits", epilog=examples("onedoor limits", "onedoor limits --json | python3 -m json.tool"))
@common
def command(config: str | None, as_json: bool) -> None:
    """Show slots, rates, paces and gates as they stand now, over all processes.

    A slot without a limit is only counted. A pace is how many calls bulk work has under way at once. BEARS is how many
    calls at once a provider is known to bear after a 429.
    """
    settings, now = configured(config), time.time()
    found = kept.standing(settings, lambda rows: limits(settings, rows, now))
    if as_json:
        out.pretty_json(found)
    else:
        _print(found, now)


def _print(found: Limits, now: float) -> None:
    out.line("\n".join(table([_slots(line) for line in found.slots], head=SLOTS)))
    if found.rates:
        out.line("\n" + "\n".join(table([_rate(line) for line in found.rates], head=RATES)))
    if found.paces:
        out.line("\n" + "\n".join(table([_pace(line) for line in found.paces], head=PACES)))
    out.line("\n" + "\n".join(table([_gate(line, now) for line in found.gates], head=GATES)))


def _slots(line: SlotLine) -> tuple[object, ...]:
    held = f"{line.mean_seconds:.2f} s" if line.mean_seconds else "-"
    return (line.group, line.in_use, "none" if line.limit is None else line.limit, line.waiting, held)


def _rate(line: RateLine) -> tuple[object, ...]:
    limit = f"{line.limit} {line.unit} per {line.period:g} s"
    pause = "never" if math.isinf(line.next_in_seconds) else f"{line.next_in_seconds:.2f} s"
    return (line.level, limit, line.free, line.most, pause, line.algorithm)


def _pace(line: PaceLine) -> tuple[object, ...]:
    return (line.route, line.allowed, line.ceiling, line.under_way, line.passes)


def _gate(line: GateLine, now: float) -> tuple[object, ...]:
    bears = "every slot" if line.bearable is None else line.bearable
    return (
        line.provider,
        ahead(line.throttled_until, now),
        ahead(line.credential_until, now),
        line.reason or "-",
        bears,
    )
