"""Who writes: the loop where it needn't wait, else the database thread."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from pathlib import Path

import apsw
import pytest

from onedoor.stores.engine import Transaction
from onedoor.stores.sqlite import SqliteEngine
from onedoor.stores.sqlite_lock import FileLock
from onedoor.stores.sqlite_log import Log
from onedoor.stores.sqlite_pace import Pace
from onedoor.testing import FakeClock

from .rows import Named, add, broken, count

Opened = Callable[..., SqliteEngine]


def where(transaction: Transaction) -> str:
    """The thread that does the work."""
    add("a")(transaction)
    return threading.current_thread().name


HERE = threading.current_thread().name
THREAD = "onedoor-store"


async def test_a_loop_that_need_not_wait_writes_by_itself(opened: Opened) -> None:
    engine = opened()
    assert await asyncio.gather(*(engine.transact(where) for _ in range(5))) == [HERE] * 5


async def test_what_begins_in_one_turn_is_one_transaction(opened: Opened, file: Path) -> None:
    engine = opened()
    begun = [engine.transact(work) for work in (add("a"), broken, add("a"))]
    assert [future.done() for future in begun] == [False] * 3
    before = engine.query("PRAGMA data_version")
    await asyncio.sleep(0)
    assert [future.done() for future in begun] == [True] * 3
    assert engine.query("PRAGMA data_version") != before
    assert isinstance(begun[1].exception(), LookupError)


async def test_a_lock_that_is_held_is_left_to_the_thread_to_wait_for(opened: Opened, file: Path) -> None:
    engine, lock = opened(), FileLock(file.with_name(f"{file.name}.lock"), seconds=1)
    with lock.held():
        begun = [engine.transact(where) for _ in range(2)]
        await asyncio.sleep(0.01)
        begun.append(engine.transact(where))
        await asyncio.sleep(0.01)
        assert not any(future.done() for future in begun)
    assert await asyncio.gather(*begun) == [THREAD] * 3
    assert await engine.transact(count("a")) == 3
    lock.drop()


async def test_who_shares_the_file_takes_turns_with_the_others(opened: Opened) -> None:
    first, second = opened(), opened()
    assert await first.transact(where) == HERE
    await second.transact(add("a"))
    assert await first.transact(where) == HERE, "only now it sees that somebody else writes"
    assert await first.transact(where) == THREAD
    await asyncio.sleep(0.11)
    assert await first.transact(where) == HERE


async def test_so_is_sqlites_own_lock(opened: Opened, file: Path) -> None:
    engine, other = opened(), apsw.Connection(str(file))
    other.execute("BEGIN IMMEDIATE")
    begun = engine.transact(where)
    await asyncio.sleep(0.01)
    other.execute("ROLLBACK")
    other.close()
    assert await begun == THREAD


async def test_many_at_once_are_too_much_for_a_loop(opened: Opened) -> None:
    engine = opened()
    assert set(await asyncio.gather(*(engine.transact(where) for _ in range(600)))) == {THREAD}


async def test_no_loop_waits_for_a_disk_to_flush(opened: Opened) -> None:
    assert await opened(durability="power").transact(where) == THREAD


async def test_no_loop_moves_the_log_into_the_file(opened: Opened, monkeypatch: pytest.MonkeyPatch) -> None:
    movers: list[str] = []

    def move(log: Log) -> None:
        movers.append(threading.current_thread().name)

    monkeypatch.setattr(Log, "move", move)
    monkeypatch.setattr("onedoor.stores.sqlite_log._PAGES", 10)
    engine = opened()
    await engine.transact(lambda transaction: transaction.put("big", Named("x" * 100_000)))
    assert await engine.transact(where) == THREAD, "until the log is short again"
    await engine.close()
    assert set(movers) == {THREAD}


@pytest.mark.parametrize(
    ("seconds", "quick"),
    [([0.02], True), ([0.021], False), ([0.003] * 5, True), ([0.003] * 15, False), ([0.001] * 99, True)],
)
def test_commits_that_were_slow_are_left_to_the_thread_for_some_seconds(seconds: list[float], quick: bool) -> None:
    clock = FakeClock()
    pace = Pace(clock)
    for one in seconds:
        pace.commit(lambda one=one: clock.advance(one))
    assert pace.quick is quick
    clock.advance(2.0)
    assert pace.quick
