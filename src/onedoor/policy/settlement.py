"""Settlement: what an attempt held is given back, what it really used is booked, and its ledger row is made."""

from __future__ import annotations

from collections.abc import Container

from msgspec.structs import replace

from onedoor.policy import breaker, gates, rates, slots
from onedoor.policy.admission import provider_gates, route_breaker
from onedoor.policy.budget import Book, settled
from onedoor.policy.ledger import AttemptRow
from onedoor.policy.rows import Rows
from onedoor.policy.terms import Ending, Permit, Reservation, Settlement
from onedoor.types import Usage

RESULTS: dict[Ending, breaker.Result] = {
    "ok": "success",
    "slow": "slow",
    "failed": "failure",
    "rejected": "success",
    "throttled": "neutral",
    "refused_key": "neutral",
    "cancelled": "neutral",
    "unsent": "failure",
}
"""What each ending means for the breaker: only the provider's own failures count, never the caller's or ours."""

OUTCOMES: dict[Ending, str] = {"ok": "ok", "slow": "ok", "cancelled": "cancelled"}
"""What each ending is called in the ledger; every other one has failed."""


def settle(rows: Rows, permit: Permit, told: Settlement, *, now: float, jitter: float) -> AttemptRow:
    """Book what happened and return the attempt's ledger row.

    A reservation that is gone was charged whole because its process was taken for dead: then the difference is booked
    and the row says "late".
    """
    held = permit.reservation
    key = f"reservation/{held.owner}/{held.permit}"
    late = rows.get(key, Reservation) is None
    tokens, nano_usd = used(held, told)
    _book(rows, held, tokens, nano_usd, late=late, now=now)
    if not late:
        rows.delete(key)
        _release(rows, held, told.seconds)
    _tell_breakers(rows, permit, told, now=now, jitter=jitter)
    _tell_gates(rows, permit, told, now)
    row = _row(held, told, nano_usd, now)
    return _late_row(row, held) if late else row


def orphan(rows: Rows, held: Reservation, *, rule: breaker.Rule, now: float) -> AttemptRow:
    """The process that held this is dead: charge the upper bound, free the rest, and say so in the ledger."""
    usage = Usage(held.input, held.output, estimated=True)
    told = Settlement("cancelled", error="orphan", usage=usage, nano_usd=held.nano_usd, seconds=max(0.0, now - held.at))
    rows.delete(f"reservation/{held.owner}/{held.permit}")
    _book(rows, held, usage.total, held.nano_usd, late=False, now=now)
    _release(rows, held, 0.0)
    for route, generation in ((held.route, held.generation), (held.host, held.host_generation)):
        _tell_breaker(rows, route, generation, held.permit, rule, "neutral", now=now, jitter=0.0, hint=None)
    row = provider_gates(rows, held.provider)
    _change_gates(rows, held.provider, row, gates.unproven(row, held.permit, now=now))
    source = "" if held.nano_usd is None else "reserved"
    return replace(_row(held, told, held.nano_usd, now), outcome="orphan", price_source=source)


def bury(rows: Rows, owner: str, *, rule: breaker.Rule, now: float) -> list[AttemptRow]:
    """Everything a dead owner held, settled as orphans; its slots and places in queues are free again."""
    dead = [held for _, held in list(rows.scan(f"reservation/{owner}/", Reservation))]
    orphans = [orphan(rows, held, rule=rule, now=now) for held in dead]
    for key, group in list(rows.scan("slots/", slots.Group)):
        if slots.names(group, owner):
            rows.put(key, slots.without(group, owner))
    return orphans


def strangers(rows: Rows, owners: Container[str]) -> tuple[str, ...]:
    """Who holds or waits for something and isn't among these owners: a restored backup names them, or a bad end."""
    held = {one.owner for _, one in rows.scan("reservation/", Reservation)}
    for _, group in rows.scan("slots/", slots.Group):
        held.update(group.held, (ticket.owner for ticket in group.waiting))
    return tuple(sorted(owner for owner in held if owner not in owners))


def used(held: Reservation, told: Settlement) -> tuple[int, int | None]:
    """Tokens and nano-dollars to book: the truth where it is known, else the upper bound; nothing if unbilled."""
    if told.usage is not None:
        return told.usage.total, held.nano_usd if told.nano_usd is None else told.nano_usd
    return (held.input + held.output, held.nano_usd) if _lost(held, told) else (0, 0)


def _lost(held: Reservation, told: Settlement) -> bool:
    """Whether the provider may have made and billed an answer that never came whole."""
    return told.usage is None and told.billed and held.bills_lost


