"""What the calls of a batch hold in the state, so that nothing is booked twice for a result that is fetched later.

A process that dies is charged for every attempt under way at its upper bound, for nobody knows what it came to. Here it
will be known: the next pass fetches the result, and books it. So what each attempt holds is written down with its
request, and whatever was booked for one that has not become a row is taken back before the next pass begins.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

import msgspec

from onedoor.ledger.ledger import Ledger
from onedoor.policy.breaker import Rule
from onedoor.policy.ledger import AttemptRow
from onedoor.policy.terms import Permit, Reservation, Settlement
from onedoor.state import State
from onedoor.stores.engine import Transaction
from onedoor.types import Usage


async def held(state: State, calls: Mapping[str, str]) -> list[tuple[bytes, str]]:
    """What the attempts of these calls hold now, each with its request: `calls` are the requests' ids by call."""
    owner = state.engine.owner

    def work(rows: Transaction) -> list[tuple[bytes, str]]:
        found = (one for _, one in rows.scan(f"reservation/{owner}/", Reservation))
        return [(msgspec.json.encode(one), calls[one.call]) for one in found if one.call in calls]

    return await state.read(work)


async def take_back(state: State, file: Path, held: Iterable[bytes]) -> None:
    """Undo what was booked for these attempts, once, however often it is tried. `file` is the state's."""
    await state.read(lambda rows: None)  # the dead are settled first
    with Ledger(file) as ledger:
        found = [(one, _undone(ledger, one)) for one in (msgspec.json.decode(one, type=Reservation) for one in held)]
    for settled in [state.settle(Permit(one, Rule(), None), told) for one, told in found if told is not None]:
        await settled


def _undone(ledger: Ledger, held: Reservation) -> Settlement | None:
    """What a late settlement has to say so that nothing is left booked; None where nothing is, or nothing is any more.

    A late settlement books the difference between what it says and what the attempt held.
    """
    rows = {row.permit: row for row in ledger.attempts(held.call)}
    booked = rows.get(held.permit)
    if booked is None or f"{held.permit}/late" in rows or not _cost(booked):
        return None
    usage = Usage(held.input - booked.input, held.output - booked.output)
    money = None if booked.nano_usd is None else (held.nano_usd or 0) - booked.nano_usd
    return Settlement("cancelled", error="cancelled", usage=usage, nano_usd=money)


def _cost(row: AttemptRow) -> int:
    return row.input + row.output + (row.nano_usd or 0)
