"""Processes that share a state: what becomes of slots, queues and books when one dies, stops or forks."""

from __future__ import annotations

import asyncio
import signal
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import msgspec
import pytest

import onedoor
from onedoor import AsyncDoor, OnedoorError, ServerFault, Throttled, Usage
from onedoor.ledger.upkeep import back_up
from onedoor.policy.breaker import Rule
from onedoor.policy.budget import Book, Bound
from onedoor.policy.gates import Gates
from onedoor.policy.slots import AGEING, Group
from onedoor.policy.terms import Need, Permit, Settlement, Slots, Terms
from onedoor.standard import Parts
from onedoor.state import State
from onedoor.state_ledger import StateLedger
from onedoor.stores.engine import Transaction
from onedoor.stores.sqlite import SqliteEngine, open_readonly
from onedoor.testing import Scripted, Wait

from .conftest import Program
from .storm import events, held_by_anyone, provider

Start = Callable[..., Program]
GROUP = "slots/provider/hosted"


async def group(state: State) -> Group:
    return await state.read(lambda rows: rows.get(GROUP, Group) or Group())


async def waiting(state: State, many: int) -> Group:
    """The group once so many wait."""
    until = time.monotonic() + 5
    while len((row := await group(state)).waiting) != many:
        assert time.monotonic() < until, row
        await asyncio.sleep(0.01)
    return row


def outcomes(file: Path) -> list[tuple[object, ...]]:
    """How many attempts ended how, and what they came to."""
    return asked(file, "SELECT outcome, count(*), sum(nano_usd) FROM attempts GROUP BY outcome ORDER BY outcome")


def asked(file: Path, sql: str) -> list[tuple[object, ...]]:
    with closing(open_readonly(file)) as reader:
        return [tuple(row) for row in reader.query(sql)]


async def begun(start: Start, *line: str) -> Program:
    program = start(*line)
    assert await asyncio.to_thread(program.says) == "ready"
    return program


async def said(program: Program) -> str:
    async with asyncio.timeout(5):
        return await asyncio.to_thread(program.says)


@pytest.mark.parametrize("restored", [True, False])
async def test_what_nobody_is_left_to_settle_is_settled_first(file: Path, restored: bool) -> None:
    """A restored backup names owners that aren't here, and so does an engine closed in the middle of an attempt."""
    copy = file.with_name("copy.db")
    gone, engine = State(lambda: engine), SqliteEngine(file)
    permit = await gone.admit(need("a"))
    assert isinstance(permit, Permit)
    back_up(file, copy)
    await (gone if restored else engine).close()
    state = State(lambda: SqliteEngine(copy if restored else file))
    assert await state.read(held_by_anyone) == ()
    assert outcomes(copy if restored else file) == [("orphan", 1, 1_400_000)]
    assert (await group(state)).total == 0
    await state.close()


async def test_what_the_living_hold_is_left_to_them(file: Path, state: State) -> None:
    permit = await state.admit(need("a"))
    assert isinstance(permit, Permit)
    newcomer = State(lambda: SqliteEngine(file))
    assert (await group(newcomer)).total == 1
    await newcomer.close()
    await state.settle(permit, Settlement("ok", usage=Usage(1, 1), nano_usd=5))
    assert outcomes(file) == [("ok", 1, 5)]


def need(name: str) -> Need:
    """An attempt that holds a slot, with 1.4 million nano-dollars reserved."""
    terms = Terms("hosted", "hosted/chat/small-1", "hosted", (), Rule(), slots=(Slots("provider/hosted", 2),))
    bound = Bound(1_000, 400, 1_400_000)
    return Need(name, name, 1, "chat", "", "", "small", bound, terms, bulk=False, since=time.time(), patience=1.0)


async def test_the_slot_of_a_killed_process_goes_to_one_that_waits(start: Start, state: State) -> None:
    holder = await begun(start, "ask", "chat", "holder")
    assert await said(holder) == "asked holder"
    waiter = await begun(start, "ask", "chat", "waiter")
    await waiting(state, 1)
    since = time.monotonic()
    holder.signal(signal.SIGKILL)
    assert await said(waiter) == "asked waiter"
    assert time.monotonic() - since < 1.0
    waiter.tell()
    assert await said(waiter) == "answered waiter"
    assert await state.read(held_by_anyone) == ()


