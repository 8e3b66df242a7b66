"""A state's file is looked after while others use it."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from onedoor.errors import Misuse, StoreError
from onedoor.ledger.ledger import Ledger
from onedoor.ledger.upkeep import Old, back_up, counts, health, prune, vacuum
from onedoor.policy.ledger import EventRow
from onedoor.stores.sqlite import SqliteEngine

from .book import NOON, attempt, body, call, verdict, write

WRITER = """
import asyncio, sys
from onedoor.policy.ledger import EventRow
from onedoor.stores.sqlite import SqliteEngine

async def main():
    engine = SqliteEngine(sys.argv[1])
    for number in range(10**9):
        row = EventRow(id=f"w{number}", at=2e9, actor="", action="", subject="", detail="")
        await engine.transact(lambda rows: rows.append(row))
        if not number:
            print("writing", flush=True)

asyncio.run(main())
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    old = (f"old{n}" for n in range(2_500))
    rows = [row for one in old for row in (call(one, at=NOON - 100), attempt(f"p{one}", one, at=NOON - 100))]
    event = EventRow(id="e", at=NOON, actor="ann", action="isolated", subject="hosted", detail="")
    verdicts = [verdict("v1", "old1", at=NOON - 100), verdict("v2", "new")]
    new = [call("new"), attempt("pnew", "new"), body("new", "a", "b"), event]
    return write(tmp_path / "state.db", [*rows, *verdicts, *new])


def test_a_sound_file_is_said_to_be_sound(path: Path) -> None:
    found = health(path)
    assert found.problems == ()
    assert found.rows == {"calls": 2_501, "attempts": 2_501, "bodies": 1, "events": 1, "verdicts": 2, "state": 0}
    assert (found.journal, found.owners, found.dead) == ("wal", (), ())
    assert found.bytes == path.stat().st_size


def test_a_damaged_file_is_said_to_be_damaged(path: Path) -> None:
    with path.open("r+b") as raw:
        raw.seek(path.stat().st_size // 2)
        raw.write(b"\xff" * 20_000)
    assert health(path).problems


def test_who_uses_it_and_who_died_is_told_apart(path: Path) -> None:
    writer = subprocess.Popen([sys.executable, "-c", WRITER, path], stdout=subprocess.PIPE)
    assert writer.stdout is not None
    writer.stdout.readline()
    found = health(path)
    assert (len(found.owners), found.dead) == (1, ())
    os.kill(writer.pid, signal.SIGKILL)
    writer.communicate()
    assert health(path).dead == found.owners


def test_old_rows_go_and_the_rest_stays(path: Path) -> None:
    old = Old(rows=NOON, bodies=NOON)
    gone = {"calls": 2_500, "attempts": 2_500, "bodies": 0, "events": 0, "verdicts": 1}
    assert counts(path, old) == gone
    assert prune(path, old) == gone
    assert health(path).rows["verdicts"] == 1
    with Ledger(path) as ledger:
        assert [row.id for row in ledger.calls()] == ["new"]
        assert ledger.show("new").body is not None


def test_bodies_may_go_before_their_calls(path: Path) -> None:
    assert prune(path, Old(rows=None, bodies=NOON + 1)) == {"bodies": 1}
    with Ledger(path) as ledger:
        assert ledger.show("new").call is not None
        assert ledger.show("new").body is None


def test_a_vacuum_gives_the_space_back(path: Path) -> None:
    prune(path, Old(rows=NOON, bodies=NOON))
    assert vacuum(path) > 500_000
    assert health(path).problems == ()


def test_backup_prune_and_vacuum_while_another_process_writes(path: Path, tmp_path: Path) -> None:
    writer = subprocess.Popen([sys.executable, "-c", WRITER, path], stdout=subprocess.PIPE)
    try:
        assert writer.stdout is not None
        writer.stdout.readline()
        back_up(path, tmp_path / "copy.db")
        prune(path, Old(rows=NOON, bodies=None))
        vacuum(path)
        assert writer.poll() is None
    finally:
        writer.kill()
        writer.communicate()
    copy = health(tmp_path / "copy.db")
    assert copy.problems == ()
    assert copy.rows["calls"] == 2_501
    assert copy.rows["events"] > 1
    assert health(path).rows["calls"] == 1
    asyncio.run(_use(tmp_path / "copy.db"))


async def _use(path: Path) -> None:
    """A backup is a state like any other."""
    engine = SqliteEngine(path)
    await engine.transact(lambda rows: None)
    await engine.close()


def test_a_backup_overwrites_nothing(path: Path, tmp_path: Path) -> None:
    (tmp_path / "copy.db").write_text("mine")
    with pytest.raises(Misuse, match="already there"):
        back_up(path, tmp_path / "copy.db")
    with pytest.raises(StoreError):
        back_up(path, tmp_path / "missing" / "copy.db")


def test_a_file_that_is_not_there_is_not_made(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="no such file"):
        prune(tmp_path / "none.db", Old(None, NOON))
    assert not list(tmp_path.iterdir())
