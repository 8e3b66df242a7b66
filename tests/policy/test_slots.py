"""Who gets a slot: interactive calls first, yet nobody waits for ever."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onedoor.policy.slots import (
    AGEING,
    NEW,
    STALE,
    Group,
    Ticket,
    ahead,
    free,
    gave,
    left,
    names,
    pause,
    predicted,
    queued,
    timed,
    took,
    waiting,
    waits,
    without,
)
from onedoor.policy.spans import SLACK

NOW = 1_700_000_000.0


def ticket(name: str, since: float = NOW, *, bulk: bool = False, owner: str = "me") -> Ticket:
    return Ticket(name, owner, bulk, since, since)


def queue(*tickets: Ticket, at: float = NOW, group: Group = NEW) -> Group:
    for one in tickets:
        group = queued(group, one, at)
    return group


def test_a_free_slot_is_for_whoever_asks_when_nobody_waits() -> None:
    assert free(NEW, 1, ticket("a"), NOW)
    assert not free(took(NEW, "me", "a"), 1, ticket("b"), NOW)
    assert free(took(NEW, "me", "a"), None, ticket("b"), NOW)
    assert free(gave(took(NEW, "me", "a"), "me"), 1, ticket("b"), NOW)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (ticket("a"), ticket("b", NOW + 1)),
        (ticket("b", NOW + 20), ticket("a", NOW, bulk=True)),
        (ticket("a", NOW, bulk=True), ticket("b", NOW + AGEING + 1)),
        (ticket("a", bulk=True), ticket("b", NOW + 1, bulk=True)),
        (ticket("a"), ticket("b")),
    ],
)
def test_who_is_first(first: Ticket, second: Ticket) -> None:
    for group in (queue(first, second, at=NOW + 40), queue(second, first, at=NOW + 40)):
        assert ahead(group, first, NOW + 40) == 0
        assert ahead(group, second, NOW + 40) == 1
        assert free(group, 1, first, NOW + 40)
        assert not free(group, 1, second, NOW + 40)
        assert free(group, 2, second, NOW + 40)


def test_a_newcomer_does_not_overtake_those_who_wait() -> None:
    group = queue(ticket("a"))
    assert not free(group, 1, ticket("b", NOW + 1), NOW + 1)


@given(st.floats(0, 1000), st.floats(0.01, 5), st.integers(1, 5))
def test_bulk_is_served_within_the_ageing_however_many_interactive_calls_come(
    spread: float, held: float, limit: int
) -> None:
    """Newcomers that came AGEING later rank behind it, so only those that came before can be served first."""
    bulk, now, group, served = ticket("bulk", bulk=True), NOW, NEW, 0
    while not free(group, limit, bulk, now):
        now, served = now + held, served + 1
        assert now <= NOW + AGEING + held
    for number in range(200):
        at = NOW + AGEING + 0.01 + number * spread / 200
        group = queue(ticket(f"i{number:03}", at), at=at, group=group)
        group = queue(bulk, at=at, group=group)
        assert ahead(group, bulk, at) == 0


@given(st.data())
def test_every_waiter_is_served_in_a_finite_queue_that_never_dries_up(data: st.DataObject) -> None:
    """A slot is freed each second and two interactive calls come: a bulk call still gets in, at the latest when every
    interactive call of its first 30 seconds has been served."""
    group, now, bulk = NEW, NOW, ticket("bulk", bulk=True)
    arrivals = data.draw(st.lists(st.integers(0, 2), min_size=100, max_size=100))
    tickets, early = {"bulk": bulk}, 0
    for second, count in enumerate(arrivals):
        now = NOW + second
        for number in range(count):
            name = f"i{second:03}-{number}"
            tickets[name] = ticket(name, now)
            early += second <= AGEING
        for one in tickets.values():
            group = queued(group, one, now)
        first = next(one for one in tickets.values() if free(group, 1, one, now))
        group = gave(took(group, "me", first.id), "me")
        if first is bulk:
            return
        del tickets[first.id]
        assert second <= early
    raise AssertionError("never served")


def test_a_ticket_nobody_asks_about_drops_out() -> None:
    group = queue(ticket("gone"))
    assert waits(group, ticket("gone"), NOW + STALE - 0.1)
    assert free(group, 1, ticket("b", NOW + STALE), NOW + STALE)
    assert [one.id for one in queue(ticket("b"), at=NOW + STALE, group=group).waiting] == ["b"]


def test_asking_again_keeps_the_place() -> None:
    group = queue(ticket("a", NOW + 1), ticket("b", NOW + 2), at=NOW + 2)
    group = queue(ticket("a", NOW + 3), at=NOW + 3, group=group)
    assert ahead(group, ticket("a", NOW + 3), NOW + 3) == 0
    assert waiting(group, NOW + 3) == 2


def test_a_pause_between_two_questions_is_never_stale() -> None:
    assert 0 < pause(0) < pause(10) <= pause(10_000) < STALE


def test_a_dead_owner_holds_nothing_and_waits_for_nothing() -> None:
    group = queue(ticket("x", owner="dead"), ticket("y"), group=took(took(NEW, "dead", "1"), "me", "2"))
    assert names(group, "dead")
    group = without(group, "dead")
    assert not names(group, "dead")
    assert group.held == {"me": 1}
    assert [one.id for one in group.waiting] == ["y"]


def test_giving_back_more_than_was_taken_changes_nothing_for_others() -> None:
    assert gave(took(NEW, "me", "a"), "other").held == {"me": 1}
    assert gave(gave(took(NEW, "me", "a"), "me"), "me") == NEW


def test_leaving_a_queue_one_is_not_in_changes_nothing() -> None:
    group = queue(ticket("a"))
    assert left(group, "b") is group
    assert left(group, "a").waiting == ()


@pytest.mark.parametrize(
    ("mean", "before", "limit", "seconds"), [(2.0, 0, 1, 2), (2.0, 9, 4, 5), (0.0, 9, 1, 0), (2, 1, None, 4)]
)
def test_the_wait_it_predicts(mean: float, before: int, limit: int | None, seconds: float) -> None:
    assert predicted(Group(mean=mean), before, limit) == seconds


def test_it_learns_how_long_a_slot_is_held() -> None:
    group = timed(NEW, 10.0)
    assert group.mean == 10
    assert timed(group, 20.0).mean == pytest.approx(11)
    assert timed(group, 0.0) is group


@given(st.floats(SLACK + 1, 86400))
def test_a_clock_set_back_keeps_no_gone_waiter_in_the_way(back: float) -> None:
    group = queue(ticket("gone"), ticket("here"))
    now = NOW - back
    assert free(group, 1, ticket("new", now), now)
    group = queue(Ticket("here", "me", True, NOW, now), at=now, group=group)
    assert [(one.id, one.since) for one in group.waiting] == [("here", now)]


@given(st.lists(st.tuples(st.integers(0, 5), st.booleans(), st.floats(0, 3)), max_size=80), st.integers(1, 3))
def test_never_more_than_the_limit_are_held(steps: list[tuple[int, bool, float]], limit: int) -> None:
    group, now, held = NEW, NOW, []
    for name, give, seconds in steps:
        now += seconds
        one = ticket(f"t{name}", now, bulk=name > 2, owner=f"o{name % 2}")
        if give and held:
            group = gave(group, held.pop())
        elif free(group, limit, one, now):
            group = took(group, one.owner, one.id)
            held.append(one.owner)
        else:
            group = queued(group, one, now)
        assert group.total == len(held) <= limit
        assert len(group.waiting) <= 6