async def test_interactive_calls_go_before_bulk_ones_of_other_processes(start: Start, state: State) -> None:
    holder = await begun(start, "ask", "chat", "holder")
    assert await said(holder) == "asked holder"
    bulk = await begun(start, "ask", "night", "bulk")
    await waiting(state, 1)
    interactive = await begun(start, "ask", "chat", "interactive")
    await waiting(state, 2)
    holder.tell()
    assert await said(interactive) == "asked interactive"
    assert [ticket.bulk for ticket in (await group(state)).waiting] == [True]
    interactive.tell()
    assert await said(bulk) == "asked bulk"
    bulk.tell()


async def test_a_bulk_call_that_has_waited_long_enough_goes_first(start: Start, state: State) -> None:
    holder = await begun(start, "ask", "chat", "holder")
    assert await said(holder) == "asked holder"
    bulk = await begun(start, "ask", "night", "bulk")
    await waiting(state, 1)
    await state.read(aged)
    interactive = await begun(start, "ask", "chat", "interactive")
    await waiting(state, 2)
    holder.tell()
    assert await said(bulk) == "asked bulk"
    bulk.tell()
    assert await said(interactive) == "asked interactive"
    interactive.tell()


def aged(rows: Transaction) -> None:
    """Everyone who waits has come earlier than they say."""
    row = rows.get(GROUP, Group)
    assert row is not None
    older = [msgspec.structs.replace(ticket, since=ticket.since - AGEING - 5) for ticket in row.waiting]
    rows.put(GROUP, msgspec.structs.replace(row, waiting=tuple(older)))


async def test_a_stopped_process_keeps_its_slot_and_settles_exactly(start: Start, state: State, file: Path) -> None:
    holder = await begun(start, "ask", "chat", "holder")
    assert await said(holder) == "asked holder"
    holder.signal(signal.SIGSTOP)
    waiter = await begun(start, "ask", "chat", "waiter")
    await waiting(state, 1)
    await asyncio.sleep(0.3)
    row = await group(state)
    assert row.total == 1
    assert len(row.waiting) == 1
    holder.signal(signal.SIGCONT)
    holder.tell()
    assert await said(holder) == "answered holder"
    assert await said(waiter) == "asked waiter"
    waiter.tell()
    assert await said(waiter) == "answered waiter"
    assert outcomes(file) == [("ok", 2, 2 * 20_000)]
    assert await state.read(held_by_anyone) == ()


async def test_a_forked_child_is_told_to_open_its_own_door_and_its_parent_keeps_its_slot(
    start: Start, state: State
) -> None:
    program = start("fork")
    assert await said(program) == "asked parent"
    refused = await said(program)
    assert refused.startswith("refused this store was open")
    assert "fork" in refused
    assert await said(program) == "child ended"
    await asyncio.sleep(0.12)
    assert (await group(state)).total == 1
    program.tell()
    assert await said(program) == "answered parent"
    assert await state.read(held_by_anyone) == ()


async def test_a_full_disk_says_what_to_do_and_nothing_is_lost_once_there_is_room(
    start: Start, state: State, file: Path
) -> None:
    program = start("fill")
    assert await said(program) == "asked costly"
    assert await said(program) == "full"
    program.tell()
    for code in ("store", "store"):
        error = await said(program)
        assert error.startswith(f"{code} {file}: ")
        assert "disk" in error
    assert await said(program) == "room"
    assert await said(program) == "asked after"
    program.tell()
    assert await said(program) == "answered after"
    await asyncio.to_thread(program.process.wait)
    assert await state.read(held_by_anyone) == ()
    assert outcomes(file) == [("ok", 2, 2 * 20_000)]
    assert asked(file, "SELECT outcome, error FROM calls ORDER BY seq") == [("ok", ""), ("failed", "store"), ("ok", "")]


async def test_two_versions_of_the_code_share_a_file(start: Start, state: State) -> None:
    """A newer one may write fields we don't know, an older one may leave out what has a default."""

    def other_version(rows: Transaction) -> None:
        rows.put(GROUP, Newer(held={}, colour="blue"))
        rows.put("gates/hosted", Older())

    class Newer(Group, frozen=True, omit_defaults=True):
        colour: str = ""

    class Older(msgspec.Struct):
        throttled_until: float = 1.0

    await state.read(other_version)
    program = await begun(start, "ask", "chat", "question")
    assert await said(program) == "asked question"
    assert (await group(state)).total == 1
    program.tell()
    assert await said(program) == "answered question"
    assert await state.read(held_by_anyone) == ()
    gates = await state.read(lambda rows: rows.get("gates/hosted", Gates))
    assert gates is not None


