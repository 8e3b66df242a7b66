"""A comparison as a page: the verdict, every candidate, and the matrix of cases and answers."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

from onedoor.pages.answers import data, dialog, matrix
from onedoor.pages.figures import between, dollars, percent, seconds
from onedoor.pages.html import Child, Node, element, joined, trusted
from onedoor.pages.intervals import intervals
from onedoor.pages.marks import FEW, Share, hatching, shape
from onedoor.pages.page import Cell, Row, figure, section, table
from onedoor.pages.scatter import Point, scatter
from onedoor.quality.comparison import Comparison
from onedoor.quality.matrix import Column, Pair

HEAD = (
    ("Candidate", ""),
    ("Asked", "cases"),
    ("Failed", "calls without an answer"),
    ("Accepted", "answers accepted, of those with a verdict"),
    ("Accept rate", "with its Wilson 95 % interval"),
    ("Per case", "money of all attempts at a case"),
    ("Per accepted", "money over accepted answers"),
    ("p50", "seconds"),
    ("p90", ""),
    ("p99", ""),
    ("First token", "p50"),
    ("Tokens out", "of all answers"),
)
PAIRS = (
    ("Pair", ""),
    ("Wins", "cases the first did better"),
    ("Losses", ""),
    ("Ties", ""),
    ("p", "sign test"),
    ("p, Holm", "corrected for the number of pairs"),
    ("", ""),
)
SCRIPTS = ("page.js", "compare.js")
NOTE = (
    "Wins go by verdict, then by score. p is the two-sided sign test's, corrected by Holm's method for the number of "
    f"pairs. What rests on fewer than {FEW} verdicts is hatched."
)


def compare_page(found: Comparison, *, served: bool = False) -> Iterator[str]:
    """The whole document, piece by piece, so that no more than a case is held. `served` pages write verdicts."""
    title = f"onedoor compare {found.name}"
    yield f'<!DOCTYPE html>\n<html lang="en">{_head(title, served=served)}<body data-served="{int(served)}">'
    yield str(joined(hatching(), trusted("<main>")))
    yield from map(str, _top(title, found))
    yield from matrix(found)
    yield f"</main>{dialog(found, served=served)}"
    yield str(element("div", id="tip", role="tooltip", hidden=True))
    yield from data(found)
    yield str(joined(*(element("script", trusted(_read(name))) for name in SCRIPTS)))
    yield "</body></html>\n"


@cache
def policy(*, served: bool = False) -> str:
    """What the browser may do: apply the style, run these two scripts; a served page may also speak to its server."""
    hashes = " ".join(f"'sha256-{_hash(_read(name))}'" for name in SCRIPTS)
    connect = "connect-src 'self'; " if served else ""
    return (
        f"default-src 'none'; style-src 'unsafe-inline'; script-src {hashes}; {connect}img-src data:; "
        "base-uri 'none'; form-action 'none'"
    )


def _head(title: str, *, served: bool) -> Node:
    return element(
        "head",
        element("meta", charset="utf-8"),
        element("meta", http_equiv="Content-Security-Policy", content=policy(served=served)),
        element("meta", name="viewport", content="width=device-width, initial-scale=1"),
        element("meta", name="referrer", content="no-referrer"),
        element("meta", name="color-scheme", content="light dark"),
        element("title", title),
        element("style", trusted(_read("page.css")), trusted(_read("compare.css"))),
    )


def _top(title: str, found: Comparison) -> Iterator[Node]:
    when = datetime.fromtimestamp(found.head.begun, UTC).strftime("%Y-%m-%d %H:%M UTC")
    task = f"task {found.head.task} · " if found.head.task else ""
    left = found.ended.progress.total - found.ended.progress.done
    about = f"{task}{len(found.cases)} cases · {len(found.variants)} candidates · {when}"
    theme = element("button", "light / dark", id="theme", type="button")
    tools = element("div", theme, class_="tools", data_live=True, hidden=True)
    yield element("header", element("h1", title), tools)
    yield element("p", about, class_="soft")
    if left:
        yield element("p", f"{left} answers are still to come: the cap was reached.", class_="capped")
    yield element("ul", *(element("li", *_code(said)) for said in found.verdict), class_="plain advice")
    yield from _figures(found)


def _code(sentence: str) -> Iterator[Child]:
    """What stands between backticks, as code."""
    for place, part in enumerate(sentence.split("`")):
        yield element("code", part) if place % 2 else part


def _figures(found: Comparison) -> Iterator[Node]:
    columns = found.figures.columns
    shares = [_share(column, place) for place, column in enumerate(columns) if column.judged]
    points = [
        Point(_share(column, place), column.per_accepted / 1e9)
        for place, column in enumerate(columns)
        if column.per_accepted is not None
    ]
    if shares:
        plots = [figure("Accept rate", intervals(shares, title="Accept rate"))]
        if points:
            title = "Accept rate against the cost of an accepted answer"
            plots.append(figure("Accept rate against cost", scatter(points, title=title)))
        yield section("Quality and cost", element("div", *plots, class_="grid"))
    rows = [_line(column, place) for place, column in enumerate(columns)]
    yield section("Candidates", table("Candidates", HEAD, rows))
    if shares and found.figures.pairs:
        pairs = table("Pairs", PAIRS, [_pair(pair) for pair in found.figures.pairs])
        yield section("Pairs", pairs, element("p", NOTE, class_="soft"))


def _share(column: Column, place: int) -> Share:
    return Share(column.name, column.accepted, column.judged, column.low, column.high, place)


def _line(column: Column, place: int) -> Row:
    mean, cost, spread, first = column.mean_nano_usd, column.per_accepted, column.seconds, column.first_token
    rate = f"{percent(column.rate, 1)} ({between(column.low, column.high)})" if column.judged else "-"
    failed = column.asked - column.answered
    told = ", ".join(f"{count} {code}" for code, count in column.failures.items())
    cells = (
        Cell(str(column.asked), column.asked),
        Cell(element("span", str(failed), title=told or None), failed),
        Cell(f"{column.accepted}/{column.judged}" if column.judged else "-", column.accepted),
        Cell(rate, column.rate, 0 < column.judged < FEW),
        Cell(dollars(mean and mean / 1e9), mean),
        Cell(dollars(cost and cost / 1e9), cost),
        *(Cell(seconds(value), value) for value in ((spread.p50, spread.p90, spread.p99) if spread else (None,) * 3)),
        Cell(seconds(first.p50 if first else None), first.p50 if first else None),
        Cell(f"{column.output:,}", column.output),
    )
    return Row(joined(shape(place), column.name), cells, column.name)


def _pair(pair: Pair) -> Row:
    name = f"{pair.one} : {pair.other}"
    said = "told apart" if pair.told_apart else "can't be told apart"
    counts = (Cell(str(value), value) for value in (pair.wins, pair.losses, pair.ties))
    values = (Cell(f"{value:.4f}" if value >= 0.0001 else "<0.0001", value) for value in (pair.p, pair.p_holm))
    return Row(name, (*counts, *values, Cell(said, said)), name)


def _hash(text: str) -> str:
    return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


@cache
def _read(name: str) -> str:
    """A file beside this one."""
    return (Path(__file__).parent / name).read_text(encoding="utf-8")
