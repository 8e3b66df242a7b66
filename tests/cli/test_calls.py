"""`onedoor calls`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from .book import NOON, attempt, body, call, failed, write
from .processes import Cli, shell

TRAIL = [
    {"rail": "record", "depth": 0, "at": 0.0, "seconds": 1.0, "outcome": "changed"},
    {"rail": "retry", "depth": 1, "at": 0.0, "seconds": 1.0, "outcome": "repeated", "remark": "waited 0.5 s"},
    {
        "rail": "attempt",
        "depth": 2,
        "at": 0.0,
        "seconds": 0.25,
        "outcome": "failed",
        "error": "timeout",
        "candidate": "fast",
    },
    {"rail": "attempt", "depth": 2, "at": 0.75, "seconds": 0.25, "outcome": "answered", "candidate": "fast"},
]
NOTE = {"error": "", "message": "", "candidate": "", "remark": ""}


@pytest.fixture
def state(empty: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = empty / "state.db"
    monkeypatch.setenv("ONEDOOR_STATE", str(path))
    told = call("aa-1", at=NOON - 60, caller="etl", attempts=2, trail=[{**NOTE, **note} for note in TRAIL])
    attempts = (
        attempt("p1", "aa-1", outcome="failed", error="timeout", nano_usd=None, price_source=""),
        attempt("p2", "aa-1", number=2, first_token=0.2, price_source="genai-prices@0.2.3"),
    )
    dead = attempt("p3", "cc-1", outcome="orphan", error="orphan", price_source="reserved", estimated=True)
    return write(path, (told, failed("bb-1", "timeout"), *attempts, dead, body("aa-1", "what?", "that.")))


def test_the_newest_comes_first(cli: Cli, state: Path) -> None:
    head, first, second = cli("calls").out.splitlines()
    assert head.split() == ["WHEN", "ID", "TASK", "CALLER", "MODEL", "OUTCOME", "SECONDS", "IN", "OUT", "COST"]
    assert "bb-1" in first
    assert "failed: timeout" in first
    assert "unknown" in first
    assert "aa-1" in second
    assert "$0.000001" in second


@pytest.mark.parametrize(
    ("arguments", "ids"),
    [
        (["-n", "1"], ["bb-1"]),
        (["--outcome", "failed"], ["bb-1"]),
        (["--caller", "etl"], ["aa-1"]),
        (["-q", "WHAT"], ["aa-1"]),
        (["--min-cost", "0.000001"], ["aa-1"]),
        (["--min-cost", "0.1"], []),
        (["--since", "2026-11-20T12:00"], ["bb-1"]),
        (["--until", "2026-11-20T12:00"], ["aa-1"]),
        (["-m", "fast-1"], ["aa-1"]),
    ],
)
def test_filters(arguments: list[str], ids: list[str], cli: Cli, state: Path) -> None:
    assert [row["id"] for row in cli("calls", "--json", *arguments).data] == ids


def test_all_as_json_is_one_object_a_line(cli: Cli, state: Path) -> None:
    lines = cli("calls", "--all", "--json").out.splitlines()
    assert [json.loads(line)["id"] for line in lines] == ["bb-1", "aa-1"]
    assert json.loads(lines[1])["cost_usd"] == 0.000001


def test_all_is_one_table(cli: Cli, state: Path) -> None:
    write(state, (call(f"many-{n}") for n in range(2_500)))
    ended = cli("calls", "--all")
    assert ended.out.count("WHEN") == 1
    assert ended.out.count("\n") == 2_503
    assert shell("onedoor calls --all | head -1").out.startswith("WHEN")


def test_show_draws_the_rails_in_time(cli: Cli, state: Path) -> None:
    out = cli("calls", "show", "last").out
    assert out.startswith("call bb-1")
    out = cli("calls", "show", "aa").out
    first, last = (line for line in out.splitlines() if "attempt fast" in line)
    assert "failed: timeout" in first
    assert "answered" in last
    assert first.index("█") + 24 == last.index("█")
    assert first.count("█") == last.count("█") == 8
    assert "repeated (waited 0.5 s)" in out


def test_show_has_attempts_prices_and_words(cli: Cli, state: Path) -> None:
    out = cli("calls", "show", "aa-1").out
    assert "genai-prices@0.2.3" in out
    assert "user:\nwhat?" in out
    assert "answer:\nthat." in out
    assert "cost      $0.000001 (configured)" in out


def test_show_as_json(cli: Cli, state: Path) -> None:
    data = cli("calls", "show", "aa-1", "--json").data
    assert data["call"]["caller"] == "etl"
    assert [row["permit"] for row in data["attempts"]] == ["p1", "p2"]
    assert data["request"]["messages"][0]["role"] == "user"
    assert data["request"]["context"] == []
    assert data["reply"]["text"] == "that."


def test_a_call_whose_process_died_is_shown_by_its_attempts(cli: Cli, state: Path) -> None:
    out = cli("calls", "show", "cc-1").out
    assert "its process died" in out
    assert "orphan" in out
    assert "reserved" in out


def test_an_unknown_call_is_2(cli: Cli, state: Path) -> None:
    ended = cli("calls", "show", "zz")
    assert (ended.code, ended.out) == (2, "")
    assert "there is no call 'zz'" in ended.err


def test_nothing_kept_yet_and_memory_are_said(cli: Cli, empty: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ONEDOOR_STATE", str(empty / "none.db"))
    ended = cli("calls")
    assert ended.code == 1
    assert "the first call makes it" in ended.err
    assert not (empty / "none.db").exists()
    monkeypatch.setenv("ONEDOOR_STATE", "memory")
    assert "kept in memory" in cli("calls").err


def test_nothing_that_fits_is_no_error(cli: Cli, state: Path) -> None:
    ended = cli("calls", "--task", "nope")
    assert (ended.code, ended.out, ended.err) == (0, "", "no call fits\n")


def test_a_wrong_time_is_2_and_says_how(cli: Cli, state: Path) -> None:
    ended = cli("calls", "--since", "yesterday")
    assert ended.code == 2
    assert "7d" in ended.err


def test_the_configurations_state_is_read(cli: Cli, state: Path, empty: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ONEDOOR_STATE")
    (empty / "onedoor.toml").write_text('[state]\npath = "state.db"\n')
    assert [row["id"] for row in cli("calls", "--json").data] == ["bb-1", "aa-1"]
