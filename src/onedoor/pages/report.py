"""The report as a page: what was accepted, what it cost, how that changes, and what to do about it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import groupby

from onedoor.ledger.advice import Advice
from onedoor.ledger.quality import InnerRow, Quality, QualityRow
from onedoor.ledger.verdicts import Rejection
from onedoor.output.words import shortened
from onedoor.pages.figures import between, dollars, percent, seconds, short
from onedoor.pages.html import Node, element, joined
from onedoor.pages.intervals import intervals
from onedoor.pages.marks import FEW, Share, beginning, shape
from onedoor.pages.page import Cell, Row, figure, page, section, table, totals
from onedoor.pages.scatter import Point, scatter
from onedoor.pages.trend import Day, trend
from onedoor.policy.intervals import wilson

HEAD = (
    ("Task · model", ""),
    ("Calls", "calls in which the model was asked"),
    ("Answers", "calls in which it gave an answer"),
    ("Judged", "answers with a verdict"),
    ("Coverage", "the share of answers that was judged"),
    ("Accepted", "judged answers that were accepted"),
    ("Accept rate", "with its Wilson 95 % interval"),
    ("Per accepted", "money of all attempts over answers times accept rate; ≥: some attempts have no known price"),
    ("Spend", "money of all attempts"),
    ("p50", "seconds of the calls it answered"),
    ("p90", ""),
    ("p99", ""),
    ("First token", "p50"),
    ("Retries", "requests that repeated an earlier one"),
    ("Degraded", "answers that were not the first choice's"),
    ("Recovered", "damaged answers that were read all the same"),
)
SIDE = (("For · asked", ""), ("Calls", ""), ("Attempts", ""), ("Cost", ""))
SAID = (("Call", ""), ("When", "UTC"), ("Task", ""), ("Model", "whose answer"), ("By", ""), ("Reason", ""))
REASON = 1_000
"""Most characters of a reason."""
NOTE = (
    "An answer is judged where a verdict on it holds: a person's latest, else what judges and checks say together. "
    "Where a sample is judged, the rest is taken to be as good. Intervals are Wilson's, at 95 %. "
    f"What rests on fewer than {FEW} judged answers is hatched or hollow."
)

Held = tuple[list[QualityRow], list[InnerRow]]
"""What a day has: answers, and what was asked on the side."""


@dataclass(frozen=True, slots=True)
class Report:
    """What the page shows. `tasks` is the quality by task, `days` by day."""

    tasks: Quality
    days: Quality
    advice: Sequence[Advice] = ()
    rejections: Sequence[Rejection] = ()
    about: str = ""


def report_page(report: Report) -> str:
    """The whole document."""
    rows, colours = report.tasks.rows, _colours(report.tasks.rows)
    judged = [row for row in rows if row.judged]
    return page(
        "onedoor report",
        _totals(report.tasks),
        _advice(report.advice),
        section("Accept rate", _intervals(judged, colours), element("p", NOTE, class_="soft")),
        section("Cost and change", element("div", _scatter(judged, colours), *_trends(report.days), class_="grid")),
        section("Every figure", table("Quality per task and model", HEAD, [_line(row, colours) for row in rows])),
        _side(report.tasks.inner),
        _rejections(report.rejections),
        about=report.about,
    )


def _colours(rows: Sequence[QualityRow]) -> Mapping[str, int]:
    """The same colour and shape for a model wherever it is."""
    return {model: at for at, model in enumerate(dict.fromkeys(row.model for row in rows))}


def _totals(quality: Quality) -> Node:
    answered, judged, accepted, spent, judging = sums(quality)
    low, high = wilson(accepted, judged)
    rate = accepted / judged if judged else None
    return totals(
        (
            ("Answers", f"{answered:,}", ""),
            ("Judged", f"{judged:,}", f"({percent(judged / answered)})" if answered else ""),
            ("Accepted", percent(rate, 1), f"({between(low, high)})" if judged else ""),
            ("Spend", dollars(spent / 1e9), ""),
            ("Verification", dollars(judging / 1e9), f"(+{percent(judging / spent, 1)})" if spent and judging else ""),
        )
    )


def sums(quality: Quality) -> tuple[int, int, int, int, int]:
    """Answers, judged and accepted ones, nano-dollars for them, nano-dollars on the side."""
    rows, inner = quality.rows, quality.inner
    counts = (sum(row.answered for row in rows), sum(row.judged for row in rows), sum(row.accepted for row in rows))
    return (*counts, sum(row.nano_usd for row in rows), sum(row.nano_usd for row in inner))


def _advice(advice: Sequence[Advice]) -> Node | None:
    if not advice:
        return None
    marks = {"promote": "▲ promote?", "demote": "▼ demote?"}
    lines = (
        element("li", element("strong", marks[said.action]), f"{said.task}: {said.words}", class_=said.action)
        for said in advice
    )
    return section("What the intervals say", element("ul", *lines, class_="plain advice"))


def _intervals(rows: Sequence[QualityRow], colours: Mapping[str, int]) -> Node:
    """A group for each task, all on one scale."""
    if not rows:
        return element("p", "No answer has a verdict yet: `onedoor verdict last --accept` gives one.", class_="none")
    floor = beginning([_share(row, colours, row.model) for row in rows])
    groups = []
    for task, found in groupby(rows, key=lambda row: row.key):
        name, shares = task or "no task", [_share(row, colours, row.model) for row in found]
        groups += [element("h3", name), intervals(shares, title=name, floor=floor)]
    return joined(*groups)


def _share(row: QualityRow, colours: Mapping[str, int], label: str) -> Share:
    low, high = row.interval
    return Share(label or "-", row.accepted, row.judged, low, high, colours[row.model])


def _scatter(rows: Sequence[QualityRow], colours: Mapping[str, int]) -> Node:
    costs = ((row, row.nano_usd_per_accepted) for row in rows)
    points = [
        Point(_share(row, colours, _name(row)), cost / 1e9)
        for row, cost in costs
        if cost is not None and not row.unpriced
    ]
    return figure(
        "Accept rate against cost", scatter(points, title="Accept rate against the cost of an accepted answer")
    )


def _trends(quality: Quality) -> tuple[Node, ...]:
    days = _filled(quality)
    rates = [_rate(day, answers) for day, (answers, _) in days]
    counts = [Day(day, float(sum(row.answered for row in rows))) for day, (rows, _) in days]
    spend = [Day(day, _spend(held) / 1e9) for day, held in days]
    return (
        figure("Accept rate a day", trend(rates, title="Accept rate a day", shown=percent, most=1.0)),
        figure("Answers a day", trend(counts, title="Answers a day", shown=lambda value: f"{value:,.0f}")),
        figure("Spend a day", trend(spend, title="Spend a day, verification included", shown=short)),
    )


def _spend(held: Held) -> int:
    rows, inner = held
    return sum(row.nano_usd for row in rows) + sum(row.nano_usd for row in inner)


def _rate(day: str, rows: Sequence[QualityRow]) -> Day:
    judged, accepted = sum(row.judged for row in rows), sum(row.accepted for row in rows)
    low, high = wilson(accepted, judged)
    return Day(day, accepted / judged, low, high, judged < FEW) if judged else Day(day, None)


def _filled(quality: Quality) -> list[tuple[str, Held]]:
    """Every day from the first to the last, also those without a call."""
    held: defaultdict[str, Held] = defaultdict(lambda: ([], []))
    for row in quality.rows:
        held[row.key][0].append(row)
    for side in quality.inner:
        held[side.key][1].append(side)
    known = sorted(day for day in held if day)
    if not known:
        return []
    first, last = date.fromisoformat(known[0]), date.fromisoformat(known[-1])
    every = [(first + timedelta(days=at)).isoformat() for at in range((last - first).days + 1)]
    return [(day, held[day]) for day in every]


def _name(row: QualityRow) -> str:
    return f"{row.key or '-'} · {row.model or '-'}"


def _line(row: QualityRow, colours: Mapping[str, int]) -> Row:
    few = 0 < row.judged < FEW
    cost = row.nano_usd_per_accepted
    spread, first = row.seconds, row.first_token
    cells = (
        *(Cell(f"{count:,}", count) for count in (row.calls, row.answered, row.judged)),
        Cell(percent(row.coverage) if row.answered else "-", row.coverage),
        Cell(f"{row.accepted:,}", row.accepted),
        Cell(f"{percent(row.accept_rate, 1)} ({between(*row.interval)})" if row.judged else "-", row.accept_rate, few),
        Cell(f"{'≥ ' if row.unpriced and cost is not None else ''}{dollars(cost and cost / 1e9)}", cost, few),
        Cell(f"{'≥ ' if row.unpriced else ''}{dollars(row.nano_usd / 1e9)}", row.nano_usd),
        *(Cell(seconds(value), value) for value in ((spread.p50, spread.p90, spread.p99) if spread else (None,) * 3)),
        Cell(seconds(first.p50 if first else None), first.p50 if first else None),
        Cell(f"{row.retries:,}", row.retries),
        Cell(percent(row.degraded_share, 1), row.degraded_share),
        Cell(percent(row.recovery_share, 1), row.recovery_share),
    )
    return Row(joined(shape(colours[row.model]), _name(row)), cells, _name(row))


def _side(inner: Sequence[InnerRow]) -> Node | None:
    """What judges and critics cost, apart from the answers they are about."""
    if not inner:
        return None
    rows = [
        Row(
            f"{row.key or '-'} · {row.model}",
            (
                Cell(f"{row.calls:,}", row.calls),
                Cell(f"{row.attempts:,}", row.attempts),
                Cell(f"{'≥ ' if row.unpriced else ''}{dollars(row.nano_usd / 1e9)}", row.nano_usd),
            ),
            f"{row.key} · {row.model}",
        )
        for row in inner
    ]
    return section("What verification cost", table("Calls made for other calls", SIDE, rows))


def _rejections(rejections: Sequence[Rejection]) -> Node | None:
    if not rejections:
        return None
    return section("Latest rejections", table("Latest rejections", SAID, [_rejection(one) for one in rejections]))


def _rejection(rejection: Rejection) -> Row:
    said = rejection.said
    when = datetime.fromtimestamp(said.at, UTC).strftime("%Y-%m-%d %H:%M")
    by = f"{said.kind} {said.by}"
    words = (when, rejection.task or "-", said.model or "-", by)
    cells = (
        *(Cell(word, word) for word in words),
        Cell(shortened(said.reason, REASON) or "-", said.reason[:REASON], text=True),
    )
    return Row(element("span", said.call, class_="id"), cells, f"{rejection.task} · {said.model} {by} {said.reason}")
