"""Who may have how many of a route's calls at once: fair shares of one pace, for as long as each is heard of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import msgspec

from onedoor.policy.pace import Pace, full, grown, slowed, under, within
from onedoor.policy.spans import holds

FRESH = 300.0
"""Seconds for which a pace that nobody keeps is worth beginning with."""

LOST = 3.0
"""Seconds after which the share of a process that is heard of no more is free: some missed beats."""


class Member(msgspec.Struct, frozen=True):
    """One process's part: when it was heard of, its ceiling, what is under way, what it may have, what it asks for."""

    seen: float
    ceiling: int
    flying: int
    share: int
    asks: int

    @property
    def holds(self) -> int:
        """What it may have under way before it is heard of again."""
        return max(self.share, self.flying)


class Shared(msgspec.Struct, frozen=True):
    """One route's pace and those who share it; `at` is when it was last told of calls."""

    pace: Pace
    at: float
    members: dict[str, Member] = {}


class Back(NamedTuple):
    """A push-back: when, and how long calls take there."""

    at: float
    seconds: float


class Heard(NamedTuple):
    """What one process tells of a route: calls that went well since it was last pushed back, and what pushed back.

    `asks` is how many calls it would have under way, 0 where it needs none; `remaining` how many more the provider
    said it takes for now.
    """

    ceiling: int
    flying: int
    asks: int
    landed: int = 0
    backs: Sequence[Back] = ()
    remaining: int | None = None


def live(row: Shared, now: float) -> dict[str, Member]:
    """Who still shares the pace."""
    return {name: one for name, one in row.members.items() if holds(one.seen, one.seen + LOST, now)}


def fresh(row: Shared, now: float) -> bool:
    """Whether the pace says something about now."""
    return holds(row.at, row.at + FRESH, now)


def told(row: Shared | None, process: str, heard: Heard, *, bears: int | None, now: float) -> Shared:
    """The row once a process has told of its calls and taken its share.

    It never takes what another still has under way or may begin, but for one call. `bears` is how many calls at once
    the provider is known to bear.
    """
    row = row if row is not None and fresh(row, now) else None
    others = live(row, now) if row else {}
    others.pop(process, None)
    pace = within(_moved(row, max(heard.ceiling, *(one.ceiling for one in others.values()), 1), heard), bears)
    if not heard.asks:
        return Shared(pace, now, others)
    asked = {process: heard.asks, **{name: one.asks for name, one in others.items()}}
    free = pace.now - sum(one.holds for one in others.values())
    share = max(1, min(fair(asked, pace.now)[process], free, heard.ceiling))
    return Shared(pace, now, {**others, process: Member(now, heard.ceiling, heard.flying, share, heard.asks)})


def fair(asked: Mapping[str, int], most: int) -> dict[str, int]:
    """What each gets of so many: what it asks for or an equal part; what nobody asks for is spread over all.

    Nobody who asks gets less than one.
    """
    given: dict[str, int] = {}
    left = most
    for number, (name, asks) in enumerate(sorted(asked.items(), key=lambda one: (one[1], one[0]))):
        given[name] = max(1, min(asks, left // (len(asked) - number)))
        left -= given[name]
    for number, name in enumerate(sorted(given)):
        extra = max(0, left) // (len(given) - number)
        given[name] += extra
        left -= extra
    return given


def _moved(row: Shared | None, ceiling: int, heard: Heard) -> Pace:
    """The pace after what was heard: as if one process had made everybody's calls."""
    pace = under(row.pace, ceiling) if row else full(ceiling)
    for back in heard.backs:
        pace = slowed(pace, back.at, back.seconds)
    return within(grown(pace, heard.landed), heard.remaining)
