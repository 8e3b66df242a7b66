"""`onedoor limits`."""

from __future__ import annotations

import time
from collections.abc import Mapping
from pathlib import Path

import msgspec
import pytest

from onedoor.cli.kept import with_state
from onedoor.policy.pace import Pace
from onedoor.policy.shares import Member, Shared

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


def test_the_pace_of_bulk_work(cli: Cli, limited: Path) -> None:
    shared = Shared(Pace(32, 22.4), time.time(), {"one": Member(time.time(), 32, 9, 11, 32)})
    change(limited / "state.db", {"pace/hosted/fast": shared, "pace/hosted/idle": Shared(Pace(8, 8.0), 0.0)})
    lines = cli("limits").out.splitlines()
    assert lines[7].split() == ["PACE", "OF", "ALLOWED", "AT", "MOST", "UNDER", "WAY", "PASSES"]
    assert lines[8].split() == ["hosted/fast", "22", "32", "9", "1"]
    assert [line["route"] for line in cli("limits", "--json").data["paces"]] == ["hosted/fast"]


def change(file: Path, rows: Mapping[str, msgspec.Struct]) -> None:
    """Put rows into a state."""
    with_state(
        file,
        lambda state: state.read(lambda kept: [kept.put(key, row) for key, row in rows.items()]),
        durability="process",
    )
