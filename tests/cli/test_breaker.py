"""`onedoor breaker`."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from onedoor.ledger.ledger import Ledger

from .limited import CONFIG
from .processes import Cli

ROUTE = "hosted/chat/fast"


@pytest.fixture
def state(empty: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (empty / "onedoor.toml").write_text(CONFIG)
    monkeypatch.setenv("ONEDOOR_STATE", str(empty / "state" / "state.db"))
    return empty / "state" / "state.db"


def listed(cli: Cli) -> dict[str, dict[str, object]]:
    return {line["route"]: line for line in cli("breaker", "--json").data}


def test_every_route_is_listed_also_before_the_first_call(cli: Cli, state: Path) -> None:
    head, *lines = cli("breaker").out.splitlines()
    assert head.split()[:2] == ["ROUTE", "STATE"]
    assert [line.split()[:2] for line in lines] == [["hosted", "closed"], [ROUTE, "closed"]]
    assert not state.exists()


def test_a_hand_is_put_on_and_taken_off(cli: Cli, state: Path) -> None:
    ended = cli("breaker", "isolate", ROUTE, "--for", "10m", "--actor", "ann")
    assert (ended.code, ended.out, ended.err) == (0, "", f"{ROUTE} is isolated, again in 10 min\n")
    line = listed(cli)[ROUTE]
    assert (line["state"], line["actor"]) == ("isolated", "ann")
    assert line["until"] == pytest.approx(time.time() + 600, abs=20)
    assert cli("breaker", "release", ROUTE).err == f"{ROUTE} is closed\n"
    assert listed(cli)[ROUTE]["actor"] == ""


def test_without_a_time_it_stays(cli: Cli, state: Path) -> None:
    assert cli("breaker", "disable", ROUTE).err == f"{ROUTE} is disabled\n"
    assert listed(cli)[ROUTE]["until"] is None


def test_closing_lets_the_breaker_work_again(cli: Cli, state: Path) -> None:
    cli("breaker", "isolate", ROUTE)
    assert cli("breaker", "close", ROUTE).err == f"{ROUTE} is closed\n"
    assert cli("breaker", "close", ROUTE, "--for", "1h").err == f"{ROUTE} is closed by hand, again in 60 min\n"


def test_who_did_what_is_written_down(cli: Cli, state: Path) -> None:
    cli("breaker", "isolate", ROUTE, "--actor", "ann")
    cli("breaker", "release", ROUTE, "--actor", "bob")
    with Ledger(state) as ledger:
        assert [(row.actor, row.action, row.subject) for row in ledger.events()] == [
            ("bob", "release", ROUTE),
            ("ann", "isolated", ROUTE),
        ]


def test_an_unknown_route_is_2_with_the_nearest(cli: Cli, state: Path) -> None:
    ended = cli("breaker", "isolate", "hosted/chat/fats")
    assert ended.code == 2
    assert f"did you mean {ROUTE!r}?" in ended.err


def test_an_unknown_command_is_2_with_the_nearest(cli: Cli, state: Path) -> None:
    assert "did you mean 'isolate'?" in cli("breaker", "isolat", ROUTE).err
