"""`onedoor limits`."""

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


def test_slots_rates_and_gates(cli: Cli, limited: Path) -> None:
    lines = cli("limits").out.splitlines()
    assert lines[1].split() == ["provider/hosted", "0", "4", "0", "-"]
    assert lines[2].split() == ["task/chat", "0", "3", "0", "-"]
    assert lines[5].split() == ["provider/hosted", "60", "requests", "per", "60", "s", "60", "60", "0.00", "s", "fixed"]
    assert lines[8].split() == ["hosted", "-", "-", "-", "every", "slot"]


def test_as_json(cli: Cli, limited: Path) -> None:
    data = cli("limits", "--json").data
    assert [line["group"] for line in data["slots"]] == ["provider/hosted", "task/chat"]
    assert (data["rates"][0]["free"], data["rates"][0]["most"]) == (60, 60)
    assert data["gates"][0]["throttled_until"] is None
