"""Whatever is done, every engine ends up with the same rows: one in memory, and two that share a file."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from onedoor.stores.engine import Engine, Transaction
from onedoor.stores.memory_engine import MemoryEngine
from onedoor.stores.sqlite import SqliteEngine

from .conftest import permits
from .rows import Count, add, attempt, count, counts

Step = Callable[[Transaction], object]


class Work(NamedTuple):
    """Some steps, and whether it raises in the end."""

    steps: Sequence[Step]
    raises: bool

    def __call__(self, transaction: Transaction) -> list[object]:
        seen = [step(transaction) for step in self.steps]
        if self.raises:
            raise LookupError(str(seen))
        return seen


class Batch(NamedTuple):
    """Works begun at once, on the first or the second engine of a file."""

    works: Sequence[Work]
    second: bool


def delete(key: str) -> Step:
    return lambda transaction: transaction.delete(key)


def append(permit: str) -> Step:
    return lambda transaction: transaction.append(attempt(permit))


def sweep(prefix: str) -> Step:
    """Delete the even counts, as they are scanned."""
    return lambda transaction: [
        transaction.delete(key) for key, row in transaction.scan(prefix, Count) if not row.n % 2
    ]


KEYS = st.text("aé/\U0001f600", max_size=3)
STEPS = st.one_of(
    st.builds(add, KEYS, st.integers(-9, 9)),
    st.builds(count, KEYS),
    st.builds(counts, KEYS),
    st.builds(delete, KEYS),
    st.builds(sweep, KEYS),
    st.builds(append, st.sampled_from("pqr")),
)
WORKS = st.builds(Work, st.lists(STEPS, max_size=5), st.booleans())
BATCHES = st.builds(Batch, st.lists(WORKS, max_size=4), st.booleans())


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(BATCHES, max_size=8))
def test_every_engine_ends_up_with_the_same_rows(batches: list[Batch]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(compare(batches, Path(folder) / "store.db"))


async def compare(batches: list[Batch], file: Path) -> None:
    memory, first, second = MemoryEngine(), SqliteEngine(file), SqliteEngine(file)
    for batch in batches:
        expected = await told(memory, batch.works)
        assert await told(second if batch.second else first, batch.works) == expected
    for engine in (first, second):
        assert await engine.transact(counts()) == await memory.transact(counts())
        assert permits(engine) == permits(memory)
        await engine.close()


async def told(engine: Engine, works: Sequence[Work]) -> list[str]:
    begun = [engine.transact(work) for work in works]
    return [repr(value) for value in await asyncio.gather(*begun, return_exceptions=True)]
