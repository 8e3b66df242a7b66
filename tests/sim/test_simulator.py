from __future__ import annotations

import asyncio
from math import inf
from pathlib import Path

import msgspec
import pytest

from onedoor.errors import InvalidCall, OnedoorError
from onedoor.sim import PROFILES, Simulator, invoices
from onedoor.sim.journal import Entry

CASES = invoices(4)


def _entries(log: Path) -> list[Entry]:
    return [msgspec.json.decode(line, type=Entry, strict=True) for line in log.read_bytes().splitlines()]


async def test_the_log_has_a_line_for_every_request(reach, ask, tmp_path: Path) -> None:
    simulator = Simulator(speed=inf, log=tmp_path / "sim.jsonl")
    models = [name for name, profile in PROFILES.items() if not profile.embeds]
    calls = [ask(model, case.prompt, stream=stream) for model in models for case in CASES for stream in (False, True)]
    async with reach(simulator) as sim:
        results = await asyncio.gather(*(sim.chat(call) for call in calls), return_exceptions=True)
    entries = _entries(tmp_path / "sim.jsonl")
    failed = [result for result in results if isinstance(result, OnedoorError)]
    assert len(entries) == len(calls) == sum(counts["requests"] for counts in simulator.counts.values())
    assert sum(entry.outcome == "answered" for entry in entries) == len(calls) - len(failed)
    assert all(entry.simulated and entry.started <= entry.ended for entry in entries)


async def test_the_log_bills_what_the_reply_says(reach, ask, tmp_path: Path) -> None:
    async with reach(Simulator(speed=inf, log=tmp_path / "sim.jsonl")) as sim:
        replies = [await sim.chat(ask("fast", case.prompt, stream=True)) for case in CASES]
    billed = [(entry.input, entry.output) for entry in _entries(tmp_path / "sim.jsonl")]
    assert billed == [(reply.usage.input, reply.usage.output) for reply in replies]


async def test_a_fault_bills_nothing(reach, ask, simulator: Simulator) -> None:
    async with reach(simulator) as sim:
        with pytest.raises(OnedoorError):
            await sim.chat(ask("outage", "hello"))
    assert simulator.counts["outage"] == {"requests": 1, "refused": 1, "input": 0, "output": 0, "nano_usd": 0}


def test_the_price_is_the_profiles() -> None:
    assert PROFILES["careful"].price.input == 3_000_000_000


class Pause:
    """Lets a number of waits pass and stands still at the next."""

    def __init__(self, passing: int) -> None:
        self._passing = passing
        self.reached = asyncio.Event()
        self.left = asyncio.Event()

    async def __call__(self, seconds: float) -> None:
        self._passing -= 1
        if self._passing >= 0:
            return
        self.reached.set()
        try:
            await asyncio.Event().wait()
        finally:
            self.left.set()


@pytest.mark.parametrize(("stream", "passing", "billed"), [(False, 0, 31), (True, 4, 4)], ids=["plain", "streamed"])
async def test_a_client_that_leaves_is_disconnected(
    reach, ask, tmp_path: Path, stream: bool, passing: int, billed: int
) -> None:
    """A plain answer is billed in whole, a stream up to the token it was at."""
    pause = Pause(passing)
    async with reach(Simulator(log=tmp_path / "sim.jsonl", sleep=pause)) as sim:
        task = asyncio.create_task(sim.chat(ask("slow", "hello", stream=stream)))
        await asyncio.wait_for(pause.reached.wait(), 2)
        task.cancel()
        await asyncio.wait_for(pause.left.wait(), 2)
        (entry,) = _entries(tmp_path / "sim.jsonl")
    assert (entry.model, entry.outcome, entry.output) == ("slow", "disconnected", billed)


class Time:
    """A clock that only sleeping moves."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.now += seconds


@pytest.mark.parametrize("stream", [False, True], ids=["plain", "streamed"])
@pytest.mark.parametrize(("speed", "share"), [(1, 1), (10, 0.1), (inf, 0)])
async def test_speed_divides_the_profiles_delays(ask, reaches, speed: float, share: float, stream: bool) -> None:
    time, slow = Time(), PROFILES["slow"]
    async with reaches[0](Simulator(speed=speed, clock=time, sleep=time.sleep)) as sim:
        reply = await sim.chat(ask("slow", "hello", stream=stream))
    assert time.now == pytest.approx((slow.first_token + slow.per_token * reply.usage.output) * share)


async def test_two_simulators_share_a_log(ask, reaches, tmp_path: Path) -> None:
    for seed in range(2):
        async with reaches[0](Simulator(seed=seed, speed=inf, log=tmp_path / "sim.jsonl")) as sim:
            await sim.chat(ask("fast", "hello"))
    assert len(_entries(tmp_path / "sim.jsonl")) == 2


def test_a_log_that_cannot_be_written_is_refused_at_once(tmp_path: Path) -> None:
    with pytest.raises(InvalidCall, match="No such file"):
        Simulator(log=tmp_path / "missing" / "sim.jsonl")


@pytest.mark.parametrize("speed", [0, -1, float("nan")])
def test_a_speed_that_stops_time_is_refused(speed: float) -> None:
    with pytest.raises(InvalidCall, match="above 0"):
        Simulator(speed=speed)
