"""One pace for each route, agreed on by all who share a state."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onedoor.bulk.paces import Paces, Route, paces
from onedoor.policy import gates
from onedoor.policy.pace import BACK, FEWEST, ROUND
from onedoor.policy.shares import FRESH, LOST, Member, Shared
from onedoor.state import State
from onedoor.stores.memory_engine import MemoryEngine
from onedoor.stores.sqlite import SqliteEngine

from .bearing import bearing
from .pacer import now

ROUTE, OTHER = Route("hosted", "m-1"), Route("hosted", "org/m-2")
PACER = str(Path(__file__).with_name("pacer.py"))


class House:
    """A state whose clock stands still, and who shares it."""

    def __init__(self, state: Callable[[Callable[[], float]], State]) -> None:
        self.time = 1_700_000_000.0
        self.state = state(lambda: self.time)

    def paces(self, process: str, ceiling: int = 32) -> Paces:
        return paces(self.state, lambda _: ceiling, now=lambda: self.time, process=process)


@pytest.fixture(params=["memory", "file"])
async def house(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[House]:
    engine = MemoryEngine() if request.param == "memory" else SqliteEngine(tmp_path / "state.db")
    house = House(lambda now: State(lambda: engine, now=now))
    yield house
    await house.state.close()


async def beat(*busy: Paces, times: int = 4) -> None:
    """All of them use what they have, for some beats."""
    for _ in range(times):
        for one in busy:
            await one.share({ROUTE: one.allowed(ROUTE)})


async def test_a_run_alone_begins_at_its_ceiling(house: House) -> None:
    one = house.paces("one", 12)
    assert one.allowed(ROUTE) == 1
    assert one.pressed.is_set()
    await one.share({ROUTE: 1})
    assert one.allowed(ROUTE) == 12
    assert not one.pressed.is_set()


async def test_two_busy_ones_have_half_each(house: House) -> None:
    one, two = house.paces("one"), house.paces("two")
    await beat(one)
    await beat(one, two)
    assert (one.allowed(ROUTE), two.allowed(ROUTE)) == (16, 16)


async def test_routes_have_nothing_to_do_with_each_other(house: House) -> None:
    one, two = house.paces("one"), house.paces("two")
    await beat(one)
    await two.share({OTHER: 0})
    two.after(OTHER, pushed_back=True, seconds=0.0)
    await beat(one)
    assert (one.allowed(ROUTE), two.allowed(OTHER)) == (32, 22)


async def test_what_one_does_not_need_the_other_may_use(house: House) -> None:
    one, two = house.paces("one"), house.paces("two")
    await beat(one, two)
    for _ in range(6):
        await two.share({ROUTE: 3})
        await beat(one, times=1)
    assert one.allowed(ROUTE) == 28
    assert two.allowed(ROUTE) == 4


async def test_one_whose_calls_have_all_landed_takes_no_share(house: House) -> None:
    one, two = house.paces("one"), house.paces("two")
    await beat(one, two)
    for _ in range(8):
        await two.share({ROUTE: 0})
        await beat(one, times=1)
    assert one.allowed(ROUTE) == 32


async def test_one_whose_work_goes_on_begins_with_one_call_and_asks_at_once(house: House) -> None:
    one, two = house.paces("one"), house.paces("two")
    await beat(two)
    for _ in range(8):
        await two.share({ROUTE: 0})
    assert two.limit == 0
    await beat(one)
    assert not two.pressed.is_set()
    assert two.allowed(ROUTE) == 1
    assert two.pressed.is_set()
    await beat(one, two)
    assert one.limit == two.limit == two.allowed(ROUTE) == 16


async def test_a_short_lull_costs_no_more_than_half_a_share(house: House) -> None:
    one, two = house.paces("one"), house.paces("two")
    await beat(one, two)
    await two.share({ROUTE: 0})
    await beat(one)
    assert two.allowed(ROUTE) >= 8


async def test_one_that_ends_leaves_its_share_at_once(house: House) -> None:
    one, two = house.paces("one"), house.paces("two")
    await beat(one, two)
    await two.close()
    await beat(one, times=1)
    assert one.allowed(ROUTE) == 32


async def test_one_that_is_heard_of_no_more_loses_its_share_by_and_by(house: House) -> None:
    one, two = house.paces("one"), house.paces("two")
    await beat(one, two)
    await beat(one)
    assert one.allowed(ROUTE) == 16
    house.time += LOST
    await beat(one, times=1)
    assert one.allowed(ROUTE) == 32


async def test_a_push_back_slows_down_at_once_here_and_with_the_next_beat_there(house: House) -> None:
    one, two = house.paces("one"), house.paces("two")
    await beat(one, two)
    for _ in range(10):
        one.after(ROUTE, pushed_back=True, seconds=0.0)
    assert one.allowed(ROUTE) == int(16 * BACK)
    assert one.pressed.is_set()
    await beat(one, two)
    assert one.allowed(ROUTE) + two.allowed(ROUTE) == int(32 * BACK)


async def test_the_same_push_back_felt_by_all_slows_down_once(house: House) -> None:
    one, two = house.paces("one"), house.paces("two")
    await beat(one, two)
    one.after(ROUTE, pushed_back=True, seconds=0.0)
    two.after(ROUTE, pushed_back=True, seconds=0.0)
    await beat(one, two)
    assert one.allowed(ROUTE) + two.allowed(ROUTE) == int(32 * BACK)


async def test_it_grows_by_one_a_round_whoever_makes_the_calls(house: House) -> None:
    one, two = house.paces("one"), house.paces("two")
    await beat(one, two)
    one.after(ROUTE, pushed_back=True, seconds=0.0)
    await beat(one, two)
    house.time += ROUND
    for _ in range(12):
        one.after(ROUTE, pushed_back=False, seconds=1.0)
        two.after(ROUTE, pushed_back=False, seconds=1.0)
    await beat(one, two)
    assert one.allowed(ROUTE) + two.allowed(ROUTE) == 23


async def test_alone_it_grows_without_waiting_for_a_beat(house: House) -> None:
    one = house.paces("one")
    await beat(one)
    one.after(ROUTE, pushed_back=True, seconds=0.0)
    house.time += ROUND
    for _ in range(40):
        one.after(ROUTE, pushed_back=False, seconds=0.0)
    assert one.allowed(ROUTE) == 24


async def test_answers_that_become_slow_slow_everybody_down(house: House) -> None:
    one, two = house.paces("one"), house.paces("two")
    await beat(one, two)
    for _ in range(FEWEST):
        one.after(ROUTE, pushed_back=False, seconds=1.0)
    while not one.pressed.is_set():
        one.after(ROUTE, pushed_back=False, seconds=9.0)
    await beat(one, two)
    assert one.allowed(ROUTE) + two.allowed(ROUTE) == int(32 * BACK)


async def test_what_lands_while_it_is_shared_is_not_lost(house: House) -> None:
    one = house.paces("one")
    await beat(one)
    sharing = asyncio.ensure_future(one.share({ROUTE: 32}))
    await asyncio.sleep(0)
    one.after(ROUTE, pushed_back=True, seconds=0.0)
    await sharing
    assert one.allowed(ROUTE) == int(32 * BACK)
    await one.share({ROUTE: 22})
    await beat(two := house.paces("two"))
    assert two.allowed(ROUTE) == 1


@pytest.mark.parametrize(("pause", "begins"), [(FRESH / 2, 15), (2 * FRESH, 32)])
async def test_a_run_begins_where_the_last_one_ended_unless_that_is_long_ago(
    house: House, pause: float, begins: int
) -> None:
    last = house.paces("last")
    await beat(last)
    for _ in range(2):
        last.after(ROUTE, pushed_back=True, seconds=0.0)
        house.time += ROUND
    await last.close()
    house.time += pause
    next_one = house.paces("next")
    await next_one.share({ROUTE: 0})
    assert next_one.allowed(ROUTE) == begins


async def test_all_rest_as_long_as_the_provider_asked_one_to(house: House) -> None:
    one = house.paces("one")
    await beat(one)
    assert one.resting(ROUTE) == 0.0
    await _throttled(house, retry_after=7.0)
    await beat(one, times=1)
    assert one.resting(ROUTE) == 7.0
    house.time += 7.0
    assert one.resting(ROUTE) == 0.0


async def test_a_rest_costs_no_share(house: House) -> None:
    one, two = house.paces("one"), house.paces("two")
    await beat(one, two)
    await _throttled(house, retry_after=7.0)
    await beat(one, two, times=8)
    assert (one.allowed(ROUTE), two.allowed(ROUTE)) == (4, 4)
    for _ in range(8):
        await one.share({ROUTE: 0})
    assert one.allowed(ROUTE) == 4


async def _throttled(house: House, *, retry_after: float) -> None:
    """A 429 of this provider was settled, with sixteen calls under way."""
    shut = gates.throttled(gates.NEW, retry_after=retry_after, in_flight=16, admitted=house.time, now=house.time)
    await house.state.read(lambda rows: rows.put("gates/hosted", shut))


async def test_what_is_refused_while_the_provider_rests_slows_nothing_down_further(house: House) -> None:
    one = house.paces("one")
    await beat(one)
    one.after(ROUTE, pushed_back=True, seconds=0.0)
    await _throttled(house, retry_after=70.0)
    await beat(one)
    house.time += 60.0
    one.after(ROUTE, pushed_back=True, seconds=0.0)
    house.time += 30.0
    await one.share({ROUTE: 3})
    assert one.allowed(ROUTE) == 8


async def test_a_provider_that_says_how_many_it_still_takes_is_heard_before_it_pushes_back(house: House) -> None:
    one, two = house.paces("one"), house.paces("two")
    await beat(one, two)
    for left in (12, 10):
        one.after(ROUTE, pushed_back=False, seconds=1.0, remaining=left)
    assert one.allowed(ROUTE) == 5
    await beat(one, two)
    assert one.allowed(ROUTE) + two.allowed(ROUTE) == 10
    one.after(ROUTE, pushed_back=False, seconds=1.0, remaining=0)
    await beat(one, two)
    assert (one.allowed(ROUTE), two.allowed(ROUTE)) == (1, 1)
    for left in range(1, 50):
        two.after(ROUTE, pushed_back=False, seconds=1.0, remaining=left)
    await beat(one, two)
    assert one.allowed(ROUTE) + two.allowed(ROUTE) == 9


async def test_a_server_that_always_says_the_same_is_not_believed(house: House) -> None:
    one = house.paces("one")
    await beat(one)
    for _ in range(10):
        one.after(ROUTE, pushed_back=False, seconds=1.0, remaining=0)
    assert one.allowed(ROUTE) == 32


async def test_no_more_are_begun_than_the_provider_is_known_to_bear(house: House) -> None:
    one = house.paces("one")
    await _throttled(house, retry_after=1.0)
    await beat(one)
    for _ in range(100):
        one.after(ROUTE, pushed_back=False, seconds=1.0)
    assert one.allowed(ROUTE) == 8


@dataclass
class Busy:
    """A run that has so many items left; each of its calls takes a second."""

    paces: Paces
    left: int = 0
    landing: list[float] = field(default_factory=list)
    due: float = 0.0

    async def move(self, now: float, *, pushed_back: bool) -> None:
        """Calls land, others begin; a beat is late by two seconds at most."""
        landed = [at for at in self.landing if at <= now]
        self.landing = [at for at in self.landing if at > now]
        for _ in landed:
            self.paces.after(ROUTE, pushed_back=pushed_back, seconds=1.0)
        self.begin(now)
        if self.paces.pressed.is_set() or now >= self.due:
            await self.beat(now)

    def begin(self, now: float) -> None:
        while self.left and len(self.landing) < self.paces.allowed(ROUTE):
            self.left -= 1
            self.landing.append(now + 1.0)

    async def beat(self, now: float) -> None:
        await self.paces.share({ROUTE: len(self.landing)})
        self.due = now + 2.0
        self.begin(now)


MOVES = st.lists(
    st.tuples(st.integers(0, 2), st.sampled_from([0, 0, 3, 100]), st.booleans(), st.floats(0, 0.5)), max_size=100
)


@given(st.integers(1, 30), MOVES)
def test_together_they_have_no_more_under_way_than_the_ceiling_but_for_one_call_each(
    ceiling: int, moves: list[tuple[int, int, bool, float]]
) -> None:
    async def run() -> None:
        engine = MemoryEngine()
        house = House(lambda now: State(lambda: engine, now=now))
        runs = [Busy(house.paces(name, ceiling)) for name in ("one", "two", "three")]
        for number, items, pushed_back, seconds in moves:
            house.time += seconds
            runs[number].left += items
            for one in runs:
                await one.move(house.time, pushed_back=pushed_back)
            await runs[number].beat(house.time)
            assert sum(len(one.landing) for one in runs) <= ceiling + len(runs) - 1

    asyncio.run(run())


@asynccontextmanager
async def pacing(state: Path, address: str, name: str) -> AsyncIterator[asyncio.subprocess.Process]:
    """A process that works without end."""
    process = await asyncio.create_subprocess_exec(sys.executable, PACER, str(state), address, name, "32")
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


async def test_two_processes_share_what_a_server_bears_and_one_that_is_killed_leaves_it_to_the_other(
    tmp_path: Path,
) -> None:
    file = tmp_path / "state.db"
    state = State(lambda: SqliteEngine(file), now=now)
    async with bearing(8, seconds=0.05) as (server, address), AsyncExitStack() as stack:
        one, _ = [await stack.enter_async_context(pacing(file, address, name)) for name in ("one", "two")]
        await server.until(lambda: server.refused <= 15 and min(map(server.answered, ("one", "two"))) >= 30)
        assert (await members(state)).keys() == {"one", "two"}
        one.kill()
        while (await members(state)).keys() != {"two"}:
            await server.more()
        await server.until(lambda: server.at_once["two"] >= 7)
    later = paces(state, lambda _: 32, now=now, process="later")
    await later.share({ROUTE: 0})
    assert later.allowed(ROUTE) <= 12
    await state.close()


async def members(state: State) -> Mapping[str, Member]:
    """Who shares the pace as of now."""
    row = await state.read(lambda rows: rows.get(ROUTE.key, Shared))
    return row.members if row else {}
