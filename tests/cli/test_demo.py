"""`onedoor demo`."""

from __future__ import annotations

from pathlib import Path

import pytest

from onedoor.cli import batch
from onedoor.cli.batch import configuration
from onedoor.discover import Found, Spot, look
from onedoor.load import load

from .processes import Cli, Terminal
from .servers import Serves

pytestmark = pytest.mark.usefixtures("empty")


@pytest.fixture(autouse=True)
def hastened(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = configuration
    monkeypatch.setattr("onedoor.cli.demo.configuration", lambda found: _hastened(whole(found)))


def _hastened(config: dict[str, dict[str, dict[str, object]]]) -> dict[str, dict[str, dict[str, object]]]:
    config["providers"]["sim"]["speed"] = 1000.0
    for task in config["tasks"].values():
        task["retry"] = {"max_wait": 0.001}
    return config


def test_the_table_has_every_candidate_and_one_of_them_is_rescued(cli: Cli) -> None:
    ended = cli("demo", "--sim", "--cases", "3")
    assert (ended.code, ended.err) == (0, "")
    head, *rows = ended.out.splitlines()[2:6]
    assert head.split()[:3] == ["ASKED", "FIRST", "ACCEPTED"]
    assert [row.split()[0] for row in rows] == ["fast", "flaky", "outage"]
    assert "careful 3" in rows[2]
    assert "simulated models: no model was asked" in ended.out
    assert "attempt careful" in ended.out


def test_json_is_the_table(cli: Cli) -> None:
    rows = cli("demo", "--json", "--cases", "2").data
    assert [(row["candidate"], row["asked"], row["failed"]) for row in rows] == [
        ("fast", 2, 0),
        ("flaky", 2, 0),
        ("outage", 2, 0),
    ]
    assert rows[2]["degraded"] == 2
    assert rows[2]["rails"].startswith("fallback 2")


@pytest.mark.parametrize("cases", ["0", "501", "many"])
def test_cases_are_1_to_500(cases: str, cli: Cli) -> None:
    assert cli("demo", "--cases", cases).code == 2


def test_a_server_found_here_is_asked_and_named(cli: Cli, serves: Serves, monkeypatch: pytest.MonkeyPatch) -> None:
    """It serves a list and no answers, so every case falls back, which the table shows."""
    address = serves({"/v1/models": {"data": [{"id": "tiny"}]}})
    spots = (Spot("here", "openai", f"{address}/v1"), Spot("paid", "openai", address, variable="PATH"))
    monkeypatch.setitem(look.__kwdefaults__, "spots", spots)
    monkeypatch.setitem(look.__kwdefaults__, "fetch", lambda url: b'{"data": [{"id": "tiny"}]}')
    rows = cli("demo", "--json", "--cases", "2").data
    assert [row["candidate"] for row in rows] == ["tiny", "outage"]
    assert rows[0]["answered_by"] == "careful 2"


def test_a_real_model_named_like_a_simulated_one_keeps_out_of_its_way() -> None:
    found = Found(Spot("here", "openai", "http://127.0.0.1:9/v1"), (("careful", "careful", ""),))
    config = configuration([found])
    load(config)
    assert config["models"]["real_careful"]["provider"] == "here"
    assert config["models"][batch.LAST]["provider"] == "sim"


def test_ctrl_c_is_quiet(terminal: Terminal) -> None:
    ended = terminal("demo", "--sim", "--cases", "500", keys=[("asking fast", b"\x03")])
    assert ended.code == 130
    assert "Traceback" not in ended.out


def test_nothing_is_written_into_the_directory(cli: Cli, empty: Path) -> None:
    cli("demo", "--sim", "--cases", "1")
    assert list(empty.iterdir()) == []
