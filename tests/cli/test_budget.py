"""`onedoor budget`."""

from __future__ import annotations

from pathlib import Path

import pytest

from .limited import CONFIG
from .processes import Cli


@pytest.fixture
def limited(empty: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (empty / "onedoor.toml").write_text(CONFIG)
    monkeypatch.setenv("ONEDOOR_STATE", str(empty / "state.db"))
    return empty


def test_every_budget_is_listed_also_before_the_first_call(cli: Cli, limited: Path) -> None:
    head, provider, caller = cli("budget").out.splitlines()
    assert head.split() == ["LEVEL", "WINDOW", "SPENT", "RESERVED", "CAP", "LEFT", "RESETS"]
    assert provider.startswith("provider/hosted  day UTC              $0.000000")
    assert "1000 tokens" in caller
    assert caller.endswith("guaranteed")
    assert not (limited / "state.db").exists()


def test_as_json(cli: Cli, limited: Path) -> None:
    line = cli("budget", "--json").data[0]
    assert (line["level"], line["cap"], line["left"], line["spent"]) == ("provider/hosted", 5 * 10**9, 5 * 10**9, 0)


def test_no_budget_is_said(cli: Cli, place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ONEDOOR_STATE", "none.db")
    ended = cli("budget")
    assert (ended.code, ended.out) == (0, "")
    assert "no budget is configured" in ended.err


def test_a_state_in_memory_can_not_be_asked(cli: Cli, limited: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ONEDOOR_STATE", "memory")
    ended = cli("budget")
    assert ended.code == 1
    assert "name a file" in ended.err
