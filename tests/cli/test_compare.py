"""`onedoor compare`."""

from __future__ import annotations

import csv
import io
import json
import re
import signal
import stat
import sys
from pathlib import Path

import aiohttp
import pytest

from onedoor.ledger.ledger import Ledger
from onedoor.sim import tickets

from .processes import Cli, started

CONFIG = """\
[providers]
sim = { kind = "sim", speed = 1e6 }

[models]
fast = { provider = "sim", name = "fast", price = { input = 0.15, output = 0.6 }, max_output = 200 }
wrong = { provider = "sim", name = "wrong", price = { input = 0.15, output = 0.6 }, max_output = 200 }
outage = { provider = "sim", name = "outage", price = { input = 0.15, output = 0.6 } }
unpriced = { provider = "sim", name = "careful" }

[tasks.chat]
models = ["fast", "wrong"]
retry = { sends = 1 }

[state]
path = "state.db"
bodies = true
"""


@pytest.fixture
def place(empty: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A directory with a configuration, a state of its own and a file of cases."""
    monkeypatch.delenv("ONEDOOR_STATE", raising=False)
    (empty / "onedoor.toml").write_text(CONFIG)
    rows = ({"id": case.id, "prompt": case.prompt, "expected": dict(case.truth)} for case in tickets(30))
    (empty / "cases.jsonl").write_text("".join(f"{json.dumps(row)}\n" for row in rows))
    return empty


def test_a_table_the_pairs_and_the_verdict(cli: Cli, place: Path) -> None:
    ended = cli("compare", "cases.jsonl")
    lines = ended.out.splitlines()
    assert ended.code == 0
    assert lines[0].split()[:4] == ["CANDIDATE", "ASKED", "FAILED", "ACCEPTED"]
    assert lines[1].split()[:3] == ["fast", "30", "0"]
    assert lines[5].startswith("fast : wrong")
    assert lines[-1].startswith("`fast` is better than `wrong`")
    assert "60/60" in ended.err
    assert "compare-cases.jsonl" in ended.err


def test_what_is_answered_is_not_asked_again(cli: Cli, place: Path) -> None:
    cli("compare", "cases.jsonl", "-m", "fast")
    with Ledger("state.db") as ledger:
        before = len(list(ledger.calls()))
    assert cli("compare", "cases.jsonl", "-m", "fast", "--json").data["done"] == 30
    with Ledger("state.db") as ledger:
        assert len(list(ledger.calls())) == before == 30


def test_as_json(cli: Cli, place: Path) -> None:
    data = cli("compare", "cases.jsonl", "--json").data
    assert (data["cases"], data["total"], data["task"], data["capped"]) == (30, 60, "chat", "")
    fast, wrong = data["candidates"]
    assert (fast["name"], wrong["judged"]) == ("fast", 30)
    assert data["pairs"][0]["wins"] > data["pairs"][0]["losses"]


def test_comma_separated_is_a_line_for_each_answer(cli: Cli, place: Path) -> None:
    rows = list(csv.DictReader(io.StringIO(cli("compare", "cases.jsonl", "--csv").out)))
    assert len(rows) == 60
    assert {row["variant"] for row in rows} == {"fast", "wrong"}
    assert {row["verdict"] for row in rows} == {"accepted", "rejected"}


def test_failures_are_listed_and_all_is_well(cli: Cli, place: Path) -> None:
    ended = cli("compare", "cases.jsonl", "-m", "fast,outage")
    assert ended.code == 0
    assert re.search(r"^outage +server_fault", ended.out, re.M)


def test_the_cap_ends_it_with_what_to_do(cli: Cli, place: Path) -> None:
    ended = cli("compare", "cases.jsonl", "--cap", "0.0003", "--at-once", "1")
    assert ended.code == 4
    assert "the cap is reached with" in ended.err
    assert "go on with the same command and a higher --cap" in ended.err
    assert cli("compare", "cases.jsonl", "--cap", "1").code == 0


def test_a_forecast_that_passes_the_cap_is_said_at_a_terminal(
    cli: Cli, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    shown = cli("compare", "cases.jsonl", "--cap", "0.0006", "--at-once", "1").err
    assert re.search(r"█+░+  \d+/60", shown)
    assert "this will pass the cap of $0.0006: the forecast is $0.000" in shown


def test_sweeps_and_system_messages_are_variants(cli: Cli, place: Path) -> None:
    for name in ("short", "long"):
        (place / f"{name}.txt").write_text(f"Be {name}.")
    data = cli(
        *("compare", "cases.jsonl", "-m", "fast", "--temperature", "0,0.7", "--system", "short.txt"),
        *("--system", "long.txt", "--json"),
    ).data
    names = ["fast, t 0, short", "fast, t 0, long", "fast, t 0.7, short", "fast, t 0.7, long"]
    assert [column["name"] for column in data["candidates"]] == names


@pytest.mark.parametrize(
    ("arguments", "code", "told"),
    [
        (("compare",), 2, "name a file of cases, or draw them"),
        (("compare", "cases.jsonl", "--from-ledger"), 2, "name a file of cases, or draw them"),
        (("compare", "cases.jsonl", "--json", "--csv"), 2, "give one of --json and --csv"),
        (("compare", "nowhere.jsonl"), 2, "nowhere.jsonl can't be read"),
        (("compare", "cases.jsonl", "-m", "fats"), 2, "did you mean 'fast'?"),
        (("compare", "cases.jsonl", "--temperature", "warm"), 2, "must be numbers, with commas"),
        (("compare", "cases.jsonl", "--reasoning", "deep"), 2, "must be of off, low, medium, high"),
        (("compare", "cases.jsonl", "--system", "gone.txt"), 2, "--system gone.txt can't be read"),
        (("compare", "cases.jsonl", "-m", "unpriced", "--cap", "1"), 2, "give models.unpriced a price"),
        (("compare", "cases.jsonl", "--cap", "0"), 2, "cap"),
        (("compare", "--from-ledger", "-t", "chat"), 1, "nothing is kept yet"),
    ],
)
def test_wrong_usage(cli: Cli, place: Path, arguments: tuple[str, ...], code: int, told: str) -> None:
    ended = cli(*arguments)
    assert (ended.code, told in ended.err) == (code, True), ended.err


def test_cases_of_the_ledger_stay_the_same_when_it_is_gone_on_with(cli: Cli, place: Path) -> None:
    for word in ("one", "two", "three"):
        cli("ask", "-t", "chat", word)
    first = cli("compare", "--from-ledger", "-t", "chat", "--last", "2", "--json").data
    cli("ask", "-t", "chat", "four")
    second = cli("compare", "--from-ledger", "-t", "chat", "--last", "2", "--json").data
    assert (first["name"], first["cases"], second["done"]) == ("chat-last-2", 2, 4)
    rows = [json.loads(line) for line in (place / "compare-chat-last-2.cases.jsonl").read_text().splitlines()]
    assert [row["messages"][0]["content"] for row in rows] == ["two", "three"]
    with Ledger("state.db") as ledger:
        assert len([call for call in ledger.calls() if "compare" in call.metadata]) == 4


def test_what_is_written_is_for_its_owner_alone(cli: Cli, place: Path) -> None:
    assert "wrote page.html" in cli("compare", "cases.jsonl", "-m", "fast", "--html", "page.html").err
    for name in ("compare-cases.jsonl", "page.html"):
        assert stat.S_IMODE((place / name).stat().st_mode) == 0o600
    assert (place / "page.html").read_text().startswith("<!DOCTYPE html>")


def test_interrupted_it_says_that_it_goes_on(place: Path) -> None:
    slow = CONFIG.replace("speed = 1e6", "speed = 20")
    (place / "onedoor.toml").write_text(slow)
    with started("compare", "cases.jsonl", "--at-once", "1") as process:
        file = place / "compare-cases.jsonl"
        while not file.exists() or file.read_bytes().count(b"\n") < 3:
            assert process.poll() is None
        process.send_signal(signal.SIGINT)
        _, err = process.communicate()
    assert process.returncode == 130
    assert "interrupted; the same command goes on from here" in err


async def test_served_thumbs_write_a_persons_verdict(place: Path) -> None:
    with started("compare", "cases.jsonl", "-m", "fast", "--serve") as process:
        assert process.stdout is not None
        address = next(line for line in process.stdout if line.startswith("http")).strip()
        base = address.partition("/?")[0]
        rows = [json.loads(line) for line in (place / "compare-cases.jsonl").read_text().splitlines()]
        call = next(row["call"] for row in rows if row["row"] == "result")
        async with aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)) as session:
            async with session.get(address) as page:
                assert page.status == 200
            body = {"call": call, "accepted": False}
            async with session.post(f"{base}/verdict", json=body, headers={"origin": base}) as told:
                assert told.status == 204
        process.send_signal(signal.SIGINT)
        process.communicate()
    with Ledger(place / "state.db") as ledger:
        said = ledger.reader.query("SELECT verdict, kind FROM verdicts WHERE call = ? ORDER BY seq", (call,))
    assert said[-1] == ("rejected", "person")
