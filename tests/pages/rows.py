"""What a report is made of, hostile where that can be."""

from __future__ import annotations

from typing import Any

from onedoor.ledger.advice import per_task
from onedoor.ledger.quality import InnerRow, Quality, QualityRow
from onedoor.ledger.rollup import Spread
from onedoor.ledger.verdicts import Rejection
from onedoor.pages.report import Report
from onedoor.policy.ledger import VerdictRow

NOON = 1_795_176_000.0
HOSTILE = "</td></script><script>alert(1)</script><img src=x onerror=alert(2)>\"' onload=x &amp; \u202eevil\x00\ud800"


def row(key: str, model: str, accepted: int, judged: int, **changes: Any) -> QualityRow:
    """A model's answers for a task, twice as many as were judged."""
    given: dict[str, Any] = {
        "calls": judged * 2 + 1,
        "answered": judged * 2,
        "people": 0,
        "degraded": 0,
        "recovered": 1,
        "retries": 2,
        "seconds": Spread(0.8, 2.0, 4.5),
        "first_token": Spread(0.2, 0.3, 0.4),
        "nano_usd": judged * 1_000_000,
        "unpriced": 0,
    }
    return QualityRow(key=key, model=model, accepted=accepted, judged=judged, **{**given, **changes})


TASKS = (
    row("chat", "careful", 970, 1000, nano_usd=12_000_000_000),
    row("chat", "fast", 960, 1000),
    row("chat", "tiny", 11, 20, nano_usd=0),
    row("bulk", "fast", 700, 1000, nano_usd=900_000_000),
    row("bulk", "careful", 950, 1000, nano_usd=9_000_000_000),
    row(HOSTILE, HOSTILE, 30, 50, unpriced=3),
    row("quiet", "fast", 0, 0, answered=7, calls=9, seconds=None, first_token=None),
)
DAYS = tuple(
    row(f"2026-11-{day:02}", model, judged - day % 5, judged)
    for day in range(1, 21)
    for model, judged in (("fast", 10 + 3 * day), ("careful", 40))
    if day not in {7, 8}
)


def rejection(reason: str, **changes: str) -> Rejection:
    said = {"id": "v1", "call": "019aa1c2-4f00-7000-8000-000000000001", "model": "fast", "by": "judge", **changes}
    return Rejection("chat", VerdictRow(at=NOON, verdict="rejected", kind="judge", reason=reason, **said))


def report() -> Report:
    """A whole one."""
    inner = (InnerRow("chat", "judge", 400, 410, 320_000_000, 0), InnerRow(HOSTILE, "judge", 1, 1, 0, 1))
    days = Quality(DAYS, (InnerRow("2026-11-03", "judge", 4, 4, 90_000_000, 0),))
    advice = per_task(TASKS, {"chat": "careful", "bulk": "fast"})
    said = (rejection("the city is wrong"), rejection(HOSTILE, by=HOSTILE, model=HOSTILE), rejection(""))
    return Report(Quality(TASKS, inner), days, advice, said, "all tasks; made 2026-11-20 12:00 UTC")
