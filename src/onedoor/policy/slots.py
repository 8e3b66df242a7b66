"""Who holds a slot, and who is next: interactive before bulk, but nobody waits for ever."""

from __future__ import annotations

from typing import Literal

import msgspec
from msgspec.structs import replace

from onedoor.policy.spans import holds

Priority = Literal["interactive", "bulk"]

AGEING = 30.0
"""Seconds of waiting after which a bulk call is as urgent as an interactive one that comes now."""

STALE = 2.0
"""Seconds after which a ticket nobody has asked about is given up: whoever held it has gone."""


class Ticket(msgspec.Struct, frozen=True):
    """One waiter. `since` is when it came, `seen` when it last asked."""

    id: str
    owner: str
    bulk: bool
    since: float
    seen: float

    @property
    def rank(self) -> float:
        """The smaller, the sooner."""
        return self.since + (AGEING if self.bulk else 0.0)


class Group(msgspec.Struct, frozen=True, omit_defaults=True):
    """The slots of one provider, model or task: how many each owner holds, who waits, how long a slot is held."""

    held: dict[str, int] = {}
    waiting: tuple[Ticket, ...] = ()
    mean: float = 0.0

    @property
    def total(self) -> int:
        return sum(self.held.values())


NEW = Group()


def free(group: Group, limit: int | None, ticket: Ticket, now: float) -> bool:
    """Whether this waiter may have a slot now: there is one, and nobody who waits is before it in rank."""
    if limit is None:
        return True
    open_slots = limit - group.total
    if open_slots <= 0:
        return False
    return not group.waiting or ahead(group, ticket, now) < open_slots


def took(group: Group, owner: str, ticket: str) -> Group:
    """The group once an owner has taken a slot and left the queue."""
    held = {**group.held, owner: group.held.get(owner, 0) + 1}
    return replace(left(group, ticket), held=held)


def gave(group: Group, owner: str) -> Group:
    """The group once an owner has given a slot back."""
    rest = group.held.get(owner, 0) - 1
    held = {**group.held, owner: rest}
    if rest <= 0:
        del held[owner]
    return replace(group, held=held)


def queued(group: Group, ticket: Ticket, now: float) -> Group:
    """The group once a waiter has asked again; those who stopped asking leave the queue."""
    mine = next((other for other in group.waiting if other.id == ticket.id), ticket)
    others = tuple(other for other in _live(group, now) if other.id != ticket.id)
    return replace(group, waiting=(*others, replace(mine, since=min(mine.since, now), seen=now)))


def left(group: Group, ticket: str) -> Group:
    """The group once a waiter has left the queue."""
    others = tuple([other for other in group.waiting if other.id != ticket])
    return group if len(others) == len(group.waiting) else replace(group, waiting=others)


def without(group: Group, owner: str) -> Group:
    """The group once an owner is dead: its slots are free, its waiters gone."""
    held = {name: count for name, count in group.held.items() if name != owner}
    return replace(group, held=held, waiting=tuple(other for other in group.waiting if other.owner != owner))


def names(group: Group, owner: str) -> bool:
    """Whether an owner holds a slot here or waits for one."""
    return owner in group.held or any(ticket.owner == owner for ticket in group.waiting)


def timed(group: Group, seconds: float) -> Group:
    """The group once it has learnt how long one more slot was held; 0 is not known."""
    if not seconds:
        return group
    return replace(group, mean=seconds if not group.mean else 0.9 * group.mean + 0.1 * seconds)


def ahead(group: Group, ticket: Ticket, now: float) -> int:
    """How many waiters are before this one."""
    mine = next((other for other in group.waiting if other.id == ticket.id), ticket)
    return sum((other.rank, other.id) < (mine.rank, mine.id) for other in _live(group, now) if other.id != mine.id)


def waiting(group: Group, now: float) -> int:
    """How many wait."""
    return len(_live(group, now))


def waits(group: Group, ticket: Ticket, now: float) -> bool:
    """Whether this waiter has a place in the queue."""
    return any(other.id == ticket.id for other in _live(group, now))


def predicted(group: Group, ahead: int, limit: int | None) -> float:
    """Seconds until a waiter is likely to have a slot."""
    return group.mean * (ahead + 1) / max(1, limit or 1)


def pause(ahead: int, predicted: float = 0.0) -> float:
    """Seconds to wait before asking again: the farther from the front, the longer, but never stale.

    Little more than the predicted wait where that is known, so that slots held for moments aren't left empty for long.
    """
    steps = 0.01 * ahead
    return min(0.5 * STALE, 0.02 + (min(steps, predicted) if predicted else steps))


def _live(group: Group, now: float) -> list[Ticket]:
    return [ticket for ticket in group.waiting if holds(ticket.seen, ticket.seen + STALE, now)]
