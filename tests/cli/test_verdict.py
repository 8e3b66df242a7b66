"""`onedoor verdict`."""

from __future__ import annotations

import io
import sys
from pathlib import Path

import pytest

from onedoor.ledger.ledger import Ledger

from .book import NOON, attempt, call, verdict, write
from .processes import Cli

FIRST, SECOND = "019aa1c2-4f00-7000-8000-000000000001", "019aa1c2-5a00-7000-8000-000000000002"
JUDGE = "019aa1c2-5b00-7000-8000-000000000003"


@pytest.fixture
def state(empty: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = empty / "state.db"
    monkeypatch.setenv("ONEDOOR_STATE", str(path))
    inner = call(JUDGE, at=NOON + 2, task="", model="judge", parent=SECOND)
    said = verdict("v1", FIRST, verdict="rejected", at=NOON + 1, by="critic", reason="no \x1b[31mriver", score=0.25)
    return write(path, (call(FIRST), call(SECOND, at=NOON + 1, model="careful"), inner, said))


def said(state: Path, id: str) -> list[tuple[str, str, str, str, str]]:  # noqa: A002
    with Ledger(state) as ledger:
        return [(row.verdict, row.kind, row.by, row.model, row.reason) for row in ledger.show(id).verdicts]


@pytest.mark.parametrize(
    ("flag", "word"), [("--accept", "accepted"), ("--reject", "rejected"), ("--unknown", "unknown")]
)
def test_a_verdict_is_written_down(flag: str, word: str, cli: Cli, state: Path) -> None:
    ended = cli("verdict", "019aa1c2-5a", flag, "my reason", "--by", "ann")
    assert (ended.code, ended.out, ended.err) == (0, "", f"{SECOND} (careful) is {word}\n")
    assert said(state, SECOND) == [(word, "person", "ann", "careful", "my reason")]


def test_it_needs_no_reason(cli: Cli, state: Path) -> None:
    assert cli("verdict", FIRST, "--accept", "--by", "ann").code == 0
    assert said(state, FIRST)[-1] == ("accepted", "person", "ann", "fast", "")


def test_the_last_is_the_latest_call_of_one_s_own(cli: Cli, state: Path) -> None:
    """The call of its judge came later."""
    cli("verdict", "last", "--reject", "--by", "ann")
    assert len(said(state, SECOND)) == 1


def test_all_are_kept_and_a_person_s_latest_holds(cli: Cli, state: Path) -> None:
    assert "is accepted" in cli("verdict", FIRST, "--accept").err
    assert "is rejected" in cli("verdict", FIRST, "--reject", "on second thoughts").err
    assert "is rejected" in cli("verdict", FIRST, "--unknown").err
    assert [one[0] for one in said(state, FIRST)] == ["rejected", "accepted", "rejected", "unknown"]


def test_several_at_once(cli: Cli, state: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Those on stdin in place of the dash; one that is named twice is judged once."""
    monkeypatch.setattr(sys, "stdin", io.StringIO(f"{SECOND}\n\n019aa1c2-4f\n"))
    data = cli("verdict", FIRST, "-", "--reject", "wrong", "--by", "ann", "--json").data
    assert [(one["id"], one["model"], one["verdict"], one["holds"], one["opinions"]) for one in data] == [
        (FIRST, "fast", "rejected", "rejected", 2),
        (SECOND, "careful", "rejected", "rejected", 1),
    ]
    assert {(one["by"], one["reason"]) for one in data} == {("ann", "wrong")}


def test_one_unknown_id_and_nothing_is_written(cli: Cli, state: Path) -> None:
    ended = cli("verdict", SECOND, "zz", "--accept")
    assert ended.code == 2
    assert "there is no call 'zz'" in ended.err
    assert said(state, SECOND) == []


def test_a_beginning_of_several_is_refused(cli: Cli, state: Path) -> None:
    ended = cli("verdict", "019aa1c2", "--accept")
    assert (ended.code, "more than one call begins" in ended.err) == (2, True)


def test_a_call_whose_process_died_has_no_answer_to_judge(cli: Cli, state: Path) -> None:
    write(state, [attempt("p9", "9", outcome="orphan")])
    ended = cli("verdict", SECOND, "9", "--accept")
    assert (ended.code, "its process died" in ended.err) == (2, True)
    assert said(state, SECOND) == []


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([FIRST], "say one of --accept, --reject and --unknown"),
        ([FIRST, "--accept", "--reject"], "say one of --accept, --reject and --unknown"),
        (["--accept"], "name a call"),
        (["--accept", FIRST], "is no reason"),
        (["--reject", "last"], "is no reason"),
        (["--reject", "-"], "is no reason"),
    ],
)
def test_what_is_said_wrong_is_not_written(arguments: list[str], message: str, cli: Cli, state: Path) -> None:
    ended = cli("verdict", *arguments)
    assert (ended.code, message in ended.err) == (2, True)
    assert len(said(state, FIRST)) == 1


def test_without_a_state_there_is_nothing_to_judge(cli: Cli, empty: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ONEDOOR_STATE", str(empty / "none.db"))
    assert cli("verdict", "last", "--accept").code == 1
    assert not (empty / "none.db").exists()


def test_every_opinion_is_shown_with_who_when_and_why(cli: Cli, state: Path) -> None:
    cli("verdict", FIRST, "--accept", "I looked it up", "--by", "ann")
    shown = cli("calls", "show", FIRST).out
    assert "verdict   accepted holds on the answer of fast" in shown
    assert "judge critic says rejected (0.25): no [31mriver" in shown
    assert "person ann says accepted: I looked it up" in shown
    assert "\x1b" not in shown
    data = cli("calls", "show", FIRST, "--json").data
    assert [one["by"] for one in data["verdicts"]] == ["critic", "ann"]
    assert data["holds"] == {"fast": "accepted"}
