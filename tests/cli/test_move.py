"""`onedoor move`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from onedoor.ledger.ledger import Ledger

from .book import call, verdict, write
from .processes import Cli, process

CONFIG = """\
[providers.sim]
kind = "sim"

[models.fast]
provider = "sim"
name = "fast"

[models.careful]   # slow and dear
provider = "sim"
name = "careful"

[tasks.sums]
models = ["careful", "fast"]   # first choice first
"""


@pytest.fixture
def file(empty: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = empty / "onedoor.toml"
    path.write_text(CONFIG)
    monkeypatch.setenv("ONEDOOR_STATE", str(empty / "state.db"))
    return path


def state(file: Path) -> Path:
    return file.parent / "state.db"


def test_a_move_shows_the_change_and_does_it(cli: Cli, file: Path) -> None:
    ended = cli("move", "sums", "fast", "--yes")
    assert ended.code == 0
    assert '-models = ["careful", "fast"]   # first choice first' in ended.out
    assert '+models = ["fast", "careful"]   # first choice first' in ended.out
    assert file.read_text() == CONFIG.replace('["careful", "fast"]', '["fast", "careful"]')


def test_the_evidence_stands_beside_it(cli: Cli, file: Path) -> None:
    rows = [call("a", task="sums", model="careful"), call("b", task="sums", model="fast")]
    write(state(file), [*rows, verdict("v", "b", model="fast", verdict="accepted")])
    assert "95 % INTERVAL" in cli("move", "sums", "fast", "--dry-run").out
    evidence = cli("move", "sums", "fast", "--dry-run", "--json").data["move"]["evidence"]
    assert {row["model"]: row["accepted"] for row in evidence} == {"fast": 1, "careful": 0}


def test_a_dry_run_writes_nothing(cli: Cli, file: Path) -> None:
    assert cli("move", "sums", "fast", "--dry-run").code == 0
    assert file.read_text() == CONFIG
    assert not state(file).exists()


def test_nothing_is_done_without_a_yes(file: Path) -> None:
    assert process("move", "sums", "fast", stdin=b"n\n").code == 1
    assert file.read_text() == CONFIG


def test_who_did_it_and_why_is_in_the_ledger(cli: Cli, file: Path) -> None:
    cli("move", "sums", "fast", "--yes", "--actor", "ann")
    with Ledger(state(file)) as ledger:
        (event,) = ledger.events()
    assert (event.actor, event.action, event.subject) == ("ann", "move", "sums")
    assert json.loads(event.detail)["after"] == ["fast", "careful"]


def test_a_move_is_taken_back_once(cli: Cli, file: Path) -> None:
    cli("move", "sums", "fast", "--yes")
    assert cli("move", "--undo", "--yes").code == 0
    assert file.read_text() == CONFIG
    ended = cli("move", "--undo", "--yes")
    assert (ended.code, "no move of this file" in ended.err) == (2, True)


def test_what_was_changed_since_is_not_undone(cli: Cli, file: Path) -> None:
    cli("move", "sums", "fast", "--yes")
    file.write_text(CONFIG)
    ended = cli("move", "sums", "--undo", "--yes")
    assert (ended.code, "change it by hand" in ended.err) == (2, True)
    assert file.read_text() == CONFIG


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["sum", "fast"], "did you mean 'sums'"),
        (["sums", "fats"], "did you mean 'fast'"),
        (["sums", "careful"], "first choice of task 'sums' already"),
        (["sums"], "name the task and the model"),
        (["sums", "fast", "--undo"], "at most a task"),
    ],
)
def test_what_is_wrong_is_said(cli: Cli, file: Path, arguments: list[str], said: str) -> None:
    ended = cli("move", *arguments)
    assert (ended.code, said in ended.err) == (2, True)


def test_without_a_file_there_is_nothing_to_move(cli: Cli, empty: Path) -> None:
    assert "onedoor init" in cli("move", "sums", "fast").err
