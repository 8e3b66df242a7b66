"""Admission: each step checks and notes what it would take; all is taken at the end, so a refusal consumes nothing."""

from __future__ import annotations

from datetime import UTC, datetime

import msgspec

from onedoor.policy import breaker, gates, rates, slots
from onedoor.policy.budget import NEW as NEW_BOOK
from onedoor.policy.budget import Book, Opened, fits, reserved
from onedoor.policy.keys import book_window, meter_key, opened_key
from onedoor.policy.rows import Rows
from onedoor.policy.terms import Budget, Limit, Need, Permit, Refusal, Reservation, Slots
from onedoor.policy.windows import FOREVER


class Draft(msgspec.Struct):
    """What an admission has come to so far: the rows it will write, and what the attempt will hold."""

    rows: Rows
    need: Need
    owner: str
    now: float
    writes: dict[str, msgspec.Struct] = {}
    generations: list[int] = []
    meters: list[tuple[str, int, rates.Rate]] = []
    books: list[tuple[str, int, str]] = []


def admit(rows: Rows, need: Need, owner: str, *, now: float, chance: float) -> Permit | Refusal:
    """A permit, or what refused. `chance` is a random number in [0, 1), for routes that shed a share of their calls.

    All that a refusal writes is the place in a queue of an attempt that waits for a slot, and a meter in the time of a
    clock that was set back.
    """
    draft = Draft(rows, need, owner, now)
    provider = provider_gates(rows, need.terms.provider)
    refusal = (
        _breakers(draft, chance)
        or _gates(draft, provider)
        or _limits(draft)
        or _budgets(draft)
        or _slots(draft, provider)
    )
    if refusal is not None:
        _leave_queues(draft, refusal)
        return refusal
    return _take(draft)


def provider_gates(rows: Rows, provider: str) -> gates.Gates:
    """One provider's gates."""
    return rows.get(f"gates/{provider}", gates.Gates) or gates.NEW


def route_breaker(rows: Rows, route: str) -> breaker.Breaker:
    """One route's breaker."""
    return rows.get(f"breaker/{route}", breaker.Breaker) or breaker.NEW


def _breakers(draft: Draft, chance: float) -> Refusal | None:
    """The route's breaker and the host's, each with a lease where this attempt is its probe."""
    need, now = draft.need, draft.now
    for route in (need.terms.route, need.terms.host):
        row = route_breaker(draft.rows, route)
        gate = breaker.gate(row, now)
        if gate.verdict == "no" and not _last_one_lets_through(draft, row, chance):
            until = gate.until or None
            return Refusal("circuit", route, f"the breaker of {route} is {gate.reason}{_at(until)}", until)
        if gate.verdict == "probe":
            row = breaker.probe(row, need.permit, until=now + need.terms.lease, now=now)
            draft.writes[f"breaker/{route}"] = row
        draft.generations.append(row.generation)
    return None


def _last_one_lets_through(draft: Draft, row: breaker.Breaker, chance: float) -> bool:
    """The last live route of a call is never shut whole: a share of its calls still goes through."""
    terms = draft.need.terms
    if breaker.by_hand(row, draft.now) or any(_live(draft, host, route) for host, route in terms.others):
        return False
    return chance >= breaker.shed(row, terms.rule, draft.now)


def _live(draft: Draft, host: str, route: str) -> bool:
    """Whether another candidate could answer: its key is good and both its breakers let calls through."""
    rows, now = draft.rows, draft.now
    if gates.credential_shut(provider_gates(rows, host), now):
        return False
    return all(breaker.gate(route_breaker(rows, key), now).verdict != "no" for key in (host, route))