async def test_a_429_keeps_every_process_away_until_its_time(start: Start, tmp_path: Path) -> None:
    """The provider's own log says who came when."""
    with provider(tmp_path, {"schedule": [429], "retry_after": 0.7}) as (port, log):
        first, second = (start("http", str(port)) for _ in range(2))
        for program in (first, second):
            assert await said(program) == "ready"
        first.tell()
        assert await said(first) == "throttled"
        second.tell()
        first.tell()
        assert {await said(first), await said(second)} == {"answered"}
        told = [event for event in events(log) if event["event"] == "start"]
    assert [event["status"] for event in told] == [429, 200, 200]
    assert told[1]["at"] - told[0]["at"] >= 0.7


class Clock:
    """Seconds since the epoch, set as one likes."""

    def __init__(self) -> None:
        self.now = 1_760_000_000.0

    def __call__(self) -> float:
        return self.now


SHUT: dict[str, tuple[dict[str, Any], list[Any]]] = {
    "throttled": ({}, [Throttled("slow down", retry_after=5)]),
    "breaker": ({"breaker": {"first_break": 5.0}}, [ServerFault("broken")] * 5),
    "rate": ({"rates": [{"requests": 1, "per": 5}]}, ["fine"]),
    "sliding rate": ({"rates": [{"requests": 1, "per": 5, "algorithm": "sliding"}]}, ["fine"]),
    "fixed rate": ({"rates": [{"requests": 1, "per": 5, "algorithm": "fixed"}]}, ["fine"]),
}


@pytest.mark.parametrize("jump", [-3600.0, 3600.0], ids=["back", "forward"])
@pytest.mark.parametrize(("settings", "steps"), SHUT.values(), ids=SHUT)
async def test_a_clock_set_an_hour_off_shuts_nothing_for_long_and_loses_no_row(
    file: Path, settings: dict[str, Any], steps: list[Any], jump: float
) -> None:
    clock = Clock()
    state = State(lambda: SqliteEngine(file), now=clock, chance=lambda: 0.0)
    config = {
        "providers": {"hosted": {"kind": "openai", "slots": 1, **settings}},
        "models": {"small": {"provider": "hosted", "name": "small-1"}},
        "tasks": {"chat": {"models": ["small"], "retry": {"sends": 1}, "on_limit": "fail"}},
    }
    script = Scripted([*steps, "fine"], repeat=True)
    parts = Parts(state=state, ledger=StateLedger(state))
    door = onedoor.open_async(config, providers={"hosted": script}, parts=parts)
    said = [await outcome(door) for _ in [*steps, "shut"]]
    assert said[-1] not in {"fine", "throttled", "server_fault"}
    clock.now += jump
    for _ in range(12):
        said.append(await outcome(door))
        clock.now += 1.0
    assert "fine" in said[len(steps) + 1 :]
    assert len(script.calls) == asked(file, "SELECT count(*) FROM attempts")[0][0]
    assert len(said) == asked(file, "SELECT count(*) FROM calls")[0][0]
    assert await state.read(held_by_anyone) == ()
    await state.close()


async def outcome(door: AsyncDoor) -> str:
    try:
        return (await door.ask("hi", task="chat")).text
    except OnedoorError as error:
        return error.code


@pytest.mark.parametrize("jump", [-3600.0, 3600.0], ids=["back", "forward"])
async def test_a_call_under_way_while_the_clock_is_set_is_settled_in_its_own_books(file: Path, jump: float) -> None:
    clock = Clock()
    state = State(lambda: SqliteEngine(file), now=clock)
    budget = {"usd": 1.0, "per": "day", "strict": True}
    config = {
        "providers": {"hosted": {"kind": "openai", "budgets": [budget]}},
        "models": {"small": {"provider": "hosted", "name": "small-1", "price": {"input": 1.0, "output": 1.0}}},
        "tasks": {"chat": {"models": ["small"]}},
    }
    parts = Parts(state=state, ledger=StateLedger(state))
    door = onedoor.open_async(config, providers={"hosted": Scripted([[Wait(0.05), "fine"]])}, parts=parts)
    asking = asyncio.ensure_future(door.ask("hi", task="chat"))
    await asyncio.sleep(0.02)
    clock.now += 24 * jump
    reply = await asking
    (book,) = (await state.read(lambda rows: dict(rows.scan("budget/", Book)))).values()
    assert reply.cost is not None
    assert (book.spent, book.reserved) == (reply.cost.nano_usd, 0)
    await state.close()
