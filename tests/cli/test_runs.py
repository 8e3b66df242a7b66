"""`onedoor runs`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import onedoor

from .processes import Cli, started
from .test_map import NIGHT
from .test_map import here as here
from .test_run import NIGHT as MAILS_BY_NIGHT
from .test_run import mails as mails


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


def test_one_that_cant_be_read_is_listed_and_spoils_no_other(night: Path, cli: Cli) -> None:
    runs = next(night.rglob("night.db")).parent
    (runs / "old.db").write_bytes(b"not a run at all, " * 100)
    shown = cli("runs")
    assert shown.code == 0
    assert {row.split()[0]: row.split()[1] for row in shown.out.splitlines()[1:]} == {
        "night": "done",
        "old": "unreadable",
    }


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


def test_a_workflow_is_shown_step_by_step(mails: Path, cli: Cli) -> None:
    cli(*MAILS_BY_NIGHT)
    steps = [line.split() for line in cli("runs", "show", "night").out.partition("STEP")[2].splitlines()]
    assert steps[0] == ["VALUES", "CALLS", "FAILED", "SPENT"]
    told = {step: cells[:3] for step, *cells in steps[1:]}
    assert list(told) == ["sort", "keep_sort", "draft", "shorter", "answer", "digest"]
    assert (told["sort"], told["keep_sort"]) == (["16", "16", "0"], ["16", "0", "0"])
    assert (told["digest"][0], told["draft"][0], told["answer"][1]) == ("1", told["draft"][1], "0")
    assert cli("runs", "show", "night", "--json").data["steps"]["sort"]["calls"] == 16


def test_of_a_workflow_items_and_calls_are_exported(mails: Path, cli: Cli) -> None:
    cli(*MAILS_BY_NIGHT)
    items = [json.loads(line) for line in cli("runs", "export", "night").out.splitlines()]
    assert [one.get("key") for one in items] == [*(f"i{number}" for number in range(16)), None]
    calls = [json.loads(line) for line in cli("runs", "export", "night", "--calls").out.splitlines()]
    assert {one["step"] for one in calls} == {"sort", "draft", "digest"}
    assert all(one["text"] and one["call"] for one in calls)


def test_one_goes_on_from_anywhere_as_it_was_begun(
    mails: Path, cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert cli(*MAILS_BY_NIGHT, "--out", "out.jsonl", "--budget", "0.0004", "--at-once", "1").code == 4
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("ONEDOOR_STATE", str(mails / "state/state.db"))
    resumed = cli("runs", "resume", "night", "--budget", "5")
    assert resumed.code == 0
    assert f"in {mails}: onedoor run mails.toml --in in.jsonl" in resumed.err
    assert len((mails / "out.jsonl").read_text().splitlines()) == 17
    assert Path.cwd() == tmp_path
    paused = cli("runs", "resume", "night", "--again", "--max-failures", "0")
    assert (paused.code, "'--max-failures'" in paused.err) == (2, True)


def test_one_that_python_began_is_gone_on_with_there(here: Path, cli: Cli) -> None:
    with onedoor.open("onedoor.toml") as door:
        list(door.map(["a"], "say {text}", task="chat", run="python"))
    resumed = cli("runs", "resume", "python")
    assert (resumed.code, "it was begun from Python" in resumed.err) == (2, True)


def test_what_is_resumed_is_the_command_that_was_killed_not_the_dry_run_before_it(here: Path, cli: Cli) -> None:
    slowly = ("map", "in.jsonl", "-t", "slowly", "--template", "Summarise: {text}", "--run", "slow", "--at-once", "1")
    assert cli(*slowly, "--dry-run", "2").code == 0
    process = started(*slowly)
    while "running" not in cli("runs").out:
        assert process.poll() is None
    process.kill()
    process.communicate()
    resumed = cli("runs", "resume", "slow", "--at-once", "8")
    assert (resumed.code, "--at-once 1 --at-once 8" in resumed.err) == (0, True)


def test_a_refused_command_isnt_what_goes_on(night: Path, cli: Cli) -> None:
    assert cli(*NIGHT, "--out", "out.jsonl", "--temperature", "1").code == 2
    resumed = cli("runs", "resume", "night")
    assert (resumed.code, "20 cached" in resumed.err) == (0, True)
    assert cli("map", "gone.jsonl", "--template", "{text}", "--run", "never").code == 2
    assert not list((night / "state/runs").glob("never*.command"))