def _gates(draft: Draft, row: gates.Gates) -> Refusal | None:
    """The provider's gates; an attempt that comes when a refused key's pause is over is the one to try it."""
    provider, now = draft.need.terms.provider, draft.now
    if gates.throttle_shut(row, now):
        message = f"{provider} asked to slow down{_at(row.throttled_until)}"
        return Refusal("throttled", f"provider/{provider}", message, row.throttled_until)
    if gates.credential_shut(row, now):
        message = f"{provider} refused the key or its quota is used up ({row.reason}){_at(row.credential_until)}"
        return Refusal("credential", f"provider/{provider}", message, row.credential_until)
    if row.credential_until:
        draft.writes[f"gates/{provider}"] = gates.probing(row, draft.need.permit, now=now)
    return None


def _limits(draft: Draft) -> Refusal | None:
    """Every rate; what token limits took is kept, because settling corrects it."""
    for limit in draft.need.terms.limits:
        key, units = meter_key(limit), _units(limit, draft.need)
        meter = draft.rows.get(key, rates.Meter) or rates.NEW
        pause = rates.wait(limit.rate, meter, units, draft.now)
        if pause > 0:
            if meter is not (kept := rates.set_back(limit.rate, meter, draft.now)):
                draft.rows.put(key, kept)
            return too_fast(limit, units, pause, draft.now)
        if limit.unit == "tokens" and key not in draft.writes:
            draft.meters.append((key, units, limit.rate))
        draft.writes[key] = rates.taken(limit.rate, meter, units, draft.now)
    return None


def too_fast(limit: Limit, units: int, pause: float, now: float) -> Refusal:
    """The refusal of a rate."""
    if pause == rates.NEVER:
        message = f"{units} {limit.unit} are more than {limit.key} may use at once"
        return Refusal("rate", limit.key, message, None)
    rate = f"{limit.rate.limit} {limit.unit} per {limit.rate.period:g} s"
    return Refusal("rate", limit.key, f"{limit.key} has used its {rate}{_at(now + pause)}", now + pause)


def _units(limit: Limit, need: Need) -> int:
    return 1 if limit.unit == "requests" else need.bound.input + need.bound.output


def _budgets(draft: Draft) -> Refusal | None:
    """Every budget; two caps on the same window share its book."""
    need = draft.need
    for budget in need.terms.budgets:
        amount = need.bound.of(budget.metric)
        if amount is None:
            message = f"{need.model} has no known price, which the budget of {budget.key} needs; configure one"
            return Refusal("price", budget.key, message, None)
        key, start, end = book_window(draft.rows, budget, draft.now)
        book = draft.rows.get(key, Book)
        others = _held_back(draft, budget) if budget.guaranteed else 0
        if not fits(book or NEW_BOOK, budget.cap, amount, held_back=others):
            return _used_up(budget, book or NEW_BOOK, amount, others, end)
        if key not in draft.writes:
            if book is None and budget.period == "rolling":
                draft.writes[opened_key(budget)] = Opened(start)
            draft.writes[key] = reserved(book or Book(end=0.0 if end == FOREVER else end), amount)
            draft.books.append((key, amount, budget.metric))
    return None


def _held_back(draft: Draft, budget: Budget) -> int:
    """What other callers are guaranteed out of this budget and haven't used."""
    rest, mine = 0, f"caller/{draft.need.caller}"
    for other in budget.guaranteed:
        if other.key != mine:
            book = draft.rows.get(book_window(draft.rows, other, draft.now)[0], Book) or NEW_BOOK
            rest += max(0, other.cap - book.spent - book.reserved)
    return rest


def _used_up(budget: Budget, book: Book, amount: int, others: int, end: float) -> Refusal:
    """The refusal of a budget; no window to come has room for an attempt that needs more than the whole cap."""
    used, cap, need, kept = (
        _amount(budget, value) for value in (book.spent + book.reserved, budget.cap, amount, others)
    )
    unit = "" if budget.metric == "usd" else " tokens"
    never = end == FOREVER or amount > budget.cap
    guaranteed = f", {kept} are guaranteed to others" if others else ""
    text = f"the budget of {budget.key} has used {used} of {cap}{unit}{guaranteed} and this call may need {need}"
    return Refusal("budget", budget.key, text + ("" if never else _at(end)), None if never else end)


