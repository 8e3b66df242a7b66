"""`onedoor map`."""

from __future__ import annotations

import json
import signal
from pathlib import Path

import pytest

from .processes import Cli, Terminal, started

CONFIG = """\
[providers]
sim = { kind = "sim", speed = 1e6 }
slow = { kind = "sim", speed = 20 }

[models]
fast = { provider = "sim", name = "fast", price = { input = 0.15, output = 0.6 }, max_output = 200 }
slow = { provider = "slow", name = "fast" }

[tasks]
chat = { models = ["fast"] }
slowly = { models = ["slow"] }

[state]
path = "state/state.db"
"""
TEMPLATE = ("--template", "Summarise: {text}")
NIGHT = ("map", "in.jsonl", "-t", "chat", *TEMPLATE, "--key", "id", "--run", "night")


@pytest.fixture
def here(empty: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.delenv("ONEDOOR_STATE", raising=False)
    (empty / "onedoor.toml").write_text(CONFIG)
    lines = [json.dumps({"id": f"i{number}", "text": f"text {number}"}) for number in range(20)]
    (empty / "in.jsonl").write_text("\n".join([*lines, "{broken"]))
    return empty


def told(path: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in path.read_text().splitlines()]


def test_results_are_lines_of_json_on_stdout(here: Path) -> None:
    from .processes import process

    done = process("map", "in.jsonl", "-t", "chat", *TEMPLATE, "--key", "id", "--ordered")
    found = [json.loads(line) for line in done.out.splitlines()]
    assert done.code == 0
    assert [one["key"] for one in found] == [*(f"i{number}" for number in range(20)), "#20"]
    assert (found[20]["error"], "line 21" in found[20]["message"]) == ("unreadable", True)
    assert "21/21  1 failed  $0.0" in done.err


def test_the_same_command_goes_on_and_writes_its_file_again(here: Path, cli: Cli) -> None:
    first = cli(*NIGHT, "--out", "out.jsonl", "--budget", "0.0003")
    assert first.code == 4
    assert "items are left: the same command goes on" in first.err
    assert 0 < len(told(here / "out.jsonl")) < 20
    second = cli(*NIGHT, "--out", "out.jsonl", "--ordered")
    assert second.code == 0
    assert [one["key"] for one in told(here / "out.jsonl")][:20] == [f"i{number}" for number in range(20)]
    assert "cached" in second.err


def test_a_file_that_is_there_is_written_over_only_by_the_run_that_wrote_it(here: Path, cli: Cli) -> None:
    (here / "mine.jsonl").write_text("mine")
    refused = cli(*NIGHT, "--out", "mine.jsonl")
    assert (refused.code, (here / "mine.jsonl").read_text()) == (2, "mine")
    assert "mine.jsonl is there already" in refused.err


def test_a_directory_that_isnt_there_is_said(here: Path, cli: Cli) -> None:
    refused = cli(*NIGHT, "--out", "gone/out.jsonl")
    assert (refused.code, "gone/out.jsonl can't be written" in refused.err) == (2, True)


def test_another_template_is_refused_with_the_difference(here: Path, cli: Cli) -> None:
    cli(*NIGHT, "--out", "out.jsonl")
    changed = ("map", "in.jsonl", "-t", "chat", "--template", "Tell: {text}", "--key", "id", "--run", "night")
    refused = cli(*changed, "--out", "out.jsonl")
    assert (refused.code, 'template was "Summarise: {text}", is "Tell: {text}"' in refused.err) == (2, True)
    assert cli(*changed, "--out", "out.jsonl", "--again").code == 0


def test_a_temperature_of_nothing_is_one_all_the_same(here: Path, cli: Cli) -> None:
    cli(*NIGHT, "--temperature", "0")
    assert cli("runs", "show", "night", "--json").data["head"]["settings"]["options"]["temperature"] == 0


def test_strict_ends_at_the_line_that_cant_be_read(here: Path, cli: Cli) -> None:
    ended = cli(*NIGHT, "--out", "out.jsonl", "--strict")
    assert (ended.code, "in.jsonl, line 21" in ended.err) == (2, True)


def test_a_dry_run_foretells_cost_time_and_failures(here: Path, cli: Cli) -> None:
    shown = cli("map", "in.jsonl", "-t", "chat", *TEMPLATE, "--dry-run", "8")
    assert shown.code == 0
    assert "of 21" in shown.out
    assert all(f"\n{what}" in shown.out for what in ("cost     $0.0", "time     ", "failures 0.0%"))
    data = cli("map", "in.jsonl", "-t", "chat", *TEMPLATE, "--dry-run", "8", "--json").data
    assert data["cost"]["low"] <= data["cost"]["nano_usd"] <= data["cost"]["high"]


def test_at_a_terminal_it_shows_a_bar(here: Path, terminal: Terminal) -> None:
    shown = terminal(*NIGHT, "--out", "out.jsonl")
    assert shown.code == 0
    assert "████" in shown.out
    assert "tokens/s" in shown.out


def test_interrupted_it_keeps_what_came_and_goes_on(here: Path, cli: Cli) -> None:
    slow = ("map", "in.jsonl", "-t", "slowly", *TEMPLATE, "--key", "id", "--run", "slow", "--at-once", "1")
    process = started(*slow)
    assert process.stdout is not None
    assert process.stderr is not None
    while not (here / "state/runs/slow.db").exists():
        assert process.poll() is None
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=10)
    assert process.returncode == 130
    assert "interrupted; the same command goes on from here" in said or not said
