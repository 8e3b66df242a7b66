"""What calls came to."""

from __future__ import annotations

from math import ceil
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onedoor.ledger import rollup
from onedoor.ledger.ledger import Ledger
from onedoor.ledger.rollup import Spread, spread

from .book import NOON, attempt, call, failed, write

DAY = 86400.0
ROWS = (
    call("1", seconds=1.0, first_token=0.1, retries=1, attempts=2),
    call("2", seconds=3.0, first_token=None),
    call("3", seconds=9.0, outcome="degraded", model="careful"),
    call("4", seconds=0.01, outcome="cached", cached=True, nano_usd=0),
    failed("5", "timeout", seconds=60.0),
    failed("6", "timeout"),
    failed("7", "circuit_open", task="bulk", caller="etl", run="nightly", at=NOON - DAY),
    attempt("p1", "1", outcome="failed", nano_usd=0, input=0, output=0),
    attempt("p2", "1", number=2, nano_usd=700),
    attempt("p3", "2", nano_usd=None, price_source=""),
    attempt("p4", "3", model="careful", nano_usd=900, input=7, output=3),
    attempt("p5", "8", outcome="orphan", nano_usd=5_000, input=50, output=40, price_source="reserved"),
    attempt("p5/late", "8", outcome="late", nano_usd=-4_000, input=-20, output=-30),
)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return write(tmp_path / "state.db", ROWS)


def test_a_task_is_summed_up(path: Path) -> None:
    with Ledger(path) as ledger:
        chat, bulk = ledger.report("task")
    assert (chat.key, chat.calls, chat.answered, chat.degraded, chat.cached, chat.retries) == ("chat", 6, 4, 1, 1, 1)
    assert (chat.pass_rate, chat.degraded_share, chat.cached_share) == (4 / 6, 1 / 6, 1 / 6)
    assert chat.failures == {"timeout": 2}
    assert chat.seconds == Spread(3.0, 9.0, 9.0)
    assert chat.first_token == Spread(0.1, 0.1, 0.1)
    assert (bulk.key, bulk.calls, bulk.pass_rate, bulk.failures) == ("bulk", 1, 0.0, {"circuit_open": 1})
    assert bulk.seconds is None


def test_money_and_tokens_are_those_of_every_attempt(path: Path) -> None:
    """An orphan counts at its upper bound until a late result corrects it; what has no known price is counted apart."""
    with Ledger(path) as ledger:
        chat = ledger.report("task")[0]
    assert (chat.attempts, chat.orphans, chat.unpriced) == (5, 1, 1)
    assert chat.nano_usd == 700 + 900 + 5_000 - 4_000
    assert (chat.input, chat.output) == (100 + 100 + 7 + 30, 10 + 10 + 3 + 10)


def test_users_and_prompts_are_those_of_the_attempts_calls(tmp_path: Path) -> None:
    """An attempt knows neither; what was spent is found by its call."""
    rows = [call("a", user="ann", template="greet@1"), attempt("p", "a", nano_usd=70), attempt("q", "gone", nano_usd=5)]
    with Ledger(write(tmp_path / "state.db", rows)) as ledger:
        assert {row.key: row.nano_usd for row in ledger.report("user")} == {"ann": 70, "": 5}
        assert {row.key: row.nano_usd for row in ledger.report("prompt")} == {"greet@1": 70, "": 5}


def test_of_one_task_alone(path: Path) -> None:
    with Ledger(path) as ledger:
        assert [(row.key, row.calls, row.attempts) for row in ledger.report("task", task="chat")] == [("chat", 6, 5)]
        assert {row.key: row.calls for row in ledger.report("caller", task="bulk")} == {"etl": 1}


KEYS: dict[rollup.By, dict[str, int]] = {
    "model": {"fast": 3, "": 3, "careful": 1},
    "caller": {"": 6, "etl": 1},
    "run": {"": 6, "nightly": 1},
    "day": {"2026-11-19": 1, "2026-11-20": 6},
}


@pytest.mark.parametrize(("by", "calls"), KEYS.items())
def test_calls_are_summed_up_by(path: Path, by: rollup.By, calls: dict[str, int]) -> None:
    with Ledger(path) as ledger:
        assert {row.key: row.calls for row in ledger.report(by)} == calls


def test_only_what_falls_between_two_moments_counts(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rollup, "PAGE", 2)
    with Ledger(path) as ledger:
        assert [row.key for row in ledger.report("day", since=NOON)] == ["2026-11-20"]
        assert [row.calls for row in ledger.report("day", until=NOON)] == [1]


@given(st.lists(st.floats(0, 1e6), min_size=1, max_size=300))
def test_percentiles_are_by_nearest_rank(values: list[float]) -> None:
    ranked = sorted(values)
    expected = [ranked[ceil(share * len(ranked) / 100) - 1] for share in (50, 90, 99)]
    assert spread(values) == Spread(*expected)


def test_nothing_has_no_percentiles() -> None:
    assert spread(()) is None


def test_damaged_answers_are_counted_by_what_was_wrong(tmp_path: Path) -> None:
    file = tmp_path / "state.db"
    rows = [call("a", edits=["fence"]), call("b", modes=["schema", "schema", "truncation"]), call("c")]
    write(file, rows)
    (row,) = Ledger(file).report("task")
    assert (row.recovered, dict(row.modes)) == (1, {"schema": 2, "truncation": 1})