def _book(rows: Rows, held: Reservation, tokens: int, nano_usd: int | None, *, late: bool, now: float) -> None:
    """Put what was really used in place of what was reserved; in the windows of the reservation, whatever now is."""
    for key, amount, metric in held.books:
        actual = tokens if metric == "tokens" else (amount if nano_usd is None else nano_usd)
        book = rows.get(key, Book)
        if book is not None:
            rows.put(key, settled(book, 0, actual - amount) if late else settled(book, amount, actual))
    for key, units, rate in held.meters:
        meter = rows.get(key, rates.Meter)
        if meter is not None and tokens != units:
            rows.put(key, rates.corrected(rate, meter, tokens - units, since=held.at, now=now))


def _release(rows: Rows, held: Reservation, seconds: float) -> None:
    for key in held.groups:
        group = rows.get(key, slots.Group)
        if group is not None:
            rows.put(key, slots.timed(slots.gave(group, held.owner), seconds))


def _tell_breakers(rows: Rows, permit: Permit, told: Settlement, *, now: float, jitter: float) -> None:
    """The route hears every result; the host only whether a connection could be made."""
    held, result = permit.reservation, RESULTS[told.ending]
    for route, generation, outcome in (
        (held.route, held.generation, result),
        (held.host, held.host_generation, _connection(told.ending)),
    ):
        _tell_breaker(
            rows, route, generation, held.permit, permit.rule, outcome, now=now, jitter=jitter, hint=told.retry_after
        )


def _connection(ending: Ending) -> breaker.Result:
    """What the host hears: a failure only when it was never reached."""
    if ending == "unsent":
        return "failure"
    return "neutral" if ending == "cancelled" else "success"


def _tell_breaker(
    rows: Rows,
    route: str,
    generation: int,
    permit: str,
    rule: breaker.Rule,
    result: breaker.Result,
    *,
    now: float,
    jitter: float,
    hint: float | None,
) -> None:
    row = route_breaker(rows, route)
    told = breaker.after(
        row, rule, result, permit=permit, generation=generation, now=now, jitter=jitter, retry_after=hint
    )
    if told is not row:
        rows.put(f"breaker/{route}", told)


def _tell_gates(rows: Rows, permit: Permit, told: Settlement, now: float) -> None:
    held = permit.reservation
    row = provider_gates(rows, held.provider)
    match told.ending:
        case "ok" | "slow":
            changed = gates.answered(row, held.permit, slots=permit.slots, now=now)
        case "refused_key":
            changed = gates.refused(row, told.error, now=now)
        case "throttled":
            changed = _throttled(rows, held, gates.unproven(row, held.permit, now=now), told, now)
        case _:
            changed = gates.unproven(row, held.permit, now=now)
    _change_gates(rows, held.provider, row, changed)


def _throttled(rows: Rows, held: Reservation, row: gates.Gates, told: Settlement, now: float) -> gates.Gates:
    """This attempt has already given its slot back, and was under way with those that hold one."""
    group = rows.get(f"slots/provider/{held.provider}", slots.Group) or slots.NEW
    return gates.throttled(row, retry_after=told.retry_after, in_flight=group.total + 1, admitted=held.at, now=now)


def _change_gates(rows: Rows, provider: str, row: gates.Gates, changed: gates.Gates) -> None:
    if changed is not row:
        rows.put(f"gates/{provider}", changed)


def _row(held: Reservation, told: Settlement, nano_usd: int | None, now: float) -> AttemptRow:
    lost = _lost(held, told)
    usage = told.usage or Usage(held.input * lost, held.output * lost, estimated=lost)
    reserved = nano_usd is not None and (lost or (told.usage is not None and told.nano_usd is None))
    return AttemptRow(
        permit=held.permit,
        call=held.call,
        number=held.number,
        at=held.at,
        ended=now,
        task=held.task,
        caller=held.caller,
        run=held.run,
        provider=held.provider,
        model=held.model,
        served=told.served,
        outcome=OUTCOMES.get(told.ending, "failed"),
        error=told.error,
        status=told.status,
        input=usage.input,
        output=usage.output,
        cached=usage.cached,
        cache_write=usage.cache_write,
        reasoning=usage.reasoning,
        estimated=usage.estimated,
        nano_usd=nano_usd,
        price_source="reserved" if reserved else told.price_source,
        waited=held.waited,
        seconds=told.seconds,
        first_token=told.first_token,
    )


def _late_row(row: AttemptRow, held: Reservation) -> AttemptRow:
    """A row beside the orphan's that corrects it: the sums of both are what was really used."""
    return replace(
        row,
        permit=f"{row.permit}/late",
        outcome="late",
        input=row.input - held.input,
        output=row.output - held.output,
        nano_usd=None if row.nano_usd is None else row.nano_usd - (held.nano_usd or 0),
    )
