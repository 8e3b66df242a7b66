"""`onedoor export`."""

from __future__ import annotations

import json
import os
import signal
import time
from pathlib import Path

import pytest

from .book import attempt, call, write
from .processes import Cli, started


@pytest.fixture
def state(empty: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = empty / "state.db"
    monkeypatch.setenv("ONEDOOR_STATE", str(path))
    return write(path, (call("1"), call("2"), attempt("p1", "1")))


def test_what_is_new_is_appended(cli: Cli, state: Path, empty: Path) -> None:
    assert cli("export", "calls.jsonl").err == "2 new rows in calls.jsonl\n"
    write(state, [call("3")])
    assert cli("export", "calls.jsonl", "--json").data == {
        "file": "calls.jsonl",
        "table": "calls",
        "rows": 1,
        "last_seq": 3,
    }
    lines = (empty / "calls.jsonl").read_text().splitlines()
    assert [json.loads(line)["id"] for line in lines] == ["1", "2", "3"]


def test_attempts(cli: Cli, state: Path, empty: Path) -> None:
    cli("export", "attempts.jsonl", "--table", "attempts")
    assert json.loads((empty / "attempts.jsonl").read_text())["permit"] == "p1"
    assert cli("export", "attempts.jsonl").code == 2


def test_a_directory_that_is_not_there_is_said(cli: Cli, state: Path) -> None:
    ended = cli("export", "missing/calls.jsonl")
    assert ended.code == 1
    assert "directory doesn't exist" in ended.err


def test_follow_goes_on_until_interrupted(state: Path, empty: Path) -> None:
    follower = started("export", "calls.jsonl", "--follow", "--every", "0.05")
    file = empty / "calls.jsonl"
    try:
        wait_for_lines(file, 2)
        write(state, [call("3")])
        wait_for_lines(file, 3)
        os.kill(follower.pid, signal.SIGINT)
        assert follower.wait(10) == 130
    finally:
        follower.kill()
        follower.communicate()


def wait_for_lines(file: Path, count: int) -> None:
    until = time.monotonic() + 10
    while not file.exists() or file.read_bytes().count(b"\n") < count:
        assert time.monotonic() < until, f"{file} has not {count} lines"
        time.sleep(0.01)
