"""What only the store on a file does."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from pathlib import Path

import apsw
import msgspec
import pytest

from onedoor.errors import ConfigError, StoreError, WrongContext
from onedoor.stores.sqlite import SqliteEngine, open_readonly
from onedoor.stores.sqlite_lock import FileLock

from .rows import Count, Named, add, attempt, broken, call, count

Opened = Callable[..., SqliteEngine]


class Newer(msgspec.Struct):
    """A count as a later version may write it."""

    n: int
    since: float = 0.5


class Gate:
    """Another process's hold on the lock, for which the database thread has to wait."""

    def __init__(self, file: Path) -> None:
        self._lock = FileLock(file.with_name(f"{file.name}.lock"), seconds=5)
        assert self._lock.take()

    def open(self) -> None:
        self._lock.drop()


async def test_rows_are_still_there_when_the_file_is_opened_again(opened: Opened) -> None:
    first = opened()
    await first.transact(add("a", 7))
    await first.close()
    assert await opened().transact(count("a")) == 7


async def test_one_who_has_read_does_not_make_the_log_grow(opened: Opened, file: Path) -> None:
    idle, busy = opened(), opened()
    await busy.transact(add("a"))
    assert await idle.transact(count("a")) == 1
    for n in range(60):
        await busy.transact(lambda transaction, n=n: transaction.put("big", Named(str(n) * 100_000)))
    assert file.with_name("store.db-wal").stat().st_size < 6_000_000


@pytest.mark.parametrize("durability", ["process", "power"])
async def test_either_durability_works(opened: Opened, durability: str) -> None:
    assert await opened(durability=durability).transact(add("a")) == 1


async def test_a_field_of_a_newer_version_is_passed_over(opened: Opened) -> None:
    engine, other = opened(), opened()
    await engine.transact(lambda transaction: transaction.put("a", Newer(3)))
    assert await other.transact(count("a")) == 3


async def test_a_row_that_cannot_be_read_says_which(opened: Opened) -> None:
    engine, other = opened(), opened()
    await engine.transact(lambda transaction: transaction.put("a", attempt("p")))
    with pytest.raises(StoreError, match="the row 'a' can't be read as Named"):
        await other.transact(lambda transaction: transaction.get("a", Named))


async def test_cancelling_a_wait_under_way_neither_undoes_the_work_nor_harms_the_others(
    opened: Opened, file: Path
) -> None:
    engine, gate = opened(), Gate(file)
    begun = [engine.transact(work) for work in (add("a"), broken, add("a"))]
    await asyncio.sleep(0.01)
    for future in begun[:2]:
        assert future.cancel()
    gate.open()
    assert await begun[2] == 2


@pytest.mark.parametrize("held", [False, True])
async def test_a_failure_nobody_waits_for_is_logged(
    opened: Opened, file: Path, caplog: pytest.LogCaptureFixture, held: bool
) -> None:
    engine = opened()
    gate = Gate(file) if held else None
    engine.transact(broken).cancel()
    await asyncio.sleep(0.01)
    if gate:
        gate.open()
    await engine.transact(count("a"))
    assert "a transaction nobody waits for any more failed" in caplog.text


async def test_closing_does_first_what_was_begun(opened: Opened, file: Path) -> None:
    engine = opened()
    begun = [engine.transact(add("a")) for _ in range(1000)]
    await engine.close()
    assert await asyncio.gather(*begun) == list(range(1, 1001))
    assert sorted(path.name for path in file.parent.iterdir()) == ["store.db", "store.db-owners", "store.db.lock"]


async def test_a_closed_store_says_so(opened: Opened) -> None:
    engine = opened()
    await engine.close()
    await engine.close()
    with pytest.raises(WrongContext, match="this store is closed"):
        engine.transact(add("a"))
    with pytest.raises(WrongContext, match="this store is closed"):
        engine.query("SELECT 1")


async def test_closing_leaves_no_owner_behind(opened: Opened, file: Path) -> None:
    engine = opened()
    owners = file.with_name("store.db-owners")
    assert [owner.name for owner in owners.iterdir()] == [engine.owner]
    await engine.close()
    assert list(owners.iterdir()) == []


async def test_a_grave_that_cannot_be_dug_does_not_fail_what_is_committed(opened: Opened, file: Path) -> None:
    engine = opened()
    file.with_name("store.db-owners").joinpath("folder").mkdir()
    begun = [engine.transact(work) for work in (lambda transaction: transaction.bury("folder"), add("a"))]
    assert await asyncio.gather(*begun) == [None, 1]
    assert await engine.transact(lambda transaction: transaction.dead()) == ("folder",)


