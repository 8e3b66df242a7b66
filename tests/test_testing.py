"""A faked clock jumps over every wait, and over no work."""

from __future__ import annotations

import asyncio
import threading

import pytest

from onedoor.testing import FakeClock


def test_a_sleep_takes_its_time_on_the_clock_only() -> None:
    clock = FakeClock(now=10.0)
    clock.run(asyncio.sleep(3600))
    assert clock() == 3610


@pytest.mark.parametrize("limit", [None, 1.0])
def test_while_a_thread_works_the_clock_stands_still(limit: float | None) -> None:
    """Neither is that a standstill, nor does a timeout pass meanwhile."""
    clock, end = FakeClock(), threading.Event()

    async def waits() -> bool:
        threading.Timer(0.02, end.set).start()
        async with asyncio.timeout(limit):
            return await asyncio.to_thread(end.wait, 10)

    assert clock.run(waits())
    assert clock() == 0


def test_when_the_thread_is_done_the_clock_goes_on() -> None:
    clock = FakeClock()

    async def both() -> None:
        await asyncio.to_thread(len, "x")
        await asyncio.sleep(5)

    clock.run(both())
    assert clock() == 5


def test_a_thread_that_fails_is_done_too() -> None:
    clock = FakeClock()

    async def both() -> None:
        with pytest.raises(ValueError, match="invalid"):
            await asyncio.to_thread(int, "x")
        await asyncio.sleep(5)

    clock.run(both())
    assert clock() == 5


def test_where_nothing_can_go_on_it_says_so() -> None:
    async def stuck() -> None:
        await asyncio.get_running_loop().create_future()

    with pytest.raises(RuntimeError, match="everything waits"):
        FakeClock().run(stuck())
