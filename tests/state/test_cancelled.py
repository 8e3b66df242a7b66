"""A call cancelled at any step, admission and settlement included, leaves no slot, reservation or place in a queue."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Iterator
from pathlib import Path
from typing import Any

import pytest

import onedoor
from onedoor import AsyncDoor, Reply, ServerFault, Usage
from onedoor.policy.budget import Book
from onedoor.standard import Parts
from onedoor.state import State
from onedoor.state_ledger import StateLedger
from onedoor.stores.engine import Engine
from onedoor.stores.memory_engine import MemoryEngine
from onedoor.stores.sqlite import SqliteEngine
from onedoor.testing import Scripted, Wait

from .rig import InlineSqlite, Rig, Slow, Timed, config
from .stepped import Stepped
from .storm import held_by_anyone

FINE = Reply("fine", usage=Usage(10, 5))
SETTINGS = config(
    provider={"slots": 1, "budgets": [{"usd": 10, "strict": True}]},
    task={"slots": 1, "retry": {"sends": 2}, "deadline": 100, "timeout": {"total": 20}},
    model={"slots": 1},
)


@pytest.fixture(params=["memory", "sqlite"])
def bare(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Callable[[], Engine]]:
    """Makes engines that are closed in the end."""
    made: list[InlineSqlite] = []

    def make() -> Engine:
        if request.param == "memory":
            return MemoryEngine(most=1000)
        made.append(InlineSqlite(tmp_path / f"state-{len(made)}.db"))
        return made[-1]

    yield make
    for engine in made:
        asyncio.run(engine.close())


def script() -> Timed:
    """The first holds the slot for a while, the second fails once on its way, every later one is answered."""
    return Timed([Wait(1.1), FINE, [Wait(1), ServerFault("down")], Wait(1), FINE, FINE], repeat=True)


async def beside(door: AsyncDoor, call: Coroutine[Any, Any, Any]) -> None:
    """A call that finds the slot taken by another one."""
    holder = asyncio.ensure_future(door.ask("holder", task="chat"))
    await asyncio.sleep(1)
    await asyncio.wait([asyncio.ensure_future(call)])
    await holder


async def step_of(door: AsyncDoor, last: int) -> int:
    stepped = Stepped(door.ask("cancelled", task="chat"), last)
    try:
        await stepped
    except asyncio.CancelledError:
        assert last, "nobody cancelled it"
    return stepped.steps


@pytest.mark.parametrize("late", [False, True], ids=["done at once", "done later"])
def test_a_waiting_call_cancelled_at_any_step_leaves_nothing_behind(bare: Callable[[], Engine], late: bool) -> None:
    whole = whole_of(Rig(Slow(bare(), late=late)))
    assert whole > 12
    for last in range(1, whole + 1):
        rig = Rig(Slow(bare(), late=late))
        asked = script()
        door = rig.door(SETTINGS, hosted=asked)
        rig.run(beside(door, step_of(door, last)))
        rig.run(asyncio.sleep(0.01))
        assert rig.read(held_by_anyone) == (), f"step {last}"
        assert len(rig.attempts) - len(asked.asked) in {0, 1}
        sent = [row for row in rig.attempts if row.outcome != "cancelled" or row.nano_usd]
        unsent = len(rig.attempts) - len(sent)
        assert len(sent) == len(asked.asked)
        assert unsent <= 1
        assert len({row.permit for row in rig.attempts}) == len(rig.attempts)
        assert [row.outcome for row in rig.calls].count("cancelled") <= 1
        assert len(rig.calls) == 2
        (book,) = rig.read(lambda rows: dict(rows.scan("budget/", Book))).values()
        assert book.spent == sum(row.nano_usd or 0 for row in rig.attempts)
        assert rig.ask(door, "after").text == "fine"
        call = rig.calls[-1].id
        assert max(row.waited for row in rig.attempts if row.call == call) < 0.01, f"step {last}: something was held"


def whole_of(rig: Rig) -> int:
    """The steps of the call when nobody cancels it."""
    door, steps = rig.door(SETTINGS, hosted=script()), []

    async def counted() -> None:
        steps.append(await step_of(door, 0))

    rig.run(beside(door, counted()))
    return steps[0]


async def test_a_call_cancelled_at_any_step_leaves_nothing_in_a_real_file(tmp_path: Path) -> None:
    engine = SqliteEngine(tmp_path / "state.db")
    rig = Rig(engine)
    asked = Scripted([FINE], repeat=True)
    door = rig.door(SETTINGS, hosted=asked)
    whole = await step_of(door, 0)
    assert whole >= 2
    for last in range(1, whole + 1):
        for _ in range(10):
            task = asyncio.ensure_future(step_of(door, last))
            await asyncio.wait([task])
            task.result()
    assert await rig.state.read(held_by_anyone) == ()
    outcomes = engine.query("SELECT outcome, nano_usd > 0, count(*) FROM attempts GROUP BY 1, 2 ORDER BY 1, 2 DESC")
    sent = sum(int(str(count)) for outcome, billed, count in outcomes if outcome == "ok" or billed)
    assert sent == len(asked.calls)
    (calls,) = engine.query("SELECT count(*) FROM calls")
    assert calls == (10 * whole + 1,)
    await rig.state.close()


async def test_a_door_closed_in_the_middle_of_a_call_leaves_nothing_held(tmp_path: Path) -> None:
    """What is under way is charged as if its process had died, and corrected when it ends after all."""
    file = tmp_path / "state.db"
    first, second = (State(lambda: SqliteEngine(file)) for _ in range(2))
    parts = Parts(state=first, ledger=StateLedger(first))
    door = onedoor.open_async(SETTINGS, providers={"hosted": Scripted([[Wait(0.1), "fine"]])}, parts=parts)
    asking = asyncio.ensure_future(door.ask("hi", task="chat"))
    await asyncio.sleep(0.05)
    await first.close()
    assert await second.read(held_by_anyone) == ()
    reply = await asking
    await first.close()
    (book,) = (await second.read(lambda rows: dict(rows.scan("budget/", Book)))).values()
    assert reply.cost is not None
    assert (book.spent, book.reserved) == (reply.cost.nano_usd, 0)
    assert await second.read(held_by_anyone) == ()
    await second.close()
