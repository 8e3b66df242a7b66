"""Many processes on one file, and what is left of them."""

from __future__ import annotations

import asyncio
import os
import signal
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from onedoor.stores.engine import Transaction
from onedoor.stores.sqlite import SqliteEngine, open_readonly

from .conftest import Program, ends, says
from .rows import add, attempt, count, counts

Opened = Callable[..., SqliteEngine]
Start = Callable[..., Program]


async def dead(engine: SqliteEngine) -> tuple[str, ...]:
    return await engine.transact(lambda transaction: transaction.dead())


async def noticed(engine: SqliteEngine, owner: str) -> float:
    """Seconds until an owner is seen to be dead."""
    since = time.monotonic()
    while owner not in await dead(engine):
        assert time.monotonic() < since + 5, "never noticed"
        await asyncio.sleep(0.005)
    return time.monotonic() - since


async def test_processes_that_open_a_new_file_at_once_lose_no_count(start: Start, opened: Opened) -> None:
    for program in [start("add_many", 500) for _ in range(4)]:
        ends(program)
    assert await opened().transact(count("count")) == 2000


async def test_a_kill_loses_nothing_that_was_answered(start: Start, opened: Opened) -> None:
    answered: list[str] = []
    for round_ in range(2):
        programs = [start("storm", f"{round_}-{n}") for n in range(2)]
        for program in programs:
            said = [says(program)]
            await asyncio.sleep(0.05)
            program.kill()
            assert program.stdout is not None
            answered += said + [line.strip() for line in program.stdout if line.endswith("\n")]
    engine = opened()
    written = {permit for (permit,) in engine.query("SELECT permit FROM attempts")}
    assert written.issuperset(answered)
    assert await engine.transact(count("total")) == len(written)
    assert engine.query("PRAGMA integrity_check") == [("ok",)]
    assert len(await dead(engine)) == 4


async def test_an_owner_that_was_killed_is_soon_found_dead_and_can_be_buried(start: Start, opened: Opened) -> None:
    engine, other = opened(), opened()
    program = start("hold")
    owner = says(program)
    assert await dead(engine) == ()
    program.kill()
    assert await noticed(engine, owner) < 1
    assert await noticed(other, owner) < 1
    await engine.transact(lambda transaction: transaction.bury(owner))
    assert await dead(engine) == ()
    await asyncio.sleep(0.11)
    assert await dead(other) == ()


async def test_a_stopped_owner_is_not_dead(start: Start, opened: Opened) -> None:
    engine = opened()
    program = start("hold")
    owner = says(program)
    program.send_signal(signal.SIGSTOP)
    await asyncio.sleep(0.15)
    assert await dead(engine) == ()
    program.kill()
    assert await noticed(engine, owner) < 1


async def test_a_forked_child_does_not_keep_its_parents_owner_alive(start: Start, opened: Opened) -> None:
    engine = opened()
    program = start("outlive")
    owner, child = says(program).split()
    program.kill()
    took = await noticed(engine, owner)
    os.kill(int(child), signal.SIGKILL)
    assert took < 1


async def test_a_forked_child_may_not_use_the_store_and_its_parent_goes_on(start: Start) -> None:
    *refused, last = ends(start("fork")).splitlines()
    assert len(refused) == 5
    assert all("was open when the process was forked; open it only after forking" in line for line in refused)
    assert last == "100 ok"


def test_what_was_begun_before_a_fork_is_done_by_the_parent_alone(start: Start, file: Path) -> None:
    assert ends(start("fork_in_a_turn")) == "1 0\n"


def test_a_forked_child_that_ends_in_good_order_leaves_the_file_alone(start: Start, file: Path) -> None:
    assert ends(start("exit_child")) == "1\n2\n"
    assert open_readonly(file).query("PRAGMA integrity_check") == [("ok",)]


def test_a_child_may_open_what_was_closed_before_the_fork(start: Start) -> None:
    assert ends(start("fork_after_closing")) == "1\n2\n3\n"


async def test_what_was_begun_is_done_when_the_program_ends_without_closing(start: Start, opened: Opened) -> None:
    ends(start("leave_open"))
    engine = opened()
    assert await engine.transact(count("count")) == 1000
    assert len(await dead(engine)) == 1


async def test_a_thread_that_outlives_the_main_one_can_go_on(start: Start) -> None:
    assert ends(start("leave_thread")) == "1\n2\n3\n4\n5\n"


def test_reading_goes_on_while_others_write(start: Start, file: Path) -> None:
    program = start("storm", "a")
    says(program)
    reader = open_readonly(file)
    for _ in range(20):
        last = says(program)
        assert reader.query("SELECT count(*) FROM attempts WHERE permit = ?", (last,)) == [(1,)]
    reader.close()


async def test_a_batch_sees_what_another_engine_of_the_process_wrote(opened: Opened) -> None:
    first, second = opened(), opened()
    assert [await engine.transact(add("a")) for engine in (first, second, first, first, second)] == [1, 2, 3, 4, 5]
    assert await dead(first) == ()
    assert first.owner < second.owner


async def test_a_grave_is_dug_only_if_the_work_is_kept(start: Start, opened: Opened) -> None:
    engine = opened()
    program = start("hold")
    owner = says(program)
    program.kill()
    await noticed(engine, owner)

    def bury_and_raise(transaction: Transaction) -> None:
        transaction.bury(owner)
        assert transaction.dead() == ()
        transaction.append(attempt("orphan"))
        raise LookupError

    with pytest.raises(LookupError):
        await engine.transact(bury_and_raise)
    assert await dead(engine) == (owner,)
    assert await engine.transact(counts()) == {"count": 1}
