"""What an attempt held is given back and what it used is booked, whoever dies and whatever comes late."""

from __future__ import annotations

import os
from dataclasses import replace
from typing import get_args

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule
from msgspec import structs

from onedoor.policy.admission import admit, provider_gates, route_breaker
from onedoor.policy.breaker import Breaker, Rule
from onedoor.policy.budget import Bound
from onedoor.policy.gates import Gates
from onedoor.policy.ledger import AttemptRow
from onedoor.policy.rates import Meter, Rate, wait
from onedoor.policy.settlement import bury, orphan, settle
from onedoor.policy.slots import Group
from onedoor.policy.spans import SLACK
from onedoor.policy.terms import Ending, Limit, Need, Permit, Settlement, Slots, Terms
from onedoor.types import Usage

from .needs import CANCELLED, FAILED, NOW, OK, books, daily, enter, need, refuse, reservations, terms
from .rows import DictRows

CAPPED = terms(
    slots=(Slots("provider/hosted", 5),),
    limits=(Limit("model/small", Rate(6000, 60.0), "tokens"), Limit("caller/etl", Rate(600, 60.0), "requests")),
    budgets=(daily("provider/hosted", 100_000), daily("caller/etl", 100_000, metric="tokens")),
)


def end(rows: DictRows, permit: Permit, told: Settlement = OK, at: float = NOW + 1) -> AttemptRow:
    return settle(rows, permit, told, now=at, jitter=0.5)


def spent(rows: DictRows) -> list[tuple[int, int]]:
    """Tokens, then money: spent and reserved."""
    return [(book.spent, book.reserved) for _, book in sorted(books(rows).items())]


@pytest.mark.parametrize(
    ("told", "bills_lost", "tokens", "nano_usd", "source"),
    [
        (OK, True, 150, 500, "configured"),
        (structs.replace(OK, ending="slow"), True, 150, 500, "configured"),
        (structs.replace(OK, nano_usd=None, price_source=""), True, 150, 10_000, "reserved"),
        (FAILED, True, 0, 0, ""),
        (structs.replace(FAILED, billed=True), True, 2000, 10_000, "reserved"),
        (structs.replace(FAILED, billed=True), False, 0, 0, ""),
        (CANCELLED, True, 2000, 10_000, "reserved"),
        (CANCELLED, False, 0, 0, ""),
        (structs.replace(CANCELLED, billed=False), True, 0, 0, ""),
        (Settlement("throttled", billed=False), True, 0, 0, ""),
    ],
)
def test_what_is_booked(told: Settlement, bills_lost: bool, tokens: int, nano_usd: int, source: str) -> None:
    rows = DictRows()
    row = end(rows, enter(rows, need(terms=replace(CAPPED, bills_lost=bills_lost))), told)
    assert spent(rows) == [(tokens, 0), (nano_usd, 0)]
    assert (row.input + row.output, row.nano_usd, row.price_source) == (tokens, nano_usd, source)
    assert row.estimated is (source == "reserved" and told.usage is None)


@pytest.mark.parametrize(
    ("ending", "outcome"),
    [("ok", "ok"), ("slow", "ok"), ("failed", "failed"), ("rejected", "failed"), ("cancelled", "cancelled")],
)
def test_what_the_ledger_calls_it(ending: Ending, outcome: str) -> None:
    rows = DictRows()
    assert end(rows, enter(rows, need()), Settlement(ending)).outcome == outcome


def test_an_unpriced_answer_has_no_price_in_the_ledger() -> None:
    rows = DictRows()
    permit = enter(rows, need(bound=Bound(10, 10, None)))
    assert end(rows, permit, structs.replace(OK, nano_usd=None, price_source="")).nano_usd is None


def test_everything_is_given_back() -> None:
    rows = DictRows()
    end(rows, enter(rows, need(terms=CAPPED)))
    assert reservations(rows) == {}
    assert rows.get("slots/provider/hosted", Group) == Group(mean=1.0)


@pytest.mark.parametrize(("actual", "free"), [(150, 350), (2000, 0)])
def test_a_token_limit_learns_what_was_really_used(actual: int, free: int) -> None:
    rows, limit = DictRows(), Rate(6000, 60.0, burst=2000.0)
    held = enter(rows, need(terms=replace(CAPPED, limits=(Limit("model/small", limit, "tokens"),))))
    meter = rows.get(held.reservation.meters[0][0], Meter)
    assert meter is not None
    assert wait(limit, meter, 1, NOW) > 0
    end(rows, held, structs.replace(OK, usage=Usage(actual, 0)), at=NOW)
    meter = rows.get(held.reservation.meters[0][0], Meter)
    assert meter is not None
    assert (wait(limit, meter, max(1, free), NOW) == 0) is (free > 0)


