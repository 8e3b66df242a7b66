"""Which models a task should ask first, or no longer: said only where the intervals say so.

Both models need `MINIMUM` judged answers. Another model is a candidate to promote where it is accepted more often, the
95 % intervals of both apart; or where an accepted answer costs less, these intervals apart as well, and it is accepted
at most `MARGIN` less often, by the lower end of the 95 % interval of the difference. It is one to demote where it is
accepted less often and not cheaper. What is asked when others have failed gets the harder questions: nothing is held
against it.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Literal

from onedoor.ledger.quality import QualityRow

MINIMUM = 30
"""Judged answers below which nothing is said of a model."""

MARGIN = 0.05
"""How much less often a cheaper model may be accepted."""

SECOND_CHOICE = 0.1
"""From this share of degraded answers on a model is a second choice: its questions are others than the first's."""


@dataclass(frozen=True, slots=True)
class Advice:
    """What the intervals say of a model beside the one its task asks first."""

    task: str
    model: str
    first: str
    action: Literal["promote", "demote"]
    words: str

    def __str__(self) -> str:
        return f"{self.task}: {self.action} `{self.model}`? {self.words}"


def per_task(rows: Sequence[QualityRow], first: Mapping[str, str]) -> tuple[Advice, ...]:
    """Advice on every task, from rows by task and the name of each task's first model."""
    tasks = groupby(sorted(rows, key=lambda row: row.key), key=lambda row: row.key)
    return tuple(said for task, found in tasks if task in first for said in advice(tuple(found), first[task]))


def advice(rows: Iterable[QualityRow], first: str) -> tuple[Advice, ...]:
    """Advice on the models of one task beside its first one; none where that has too few judged answers."""
    enough = {row.model: row for row in rows if row.judged >= MINIMUM}
    if first not in enough:
        return ()
    others = (row for model, row in enough.items() if model != first)
    found = ((row, _action(row, enough[first])) for row in others)
    return tuple(
        Advice(row.key, row.model, first, action, _words(row, enough[first])) for row, action in found if action
    )


def difference(one: QualityRow, other: QualityRow) -> tuple[float, float]:
    """The 95 % interval of how much more often `one` is accepted than `other`.

    Source: R. G. Newcombe, "Interval estimation for the difference between independent proportions", Statistics in
    Medicine 17 (1998), method 10.
    """
    share, beside = one.accept_rate or 0.0, other.accept_rate or 0.0
    (low, high), (low_beside, high_beside) = one.interval, other.interval
    apart = share - beside
    return (
        apart - math.hypot(share - low, high_beside - beside),
        apart + math.hypot(high - share, beside - low_beside),
    )


def _action(row: QualityRow, first: QualityRow) -> Literal["promote", "demote"] | None:
    if row.interval[0] > first.interval[1]:
        return "promote"
    if _cheaper(row, first) and difference(row, first)[0] >= -MARGIN:
        return "promote"
    worse = row.interval[1] < first.interval[0] and row.degraded_share < SECOND_CHOICE
    return "demote" if worse and _known(row, first) and not _below(row, first) else None


def _cheaper(row: QualityRow, first: QualityRow) -> bool:
    """Whether an accepted answer costs less wherever in their intervals the accept rates are."""
    most = row.nano_usd_per_accepted_interval[1]
    return _known(row, first) and most is not None and most < first.nano_usd_per_accepted_interval[0]


def _below(row: QualityRow, first: QualityRow) -> bool:
    cost, beside = row.nano_usd_per_accepted, first.nano_usd_per_accepted
    return cost is not None and beside is not None and cost < beside


def _known(row: QualityRow, first: QualityRow) -> bool:
    """Whether every attempt of both has a price."""
    return not row.unpriced and not first.unpriced


def _words(row: QualityRow, first: QualityRow) -> str:
    apart = row.interval[0] > first.interval[1], row.interval[1] < first.interval[0]
    often = {(True, False): "more often than", (False, True): "less often than"}.get(apart, "as often as")
    said = f"`{row.model}` is accepted {often} `{first.model}` ({share(row.interval)} vs {share(first.interval)})"
    return f"{said}{_price(row, first)}"


def share(interval: tuple[float, float]) -> str:
    """An interval in whole percent."""
    low, high = (math.floor(interval[0] * 100 + 0.5), math.floor(interval[1] * 100 + 0.5))
    return f"{low}–{high} %"  # noqa: RUF001 - a range has an en dash


def _price(row: QualityRow, first: QualityRow) -> str:
    """What an accepted answer costs beside the first's: "at 1/12 of the cost"."""
    cost, beside = row.nano_usd_per_accepted, first.nano_usd_per_accepted
    if not _known(row, first) or cost is None or beside is None:
        return ", at a cost that is not known"
    if not cost or not beside:
        return " at no cost" if cost < beside else " at the same cost" if cost == beside else ", which costs nothing"
    times = cost / beside
    if times > 1.05:
        return f" at {times:.2g} times the cost"
    if times > 0.95:
        return " at the same cost"
    return f" at 1/{1 / times:.0f} of the cost" if times < 0.55 else f" at {times:.0%} of the cost"
