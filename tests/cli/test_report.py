"""`onedoor report`."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest

from .book import NOON, attempt, call, failed, verdict, write
from .processes import Cli


@pytest.fixture
def state(empty: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = empty / "state.db"
    monkeypatch.setenv("ONEDOOR_STATE", str(path))
    rows = (call("1"), call("2", seconds=2.0), failed("3", "timeout"), call("4", task="bulk", at=NOON - 86400))
    return write(path, (*rows, attempt("p1", "1"), attempt("p2", "9", outcome="orphan")))


def test_a_table_and_what_failed(cli: Cli, state: Path) -> None:
    ended = cli("report")
    head, chat, bulk, _, _, failure = ended.out.splitlines()
    assert head.split()[:3] == ["TASK", "CALLS", "PASS"]
    assert chat.split()[:7] == ["chat", "3", "66.7%", "0.0%", "0.0%", "0", "1.00"]
    assert bulk.split()[:3] == ["bulk", "1", "100.0%"]
    assert failure.split() == ["chat", "timeout", "1", "33.3%"]
    assert "1 attempts were under way when their process died" in ended.err


@pytest.mark.parametrize(
    ("by", "keys"),
    [("model", ["fast", ""]), ("day", ["2026-11-19", "2026-11-20"]), ("caller", [""]), ("run", [""])],
)
def test_by(by: str, keys: list[str], cli: Cli, state: Path) -> None:
    assert [row["key"] for row in cli("report", "--by", by, "--json").data] == keys


def test_as_json(cli: Cli, state: Path) -> None:
    row = cli("report", "--since", "2026-11-20", "--json").data[0]
    assert (row["calls"], row["answered"], row["failures"]) == (3, 2, {"timeout": 1})
    assert row["seconds"] == {"p50": 1.0, "p90": 2.0, "p99": 2.0}
    assert (row["cost_usd"], row["attempts"], row["orphans"], row["unpriced"]) == (0.000002, 2, 1, 0)


def test_nothing_that_fits_is_no_error(cli: Cli, state: Path) -> None:
    ended = cli("report", "--since", "2030-01-01")
    assert (ended.code, ended.out, ended.err) == (0, "", "no call fits\n")


def test_of_one_task(cli: Cli, state: Path) -> None:
    assert [row["key"] for row in cli("report", "-t", "bulk", "--json").data] == ["bulk"]


def test_as_comma_separated_values(cli: Cli, state: Path) -> None:
    """For a spreadsheet, which must take no name for a formula."""
    write(state, [call("5", task="=cmd()")])
    chat, odd, bulk = csv.DictReader(io.StringIO(cli("report", "--csv").out))
    assert (chat["key"], chat["calls"], chat["p50"], chat["first_token_p50"]) == ("chat", "3", "1.0", "")
    assert (bulk["key"], odd["key"]) == ("bulk", "'=cmd()")


CONFIG = """
[providers]
sim = { kind = "sim" }
[models]
careful = { provider = "sim", name = "careful" }
fast = { provider = "sim", name = "fast" }
[tasks]
chat = { models = ["careful", "fast"] }
"""


REASON = "it <b>is</b>"


def said(at: int) -> str:
    return "rejected" if at % 40 == 0 else "accepted"


@pytest.fixture
def judged(empty: Path, state: Path) -> Path:
    """Two models, as good, one of them at 1/12 of the cost, and a judge."""
    (empty / "onedoor.toml").write_text(CONFIG)
    names = [(f"{model}{at}", model) for model in ("careful", "fast") for at in range(400)]
    price = {"careful": 12_000, "fast": 1_000}
    rows = [
        *(call(name, model=model) for name, model in names),
        *(attempt(name, name, model=model, nano_usd=price[model]) for name, model in names),
        *(
            verdict(f"v{name}", name, model=model, reason=REASON, verdict=said(at))
            for at, (name, model) in enumerate(names)
        ),
        call("judging", task="", model="judge", parent="fast1"),
        attempt("judging", "judging", task="", model="judge", nano_usd=500),
    ]
    return write(state, rows)


def test_whose_answers_were_accepted(cli: Cli, judged: Path) -> None:
    shown = cli("report", "--quality", "--task", "chat").out.splitlines()
    assert shown[0].split()[:6] == ["TASK", "MODEL", "CALLS", "ANSWERS", "JUDGED", "COVERAGE"]
    assert shown[1].split()[:8] == ["chat", "fast", "402", "402", "400", "100", "%", "390"]
    words = "chat: promote `fast`? `fast` is accepted as often as `careful` (95-99 % vs 95-99 %) at 1/12 of the cost"
    assert words.replace("-", "\u2013") in shown
    assert shown[-1].split() == ["chat", "judge", "1", "$0.000000500"]


def test_quality_as_data(cli: Cli, judged: Path) -> None:
    data = cli("report", "--quality", "--json").data
    fast, careful = data["quality"][:2]
    assert (fast["key"], fast["model"]) == ("chat", "fast")
    assert (fast["judged"], fast["accepted"], fast["accept_rate"]) == (400, 390, 0.975)
    assert careful["cost_usd_per_accepted"] == pytest.approx(12e-6 / 0.975)
    assert fast["low"] < 0.975 < fast["high"]
    assert data["advice"][0]["action"] == "promote"
    assert data["inner"] == [
        {"key": "chat", "model": "judge", "calls": 1, "attempts": 1, "nano_usd": 500, "unpriced": 0, "cost_usd": 5e-07}
    ]
    rows = list(csv.DictReader(io.StringIO(cli("report", "--quality", "--csv").out)))
    assert [row["judged"] for row in rows] == ["400", "400", "0"]
    assert rows[2]["accept_rate"] == ""


@pytest.mark.parametrize("by", ["model", "caller", "user", "day", "run", "prompt"])
def test_quality_by(by: str, cli: Cli, judged: Path) -> None:
    ended = cli("report", "--quality", "--by", by)
    assert ended.out.split()[0] == ("MODEL" if by == "model" else by.upper())
    assert "promote" not in ended.out


def test_a_page(cli: Cli, judged: Path, empty: Path) -> None:
    ended = cli("report", "--html", "report.html", "--since", "2026-11-19", "--task", "chat")
    page = (empty / "report.html").read_text(encoding="utf-8")
    assert (ended.out, ended.err) == ("", "wrote report.html\n")
    assert "task chat since 2026-11-19 00:00" in page
    assert "at 1/12 of the cost" in page
    assert "it &lt;b&gt;is&lt;/b&gt;" in page


@pytest.mark.parametrize(
    "arguments", [["--csv", "--json"], ["--html", "x.html", "--json"], ["--html", "x.html", "--by", "day"]]
)
def test_what_doesn_t_go_together(arguments: list[str], cli: Cli, state: Path) -> None:
    assert cli("report", *arguments).code == 2


def test_a_page_that_can_t_be_written(cli: Cli, state: Path) -> None:
    ended = cli("report", "--html", "no/such/place.html")
    assert ended.code == 1
    assert "no/such/place.html can't be written" in ended.err


def test_nothing_to_judge_is_no_error(cli: Cli, state: Path) -> None:
    ended = cli("report", "--quality", "--since", "2030-01-01")
    assert (ended.code, ended.out, ended.err) == (0, "", "no call fits\n")
