"""A comparison as tables, as JSON and as comma-separated values."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

import msgspec

from onedoor.cli import out
from onedoor.cli.comma_separated import Value
from onedoor.cli.table import table
from onedoor.pages.figures import between, dollars, percent, seconds
from onedoor.quality.comparison import Comparison
from onedoor.quality.matrix import Column, Pair
from onedoor.quality.results import Result

HEAD = ("CANDIDATE", "ASKED", "FAILED", "ACCEPTED", "RATE", "95 %", "SCORE", "PER CASE", "PER ACCEPTED", "SPENT")
TIMES = ("P50", "P90", "P99", "FIRST P50", "IN", "OUT")
PAIRS = ("PAIR", "WINS", "LOSSES", "TIES", "P", "P (HOLM)", "")


def show(found: Comparison) -> None:
    """The candidates, the pairs, what failed, and the verdict."""
    figures = found.figures
    out.line("\n".join(table([_cells(column) for column in figures.columns], head=(*HEAD, *TIMES))))
    if len(figures.columns) > 1 and any(column.judged for column in figures.columns):
        out.line("\n" + "\n".join(table([_pair(pair) for pair in figures.pairs], head=PAIRS)))
    failures = list(_failures(figures.columns))
    if failures:
        out.line("\n" + "\n".join(table(failures, head=("CANDIDATE", "FAILED WITH", "CALLS"))))
    out.line()
    for sentence in found.verdict:
        out.line(sentence)
    judged = sum(column.judged_nano_usd for column in figures.columns)
    if judged:
        out.line(f"Judging cost {dollars(judged / 1e9)} more.")
    out.say(f"answers: {found.path}")


def data(found: Comparison) -> dict[str, Any]:
    """Everything but the answers, for programs; money in dollars as well."""
    progress = found.ended.progress
    return {
        "name": found.name,
        "results": str(found.path),
        "task": found.head.task,
        "cases": len(found.cases),
        "done": progress.done,
        "total": progress.total,
        "capped": found.ended.capped,
        "spent_usd": progress.spent / 1e9,
        "verdict": list(found.verdict),
        "candidates": [_column(column) for column in found.figures.columns],
        "pairs": [{**asdict(pair), "told_apart": pair.told_apart} for pair in found.figures.pairs],
    }


def flat(result: Result) -> dict[str, Value]:
    """One answer, one value for each column."""
    row: dict[str, Value] = {
        name: getattr(result, name) for name in Result.__struct_fields__ if name not in {"data", "asked", "wanted"}
    }
    row["data"] = "" if result.data is None else msgspec.json.encode(result.data).decode()
    return row


def _column(column: Column) -> dict[str, Any]:
    cost, mean = column.per_accepted, column.mean_nano_usd
    return {
        **asdict(column),
        "rate": column.rate,
        "low": column.low if column.judged else None,
        "high": column.high if column.judged else None,
        "cost_usd": column.nano_usd / 1e9,
        "cost_usd_per_case": None if mean is None else mean / 1e9,
        "cost_usd_per_accepted": None if cost is None else cost / 1e9,
    }


def _cells(column: Column) -> tuple[object, ...]:
    cost, mean = column.per_accepted, column.mean_nano_usd
    spread, first = column.seconds, column.first_token
    return (
        column.name,
        column.asked,
        column.asked - column.answered,
        f"{column.accepted}/{column.judged}" if column.judged else "-",
        percent(column.rate, 1),
        between(column.low, column.high) if column.judged else "-",
        "-" if column.score is None else f"{column.score:.2f}",
        dollars(mean and mean / 1e9),
        dollars(cost and cost / 1e9),
        f"{'≥ ' if column.unpriced else ''}{dollars(column.nano_usd / 1e9)}",
        *(seconds(value) for value in ((spread.p50, spread.p90, spread.p99) if spread else (None,) * 3)),
        seconds(first.p50 if first else None),
        column.input,
        column.output,
    )


def _pair(pair: Pair) -> tuple[object, ...]:
    told = "told apart" if pair.told_apart else "can't be told apart"
    return f"{pair.one} : {pair.other}", pair.wins, pair.losses, pair.ties, _p(pair.p), _p(pair.p_holm), told


def _p(value: float) -> str:
    return f"{value:.4f}" if value >= 0.0001 else "<0.0001"


def _failures(columns: tuple[Column, ...]) -> Iterator[tuple[object, ...]]:
    for column in columns:
        yield from ((column.name, code, count) for code, count in column.failures.items())
