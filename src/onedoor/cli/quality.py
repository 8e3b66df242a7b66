"""How good the answers were, as a table, as JSON and as comma-separated values."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from typing import Any

from onedoor.cli import out
from onedoor.cli.comma_separated import Value
from onedoor.cli.table import table
from onedoor.ledger.advice import Advice
from onedoor.ledger.quality import InnerRow, Quality, QualityRow
from onedoor.ledger.rollup import By, Spread
from onedoor.pages.figures import between, dollars, percent, seconds

HEAD = (
    "MODEL",
    "CALLS",
    "ANSWERS",
    "JUDGED",
    "COVERAGE",
    "ACCEPTED",
    "RATE",
    "95 %",
    "PER ACCEPTED",
    "COST",
    "P50",
    "P90",
    "P99",
    "FIRST P50",
    "RETRIES",
    "DEGRADED",
    "RECOVERED",
)


def show(by: By, quality: Quality, advice: Sequence[Advice]) -> None:
    """The table, what it suggests, and what the verdicts themselves cost."""
    keyed = by != "model"
    head = (by.upper(), *HEAD) if keyed else HEAD
    cells = [((row.key or "-",) if keyed else ()) + _cells(row) for row in quality.rows]
    out.line("\n".join(table(cells, head=head)))
    if advice:
        out.line("\n" + "\n".join(map(str, advice)))
    if quality.inner:
        out.line("\n" + "\n".join(table(list(map(_side, quality.inner)), head=("FOR", "ASKED", "CALLS", "COST"))))


def data(quality: Quality, advice: Sequence[Advice]) -> dict[str, Any]:
    """Everything, for programs; money in dollars as well."""
    return {
        "quality": [flat(row) for row in quality.rows],
        "inner": [{**asdict(row), "cost_usd": row.nano_usd / 1e9} for row in quality.inner],
        "advice": [asdict(said) for said in advice],
    }


def flat(row: QualityRow) -> dict[str, Value]:
    """A row's figures, one value each."""
    cheapest, dearest = row.nano_usd_per_accepted_interval
    low, high = row.interval
    return {
        "key": row.key,
        "model": row.model,
        "calls": row.calls,
        "answered": row.answered,
        "judged": row.judged,
        "coverage": row.coverage,
        "accepted": row.accepted,
        "people": row.people,
        "accept_rate": row.accept_rate,
        "low": low if row.judged else None,
        "high": high if row.judged else None,
        "nano_usd": row.nano_usd,
        "unpriced": row.unpriced,
        "cost_usd": row.nano_usd / 1e9,
        "cost_usd_per_accepted": _usd(row.nano_usd_per_accepted),
        "cost_usd_per_accepted_low": _usd(cheapest if row.judged else None),
        "cost_usd_per_accepted_high": _usd(dearest if row.judged else None),
        **_times(row.seconds),
        "first_token_p50": row.first_token.p50 if row.first_token else None,
        "retries": row.retries,
        "degraded_share": row.degraded_share,
        "recovery_share": row.recovery_share,
    }


def _times(spread: Spread | None) -> Mapping[str, Value]:
    return {name: getattr(spread, name) if spread else None for name in ("p50", "p90", "p99")}


def _usd(nano_usd: float | None) -> float | None:
    return None if nano_usd is None else nano_usd / 1e9


def _cells(row: QualityRow) -> tuple[object, ...]:
    return tuple(_told(row))


def _told(row: QualityRow) -> Iterator[object]:
    yield from (row.model or "-", row.calls, row.answered, row.judged)
    yield percent(row.coverage) if row.answered else "-"
    yield row.accepted
    yield percent(row.accept_rate, 1)
    yield between(*row.interval) if row.judged else "-"
    cost = _usd(row.nano_usd_per_accepted)
    yield f"{'≥' if row.unpriced and cost is not None else ''}{dollars(cost)}"
    yield f"{'≥' if row.unpriced else ''}{dollars(row.nano_usd / 1e9)}"
    yield from (
        (seconds(row.seconds.p50), seconds(row.seconds.p90), seconds(row.seconds.p99)) if row.seconds else "---"
    )
    yield seconds(row.first_token.p50 if row.first_token else None)
    yield row.retries
    yield from (percent(row.degraded_share, 1), percent(row.recovery_share, 1))


def _side(row: InnerRow) -> tuple[object, ...]:
    cost = f"{'≥' if row.unpriced else ''}{dollars(row.nano_usd / 1e9)}"
    return (row.key or "-", row.model or "-", row.calls, cost)