def _amount(budget: Budget, value: int) -> str:
    return f"${value / 1e9:.6f}" if budget.metric == "usd" else str(value)


def _slots(draft: Draft, provider: gates.Gates) -> Refusal | None:
    need, now = draft.need, draft.now
    ticket = slots.Ticket(need.permit, draft.owner, need.bulk, need.since, now)
    for place in need.terms.slots:
        key = f"slots/{place.key}"
        group = draft.rows.get(key, slots.Group) or slots.NEW
        limit = _limit(need, place, provider)
        if not slots.free(group, limit, ticket, now):
            return _queue(draft, place, limit, group, ticket)
        draft.writes[key] = slots.took(group, draft.owner, need.permit)
    return None


def _limit(need: Need, place: Slots, provider: gates.Gates) -> int | None:
    """The slots of a group; a provider's are fewer while it bears fewer calls at once."""
    own = place.key == f"provider/{need.terms.provider}"
    return gates.concurrency(provider, place.limit) if own else place.limit


def _queue(draft: Draft, place: Slots, limit: int | None, group: slots.Group, ticket: slots.Ticket) -> Refusal:
    need, now = draft.need, draft.now
    ahead = slots.ahead(group, ticket, now)
    predicted = slots.predicted(group, ahead, limit)
    why = f"all {limit} slots of {place.key} are taken, {ahead} calls wait before this one"
    waits = slots.waits(group, ticket, now)
    if need.patience <= 0 or not (waits or slots.waiting(group, now) < need.terms.most_waiting):
        return Refusal("slots", place.key, why, now + max(predicted, slots.pause(ahead, predicted)))
    if predicted > need.patience and not waits:
        message = f"{why}; the wait would be about {predicted:.0f} s, longer than the {need.patience:.0f} s left"
        return Refusal("slots", place.key, message, now + predicted)
    draft.rows.put(f"slots/{place.key}", slots.queued(group, ticket, now))
    return Refusal("slots", place.key, why, now + slots.pause(ahead, predicted), queued=True)


def _leave_queues(draft: Draft, refusal: Refusal) -> None:
    """An attempt waits in one queue at most, so that it keeps no free slot from anyone elsewhere."""
    for place in draft.need.terms.slots:
        key = f"slots/{place.key}"
        group = draft.rows.get(key, slots.Group)
        if group is None or (refusal.queued and place.key == refusal.limit):
            continue
        without = slots.left(group, draft.need.permit)
        if without is not group:
            draft.rows.put(key, without)


def _take(draft: Draft) -> Permit:
    reservation = _reservation(draft)
    for key, row in draft.writes.items():
        draft.rows.put(key, row)
    draft.rows.put(f"reservation/{draft.owner}/{reservation.permit}", reservation)
    terms = draft.need.terms
    own = f"provider/{terms.provider}"
    return Permit(reservation, terms.rule, next((place.limit for place in terms.slots if place.key == own), None))


def _reservation(draft: Draft) -> Reservation:
    need, terms = draft.need, draft.need.terms
    generation, host_generation = draft.generations
    return Reservation(
        permit=need.permit,
        owner=draft.owner,
        call=need.call,
        number=need.number,
        task=need.task,
        caller=need.caller,
        run=need.run,
        provider=terms.provider,
        model=need.model,
        at=draft.now,
        waited=draft.now - need.since,
        route=terms.route,
        host=terms.host,
        generation=generation,
        host_generation=host_generation,
        input=need.bound.input,
        output=need.bound.output,
        nano_usd=need.bound.nano_usd,
        bills_lost=terms.bills_lost,
        groups=[f"slots/{place.key}" for place in terms.slots],
        books=draft.books,
        meters=draft.meters,
    )


def _at(until: float | None) -> str:
    """The end of a message: when to try again."""
    if not until:
        return ""
    return f"; again at {datetime.fromtimestamp(until, UTC):%Y-%m-%d %H:%M:%S} UTC"
