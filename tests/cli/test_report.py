"""`onedoor report`."""

from __future__ import annotations

from pathlib import Path

import pytest

from .book import NOON, attempt, call, failed, write
from .processes import Cli


@pytest.fixture
def state(empty: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = empty / "state.db"
    monkeypatch.setenv("ONEDOOR_STATE", str(path))
    rows = (call("1"), call("2", seconds=2.0), failed("3", "timeout"), call("4", task="bulk", at=NOON - 86400))
    return write(path, (*rows, attempt("p1", "1"), attempt("p2", "9", outcome="orphan")))


def test_a_table_and_what_failed(cli: Cli, state: Path) -> None:
    ended = cli("report")
    head, chat, bulk, _, _, failure = ended.out.splitlines()
    assert head.split()[:3] == ["TASK", "CALLS", "PASS"]
    assert chat.split()[:7] == ["chat", "3", "66.7%", "0.0%", "0.0%", "0", "1.00"]
    assert bulk.split()[:3] == ["bulk", "1", "100.0%"]
    assert failure.split() == ["chat", "timeout", "1", "33.3%"]
    assert "1 attempts were under way when their process died" in ended.err


@pytest.mark.parametrize(
    ("by", "keys"),
    [("model", ["fast", ""]), ("day", ["2026-11-19", "2026-11-20"]), ("caller", [""]), ("run", [""])],
)
def test_by(by: str, keys: list[str], cli: Cli, state: Path) -> None:
    assert [row["key"] for row in cli("report", "--by", by, "--json").data] == keys


def test_as_json(cli: Cli, state: Path) -> None:
    row = cli("report", "--since", "2026-11-20", "--json").data[0]
    assert (row["calls"], row["answered"], row["failures"]) == (3, 2, {"timeout": 1})
    assert row["seconds"] == {"p50": 1.0, "p90": 2.0, "p99": 2.0}
    assert (row["cost_usd"], row["attempts"], row["orphans"], row["unpriced"]) == (0.000002, 2, 1, 0)


def test_nothing_that_fits_is_no_error(cli: Cli, state: Path) -> None:
    ended = cli("report", "--since", "2030-01-01")
    assert (ended.code, ended.out, ended.err) == (0, "", "no call fits\n")
