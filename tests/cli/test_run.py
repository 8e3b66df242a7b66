"""`onedoor run`."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from .processes import Cli, process

CONFIG = """\
[providers]
sim = { kind = "sim", speed = 1e6 }

[models]
fast = { provider = "sim", name = "fast", price = { input = 0.15, output = 0.6 }, max_output = 200 }

[tasks]
chat = { models = ["fast"] }

[templates]
answer = { text = "Answer politely: {text}" }

[state]
path = "state/state.db"
"""
MAILS = """\
[steps.sort]
task = "chat"
prompt = "Sort this: {text}"
schema = { type = "object", properties = { urgency = { enum = [1, 2, 3] } }, required = ["urgency"] }
keep = "sort.urgency > 1"

[steps.draft]
task = "chat"
prompt = "answer"

[steps.shorter]
function = "words_of_mails:shorter"
when = "sort.urgency == 3"

[steps.answer]
first = ["shorter", "draft"]

[steps.digest]
task = "chat"
prompt = "Merge: {answer}"
by = 5
"""
WORDS = """\
import onedoor

def shorter(draft):
    return draft[:10]

flow = onedoor.Workflow("words")
flow.ask("draft", "Say: {text}", task="chat")
flow.step(shorter)
"""
GONE = 'kind = "openai", base_url = "http://127.0.0.1:9/v1"'
RUN = ("run", "mails.toml", "--in", "in.jsonl", "--key", "id")
NIGHT = (*RUN, "--run", "night")


@pytest.fixture
def mails(empty: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A directory with a workflow, its functions and sixteen items, which Python forgets afterwards."""
    monkeypatch.delenv("ONEDOOR_STATE", raising=False)
    monkeypatch.setattr(sys, "path", sys.path[:])
    monkeypatch.delitem(sys.modules, "words_of_mails", raising=False)
    lines = [json.dumps({"id": f"i{number}", "text": f"text {number}"}) for number in range(16)]
    files = {"onedoor.toml": CONFIG, "mails.toml": MAILS, "words_of_mails.py": WORDS, "in.jsonl": "\n".join(lines)}
    for name, text in files.items():
        (empty / name).write_text(text)
    return empty


def told(text: str) -> list[dict[str, object]]:
    return [json.loads(line) for line in text.splitlines()]


def test_every_item_is_a_line_with_the_value_of_every_step_and_what_is_done_once_comes_last(mails: Path) -> None:
    done = process(*RUN, "--ordered")
    *items, digest = told(done.out)
    assert done.code == 0
    assert [one["key"] for one in items] == [f"i{number}" for number in range(16)]
    for one in items:
        urgency = one["data"]["sort"]["urgency"]  # type: ignore[index]
        steps = {1: [], 2: ["draft", "answer"], 3: ["draft", "shorter", "answer"]}[urgency]
        assert list(one["data"]) == ["sort", "keep_sort", *steps]  # type: ignore[call-overload]
        assert one.get("dropped") == ("keep_sort" if urgency == 1 else None)
    assert {one["data"]["sort"]["urgency"] for one in items} == {1, 2, 3}  # type: ignore[index]
    assert (digest["step"], "key" in digest, isinstance(digest["data"], str)) == ("digest", False, True)
    assert "16/16  $0.0" in done.err


def test_the_same_command_goes_on_where_its_budget_ended_it(mails: Path, cli: Cli) -> None:
    first = cli(*NIGHT, "--out", "out.jsonl", "--budget", "0.0004", "--at-once", "1")
    assert first.code == 4
    assert "the same command goes on; for more money give a higher --budget" in first.err
    assert cli(*NIGHT, "--out", "out.jsonl").code == 0
    assert len(told((mails / "out.jsonl").read_text())) == 17
    again = cli(*NIGHT, "--out", "out.jsonl")
    assert "16 cached" in again.err


def test_a_replay_asks_nothing(mails: Path, cli: Cli) -> None:
    before = cli(*NIGHT, "--ordered")
    (mails / "onedoor.toml").write_text(CONFIG.replace('kind = "sim", speed = 1e6', GONE))
    replayed = cli(*NIGHT, "--ordered", "--replay")
    assert replayed.code == 0
    assert [one["data"] for one in told(replayed.out)] == [one["data"] for one in told(before.out)]
    assert "--replay" not in (mails / "state/runs/night.db.command").read_text()


def test_a_changed_step_is_refused_with_the_difference_and_again_does_what_depends_on_it(mails: Path, cli: Cli) -> None:
    cli(*NIGHT)
    (mails / "mails.toml").write_text(MAILS.replace("Sort this", "Do sort this"))
    refused = cli(*NIGHT)
    assert (refused.code, 'prompt was "Sort this: {text}", is "Do sort this: {text}"' in refused.err) == (2, True)
    assert cli(*NIGHT, "--again").code == 0


def test_a_dry_run_foretells_the_whole(mails: Path, cli: Cli) -> None:
    shown = cli(*RUN, "--dry-run", "4")
    assert (shown.code, shown.out.splitlines()[0]) == (0, "asked    4 of 16")


def test_a_drawing_needs_no_items_and_asks_nothing(mails: Path, cli: Cli) -> None:
    shown = cli("run", "mails.toml", "--graph", "mermaid")
    assert shown.code == 0
    assert shown.out.startswith("flowchart TD\n")
    assert """s2{"keep_sort<br>sort.urgency #62; 1"}""" in shown.out
    assert cli("run", "mails.toml", "--graph", "dot").out.startswith('digraph "mails" {')
    assert not (mails / "state").exists()


def test_a_drawing_checks_what_is_asked_against_the_configuration(mails: Path, cli: Cli) -> None:
    (mails / "mails.toml").write_text(MAILS.replace('task = "chat"', 'task = "chatt"'))
    shown = cli("run", "mails.toml", "--graph", "dot")
    assert (shown.code, "there is no task 'chatt'; did you mean 'chat'?" in shown.err) == (2, True)


@pytest.mark.parametrize("reference", ["words_of_mails.py:flow", "words_of_mails:flow"])
def test_a_workflow_may_be_python(mails: Path, cli: Cli, reference: str) -> None:
    done = cli("run", reference, "--in", "in.jsonl")
    found = told(done.out)
    assert done.code == 0
    assert [list(one["data"]) for one in found] == [["draft", "shorter"]] * 16  # type: ignore[call-overload]


WRONG = {
    "mails": (2, "'mails' is no workflow: name a TOML file, or Python as flows.py:name"),
    "gone.toml": (3, "there is no file gone.toml"),
    "gone.py:flow": (3, "there is no file gone.py"),
    "words_of_mails:flaw": (3, "WORKFLOW: 'words_of_mails:flaw' can't be imported"),
    "words_of_mails:shorter": (3, "'words_of_mails:shorter' is a function, not an onedoor.Workflow"),
    "wrong.toml": (3, "wrong.toml:2: steps.one.promt: unknown key; did you mean 'prompt'?"),
}


@pytest.mark.parametrize("reference", WRONG)
def test_what_is_no_workflow_is_said(mails: Path, cli: Cli, reference: str) -> None:
    (mails / "wrong.toml").write_text("[steps.one]\npromt = 'a'")
    code, said = WRONG[reference]
    done = cli("run", reference, "--in", "in.jsonl")
    assert (done.code, said in done.err) == (code, True), done.err


def test_items_must_be_named(mails: Path, cli: Cli) -> None:
    done = cli("run", "mails.toml")
    assert (done.code, "name the items: --in FILE" in done.err) == (2, True)
