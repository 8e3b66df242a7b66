"""The report as a page, read without a browser."""

from __future__ import annotations

import base64
import hashlib
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onedoor.ledger.quality import Quality
from onedoor.pages.figures import dollars, percent, seconds, short, ticks
from onedoor.pages.intervals import intervals
from onedoor.pages.marks import Share, beginning
from onedoor.pages.report import Report, report_page
from onedoor.pages.scatter import Point, scatter
from onedoor.pages.trend import Day, trend
from onedoor.policy.intervals import wilson

from .rows import TASKS, report, row
from .test_html import seen


@pytest.fixture(scope="module")
def page() -> str:
    return report_page(report())


def test_it_is_one_file(page: str) -> None:
    """One script, one style, no address of anything."""
    tags = seen(page).tags
    names = [name for name, _ in tags]
    assert names.count("script") == names.count("style") == 1
    assert not {"img", "iframe", "link", "object", "embed", "form", "base", "a"} & set(names)
    for _, attributes in tags:
        assert not [name for name in attributes if name.startswith("on") or name in {"href", "src", "action", "style"}]


def test_the_policy_allows_its_own_script_and_no_other(page: str) -> None:
    policy = re.search(r'Content-Security-Policy" content="([^"]+)"', page)
    script = re.search(r"<script>(.*?)</script>", page, re.S)
    assert policy
    assert script
    digest = base64.b64encode(hashlib.sha256(script[1].encode()).digest()).decode()
    rules = policy[1].replace("&#x27;", "'").split("; ")
    assert rules == [
        "default-src 'none'",
        "style-src 'unsafe-inline'",
        f"script-src 'sha256-{digest}'",
        "img-src data:",
        "base-uri 'none'",
        "form-action 'none'",
    ]


def test_it_says_everything(page: str) -> None:
    text = seen(page).text
    for words in (
        "`fast` is accepted as often as `careful`",
        "Accept rate a day",
        "cost per accepted answer",
        "What verification cost",
        "the city is wrong",
        "55.0 % (34–74 %)",  # noqa: RUF001
        "≥ $0.0500",
    ):
        assert words in text, words
    assert page.count("<h2>") == 6


def test_what_rests_on_few_answers_is_marked(page: str) -> None:
    (line,) = re.findall(r"<li[^>]*>(?:(?!</li>).)*tiny.*?</li>", page)
    assert "url(#few)" in line
    assert "fewer than 30" in page
    assert 'class="n few"' in page


def test_tables_are_tables(page: str) -> None:
    """Each row and column has a head, each table a name, each plot mark a text."""
    tags = seen(page).tags
    assert all("aria-label" in attributes for name, attributes in tags if name == "table")
    scopes = [attributes.get("scope") for name, attributes in tags if name == "th"]
    assert set(scopes) == {"row", "col"}
    assert all(attributes["aria-label"] for _, attributes in tags if attributes.get("role") == "img")


def test_an_empty_ledger_has_a_page() -> None:
    text = seen(report_page(Report(Quality((), ()), Quality((), ())))).text
    assert "No answer has a verdict yet" in text
    assert "What verification cost" not in text


def test_days_without_a_call_are_not_left_out() -> None:
    days = Quality((row("2026-11-01", "fast", 40, 40), row("2026-11-04", "fast", 40, 40)), ())
    page = report_page(Report(Quality(TASKS, ()), days))
    assert 'data-tip="2026-11-02: 0"' in page
    assert 'data-tip="2026-11-03: $0"' in page


SHARES = st.builds(
    lambda n, hits: Share("x", min(hits, n), n, *wilson(min(hits, n), n), hits),
    st.integers(0, 100),
    st.integers(0, 100),
)


@given(st.lists(st.builds(Point, SHARES, st.floats(0, 1e9)), max_size=20))
def test_whatever_is_plotted_lies_on_the_plot(points: list[Point]) -> None:
    drawn = str(scatter(points, title="t"))
    assert "nan" not in drawn
    assert "inf" not in drawn
    for x, y in re.findall(r"translate\(([-\d.e+]+) ([-\d.e+]+)\)", drawn):
        assert 46 <= float(x) <= 388.01
        assert 11.99 <= float(y) <= 236.01


@given(st.lists(st.builds(Day, st.just("2026-11-20"), st.none() | st.floats(0, 1e12)), max_size=40))
def test_days_lie_on_their_plot(days: list[Day]) -> None:
    drawn = str(trend(days, title="t", shown=lambda value: f"{value:g}"))
    for y in re.findall(r'cy="([-\d.e+]+)"', drawn):
        assert 11.99 <= float(y) <= 144.01


@given(st.lists(SHARES, max_size=5))
def test_a_scale_begins_below_every_share(shares: list[Share]) -> None:
    floor = beginning(shares)
    assert all(share.low >= floor for share in shares)
    assert str(intervals(shares, title="t")).count("<li ") == len(shares)


@given(st.floats(1e-9, 1e12))
def test_ticks_are_few_and_reach_far_enough(most: float) -> None:
    marks = ticks(most)
    assert marks[0] == 0
    assert marks[-1] >= most * (1 - 1e-9)
    assert 2 <= len(marks) <= 7


@pytest.mark.parametrize(
    ("shown", "words"),
    [
        (dollars(None), "-"),
        (dollars(0.0), "$0"),
        (dollars(12.5), "$12.50"),
        (dollars(1234.5), "$1,234.50"),
        (dollars(0.0005213), "$0.000521"),
        (dollars(1e-12), "$0.000000000"),
        (short(0.001), "$0.001"),
        (short(0.3), "$0.30"),
        (short(0.0), "$0"),
        (percent(None), "-"),
        (percent(0.9634, 1), "96.3 %"),
        (seconds(None), "-"),
        (seconds(1.234), "1.23 s"),
    ],
)
def test_figures(shown: str, words: str) -> None:
    assert shown == words