def test_a_dead_attempt_is_charged_whole_and_frees_everything() -> None:
    rows = DictRows()
    held = enter(rows, need(terms=replace(CAPPED, bills_lost=False)), owner="dead").reservation
    row = orphan(rows, held, rule=Rule(), now=NOW + 9)
    assert (row.outcome, row.error, row.nano_usd, row.price_source) == ("orphan", "orphan", 10_000, "reserved")
    assert (row.input, row.output, row.estimated, row.seconds) == (1000, 1000, True, 9)
    assert spent(rows) == [(2000, 0), (10_000, 0)]
    assert reservations(rows) == {}
    assert rows.get("slots/provider/hosted", Group) == Group()


def test_a_dead_owner_frees_its_slots_its_queues_its_probes_and_its_try_of_a_key() -> None:
    rows = DictRows()
    rows.put("breaker/hosted/chat/small", Breaker(phase="open", generation=1))
    rows.put("gates/hosted", Gates(credential_since=NOW - 600, credential_until=NOW))
    one = terms(slots=(Slots("provider/hosted", 1), Slots("task/chat", 1)))
    enter(rows, need(terms=one), owner="dead")
    rows.put("slots/task/other", Group({"me": 1}))
    assert refuse(rows, need("w", terms=terms("spare", "x", slots=(Slots("task/other", 1),))), owner="dead").queued
    (row,) = bury(rows, "dead", rule=Rule(), now=NOW + 1)
    assert row.outcome == "orphan"
    assert route_breaker(rows, "hosted/chat/small").leases == {}
    assert rows.get("slots/task/other", Group) == Group({"me": 1})
    assert enter(rows, need("next", terms=one), NOW + 1)


@pytest.mark.parametrize(
    ("told", "bills_lost", "tokens", "nano_usd"),
    [(OK, True, 150, 500), (OK, False, 150, 500), (FAILED, True, 0, 0), (CANCELLED, True, 2000, 10_000)],
)
def test_a_late_result_corrects_and_never_doubles(
    told: Settlement, bills_lost: bool, tokens: int, nano_usd: int
) -> None:
    rows = DictRows()
    permit = enter(rows, need(terms=replace(CAPPED, bills_lost=bills_lost)), owner="frozen")
    (first,) = bury(rows, "frozen", rule=Rule(), now=NOW + 60)
    late = end(rows, permit, told, at=NOW + 90)
    assert late.outcome == "late"
    assert late.permit != first.permit
    assert first.input + first.output + late.input + late.output == tokens
    assert (first.nano_usd or 0) + (late.nano_usd or 0) == nano_usd
    assert spent(rows) == [(tokens, 0), (nano_usd, 0)]


def test_a_late_result_gives_no_slot_back_twice() -> None:
    rows = DictRows()
    permit = enter(rows, need(terms=CAPPED), owner="frozen")
    bury(rows, "frozen", rule=Rule(), now=NOW + 60)
    enter(rows, need("p2", terms=CAPPED), NOW + 61, owner="frozen")
    end(rows, permit, at=NOW + 62)
    group = rows.get("slots/provider/hosted", Group)
    assert group is not None
    assert group.held == {"frozen": 1}


def test_a_book_that_was_cleared_away_is_not_made_anew_by_a_late_result() -> None:
    rows = DictRows()
    permit = enter(rows, need(terms=CAPPED), owner="frozen")
    bury(rows, "frozen", rule=Rule(), now=NOW + 60)
    for key in list(books(rows)):
        rows.delete(key)
    end(rows, permit)
    assert books(rows) == {}


@pytest.mark.parametrize("ending", ["ok", "failed", "rejected", "throttled", "refused_key"])
def test_a_host_that_answers_at_all_can_be_reached(ending: Ending) -> None:
    rows = DictRows()
    rows.put("breaker/hosted", Breaker(phase="half_open", generation=1, probed=1))
    end(rows, enter(rows, need()), Settlement(ending, billed=False))
    assert route_breaker(rows, "hosted").phase == "closed"


