"""`onedoor db`."""

from __future__ import annotations

import sqlite3
import time
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from .book import attempt, body, call, verdict, write
from .processes import Cli, Terminal

DAY = 86400.0
OLD: list[Any] = [(call, "old"), (attempt, "p", "old"), (verdict, "v", "old")]


@pytest.fixture
def state(empty: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path, now = empty / "state.db", time.time()
    monkeypatch.setenv("ONEDOOR_STATE", str(path))
    old = [kind(*names, at=now - 100 * DAY) for kind, *names in OLD]
    bodies = (body("old", "a", "b", at=now - 40 * DAY), body("new", "c", "d", at=now))
    return write(path, (*old, call("new", at=now), *bodies))


def ids(cli: Cli) -> list[str]:
    return [row["id"] for row in cli("calls", "--json").data]


def test_path(cli: Cli, state: Path) -> None:
    assert cli("db", "path").out == f"{state}\n"


def test_check(cli: Cli, state: Path) -> None:
    ended = cli("db", "check")
    assert ended.code == 0
    assert "sound      yes" in ended.out
    assert "2 calls, 1 attempts, 2 bodies" in ended.out
    assert cli("db", "check", "--json").data["rows"]["calls"] == 2


def test_a_damaged_file_is_1(cli: Cli, state: Path) -> None:
    write(state, (call(f"more-{n}") for n in range(200)))
    with state.open("r+b") as raw:
        raw.seek(20_480)
        raw.write(b"\xff" * 20_480)
    ended = cli("db", "check")
    assert ended.code == 1
    assert "sound      no" in ended.out


def test_backup(cli: Cli, state: Path, empty: Path) -> None:
    assert cli("db", "backup", "copy.db").code == 0
    with closing(sqlite3.connect(empty / "copy.db")) as copy:
        assert copy.execute("SELECT count(*) FROM calls").fetchone() == (2,)
    ended = cli("db", "backup", "copy.db")
    assert ended.code == 2
    assert "already there" in ended.err


def test_prune_says_how_many_before_it_drops_any(cli: Cli, state: Path) -> None:
    ended = cli("db", "prune", "--older-than", "90d")
    assert ended.code == 2
    assert "would drop 1 calls, 1 attempts, 1 bodies, 0 events, 1 verdicts" in ended.err
    assert ids(cli) == ["new", "old"]


def test_prune(cli: Cli, state: Path) -> None:
    ended = cli("db", "prune", "--older-than", "90d", "--yes")
    assert (ended.code, ended.out) == (0, "")
    assert ended.err == "dropped 1 calls, 1 attempts, 1 bodies, 0 events, 1 verdicts\n"
    assert ids(cli) == ["new"]


def test_prune_asks_at_a_terminal(cli: Cli, terminal: Terminal, state: Path) -> None:
    kept = terminal("db", "prune", "--older-than", "90d", keys=[("[y/N]", b"n\n")])
    assert kept.code == 130
    assert ids(cli) == ["new", "old"]
    assert terminal("db", "prune", "--older-than", "90d", keys=[("[y/N]", b"y\n")]).code == 0
    assert ids(cli) == ["new"]


def test_what_is_not_said_is_configured(cli: Cli, state: Path, empty: Path) -> None:
    assert cli("db", "prune", "--yes", "--json").data == {"bodies": 1}
    (empty / "onedoor.toml").write_text("[state]\nkeep_days = 90\nkeep_bodies_days = 1000\n")
    gone = {"calls": 1, "attempts": 1, "bodies": 0, "events": 0, "verdicts": 1}
    assert cli("db", "prune", "--yes", "--json").data == gone


def test_vacuum(cli: Cli, state: Path) -> None:
    ended = cli("db", "vacuum")
    assert ended.code == 0
    assert "smaller" in ended.err
