"""What every call, process and later host must agree on, changed in two atomic steps: admit and settle."""

from __future__ import annotations

import asyncio
import logging
import random
import time
from collections import defaultdict
from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from typing import TypeVar

from onedoor.errors import StoreError
from onedoor.policy import admission, entry, settlement
from onedoor.policy.breaker import Breaker, Manual, Rule, set_by_hand
from onedoor.policy.gates import Gates
from onedoor.policy.ledger import BodyRow, CallRow, EventRow, VerdictRow
from onedoor.policy.slots import AGEING, Group, left
from onedoor.policy.terms import Limit, Need, Permit, Refusal, Reservation, Settlement
from onedoor.stores.engine import Called, Engine, Transaction, the_one

T = TypeVar("T")
Work = Callable[[Transaction], None]

UNSENT = Settlement("cancelled", error="cancelled", billed=False)
"""What becomes of a permit nobody waited for."""

MOST_OWED = 1_000
"""Calls to remember while they can't be written down; settlements are always remembered."""

FORGET = 3600.0
"""Seconds between two looks for users who ask no more."""

_log = logging.getLogger(__name__)


class State:
    """Breakers, gates, rates, slots, budgets and the ledger's write side, over one engine.

    The engine is opened at the first use. `now` is seconds since the epoch; `chance` a random number in [0, 1).
    """

    def __init__(
        self,
        open_engine: Callable[[], Engine],
        *,
        now: Callable[[], float] = time.time,
        chance: Callable[[], float] = random.random,
    ) -> None:
        self._open = open_engine
        self._engine: Engine | None = None
        self._now = now
        self._chance = chance
        self._waiters: defaultdict[str, dict[asyncio.Future[None], float]] = defaultdict(dict)
        self._owed: dict[str, Work] = {"": self._sweep}
        self._forgot = 0.0

    @property
    def engine(self) -> Engine:
        """The store underneath. Raises StoreError when it can't be opened."""
        if self._engine is None:
            self._engine = self._open()
        return self._engine

    @property
    def now(self) -> float:
        """Seconds since the epoch, as every decision sees them."""
        return self._now()

    async def admit(self, need: Need) -> Permit | Refusal:
        """Take everything an attempt needs, or nothing and say what refused.

        When the wait is cancelled after the permit was given, the permit is settled as unsent.
        """
        owner, now, chance = self.engine.owner, self._now(), self._chance()
        told: list[Permit | Refusal] = []

        def work(rows: Transaction) -> Permit | Refusal:
            _reap(rows, now)
            told[:] = [admission.admit(rows, need, owner, now=now, chance=chance)]
            return told[0]

        def give_back(rows: Transaction) -> None:
            _leave(rows, need)
            if told and isinstance(told[0], Permit) and _holds(rows, told[0]):
                rows.append(settlement.settle(rows, told[0], UNSENT, now=now, jitter=0.0))

        try:
            return await self._begin(work)
        except asyncio.CancelledError:
            self._surely(need.permit, give_back)
            raise

    async def enter(self, limits: Sequence[Limit]) -> Refusal | None:
        """Take one request of every limit, or nothing and say which refuses.

        Now and then the meters of users who have long asked nothing are dropped.
        """
        now = self._now()
        due = not 0 <= now - self._forgot < FORGET
        self._forgot = now if due else self._forgot

        def work(rows: Transaction) -> Refusal | None:
            if due:
                entry.forget(rows, now=now)
            return entry.enter(rows, limits, now=now)

        return await self._begin(work)

    def settle(self, permit: Permit, told: Settlement) -> Awaitable[None]:
        """Book what happened, with the attempt's ledger row, in one transaction. Begins at once and can't be undone.

        What the store can't keep now is booked with the first transaction that it can keep.
        """
        now, jitter = self._now(), self._chance()

        def work(rows: Transaction) -> None:
            rows.append(settlement.settle(rows, permit, told, now=now, jitter=jitter))

        def again(rows: Transaction) -> None:
            if _holds(rows, permit):
                work(rows)

        settled = self._surely(permit.reservation.permit, work, again)
        for group in permit.reservation.groups:
            self._wake(group)
        return settled

    def record(self, row: CallRow, body: BodyRow | None = None, verdicts: Sequence[VerdictRow] = ()) -> Awaitable[None]:
        """Write a call down, with what its verifiers think. Begins at once and can't be undone."""

        def work(rows: Transaction) -> None:
            rows.append(row)
            for verdict in verdicts:
                rows.append(verdict)
            if body is not None:
                rows.append(body)

        return self._surely(row.id, work) if len(self._owed) < MOST_OWED else self.engine.transact(work)

    async def judge(self, call: str, row: Callable[[Called], VerdictRow]) -> Called:
        """Write a verdict on a call down. `call` is its id, or the beginning of it. Raises UnknownCall."""

        def work(rows: Transaction) -> list[Called]:
            found = rows.called(call)
            if len(found) == 1:
                rows.append(row(found[0]))
            return found

        return the_one(call, await self._begin(work))

    async def freed(self, need: Need, group: str, seconds: float) -> None:
        """Wait until a slot of the group may be free: one was given back here, or so many seconds have passed."""
        waiter = asyncio.get_running_loop().create_future()
        self._waiters[group][waiter] = need.since + AGEING * need.bulk
        try:
            await asyncio.wait([waiter], timeout=seconds)
        finally:
            self._waiters[group].pop(waiter, None)

    async def leave(self, need: Need) -> None:
        """Give up the place in a queue."""
        await self.engine.transact(lambda rows: _leave(rows, need))

    async def note(self, row: EventRow) -> None:
        """Write down what somebody did by hand."""
        await self._begin(lambda rows: rows.append(row))

    async def switch(self, route: str, manual: Manual, *, actor: str, until: float = 0.0) -> Breaker:
        """Put a hand on a breaker, or take it off, and note who did. "closed" also opens the provider's gates."""
        now = self._now()

        def work(rows: Transaction) -> Breaker:
            row = set_by_hand(admission.route_breaker(rows, route), manual, actor=actor, until=until)
            rows.put(f"breaker/{route}", row)
            if manual == "closed":
                rows.put(f"gates/{route.partition('/')[0]}", Gates())
            event = f"{now:.6f}/{route}"
            rows.append(
                EventRow(id=event, at=now, actor=actor, action=manual or "release", subject=route, detail=str(until))
            )
            return row

        return await self.read(work)

    async def read(self, question: Callable[[Transaction], T]) -> T:
        """Run a question against one moment's truth, the dead already buried."""
        now = self._now()

        def work(rows: Transaction) -> T:
            _reap(rows, now)
            return question(rows)

        return await self._begin(work)

    async def close(self) -> None:
        """Finish what was begun and let go. What is still under way is charged like a dead process's."""
        engine, self._engine = self._engine, None
        if engine is not None:
            now = self._now()
            self._pay(engine)
            try:
                await engine.transact(lambda rows: _bury(rows, engine.owner, now))
            finally:
                await engine.close()

    def _sweep(self, rows: Transaction) -> None:
        """Owed to the state once, before anything else: settle what was held by those of whom nothing else is left."""
        for owner in settlement.strangers(rows, rows.owners()):
            _bury(rows, owner, self._now())

    def _begin(self, work: Callable[[Transaction], T]) -> Awaitable[T]:
        """Begin a work, and before it what is owed."""
        self._pay(self.engine)
        return self.engine.transact(work)

    def _pay(self, engine: Engine) -> None:
        if not self._owed:
            return
        owed, self._owed = self._owed, {}
        for key, again in owed.items():
            self._remember(key, again, engine.transact(again))

    def _surely(self, key: str, work: Work, again: Work | None = None) -> Awaitable[None]:
        """Begin a work; where it isn't known to be kept, `again` is owed, which does only what hasn't been done."""
        begun = self.engine.transact(work)
        self._remember(key, again or work, begun)
        return begun

    def _remember(self, key: str, again: Work, begun: Awaitable[None]) -> None:
        if isinstance(begun, asyncio.Future):
            begun.add_done_callback(partial(self._kept, key, again))

    def _kept(self, key: str, again: Work, begun: asyncio.Future[None]) -> None:
        error = None if begun.cancelled() else begun.exception()
        if error is not None:
            _log.warning("the state could not be written: %s", error)
        if begun.cancelled() or isinstance(error, StoreError):
            self._owed[key] = again

    def _wake(self, group: str) -> None:
        """A hint to the most urgent one who waits here; the admission decides."""
        waiters = self._waiters[group]
        if waiters:
            waiter = min(waiters, key=waiters.__getitem__)
            del waiters[waiter]
            waiter.set_result(None)


def _reap(rows: Transaction, now: float) -> None:
    """Settle what dead processes held: charged at the upper bound, freed, and written down."""
    for owner in rows.dead():
        _bury(rows, owner, now)
        rows.bury(owner)


def _bury(rows: Transaction, owner: str, now: float) -> None:
    for row in settlement.bury(rows, owner, rule=Rule(), now=now):
        rows.append(row)


def _holds(rows: Transaction, permit: Permit) -> bool:
    """Whether what was admitted is still to be settled."""
    held = permit.reservation
    return rows.get(f"reservation/{held.owner}/{held.permit}", Reservation) is not None


def _leave(rows: Transaction, need: Need) -> None:
    for place in need.terms.slots:
        key = f"slots/{place.key}"
        row = rows.get(key, Group)
        without = row and left(row, need.permit)
        if without is not None and without is not row:
            rows.put(key, without)
