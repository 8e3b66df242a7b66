"""How good a door's answers were, wherever its calls are written down."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Iterator
from pathlib import Path

import msgspec

from onedoor.errors import WrongContext
from onedoor.ledger.held import held
from onedoor.ledger.ledger import Ledger
from onedoor.ledger.quality import Quality, quality
from onedoor.ledger.rollup import By
from onedoor.places import NO_FILE
from onedoor.policy.ledger import AttemptRow
from onedoor.state import State
from onedoor.state_ledger import flat, opinions, verdict
from onedoor.stores.memory import MemoryLedger
from onedoor.stores.memory_engine import MemoryEngine
from onedoor.stores.store import Ledger as WriteSide


async def judged(
    state: State,
    ledger: WriteSide,
    file: Path | None,
    *,
    by: By = "task",
    since: float | None = None,
    until: float | None = None,
    task: str | None = None,
) -> Quality:
    """The answers' quality, from the calls in memory or from the state's file. Times are seconds since the epoch."""
    remembered = list(rows(ledger, _attempts(state))) if isinstance(ledger, MemoryLedger) else None
    if remembered is None and file is None:
        raise WrongContext(NO_FILE)

    def read() -> Quality:
        if remembered is not None or file is None:
            return quality(held(remembered or ()), by, since=since, until=until, task=task)
        with Ledger(file) as kept:
            return kept.quality(by, since=since, until=until, task=task)

    return await asyncio.to_thread(read)


def rows(ledger: MemoryLedger, attempts: Iterable[AttemptRow]) -> Iterator[msgspec.Struct]:
    """The calls a process remembers, their attempts and what was said of them, as a file would have them."""
    yield from attempts
    for told in ledger:
        yield flat(told)
        yield from opinions(told)
        for later in ledger.opinions.get(told.id, ()):
            yield verdict(told.id, later, told.at + told.seconds, model=later.model)


def _attempts(state: State) -> tuple[AttemptRow, ...]:
    engine = state.engine
    return engine.ledger(AttemptRow) if isinstance(engine, MemoryEngine) else ()
