"""Calls read back: filtered, newest first, one by its id."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from onedoor.errors import StoreError
from onedoor.ledger import ledger as module
from onedoor.ledger.ledger import Ledger, UnknownCall
from onedoor.ledger.query import Filter

from .book import NOON, attempt, body, call, failed, write

ROWS = (
    call("a1", at=NOON - 300, caller="etl", run="nightly", nano_usd=5_000_000, served="fast-2026"),
    failed("a2", "timeout", at=NOON - 200, task="cheap_bulk"),
    call(
        "b1", at=NOON - 100, model="careful", outcome="degraded", degraded=[{"kind": "fallback", "candidate": "fast"}]
    ),
    call("b2", at=NOON, outcome="cached", cached=True, nano_usd=0, metadata={"ticket": 4711}),
)
FILTERS: list[tuple[dict[str, Any], str]] = [
    ({}, "b2 b1 a2 a1"),
    ({"since": NOON - 200}, "b2 b1 a2"),
    ({"until": NOON - 200}, "a1"),
    ({"task": "cheap_bulk"}, "a2"),
    ({"caller": "etl"}, "a1"),
    ({"run": "nightly"}, "a1"),
    ({"model": "careful"}, "b1"),
    ({"model": "fast-2026"}, "a1"),
    ({"outcome": "cached"}, "b2"),
    ({"error": "timeout"}, "a2"),
    ({"min_nano_usd": 1}, "b1 a1"),
    ({"task": "chat", "since": NOON - 100}, "b2 b1"),
    ({"task": "no'such"}, ""),
    ({"text": "Lisbon"}, "a1"),
    ({"text": "lisbon"}, "a1"),
    ({"text": 'say "hi"\nnow'}, "a1"),
    ({"text": "100%_\\"}, "a1"),
    ({"text": "1000"}, ""),
    ({"text": "naïve"}, "b1"),
]


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    bodies = (
        body("a1", 'Lisbon, please say "hi"\nnow', "it is 100%_\\ sure"),
        body("b1", "a naïve question", "42"),
    )
    attempts = (attempt("p2", "a1", number=2), attempt("p1", "a1", number=1, outcome="failed"), attempt("p3", "c1"))
    with Ledger(write(tmp_path / "state.db", (*ROWS, *bodies, *attempts))) as opened:
        yield opened


@pytest.mark.parametrize(("wanted", "ids"), FILTERS)
def test_calls_are_filtered_newest_first(ledger: Ledger, wanted: dict[str, Any], ids: str) -> None:
    assert " ".join(row.id for row in ledger.calls(Filter(**wanted))) == ids


def test_a_row_comes_back_as_it_was_written(ledger: Ledger) -> None:
    assert tuple(ledger.calls()) == ROWS[::-1]


def test_a_limit_holds(ledger: Ledger) -> None:
    assert [row.id for row in ledger.calls(limit=3)] == ["b2", "b1", "a2"]


def test_pages_join_without_gap_or_double(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also where many calls began at the same moment."""
    monkeypatch.setattr(module, "PAGE", 4)
    path = write(tmp_path / "state.db", (call(f"{n:03}", at=NOON + n // 7) for n in range(50)))
    with Ledger(path) as ledger:
        assert [row.id for row in ledger.calls()] == [f"{n:03}" for n in reversed(range(50))]
        assert len(list(ledger.calls(limit=9))) == 9


def test_one_call_comes_with_its_attempts_and_body(ledger: Ledger) -> None:
    story = ledger.show("a1")
    assert story.call == ROWS[0]
    assert [row.permit for row in story.attempts] == ["p1", "p2"]
    assert story.body is not None
    assert "Lisbon" in story.body.request


def test_the_beginning_of_an_id_is_enough_where_it_is_the_only_one(ledger: Ledger) -> None:
    assert ledger.show("a2").id == "a2"
    assert ledger.show("last").id == "b2"
    with pytest.raises(UnknownCall, match="a1, a2"):
        ledger.show("a")
    with pytest.raises(UnknownCall, match="onedoor calls"):
        ledger.show("z")


def test_a_call_whose_process_died_is_known_by_its_attempts(ledger: Ledger) -> None:
    story = ledger.show("c1")
    assert story.call is None
    assert [row.permit for row in story.attempts] == ["p3"]


def test_a_file_that_is_not_there_is_said_so(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="no such file"), Ledger(tmp_path / "none.db") as ledger:
        ledger.show("last")


def test_nothing_written_yet_has_no_last(tmp_path: Path) -> None:
    with Ledger(write(tmp_path / "state.db", ())) as ledger, pytest.raises(UnknownCall, match="no call"):
        ledger.show("last")
