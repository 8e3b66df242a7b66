"""Who was refused waits no longer than there is a reason to."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from tests.bulk.house import Answers, configuration

import onedoor
from onedoor.errors import ServerFault
from onedoor.providers.function import Function
from onedoor.types import Call, Reply


class DownAtFirst(Answers):
    """Fails so many times, then answers."""

    def __init__(self, times: int) -> None:
        super().__init__(pause=0.01)
        self.times = times

    async def __call__(self, call: Call) -> Reply:
        self.times -= 1
        if self.times >= 0:
            await asyncio.sleep(0.01)
            raise ServerFault("down")
        return await super().__call__(call)


async def until(so: Callable[[], bool]) -> None:
    while not so():  # noqa: ASYNC110 - it is a field that changes, and nobody is told
        await asyncio.sleep(0.001)


async def test_who_is_refused_while_a_probe_is_under_way_goes_on_once_it_has_landed() -> None:
    config = configuration()
    config["providers"]["p"]["breaker"] = {"consecutive": 3, "first_break": 0.2}
    items = [str(number) for number in range(30)]
    async with (
        onedoor.open_async(config, providers={"p": Function(DownAtFirst(5).__call__)}) as door,
        asyncio.timeout(30),  # a probe's own time is ten minutes
    ):
        run = door.map(items, "{text}", task="t", concurrency=4)
        waited = asyncio.create_task(until(lambda: "breaker" in run.progress.waits))
        results = [result async for result in run]
        await waited
    assert len(results) == 30
    assert not run.progress.waits
    assert sum(not result.ok for result in results) <= 5
