"""`onedoor report`: what calls came to, and how good the answers were."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from onedoor import __version__
from onedoor.cli import kept, out
from onedoor.cli import quality as quality_table
from onedoor.cli.comma_separated import Value, comma_separated
from onedoor.cli.options import common, examples
from onedoor.cli.table import table
from onedoor.cli.times import MOMENT
from onedoor.ledger.advice import per_task
from onedoor.ledger.ledger import Ledger
from onedoor.ledger.quality import Quality
from onedoor.ledger.rollup import KEYS, By, Rollup, Spread
from onedoor.load import find, load
from onedoor.pages.report import Report, report_page

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
    "onedoor report --since 24h                   per task, of the last day",
    "onedoor report --by model --since 7d         which model failed, which was slow, what it cost",
    "onedoor report --by day --json               for a chart",
    "onedoor report --quality                     whose answers were accepted, and at what cost",
    "onedoor report --quality --by prompt -t chat which wording of the prompt does better",
    "onedoor report --html report.html            a page to read and to send on",
)


@click.command("report", epilog=EPILOG)
@click.option("--by", default="task", show_default=True, type=click.Choice(list(KEYS)), help="One row for each.")
@click.option("-t", "--task", help="Only calls of this task.")
@click.option("--since", type=MOMENT, help="30m, 24h, 7d, or a date and time (UTC).")
@click.option("--until", type=MOMENT, help="The same; this moment no longer counts.")
@click.option("--quality", is_flag=True, help="How good the answers were, a row for each and model.")
@click.option("--csv", "as_csv", is_flag=True, help="Print comma-separated values.")
@click.option("--html", metavar="FILE", type=click.Path(dir_okay=False, path_type=Path), help="Write a page.")
@common
def command(
    by: By, quality: bool, as_csv: bool, html: Path | None, config: str | None, as_json: bool, **within: Any
) -> None:
    """Sum up calls: how many got an answer, how fast, at what cost, what failed; and how good the answers were.

    Percentiles are by nearest rank over answers a model gave for the call itself. Tokens and cost are those of every
    attempt, failed ones included; UNPRICED counts attempts without a known price.
    """
    _check(by, as_csv=as_csv, as_json=as_json, html=html)
    with kept.ledger(config) as ledger:
        if html is not None:
            _write(html, page_of(ledger, _first(config), within))
        elif quality:
            _quality(by, ledger.quality(by, **within), _first(config), as_json=as_json, as_csv=as_csv)
        else:
            _sums(by, ledger.report(by, **within), as_json=as_json, as_csv=as_csv)


def _check(by: By, *, as_csv: bool, as_json: bool, html: Path | None) -> None:
    if as_csv + as_json + (html is not None) > 1:
        raise click.UsageError("give one of --csv, --json and --html")
    if html is not None and by != "task":
        raise click.UsageError("the page of --html is by task and by day; leave --by out")


def _first(config: str | None) -> Mapping[str, str]:
    """The model each task asks first, as far as it is configured."""
    source = config or find()
    return {name: task.models[0] for name, task in load(source).tasks.items()} if source else {}


def _sums(by: By, rows: Sequence[Rollup], *, as_json: bool, as_csv: bool) -> None:
    if as_json:
        out.pretty_json([_data(row) for row in rows])
    elif not rows:
        out.say("no call fits")
    elif as_csv:
        out.piece(comma_separated([_flat(row) for row in rows]))
    else:
        _print(by, rows)


def _quality(by: By, found: Quality, first: Mapping[str, str], *, as_json: bool, as_csv: bool) -> None:
    said = per_task(found.rows, first) if by == "task" else ()
    if as_json:
        out.pretty_json(quality_table.data(found, said))
    elif not found.rows:
        out.say("no call fits")
    elif as_csv:
        out.piece(comma_separated([quality_table.flat(row) for row in found.rows]))
    else:
        quality_table.show(by, found, said)


def page_of(ledger: Ledger, first: Mapping[str, str], within: Mapping[str, Any]) -> str:
    """Everything there is to show of a span of time, as one page."""
    tasks = ledger.quality("task", **within)
    return report_page(
        Report(
            tasks,
            ledger.quality("day", **within),
            per_task(tasks.rows, first),
            ledger.rejections(**within),
            _about(**within),
        )
    )


def _about(since: float | None, until: float | None, task: str | None) -> str:
    """What the page is of, in a line."""
    span = f"{'' if since is None else f' since {_day(since)}'}{'' if until is None else f' until {_day(until)}'}"
    return f"{f'task {task}' if task else 'all tasks'}{span}; made {_day(time.time())} UTC by onedoor {__version__}"


def _day(at: float) -> str:
    return f"{datetime.fromtimestamp(at, UTC):%Y-%m-%d %H:%M}"


def _write(file: Path, text: str) -> None:
    try:
        file.write_text(text, encoding="utf-8")
    except OSError as error:
        raise click.ClickException(f"{file} can't be written: {error.strerror}") from error
    out.say(f"wrote {file}")


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


def _flat(row: Rollup) -> dict[str, Value]:
    """A row's figures, one value each; failures and damaged answers are in the JSON."""
    nested = ("failures", "modes", "seconds", "first_token")
    plain = {name: value for name, value in _data(row).items() if name not in nested}
    times = {name: getattr(row.seconds, name) if row.seconds else None for name in ("p50", "p90", "p99")}
    return {**plain, **times, "first_token_p50": row.first_token.p50 if row.first_token else None}
