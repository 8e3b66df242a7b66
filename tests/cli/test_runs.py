"""`onedoor runs`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from .processes import Cli, started
from .test_map import CONFIG, NIGHT


@pytest.fixture
def here(empty: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.delenv("ONEDOOR_STATE", raising=False)
    (empty / "onedoor.toml").write_text(CONFIG)
    lines = [json.dumps({"id": f"i{number}", "text": f"text {number}"}) for number in range(20)]
    (empty / "in.jsonl").write_text("\n".join([*lines, "{broken"]))
    return empty


@pytest.fixture
def night(here: Path, cli: Cli) -> Path:
    """A run that has ended."""
    assert cli(*NIGHT, "--out", "out.jsonl").code == 0
    return here


def test_there_are_none(here: Path, cli: Cli) -> None:
    assert "there are no runs yet" in cli("runs").err


def test_they_are_listed(night: Path, cli: Cli) -> None:
    head, row = cli("runs").out.splitlines()
    assert head.split() == ["RUN", "STATUS", "DONE", "FAILED", "SPENT", "UPDATED", "TASK"]
    assert row.split()[:4] == ["night", "done", "21/21", "1"]
    (told,) = cli("runs", "--json").data
    assert (told["name"], told["status"], told["progress"]["done"]) == ("night", "done", 21)


def test_one_is_shown_with_what_failed(night: Path, cli: Cli) -> None:
    shown = cli("runs", "show", "night").out
    assert "template Summarise: {text}" in shown
    assert "failed   1 with unreadable" in shown
    assert cli("runs", "show", "night", "--json").data["errors"] == {"unreadable": 1}


def test_an_unknown_one_is_named_with_the_nearest(night: Path, cli: Cli) -> None:
    shown = cli("runs", "show", "nigth")
    assert (shown.code, "there is no run 'nigth'" in shown.err, "night" in shown.err) == (2, True, True)


def test_results_are_exported_in_input_order(night: Path, cli: Cli) -> None:
    assert cli("runs", "export", "night", "--out", "again.jsonl").code == 0
    found = [json.loads(line) for line in (night / "again.jsonl").read_text().splitlines()]
    assert [one["place"] for one in found] == list(range(21))
    assert len(cli("runs", "export", "night").out.splitlines()) == 21
    assert cli("runs", "export", "night", "--out", "again.jsonl").code == 2


def test_one_under_way_is_watched_and_cancelled_from_elsewhere(here: Path, cli: Cli) -> None:
    lines = [json.dumps({"text": f"text {number}"}) for number in range(5000)]
    (here / "in.jsonl").write_text("\n".join(lines))
    process = started("map", "in.jsonl", "-t", "slowly", "--template", "{text}", "--run", "slow", "--at-once", "1")
    while "running" not in cli("runs").out:
        assert process.poll() is None
    assert "asked run 'slow' to stop" in cli("runs", "cancel", "slow").err
    watched = cli("runs", "watch", "slow")
    _, said = process.communicate(timeout=10)
    assert process.returncode == 4
    assert "cancelled with `onedoor runs cancel`" in said
    assert "stopped: cancelled" in watched.out


def test_one_is_deleted_with_all_its_files(night: Path, cli: Cli) -> None:
    assert cli("runs", "delete", "night").code == 0
    assert list((night / "state/runs").iterdir()) == []


def test_watching_one_that_has_ended_says_how(night: Path, cli: Cli) -> None:
    assert cli("runs", "watch", "night").out == "done\n"
