"""All or nothing: what lets an attempt through, what refuses it, and that a refusal has taken nothing."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec import structs

from onedoor.policy.admission import admit, provider_gates, route_breaker
from onedoor.policy.breaker import Breaker, set_by_hand
from onedoor.policy.budget import Book, Bound
from onedoor.policy.gates import Gates
from onedoor.policy.rates import Rate
from onedoor.policy.settlement import settle
from onedoor.policy.slots import STALE, Group
from onedoor.policy.terms import Limit, Permit, Refusal, Settlement, Slots
from onedoor.types import Usage

from .needs import BOUND, FAILED, NOW, OK, UTC, books, daily, enter, need, refuse, reservations, terms
from .rows import DictRows

ROUTE = "hosted/chat/small"
OPEN = Breaker(phase="open", generation=1, since=NOW, until=NOW + 15, breaks=1)
SLOT = (Slots("provider/hosted", 1),)


def rows_with(**rows: Any) -> DictRows:
    """Rows by their keys, with "__" for "/"."""
    found = DictRows()
    found.kept.update({key.replace("__", "/"): row for key, row in rows.items()})
    return found


def group(rows: DictRows, key: str = "provider/hosted") -> Group:
    return rows.get(f"slots/{key}", Group) or Group()


FULL = terms(
    slots=(*SLOT, Slots("task/chat", 9)),
    limits=(Limit("caller/etl", Rate(1, 60.0), "requests"), Limit("model/small", Rate(2000, 60.0), "tokens")),
    budgets=(daily("provider/hosted", 10_000), daily("caller/etl", 2000, metric="tokens")),
)


def test_a_permit_holds_everything_it_was_admitted_under() -> None:
    rows = DictRows()
    held = enter(rows, need(terms=FULL), NOW + 2).reservation
    assert reservations(rows) == {"reservation/me/p1": held}
    assert held.groups == ["slots/provider/hosted", "slots/task/chat"]
    assert [(amount, metric) for _, amount, metric in held.books] == [(10_000, "usd"), (2000, "tokens")]
    assert [units for _, units, _ in held.meters] == [2000]
    assert held.waited == 2
    assert group(rows).held == group(rows, "task/chat").held == {"me": 1}


@pytest.mark.parametrize(
    ("why", "change"),
    [
        ("circuit", {"breaker__hosted__chat__small": OPEN}),
        ("circuit", {"breaker__hosted": OPEN}),
        ("throttled", {"gates__hosted": Gates(throttled_since=NOW, throttled_until=NOW + 5)}),
        ("credential", {"gates__hosted": Gates(credential_since=NOW, credential_until=NOW + 5)}),
        ("budget", {f"budget__provider__hosted__usd__day__{NOW - NOW % 86400:.0f}": Book(spent=1)}),
        ("budget", {f"budget__caller__etl__tokens__day__{NOW - NOW % 86400:.0f}": Book(reserved=1)}),
        ("slots", {"slots__provider__hosted": Group({"other": 1})}),
        ("slots", {"slots__task__chat": Group({"other": 9})}),
    ],
)
def test_a_refusal_has_taken_nothing(why: str, change: dict[str, Any]) -> None:
    rows = rows_with(**change)
    before = dict(rows.kept)
    told = refuse(rows, need(terms=FULL, patience=0.0))
    assert told.why == why
    assert told.until is not None
    assert rows.kept == before


def test_a_used_up_rate_takes_nothing_and_says_when() -> None:
    rows = DictRows()
    settle(rows, enter(rows, need(terms=FULL)), OK, now=NOW, jitter=0.5)
    before = dict(rows.kept)
    told = refuse(rows, need("p2", terms=FULL))
    assert (told.why, told.limit) == ("rate", "caller/etl")
    assert told.until == pytest.approx(NOW + 60, abs=1e-3)
    assert rows.kept == before


def test_what_can_never_fit_a_rate_says_so() -> None:
    told = refuse(DictRows(), need(terms=FULL, bound=Bound(3000, 1, 1)))
    assert (told.why, told.limit, told.until) == ("rate", "model/small", None)


@pytest.mark.parametrize("algorithm", ["gcra", "sliding", "fixed"])
def test_a_clock_set_back_an_hour_locks_a_limit_for_two_periods_at_most(algorithm: Any) -> None:
    rows, limited = DictRows(), terms(limits=(Limit("caller/etl", Rate(1, 60.0, algorithm, 1.0), "requests"),))
    enter(rows, need(terms=limited))
    back = NOW - 3600
    told = [admit(rows, need("p2", terms=limited), "me", now=back + second, chance=0.0) for second in range(122)]
    assert isinstance(told[0], Refusal)
    assert 1 <= sum(isinstance(one, Permit) for one in told) <= 3


def test_two_limits_that_count_the_same_take_once() -> None:
    limits = (
        Limit("caller/etl", Rate(9, 60.0, "fixed"), "tokens"),
        Limit("caller/etl", Rate(8, 60.0, "fixed"), "tokens"),
    )
    rows = DictRows()
    held = enter(rows, need(terms=terms(limits=limits), bound=Bound(3, 1, 1))).reservation
    assert len(held.meters) == 1
    assert enter(rows, need("p2", terms=terms(limits=limits), bound=Bound(3, 1, 1)))
    assert refuse(rows, need("p3", terms=terms(limits=limits), bound=Bound(1, 0, 1))).why == "rate"


class TestBudgets:
    def test_a_refusal_names_the_level_the_amount_and_the_reset(self) -> None:
        rows = DictRows()
        capped = terms(budgets=(daily("caller/etl", 15_000),))
        enter(rows, need(terms=capped))
        told = refuse(rows, need("p2", terms=capped))
        assert told.limit == "caller/etl"
        assert told.until == NOW - NOW % 86400 + 86400
        assert told.message == (
            "the budget of caller/etl has used $0.000010 of $0.000015 and this call may need $0.000010; "
            "again at 2023-11-15 00:00:00 UTC"
        )

    def test_an_unknown_price_is_refused_under_money_and_only_there(self) -> None:
        unpriced = Bound(1000, 1000, None)
        told = refuse(DictRows(), need(terms=terms(budgets=(daily("run/x", 10**9),)), bound=unpriced))
        assert (told.why, told.limit, told.until) == ("price", "run/x", None)
        assert enter(DictRows(), need(terms=terms(budgets=(daily("run/x", 10**9, metric="tokens"),)), bound=unpriced))
        assert enter(DictRows(), need(bound=unpriced))

    def test_what_is_more_than_the_whole_cap_never_fits(self) -> None:
        assert refuse(DictRows(), need(terms=terms(budgets=(daily("caller/etl", 9_999),)))).until is None

    def test_a_run_has_one_window_for_ever(self) -> None:
        rows, capped = DictRows(), terms(budgets=(daily("run/x", 15_000, period="run"),))
        enter(rows, need(terms=capped))
        assert refuse(rows, need("p2", terms=capped), NOW + 1e9).until is None
        assert books(rows) == {"budget/run/x/usd/run": Book(reserved=10_000)}

    def test_a_rolling_window_begins_with_the_first_call_after_the_last_one(self) -> None:
        rows, capped = DictRows(), terms(budgets=(daily("caller/etl", 15_000, period="rolling", hours=5.0),))
        enter(rows, need(terms=capped), NOW)
        assert refuse(rows, need("p2", terms=capped), NOW + 5 * 3600 - 1).until == NOW + 5 * 3600
        enter(rows, need("p3", terms=capped), NOW + 6 * 3600)
        assert refuse(rows, need("p4", terms=capped), NOW + 7 * 3600).until == NOW + 11 * 3600
        assert len(books(rows)) == 2

    def test_a_clock_set_back_opens_no_new_rolling_window(self) -> None:
        rows, capped = DictRows(), terms(budgets=(daily("caller/etl", 15_000, period="rolling", hours=5.0),))
        enter(rows, need(terms=capped), NOW)
        assert refuse(rows, need("p2", terms=capped), NOW - 3600).why == "budget"

    def test_rolling_windows_of_different_lengths_are_apart(self) -> None:
        both = tuple(daily("caller/etl", 10**6, period="rolling", hours=hours) for hours in (5.0, 168.0))
        rows = DictRows()
        settle(rows, enter(rows, need(terms=terms(budgets=both))), OK, now=NOW, jitter=0.5)
        settle(rows, enter(rows, need("p2", terms=terms(budgets=both)), NOW + 6 * 3600), OK, now=NOW, jitter=0.5)
        assert sorted(book.spent for book in books(rows).values()) == [500, 500, 1000]

    def test_two_caps_on_one_window_share_a_book(self) -> None:
        rows = DictRows()
        capped = terms(budgets=(daily("caller/etl", 30_000), daily("caller/etl", 15_000)))
        held = enter(rows, need(terms=capped)).reservation
        assert len(held.books) == 1
        assert [book.reserved for book in books(rows).values()] == [10_000]
        assert refuse(rows, need("p2", terms=capped)).why == "budget"

    def test_a_guaranteed_share_is_kept_from_others_and_given_to_its_owner(self) -> None:
        share = daily("caller/vip", 20_000)
        above = daily("provider/hosted", 40_000, guaranteed=(share,))
        others, vip = terms(budgets=(above,)), terms(budgets=(above, share))
        rows = DictRows()
        for number in range(2):
            enter(rows, need(f"o{number}", terms=others))
        told = refuse(rows, need("o2", terms=others))
        assert "$0.000020 are guaranteed to others" in told.message
        for number in range(2):
            enter(rows, need(f"v{number}", caller="vip", terms=vip))
            assert refuse(rows, need("o2", terms=others)).why == "budget"
        assert refuse(rows, need("v2", caller="vip", terms=vip)).why == "budget"


class TestBreakers:
    def test_one_probe_per_break_when_another_candidate_is_live(self) -> None:
        rows = rows_with(**{"breaker/hosted/chat/small": OPEN})
        later = NOW + 15
        permit = enter(rows, need(), later)
        for number in range(20):
            assert refuse(rows, need(f"q{number}"), later + number, chance=0.99).why == "circuit"
        settle(rows, permit, FAILED, now=later + 20, jitter=0.5)
        assert route_breaker(rows, ROUTE).phase == "open"
        assert refuse(rows, need("next"), later + 21, chance=0.99).until == later + 50

    @pytest.mark.parametrize(
        "dead",
        [
            {"breaker/spare/chat/other": OPEN},
            {"breaker/spare": OPEN},
            {"gates/spare": Gates(credential_since=NOW, credential_until=NOW + 600)},
            {"breaker/spare/chat/other": set_by_hand(Breaker(), "isolated", actor="ann", until=0)},
        ],
    )
    def test_the_last_live_route_lets_a_share_through(self, dead: dict[str, Any]) -> None:
        rows = rows_with(**dead)
        for number in range(5):
            settle(rows, enter(rows, need(f"f{number}")), FAILED, now=NOW, jitter=0.5)
        assert route_breaker(rows, ROUTE).phase == "open"
        assert refuse(rows, need("a"), chance=5 / 6 - 0.01).why == "circuit"
        assert enter(rows, need("b"), chance=5 / 6)

    def test_results_count_in_the_generation_they_were_admitted_in(self) -> None:
        rows = rows_with(**{"breaker/hosted/chat/small": Breaker(generation=3)})
        late = enter(rows, need("late"))
        for number in range(5):
            settle(rows, enter(rows, need(f"p{number}")), FAILED, now=NOW, jitter=0.5)
        assert route_breaker(rows, ROUTE).phase == "open"
        settle(rows, late, OK, now=NOW, jitter=0.5)
        assert route_breaker(rows, ROUTE).phase == "open"

    def test_a_route_alone_is_never_shut_whole(self) -> None:
        rows, alone = DictRows(), terms(others=())
        for number in range(50):
            settle(rows, enter(rows, need(f"f{number}", terms=alone), chance=0.95), FAILED, now=NOW, jitter=0.5)
        assert enter(rows, need("b", terms=alone), chance=0.9)

    def test_a_route_isolated_by_hand_is_shut_even_if_it_is_the_last(self) -> None:
        rows = rows_with(**{"breaker/hosted/chat/small": set_by_hand(Breaker(), "isolated", actor="ann", until=0)})
        told = refuse(rows, need(terms=terms(others=())), chance=0.99)
        assert told.until is None
        assert told.message == f"the breaker of {ROUTE} is isolated by ann"

    def test_a_host_that_cannot_be_reached_shuts_all_its_models(self) -> None:
        rows, unsent = DictRows(), Settlement("unsent", error="connect", billed=False)
        for number in range(5):
            model = terms(model=f"m{number}")
            settle(rows, enter(rows, need(f"p{number}", terms=model)), unsent, now=NOW, jitter=0.5)
        assert refuse(rows, need("next", terms=terms(model="fresh"))).limit == "hosted"


class TestGates:
    def test_one_call_tries_a_refused_key_after_the_pause(self) -> None:
        rows = DictRows()
        refused = Settlement("refused_key", error="credential", status=401, billed=False)
        settle(rows, enter(rows, need()), refused, now=NOW, jitter=0.5)
        assert refuse(rows, need("p2"), NOW + 599).why == "credential"
        trying = enter(rows, need("p3"), NOW + 600)
        assert refuse(rows, need("p4"), NOW + 601).why == "credential"
        settle(rows, trying, OK, now=NOW + 602, jitter=0.5)
        assert enter(rows, need("p5"), NOW + 602)
        assert route_breaker(rows, ROUTE).phase == "closed"

    @pytest.mark.parametrize("ending", ["failed", "cancelled", "unsent", "rejected"])
    def test_a_try_that_told_nothing_is_tried_again(self, ending: Any) -> None:
        rows = rows_with(gates__hosted=Gates(credential_since=NOW, credential_until=NOW + 600, reason="credential"))
        trying = enter(rows, need(), NOW + 600)
        settle(rows, trying, Settlement(ending), now=NOW + 601, jitter=0.5)
        assert enter(rows, need("p2"), NOW + 601)
        assert refuse(rows, need("p3"), NOW + 601).why == "credential"

    def test_a_key_is_not_the_breakers_matter(self) -> None:
        rows = DictRows()
        permits = [enter(rows, need(f"p{number}")) for number in range(20)]
        for permit in permits:
            settle(rows, permit, Settlement("refused_key", billed=False), now=NOW, jitter=0.5)
        assert route_breaker(rows, ROUTE) == Breaker()

    def test_after_a_429_the_provider_bears_half_as_many_at_once(self) -> None:
        rows, eight = DictRows(), terms(slots=(Slots("provider/hosted", 8),))
        permits = [enter(rows, need(f"p{number}", terms=eight)) for number in range(8)]
        for permit in permits:
            settle(rows, permit, Settlement("throttled", retry_after=3.0, billed=False), now=NOW + 1, jitter=0.5)
        assert provider_gates(rows, "hosted").bearable == 4
        assert refuse(rows, need("x", terms=eight), NOW + 3.9).until == NOW + 4
        for number in range(4):
            enter(rows, need(f"q{number}", terms=eight), NOW + 4)
        told = refuse(rows, need("x", terms=eight), NOW + 4)
        assert told.message == "all 4 slots of provider/hosted are taken, 0 calls wait before this one"


class TestSlots:
    def test_a_waiter_is_queued_and_served_in_its_turn(self) -> None:
        rows, one = DictRows(), terms(slots=SLOT)
        first = enter(rows, need("a", terms=one))
        told = refuse(rows, need("b", terms=one))
        assert told.queued
        assert NOW < (told.until or 0) < NOW + STALE
        settle(rows, first, OK, now=NOW + 1, jitter=0.5)
        assert refuse(rows, need("c", NOW + 1, terms=one), NOW + 1).queued
        enter(rows, need("b", terms=one), NOW + 1)
        assert [waiter.id for waiter in group(rows).waiting] == ["c"]

    def test_a_wait_longer_than_its_patience_is_refused_at_once(self) -> None:
        rows = rows_with(slots__provider__hosted=Group({"other": 1}, mean=20.0))
        told = refuse(rows, need(terms=terms(slots=SLOT), patience=15.0))
        assert not told.queued
        assert told.until == NOW + 20
        assert "longer than the 15 s left" in told.message

    def test_whoever_waits_already_keeps_its_place_to_the_end_of_its_patience(self) -> None:
        rows = rows_with(slots__provider__hosted=Group({"other": 1}, mean=20.0))
        asked = need(terms=terms(slots=SLOT), patience=25.0)
        assert refuse(rows, asked).queued
        assert refuse(rows, structs.replace(asked, patience=5.0), NOW + 1).queued
        assert not refuse(rows, structs.replace(asked, patience=0.0), NOW + 2).queued
        assert group(rows).waiting == ()

    def test_a_queue_has_an_end(self) -> None:
        rows = rows_with(slots__provider__hosted=Group({"other": 1}))
        one = terms(slots=SLOT, most_waiting=2)
        for name in "ab":
            assert refuse(rows, need(name, terms=one)).queued
        told = refuse(rows, need("c", terms=one))
        assert not told.queued
        assert (told.until or 0) > NOW
        assert refuse(rows, need("a", terms=one)).queued

    def test_a_call_waits_in_one_queue_at_a_time(self) -> None:
        """It would keep a free slot from others in the first while it waits for the second."""
        two = terms(slots=(*SLOT, Slots("task/chat", 1)))
        rows = rows_with(slots__provider__hosted=Group({"other": 1}), slots__task__chat=Group({"other": 1}))
        assert refuse(rows, need(terms=two)).limit == "provider/hosted"
        rows.put("slots/provider/hosted", Group(waiting=group(rows).waiting))
        assert refuse(rows, need(terms=two)).limit == "task/chat"
        assert enter(rows, need("other", terms=terms(slots=SLOT)))

    def test_a_waiter_refused_by_something_else_leaves_the_queue(self) -> None:
        rows = rows_with(slots__provider__hosted=Group({"other": 1}))
        assert refuse(rows, need(terms=terms(slots=SLOT))).queued
        rows.put("gates/hosted", Gates(throttled_since=NOW, throttled_until=NOW + 5))
        assert refuse(rows, need(terms=terms(slots=SLOT))).why == "throttled"
        assert group(rows).waiting == ()


def test_usage_above_the_bound_is_booked_in_full() -> None:
    rows, capped = DictRows(), terms(budgets=(daily("caller/etl", 15_000),))
    over = Settlement("ok", usage=Usage(9000, 9000), nano_usd=90_000)
    settle(rows, enter(rows, need(terms=capped)), over, now=NOW, jitter=0.5)
    assert [book.spent for book in books(rows).values()] == [90_000]


def test_settling_on_the_next_day_books_on_the_day_of_the_reservation() -> None:
    rows, capped = DictRows(), terms(budgets=(daily("caller/etl", 15_000, zone=UTC),))
    permit = enter(rows, need(terms=capped))
    enter(rows, need("p2", terms=capped), NOW + 86400)
    settle(rows, permit, OK, now=NOW + 86400, jitter=0.5)
    assert [(book.spent, book.reserved) for _, book in sorted(books(rows).items())] == [(500, 0), (0, 10_000)]


def test_a_plain_attempt_writes_four_rows_on_a_busy_healthy_route() -> None:
    rows, plain = DictRows(), terms(slots=SLOT)
    for number in range(30):
        rows.writes = 0
        told = admit(rows, need(f"p{number}", terms=plain, bound=BOUND), "me", now=NOW, chance=0.5)
        assert isinstance(told, Permit)
        settle(rows, told, OK, now=NOW, jitter=0.5)
    assert rows.writes == 4