OWNERS = ("o1", "o2", "o3")
GUARANTEE = daily("caller/vip", 30_000)
ABOVE = daily("provider/hosted", 100_000, guaranteed=(GUARANTEE,))
LIMITS = (
    Limit("provider/hosted", Rate(600, 60.0), "requests"),
    Limit("model/small", Rate(60_000, 60.0), "tokens"),
    Limit("model/small", Rate(900_000, 3600.0, "sliding"), "tokens"),
)
LEVELS = {
    "vip": (ABOVE, GUARANTEE, daily("run/nightly", 500_000, period="run")),
    "etl": (ABOVE, daily("caller/etl", 40_000, metric="tokens", period="rolling", hours=1.0)),
    "": (ABOVE, daily("provider/hosted", 90_000, metric="tokens", period="week")),
}
ROUTES = (("hosted", "small"), ("hosted", "big"), ("spare", "other"))
SLOTS = {"provider/hosted": 3, "task/chat": 4}


def candidate(number: int, caller: str) -> Terms:
    provider, model = ROUTES[number]
    others = tuple((host, f"{host}/chat/{name}") for host, name in ROUTES if name != model)
    groups = tuple(Slots(key, limit) for key, limit in SLOTS.items() if not key.endswith("hosted") or number < 2)
    budgets = LEVELS[caller] if number < 2 else LEVELS[caller][1:]
    limits, quick = LIMITS[:1] if number else LIMITS, Rule(consecutive=2, minimum=4)
    return terms(provider, model, others=others, rule=quick, slots=groups, limits=limits, budgets=budgets)


CAPS = {(budget.key, budget.metric): budget.cap for level in LEVELS.values() for budget in level}


