"""Bulk work in a process of its own, without end: python pacer.py STATE ADDRESS NAME CEILING.

It asks as many questions at once as its paces allow. Its time passes four times as fast as the clock on the wall.
"""

from __future__ import annotations

import asyncio
import sys
import time

from onedoor.bulk.paces import Paces, Route, paces
from onedoor.errors import Throttled
from onedoor.providers.client import Client
from onedoor.providers.transport import Http
from onedoor.state import State
from onedoor.stores.sqlite import SqliteEngine

ROUTE = Route("hosted", "m-1")
BEAT, BACK_OFF = 0.1, 0.03


def now() -> float:
    return 4 * time.time()


class Pacer:
    """`flying` questions at `address`, under way or in their back-off."""

    def __init__(self, paces: Paces, address: str, name: str) -> None:
        self.paces = paces
        self.client = Client("hosted", address, headers={}, transport=Http("hosted"))
        self.name = name
        self.flying = 0

    async def run(self) -> None:
        async with asyncio.TaskGroup() as group:
            while True:
                await self.paces.share({ROUTE: self.flying})
                self.begin(group)
                await self.paces.beat(BEAT)

    def begin(self, group: asyncio.TaskGroup) -> None:
        while self.flying < self.paces.allowed(ROUTE):
            self.flying += 1
            group.create_task(self.ask(group))

    async def ask(self, group: asyncio.TaskGroup) -> None:
        begun = now()
        try:
            async with self.client.post(f"/{self.name}", {}) as response:
                await response.read()
        except Throttled:
            self.paces.after(ROUTE, pushed_back=True, seconds=0.0)
            await asyncio.sleep(BACK_OFF)
        else:
            self.paces.after(ROUTE, pushed_back=False, seconds=now() - begun)
        self.flying -= 1
        self.begin(group)


async def main(state: str, address: str, name: str, ceiling: int) -> None:
    shared = State(lambda: SqliteEngine(state), now=now)
    await Pacer(paces(shared, lambda _: ceiling, now=now, process=name), address, name).run()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], sys.argv[2], sys.argv[3], int(sys.argv[4])))
