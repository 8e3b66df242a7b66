"""Workers that share a state, forked from one process so that a new one is at work within milliseconds.

`python worker.py` reads one JSON line per worker, {"caller", "state", "config", "parallel"}, and prints its process id.
Each opens a door of its own and asks without end. The broken states are what a test of the states must find out.
"""

from __future__ import annotations

import asyncio
import gc
import itertools
import json
import os
import signal
import sys
import traceback
from collections.abc import Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, TypeVar

import aiohttp  # noqa: F401 - imported before the workers are forked
import msgspec

import onedoor
from onedoor import AsyncDoor, CandidateFailed
from onedoor.policy import admission
from onedoor.policy.terms import Need, Permit, Refusal, Reservation
from onedoor.providers import openai  # noqa: F401
from onedoor.standard import Parts
from onedoor.state import State
from onedoor.state_ledger import StateLedger
from onedoor.stores.engine import Engine, Transaction
from onedoor.stores.sqlite import SqliteEngine

R = TypeVar("R", bound=msgspec.Struct)
T = TypeVar("T")

ENDLESS = 10**18
UNDECIDED = 0.003
"""Seconds between the two transactions of a state that checks in one and records in the other."""


class Wrapped:
    """Rows that are another transaction's."""

    def __init__(self, rows: Transaction) -> None:
        self._rows = rows

    def get(self, key: str, kind: type[R]) -> R | None:
        return self._rows.get(key, kind)

    def put(self, key: str, row: msgspec.Struct) -> None:
        self._rows.put(key, row)

    def delete(self, key: str) -> None:
        self._rows.delete(key)

    def scan(self, prefix: str, kind: type[R]) -> Iterator[tuple[str, R]]:
        return self._rows.scan(prefix, kind)

    def append(self, row: msgspec.Struct) -> None:
        self._rows.append(row)

    def owners(self) -> tuple[str, ...]:
        return self._rows.owners()

    def dead(self) -> tuple[str, ...]:
        return self._rows.dead()

    def bury(self, owner: str) -> None:
        self._rows.bury(owner)


class FreeOrphans(Wrapped):
    """Shows every reservation found by its dead owner as if nothing had been reserved."""

    def scan(self, prefix: str, kind: type[R]) -> Iterator[tuple[str, R]]:
        for key, row in self._rows.scan(prefix, kind):
            free = isinstance(row, Reservation)
            yield key, msgspec.structs.replace(row, input=0, output=0, nano_usd=0) if free else row


class Unwritten(Wrapped):
    """Changes nothing."""

    def put(self, key: str, row: msgspec.Struct) -> None:
        """Forget it."""

    def delete(self, key: str) -> None:
        """Forget it."""


@dataclass(frozen=True)
class FreeOrphansEngine:
    """BROKEN: what a dead process had reserved is charged at zero."""

    engine: Engine

    @property
    def owner(self) -> str:
        return self.engine.owner

    def transact(self, work: Callable[[Transaction], T]) -> Awaitable[T]:
        return self.engine.transact(lambda rows: work(FreeOrphans(rows)))

    async def close(self) -> None:
        await self.engine.close()


class CheckThenRecord(State):
    """BROKEN: looks in one transaction whether an attempt may go, and takes what it needs in the next."""

    async def admit(self, need: Need) -> Permit | Refusal:
        told = await self._try(need, Unwritten)
        if isinstance(told, Refusal):
            return replace(told, queued=False, until=self.now + 0.01) if told.why == "slots" else told
        await asyncio.sleep(UNDECIDED)
        budgets = tuple(replace(budget, cap=ENDLESS) for budget in need.terms.budgets)
        slots = tuple(replace(place, limit=None) for place in need.terms.slots)
        terms = replace(need.terms, budgets=budgets, slots=slots)
        return await self._try(msgspec.structs.replace(need, terms=terms), Wrapped)

    async def _try(self, need: Need, seen: Callable[[Transaction], Transaction]) -> Permit | Refusal:
        now, owner = self.now, self.engine.owner
        return await self.read(lambda rows: admission.admit(seen(rows), need, owner, now=now, chance=0.5))


def honest(path: str) -> State:
    return State(lambda: SqliteEngine(path))


def free_orphans(path: str) -> State:
    return State(lambda: FreeOrphansEngine(SqliteEngine(path)))


def check_then_record(path: str) -> State:
    return CheckThenRecord(lambda: SqliteEngine(path))


STATES = {state.__name__: state for state in (honest, free_orphans, check_then_record)}


def config(port: int, caller: str, *, total_usd: float, caller_usd: float, slots: int) -> dict[str, Any]:
    """One provider, one model, one task; strict budgets at three levels; nothing is sent twice."""
    strict = {"per": "month", "strict": True}
    return {
        "providers": {
            "hosted": {
                "kind": "openai",
                "base_url": f"http://127.0.0.1:{port}/v1",
                "budgets": [{"usd": total_usd, **strict}],
            }
        },
        "models": {
            "small": {
                "provider": "hosted",
                "name": "small-1",
                "price": {"input": 1.0, "output": 2.0},
                "max_output": 64,
                "budgets": [{"usd": total_usd, **strict}],
            }
        },
        "tasks": {"chat": {"models": ["small"], "slots": slots, "retry": {"sends": 1}, "max_wait": 0.5}},
        "callers": {caller: {"budgets": [{"usd": caller_usd, **strict}]}},
    }


async def work(told: Mapping[str, Any]) -> None:
    """Ask without end, several questions at a time."""
    state = STATES[told["state"]](os.environ["ONEDOOR_STATE"])
    parts = Parts(state=state, ledger=StateLedger(state))
    door = onedoor.open_async(told["config"], parts=parts)
    numbers = itertools.count(1)
    await asyncio.gather(*(_ask(door, told["caller"], numbers) for _ in range(told["parallel"])))


async def _ask(door: AsyncDoor, caller: str, numbers: Iterator[int]) -> None:
    while True:
        try:
            await door.ask(f"{caller}:{next(numbers)} is the harbour quiet?", task="chat", caller=caller)
        except CandidateFailed:
            await asyncio.sleep(0.005)


def main() -> None:
    """Fork a worker for every line, until there are no more."""
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    gc.freeze()
    for line in sys.stdin:
        pid = os.fork()
        if not pid:
            _live(json.loads(line))
        print(pid, flush=True)  # noqa: T201 - the test reads it


def _live(told: Mapping[str, Any]) -> None:
    try:
        asyncio.run(work(told))
    except BaseException:  # noqa: BLE001 - the test reads what it was
        traceback.print_exc()
    finally:
        os._exit(1)


if __name__ == "__main__":
    main()