class Machine(RuleBasedStateMachine):
    """Owners admit, settle, die and come back late, in any order; a plain account of it is kept beside the rows."""

    def __init__(self) -> None:
        super().__init__()
        self.rows, self.now, self.count = DictRows(), NOW, 0
        self.live: dict[str, Permit] = {}
        self.buried: dict[str, Permit] = {}
        self.waiting: dict[str, tuple[Need, str]] = {}
        self.booked: dict[str, list[str]] = {}
        self.ledger: dict[str, AttemptRow] = {}

    @rule(
        owner=st.sampled_from(OWNERS),
        caller=st.sampled_from(sorted(LEVELS)),
        number=st.integers(0, 2),
        size=st.sampled_from([10, 3000, 20_000]),
        bulk=st.booleans(),
        chance=st.sampled_from([0.0, 0.95]),
    )
    def ask(self, owner: str, caller: str, number: int, size: int, bulk: bool, chance: float) -> None:
        self.count += 1
        asked = need(
            f"p{self.count:04}",
            self.now,
            caller=caller,
            run="nightly" if caller == "vip" else "",
            bound=Bound(size, size // 2, size),
            terms=candidate(number, caller),
            bulk=bulk,
        )
        self._ask(asked, owner, chance)

    @precondition(lambda self: self.waiting)
    @rule(data=st.data())
    def ask_again(self, data: st.DataObject) -> None:
        self._ask(*self.waiting.pop(data.draw(st.sampled_from(sorted(self.waiting)))), 0.95)

    def _ask(self, asked: Need, owner: str, chance: float) -> None:
        before = dict(self.rows.kept)
        told = admit(self.rows, asked, owner, now=self.now, chance=chance)
        if isinstance(told, Permit):
            self.live[asked.permit] = told
            self.booked[asked.permit] = [key for key, _, _ in told.reservation.books]
            return
        if told.queued:
            self.waiting[asked.permit] = asked, owner
        changed = {key for key in self.rows.kept if self.rows.kept[key] is not before.get(key)}
        for key in changed:
            was, group = before.get(key), self.rows.kept[key]
            if isinstance(was, Meter):
                assert max(was.seen, was.start) > self.now + SLACK  # the clock was set back
                continue
            assert isinstance(group, Group)
            assert group.held == (was.held if isinstance(was, Group) else {})

    @precondition(lambda self: self.live)
    @rule(
        data=st.data(),
        ending=st.sampled_from(get_args(Ending)),
        share=st.none() | st.sampled_from([0.0, 0.1, 1.0]),
        billed=st.booleans(),
    )
    def settle(self, data: st.DataObject, ending: Ending, share: float | None, billed: bool) -> None:
        permit = self.live.pop(data.draw(st.sampled_from(sorted(self.live))))
        self._settle(permit, ending, share, billed)

    @precondition(lambda self: self.buried)
    @rule(data=st.data(), share=st.none() | st.sampled_from([0.0, 0.5, 1.0]), billed=st.booleans())
    def settle_late(self, data: st.DataObject, share: float | None, billed: bool) -> None:
        permit = self.buried.pop(data.draw(st.sampled_from(sorted(self.buried))))
        self._settle(permit, "ok" if share is not None else "cancelled", share, billed)

    def _settle(self, permit: Permit, ending: Ending, share: float | None, billed: bool) -> None:
        held = permit.reservation
        usage = None if share is None else Usage(int(held.input * share), int(held.output * share))
        nano_usd = None if share is None or held.nano_usd is None else int(held.nano_usd * share)
        told = Settlement(ending, usage=usage, nano_usd=nano_usd, billed=billed, seconds=1.0, retry_after=2.0)
        self._write(settle(self.rows, permit, told, now=self.now, jitter=0.5))

    @rule(owner=st.sampled_from(OWNERS))
    def die(self, owner: str) -> None:
        for row in bury(self.rows, owner, rule=Rule(), now=self.now):
            self._write(row)
        self.waiting = {name: entry for name, entry in self.waiting.items() if entry[1] != owner}
        for name in [name for name, permit in self.live.items() if permit.reservation.owner == owner]:
            self.buried[name] = self.live.pop(name)

    @rule(seconds=st.sampled_from([-3600.0, -0.01, 0.5, 1.0, 5.0, 20.0, 700.0, 3600.0, 86400.0]))
    def pass_time(self, seconds: float) -> None:
        self.now += seconds

    def _write(self, row: AttemptRow) -> None:
        assert row.permit not in self.ledger
        self.ledger[row.permit] = row

    @invariant()
    def slots_are_held_by_the_living_only(self) -> None:
        for key, limit in SLOTS.items():
            group = self.rows.get(f"slots/{key}", Group) or Group()
            held: dict[str, int] = {}
            for permit in self.live.values():
                if f"slots/{key}" in permit.reservation.groups:
                    held[permit.reservation.owner] = held.get(permit.reservation.owner, 0) + 1
            assert group.held == held
            assert group.total <= limit
            assert {ticket.id for ticket in group.waiting} <= set(self.waiting)

    @invariant()
    def reservations_are_those_under_way(self) -> None:
        assert {held.permit for held in reservations(self.rows).values()} == set(self.live)

    @invariant()
    def books_say_what_the_ledger_says(self) -> None:
        used: dict[str, int] = {}
        for row in self.ledger.values():
            for key in self.booked[row.permit.removesuffix("/late")]:
                amount = row.nano_usd or 0 if "/usd/" in key else row.input + row.output
                used[key] = used.get(key, 0) + amount
        under_way: dict[str, int] = {}
        for permit in self.live.values():
            for key, amount, _ in permit.reservation.books:
                under_way[key] = under_way.get(key, 0) + amount
        for key, book in books(self.rows).items():
            assert (book.spent, book.reserved) == (used.get(key, 0), under_way.get(key, 0))
            level, name, metric = key.split("/")[1:4]
            assert book.spent + book.reserved <= CAPS[f"{level}/{name}", metric]  # type: ignore[index]

    @invariant()
    def the_guaranteed_share_is_there(self) -> None:
        found = books(self.rows)
        for key, book in found.items():
            if key.startswith("budget/provider/hosted/usd/day/"):
                mine = found.get(key.replace("provider/hosted", "caller/vip"))
                used = mine.spent + mine.reserved if mine else 0
                assert book.spent + book.reserved + GUARANTEE.cap - used <= ABOVE.cap

    @invariant()
    def leases_belong_to_those_under_way(self) -> None:
        for _, row in self.rows.scan("breaker/", Breaker):
            assert set(row.leases) <= set(self.live)
        for _, gates in self.rows.scan("gates/", Gates):
            assert not gates.prober or gates.prober in self.live

    def teardown(self) -> None:
        """Once everything is settled, nothing is held."""
        for name in sorted(self.live):
            self._settle(self.live.pop(name), "ok", 1.0, True)
        assert reservations(self.rows) == {}
        assert all(book.reserved == 0 for book in books(self.rows).values())
        assert all(group.total == 0 for _, group in self.rows.scan("slots/", Group))
        assert all(not row.leases for _, row in self.rows.scan("breaker/", Breaker))
        assert not any(provider_gates(self.rows, name).prober for name in ("hosted", "spare"))


THOROUGH = os.environ.get("HYPOTHESIS_PROFILE") == "thorough"
Machine.TestCase.settings = settings(max_examples=500 if THOROUGH else 150, stateful_step_count=50, deadline=None)
TestMachine = Machine.TestCase
