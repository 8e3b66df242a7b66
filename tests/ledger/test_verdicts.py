"""Every opinion is kept, and one of them holds."""

from __future__ import annotations

from pathlib import Path

import pytest

from onedoor.ledger.ledger import Ledger
from onedoor.ledger.verdicts import holding

from .book import NOON, call, verdict, write

ROWS = (
    call("2"),
    call("3", model="careful"),
    call("6", task="bulk"),
    verdict("v2", "2", verdict="rejected", by="judge", at=NOON + 1),
    verdict("v2p", "2", kind="person", by="ann"),
    verdict("v3", "3", verdict="rejected", at=NOON + 2),
    verdict("v3b", "3", verdict="unknown", model="careful"),
)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return write(tmp_path / "state.db", ROWS)


def test_all_opinions_are_kept_and_one_holds(path: Path) -> None:
    with Ledger(path) as ledger:
        story = ledger.show("2")
    assert [(one.kind, one.by, one.verdict) for one in story.verdicts] == [
        ("judge", "judge", "rejected"),
        ("person", "ann", "accepted"),
    ]
    assert holding(story.verdicts) == {"fast": "accepted"}


def test_one_call_has_a_verdict_for_each_model_that_answered(path: Path) -> None:
    with Ledger(path) as ledger:
        assert holding(ledger.show("3").verdicts) == {"fast": "rejected", "careful": "unknown"}


def test_the_latest_rejections(path: Path) -> None:
    write(path, [verdict("v6", "6", verdict="rejected", at=NOON + 9, reason="no")])
    with Ledger(path) as ledger:
        found = [(one.task, one.said.call) for one in ledger.rejections()]
        assert found == [("bulk", "6"), ("chat", "3"), ("chat", "2")]
        assert [one.said.id for one in ledger.rejections(task="bulk")] == ["v6"]
        assert [one.said.id for one in ledger.rejections(since=NOON + 5, limit=1)] == ["v6"]
