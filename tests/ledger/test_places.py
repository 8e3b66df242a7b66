"""Where the state is."""

from __future__ import annotations

from pathlib import Path

import platformdirs
import pytest

from onedoor.load import load
from onedoor.places import state_path

USUAL = Path(platformdirs.user_state_dir("onedoor")) / "state.db"

PLACES = [
    ("", {}, USUAL),
    ("", {"path": "here.db"}, Path("here.db")),
    ("", {"path": "~/state.db"}, Path.home() / "state.db"),
    ("", {"path": "memory"}, None),
    ("/tmp/given.db", {"path": "here.db"}, Path("/tmp/given.db")),
    ("/tmp/given.db", {"path": "memory"}, Path("/tmp/given.db")),
    ("memory", {"path": "here.db"}, None),
]


@pytest.mark.parametrize(("variable", "table", "path"), PLACES)
def test_the_environment_comes_before_the_configuration(
    variable: str, table: dict[str, str], path: Path | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ONEDOOR_STATE", variable)
    assert state_path(load({"state": table})) == path
