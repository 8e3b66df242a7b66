"""How good the answers were."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from onedoor.ledger import quality as module
from onedoor.ledger.held import held
from onedoor.ledger.ledger import Ledger
from onedoor.ledger.quality import Quality, QualityRow, quality
from onedoor.ledger.rollup import By, Spread
from onedoor.policy.ledger import VerdictRow

from . import book
from .book import NOON, attempt, call, failed, write

DAY = 86400.0


def said(id: str, call: str, verdict: str, **changes: Any) -> VerdictRow:  # noqa: A002
    """An opinion of the judge on an answer of the model fast."""
    return book.verdict(id, call, **{"at": NOON + 2, "verdict": verdict, "by": "judge", **changes})


ROWS: tuple[msgspec.Struct, ...] = (
    call("1", seconds=1.0, first_token=0.1, user="ann", template="greet@1"),
    call("2", seconds=3.0, template="greet@2", edits=["fence"]),
    call("3", model="careful", seconds=9.0, outcome="degraded"),
    call("4", cached=True, outcome="cached", origin="1", seconds=0.01),
    failed("5", "timeout"),
    call("6", task="bulk", at=NOON - DAY, caller="etl", run="nightly"),
    call("j1", at=NOON + 1, task="", model="judge", parent="1"),
    attempt("p1", "1", nano_usd=100),
    attempt("p2", "2", nano_usd=100),
    attempt("p2b", "2", number=2, nano_usd=200),
    attempt("p3", "3", nano_usd=100),
    attempt("p3b", "3", number=2, model="careful", nano_usd=5_000),
    attempt("p5", "5", outcome="failed", nano_usd=None, price_source=""),
    attempt("p6", "6", task="bulk", at=NOON - DAY, nano_usd=50, caller="etl", run="nightly"),
    attempt("p9", "9", outcome="orphan", nano_usd=700),
    attempt("p9/late", "9", outcome="late", nano_usd=-600),
    attempt("pj", "j1", at=NOON + 1, task="", model="judge", nano_usd=30),
    said("v1", "1", "accepted"),
    said("v2", "2", "rejected"),
    said("v2p", "2", "accepted", kind="person", by="ann"),
    said("v3", "3", "rejected"),
    said("v3b", "3", "unknown", model="careful"),
    said("vj", "j1", "accepted", model="judge"),
)


def of(found: Quality) -> dict[tuple[str, str], QualityRow]:
    return {(row.key, row.model): row for row in found.rows}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return write(tmp_path / "state.db", ROWS)


def test_a_task_s_models_are_summed_up(path: Path) -> None:
    with Ledger(path) as ledger:
        rows = of(ledger.quality())
    assert list(rows) == [("chat", "fast"), ("chat", "careful"), ("bulk", "fast")]
    fast = rows["chat", "fast"]
    assert (fast.calls, fast.answered, fast.judged, fast.accepted, fast.people) == (5, 3, 3, 2, 1)
    assert (fast.coverage, fast.accept_rate, fast.retries, fast.recovered) == (1.0, 2 / 3, 1, 1)
    assert (fast.seconds, fast.first_token) == (Spread(1.0, 3.0, 3.0), Spread(0.1, 0.1, 0.1))
    careful = rows["chat", "careful"]
    assert (careful.calls, careful.answered, careful.judged, careful.accept_rate) == (1, 1, 0, None)
    assert (careful.degraded_share, careful.interval, careful.nano_usd_per_accepted) == (1.0, (0.0, 1.0), None)


def test_a_rejected_answer_counts_against_its_model_though_another_one_answered(path: Path) -> None:
    with Ledger(path) as ledger:
        before = of(ledger.quality(since=NOON))["chat", "fast"]
    write(path, [said("v3p", "3", "accepted", kind="person", by="ann")])
    with Ledger(path) as ledger:
        after = of(ledger.quality(since=NOON))["chat", "fast"]
    assert (before.accepted, after.accepted, before.judged, after.judged) == (2, 3, 3, 3)


def test_money_is_that_of_every_attempt_at_the_model(path: Path) -> None:
    """An orphan at its upper bound, corrected by what came late; what has no known price is counted apart."""
    with Ledger(path) as ledger:
        rows = of(ledger.quality())
    fast = rows["chat", "fast"]
    assert (fast.nano_usd, fast.unpriced) == (100 + 100 + 200 + 100 + 700 - 600, 1)
    assert fast.nano_usd_per_accepted == pytest.approx(600 / 2)
    assert rows["chat", "careful"].nano_usd == 5_000


def test_where_a_sample_is_judged_the_rest_is_taken_to_be_as_good(tmp_path: Path) -> None:
    """1000 dollars bought 100 answers; of 10 that were judged 8 were accepted, so an accepted one cost 12.50."""
    calls = [call(f"c{at}") for at in range(100)]
    attempts = [attempt(f"p{at}", f"c{at}", nano_usd=10) for at in range(100)]
    verdicts = [said(f"v{at}", f"c{at}", "accepted" if at < 8 else "rejected") for at in range(10)]
    (row,) = quality(held([*calls, *attempts, *verdicts])).rows
    assert (row.coverage, row.accept_rate, row.nano_usd_per_accepted) == (0.1, 0.8, pytest.approx(12.5))
    low, high = row.nano_usd_per_accepted_interval
    assert low < 12.5 < (high or 0)


def test_calls_made_for_other_calls_are_shown_apart(path: Path) -> None:
    with Ledger(path) as ledger:
        found = ledger.quality()
    (judge,) = found.inner
    assert (judge.key, judge.model, judge.calls, judge.nano_usd) == ("chat", "judge", 1, 30)
    assert all(row.model != "judge" for row in found.rows)


def test_a_cached_answer_counts_where_it_was_judged(tmp_path: Path) -> None:
    rows = [call("1"), call("2", cached=True, outcome="cached"), call("3", cached=True, outcome="cached")]
    verdicts = [said("v1", "2", "rejected", kind="person", by="ann"), said("v2", "3", "unknown")]
    (row,) = quality(held([*rows, *verdicts])).rows
    assert (row.answered, row.judged, row.accepted) == (2, 1, 0)


KEYS: list[tuple[By, set[tuple[str, str]]]] = [
    ("model", {("fast", "fast"), ("careful", "careful")}),
    ("caller", {("", "fast"), ("", "careful"), ("etl", "fast")}),
    ("user", {("", "fast"), ("", "careful"), ("ann", "fast")}),
    ("day", {("2026-11-20", "fast"), ("2026-11-20", "careful"), ("2026-11-19", "fast")}),
    ("run", {("", "fast"), ("", "careful"), ("nightly", "fast")}),
    ("prompt", {("", "fast"), ("", "careful"), ("greet@1", "fast"), ("greet@2", "fast")}),
]


@pytest.mark.parametrize(("by", "pairs"), KEYS)
def test_quality_by(path: Path, by: By, pairs: set[tuple[str, str]]) -> None:
    with Ledger(path) as ledger:
        found = ledger.quality(by)
    assert set(of(found)) == pairs
    assert sum(row.nano_usd for row in found.rows) == 100 + 100 + 200 + 100 + 5_000 + 50 + 700 - 600
    assert [row.nano_usd for row in found.inner] == [30]


def test_only_one_task_and_one_span(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "PAGE", 2)
    with Ledger(path) as ledger:
        assert {row.key for row in ledger.quality(task="bulk").rows} == {"bulk"}
        assert ledger.quality(task="bulk").inner == ()
        assert {row.key for row in ledger.quality(until=NOON).rows} == {"bulk"}
        assert of(ledger.quality(since=NOON))["chat", "fast"].judged == 3


VERDICTS = st.sampled_from(("accepted", "rejected", "unknown"))
CALLS = st.lists(
    st.tuples(
        st.sampled_from("ab"),
        st.sampled_from("mn"),
        st.booleans(),
        st.lists(st.tuples(st.sampled_from("mn"), VERDICTS), max_size=3),
    ),
    max_size=12,
)


@given(CALLS, st.integers(1, 5))
def test_counts_never_exceed_what_they_are_counted_of(
    calls: list[tuple[str, str, bool, list[tuple[str, str]]]], size: int
) -> None:
    rows: list[msgspec.Struct] = []
    for at, (task, model, cached, verdicts) in enumerate(calls):
        rows.append(call(f"c{at}", task=task, model=model, cached=cached, at=NOON + at))
        rows += [attempt(f"p{at}", f"c{at}", task=task, model=model, at=NOON + at)] * (not cached)
        rows += [said(f"v{at}.{n}", f"c{at}", verdict, model=about) for n, (about, verdict) in enumerate(verdicts)]
    query = held(rows)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(module, "PAGE", size)
        found = quality(query).rows
    assert found == quality(query).rows
    for row in found:
        assert 0 <= row.accepted <= row.judged <= row.answered <= row.calls
    known = sum(len({about for about, verdict in verdicts if verdict != "unknown"}) for *_, verdicts in calls)
    assert sum(row.judged for row in found) == known


def test_the_last_call_is_one_that_no_other_call_made(path: Path) -> None:
    with Ledger(path) as ledger:
        assert ledger.show("last").call.parent == ""  # type: ignore[union-attr]
