"""A simulator over real HTTP, and a door beside that asks it in batches, item by item, as a run does."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from onedoor.bulk.batch import Batching, Pace, asking, batching
from onedoor.bulk.result import FORMAT, Head
from onedoor.bulk.rows import Rows
from onedoor.bulk.run_file import opened
from onedoor.door import AsyncDoor
from onedoor.load import load
from onedoor.policy.budget import Book
from onedoor.providers.provider import Provider
from onedoor.types import Reply

QUICK = Pace(size=12, quiet=0.05, first=0.005, longest=0.02)
"""Handed over when the dozen is full; what comes later waits a moment for more."""

PRICE = {"input": 1.0, "output": 2.0}


def configuration(url: str, state: str = "memory", *, kind: str = "openai", model: str = "fast", **more: Any) -> Any:
    """One model of one provider, on which one task relies."""
    return {
        "providers": {"p": {"kind": kind, "base_url": url, **more.pop("provider", {})}},
        "models": {
            "m": {"provider": "p", "name": model, "price": PRICE, "max_output": 100, **more.pop("model_table", {})}
        },
        "tasks": {"t": {"models": ["m"], **more.pop("task", {})}},
        "state": {"path": state},
        "runs": {"night": {"budgets": [{"usd": 100.0, "per": "run"}]}},
        **more,
    }


def fingerprint(item: str) -> bytes:
    return hashlib.sha256(item.encode()).digest()[:16]


@dataclass
class Desk:
    """A door that asks in batches: what one pass of a run is made of."""

    door: AsyncDoor
    batching: Batching
    rows: Rows
    replies: dict[str, Reply | Exception] = field(default_factory=dict)

    async def ask(self, item: str, **more: Any) -> None:
        with asking(fingerprint(item)):
            try:
                self.replies[item] = await self.door.ask(f"say {item}", task="t", run="night", **more)
            except Exception as error:  # noqa: BLE001 - it is what the item came to
                self.replies[item] = error

    async def all(self, items: Sequence[str], **more: Any) -> Mapping[str, Reply | Exception]:
        async with asyncio.TaskGroup() as group:
            for item in items:
                group.create_task(self.ask(item, **more))
        return self.replies

    @property
    def texts(self) -> dict[str, str]:
        return {item: reply.text for item, reply in self.replies.items() if isinstance(reply, Reply)}

    @property
    def billed(self) -> int:
        """Nano-dollars that the replies say they cost."""
        return sum(reply.cost.nano_usd for reply in self.replies.values() if isinstance(reply, Reply) and reply.cost)

    async def booked(self) -> tuple[int, int]:
        """What the run's budget has, in nano-dollars: spent and still reserved."""
        books = await self.door._parts.state.read(lambda rows: list(rows.scan("budget/run/night", Book)))
        return sum(book.spent for _, book in books), sum(book.reserved for _, book in books)


async def until(so: Callable[[], bool]) -> None:
    """Let others go on until it is so."""
    async with asyncio.timeout(10):
        while not so():  # noqa: ASYNC110 - what it waits for is at the other end of a connection
            await asyncio.sleep(0.001)


@asynccontextmanager
async def desk(config: Any, file: Path, *, pace: Pace = QUICK, **providers: Provider) -> AsyncIterator[Desk]:
    loaded = load(config)
    with opened(file, Head(FORMAT, "night", "night", 0.0, "t", {})) as rows:
        line = batching(loaded, file, models=["m"], pace=pace)
        async with AsyncDoor(loaded, providers=providers) as outer:
            wrapped = {name: line.wrap(partial(outer.provider, name), name) for name in loaded.providers}
            door = AsyncDoor(line.config, providers=wrapped, parts=outer._parts)
            await line.begin(outer._parts.state)
            try:
                yield Desk(door, line, rows)
            finally:
                await line.close()