def test_a_transaction_needs_a_running_loop(file: Path) -> None:
    engine = SqliteEngine(file)
    with pytest.raises(WrongContext, match="inside a running event loop"):
        engine.transact(add("a"))
    asyncio.run(engine.close())


def test_loops_of_several_threads_may_share_an_engine(file: Path) -> None:
    engine = SqliteEngine(file)

    async def some() -> None:
        await asyncio.gather(*(engine.transact(add("a")) for _ in range(50)))

    threads = [threading.Thread(target=lambda: asyncio.run(some())) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert asyncio.run(last(engine)) == 200


async def last(engine: SqliteEngine) -> int:
    value = await engine.transact(count("a"))
    await engine.close()
    return value


def test_a_loop_that_closed_meanwhile_loses_nothing(file: Path) -> None:
    engine = SqliteEngine(file)
    gate = Gate(file)

    async def begin() -> None:
        engine.transact(add("a"))

    asyncio.run(begin())
    gate.open()
    assert asyncio.run(last(engine)) == 1


@pytest.mark.parametrize("table", ["attempts", "calls"])
async def test_the_ledger_is_append_only(opened: Opened, file: Path, table: str) -> None:
    engine = opened()
    await engine.transact(lambda transaction: [transaction.append(row) for row in (attempt("p"), call("c"))])
    other = apsw.Connection(str(file))
    with pytest.raises(apsw.ConstraintError, match="append-only"):
        other.execute(f"UPDATE {table} SET outcome = 'ok'")
    other.close()


async def test_what_a_provider_or_caller_put_in_does_not_cost_the_row(opened: Opened) -> None:
    engine = opened()
    odd = call("c", message="\ud800!", input=10**30, score=float("nan"), metadata={"a": {"\ud800": 1}, "b": object()})
    begun = [engine.transact(lambda transaction, row=row: transaction.append(row)) for row in (odd, call("d"))]
    await asyncio.gather(*begun)
    told = engine.query("SELECT message, input, score FROM calls ORDER BY seq")
    assert told[0] == ("?!", 2**63 - 1, None)
    assert len(told) == 2


async def test_a_row_or_key_that_cannot_be_stored_fails_alone(opened: Opened) -> None:
    engine = opened()
    works = [
        add("a"),
        lambda transaction: transaction.put("b", Count(10**30)),
        lambda transaction: transaction.put("\ud800", Count(1)),
        lambda transaction: transaction.get("\ud800", Count),
        add("a"),
    ]
    done = await asyncio.gather(*(engine.transact(work) for work in works), return_exceptions=True)
    assert [type(value) for value in done] == [int, OverflowError, UnicodeEncodeError, UnicodeEncodeError, int]


async def test_lists_and_dicts_are_json(opened: Opened) -> None:
    engine = opened()
    row = call("c", metadata={"team": "é"}, trail=[{"rail": "retry"}], degraded=[])
    await engine.transact(lambda transaction: transaction.append(row))
    sql = "SELECT metadata ->> 'team', trail ->> '$[0].rail', degraded, cached FROM calls"
    assert engine.query(sql) == [("é", "retry", "[]", 0)]


async def test_a_query_that_is_wrong_says_what_sqlite_says(opened: Opened) -> None:
    with pytest.raises(StoreError, match="no such table: recipes"):
        opened().query("SELECT * FROM recipes")


async def test_a_query_cannot_write(opened: Opened) -> None:
    with pytest.raises(StoreError, match="can't be written to"):
        opened().query("DELETE FROM calls")


def test_only_a_file_that_is_there_can_be_read(file: Path) -> None:
    with pytest.raises(StoreError, match="there is no such file"):
        open_readonly(file)
    assert not file.exists()


@pytest.mark.parametrize("path", ["", ":memory:"])
def test_a_store_in_memory_is_another_class(path: str) -> None:
    with pytest.raises(ConfigError, match="use MemoryEngine"):
        SqliteEngine(path)


def test_an_unknown_durability_is_refused(file: Path) -> None:
    with pytest.raises(ConfigError, match='"process" or "power", not \'disk\''):
        SqliteEngine(file, durability="disk")  # type: ignore[arg-type]
