"""`onedoor report`: what calls came to, per task, model, caller, day or run."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

import click

from onedoor.cli import kept, out
from onedoor.cli.options import common, examples
from onedoor.cli.table import table
from onedoor.cli.times import MOMENT
from onedoor.ledger.rollup import KEYS, By, Rollup, Spread

HEAD = (
    "CALLS",
    "PASS",
    "DEGRADED",
    "CACHED",
    "RETRIES",
    "P50",
    "P90",
    "P99",
    "FIRST P50",
    "IN",
    "OUT",
    "COST",
    "UNPRICED",
)

EPILOG = examples(
    "onedoor report --since 24h                 per task, of the last day",
    "onedoor report --by model --since 7d       which model failed, which was slow, what it cost",
    "onedoor report --by day --json             for a chart",
)


@click.command("report", epilog=EPILOG)
@click.option("--by", default="task", show_default=True, type=click.Choice(list(KEYS)), help="One row for each.")
@click.option("--since", type=MOMENT, help="30m, 24h, 7d, or a date and time (UTC).")
@click.option("--until", type=MOMENT, help="The same; this moment no longer counts.")
@common
def command(by: By, since: float | None, until: float | None, config: str | None, as_json: bool) -> None:
    """Sum up calls: how many got an answer, how fast, at what cost, and what failed.

    Percentiles are by nearest rank over answers a model gave for the call itself. Tokens and cost are those of every
    attempt, failed ones included; UNPRICED counts attempts without a known price.
    """
    with kept.ledger(config) as ledger:
        rows = ledger.report(by, since=since, until=until)
    if as_json:
        out.pretty_json([_data(row) for row in rows])
    elif rows:
        _print(by, rows)
    else:
        out.say("no call fits")


def _print(by: By, rows: Sequence[Rollup]) -> None:
    out.line("\n".join(table([_cells(row) for row in rows], head=(by.upper(), *HEAD))))
    failed = [(row.key or "-", code, count, _share(count, row)) for row in rows for code, count in row.failures.items()]
    if failed:
        out.line("\n" + "\n".join(table(failed, head=(by.upper(), "FAILED WITH", "CALLS", "SHARE"))))
    answers = [(row.key or "-", what, count) for row in rows for what, count in _answers(row)]
    if answers:
        out.line("\n" + "\n".join(table(answers, head=(by.upper(), "DAMAGED ANSWERS", "COUNT"))))
    orphans = sum(row.orphans for row in rows)
    if orphans:
        out.say(f"{orphans} attempts were under way when their process died; they are charged at their upper bound")


def _answers(row: Rollup) -> list[tuple[str, int]]:
    """What recovery could read, and what had to be asked again."""
    recovered = [("recovered without asking again", row.recovered)] if row.recovered else []
    return [*recovered, *((f"not accepted: {mode}", count) for mode, count in row.modes.items())]


def _cells(row: Rollup) -> tuple[object, ...]:
    return (
        row.key or "-",
        row.calls,
        *(_percent(share) if row.calls else "-" for share in (row.pass_rate, row.degraded_share, row.cached_share)),
        row.retries,
        *_spread(row.seconds),
        _spread(row.first_token)[0],
        row.input,
        row.output,
        f"${row.nano_usd / 1e9:.6f}",
        row.unpriced,
    )


def _spread(spread: Spread | None) -> tuple[str, str, str]:
    if spread is None:
        return ("-", "-", "-")
    return (f"{spread.p50:.2f} s", f"{spread.p90:.2f} s", f"{spread.p99:.2f} s")


def _percent(share: float) -> str:
    return f"{share * 100:.1f}%"


def _share(count: int, row: Rollup) -> str:
    return _percent(count / row.calls)


def _data(row: Rollup) -> dict[str, Any]:
    return {
        **asdict(row),
        "pass_rate": row.pass_rate,
        "degraded_share": row.degraded_share,
        "cached_share": row.cached_share,
        "cost_usd": row.nano_usd / 1e9,
    }
