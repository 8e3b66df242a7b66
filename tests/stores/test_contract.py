"""What every engine promises."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable

import pytest

from onedoor.stores.engine import Engine, Transaction

from .conftest import permits
from .rows import Count, Named, add, attempt, broken, count, counts


async def wait(begun: Awaitable[object]) -> None:
    await begun


async def test_what_is_put_is_there_for_the_next(engine: Engine) -> None:
    assert await engine.transact(add("a", 2)) == 2
    assert await engine.transact(add("a", 3)) == 5


async def test_what_is_not_there_is_none(engine: Engine) -> None:
    assert await engine.transact(lambda transaction: transaction.get("a", Count)) is None


async def test_a_work_reads_its_own_writes(engine: Engine) -> None:
    def work(transaction: Transaction) -> list[object]:
        transaction.put("k/b", Count(1))
        transaction.put("k/b", Count(2))
        transaction.put("k/a", Count(3))
        transaction.delete("k/a")
        return [transaction.get("k/b", Count), transaction.get("k/a", Count), list(transaction.scan("k/", Count))]

    assert await engine.transact(work) == [Count(2), None, [("k/b", Count(2))]]


async def test_a_scan_is_in_key_order_and_keeps_to_its_prefix(engine: Engine) -> None:
    keys = ["k/b", "k/é", "k/a", "k", "k/", "k0", "j/z", "k/\U0001f600", "k/\uffff"]
    for key in keys[:4]:
        await engine.transact(add(key))
    await asyncio.gather(*(engine.transact(add(key)) for key in keys[4:]))
    assert list(await engine.transact(counts("k/"))) == ["k/", "k/a", "k/b", "k/é", "k/\uffff", "k/\U0001f600"]
    assert list(await engine.transact(counts())) == sorted(keys)


async def test_rows_may_change_while_they_are_scanned(engine: Engine) -> None:
    def clear(transaction: Transaction) -> None:
        for key, row in transaction.scan("k/", Count):
            transaction.delete(key)
            transaction.put(f"k/new{row.n}", row)

    await asyncio.gather(*(engine.transact(add(f"k/{n}", n)) for n in range(1, 4)))
    await engine.transact(clear)
    assert await engine.transact(counts()) == {"k/new1": 1, "k/new2": 2, "k/new3": 3}


async def test_deleting_what_is_not_there_is_nothing(engine: Engine) -> None:
    await engine.transact(lambda transaction: transaction.delete("a"))
    assert await engine.transact(counts()) == {}


async def test_what_is_deleted_stays_deleted(engine: Engine) -> None:
    await engine.transact(add("a"))
    await engine.transact(lambda transaction: transaction.delete("a"))
    assert await engine.transact(counts()) == {}
    assert await engine.transact(count("a")) == 0


async def test_a_work_that_raises_changes_nothing(engine: Engine) -> None:
    await engine.transact(add("a"))
    with pytest.raises(LookupError, match="broken"):
        await engine.transact(broken)
    assert await engine.transact(counts()) == {"a": 1}
    assert permits(engine) == []


async def test_an_error_is_its_own_works_alone(engine: Engine) -> None:
    begun = [engine.transact(work) for work in (add("a"), broken, add("a"), broken, add("a"))]
    done = await asyncio.gather(*begun, return_exceptions=True)
    assert [type(value) for value in done] == [int, LookupError, int, LookupError, int]
    assert await engine.transact(counts()) == {"a": 3}


async def test_stop_iteration_reaches_the_one_who_waits(engine: Engine) -> None:
    with pytest.raises(RuntimeError, match="StopIteration"):
        await engine.transact(lambda transaction: next(transaction.scan("none", Count)))


async def test_transactions_happen_in_the_order_they_were_begun(engine: Engine) -> None:
    assert await asyncio.gather(*(engine.transact(add("a")) for _ in range(600))) == list(range(1, 601))


async def test_a_key_has_one_kind_of_row(engine: Engine) -> None:
    await engine.transact(lambda transaction: transaction.put("a", Named("x")))
    with pytest.raises(TypeError, match="'a' is a Named, not a Count"):
        await engine.transact(count("a"))


async def test_a_ledger_row_is_written_once(engine: Engine) -> None:
    for outcome in ("ok", "failed"):
        row = attempt("p1", outcome=outcome)
        await engine.transact(lambda transaction, row=row: transaction.append(row))
    await engine.transact(lambda transaction: [transaction.append(attempt(permit)) for permit in ("p2", "p2", "p3")])
    assert permits(engine) == ["p1", "p2", "p3"]


async def test_only_ledger_rows_go_into_the_ledger(engine: Engine) -> None:
    begun = [engine.transact(work) for work in (lambda transaction: transaction.append(Count(1)), add("a"))]
    done = await asyncio.gather(*begun, return_exceptions=True)
    assert [type(value) for value in done] == [TypeError, int]


async def test_cancelling_the_wait_does_not_undo_the_work(engine: Engine) -> None:
    waiting = asyncio.create_task(wait(engine.transact(add("a"))))
    unheard = asyncio.create_task(wait(engine.transact(broken)))
    for task in (waiting, unheard):
        task.cancel()
    await asyncio.gather(waiting, unheard, return_exceptions=True)
    assert await engine.transact(count("a")) == 1


async def test_nobody_else_is_here(engine: Engine) -> None:
    assert engine.owner
    assert await engine.transact(lambda transaction: transaction.dead()) == ()
    assert await engine.transact(lambda transaction: transaction.owners()) == (engine.owner,)
