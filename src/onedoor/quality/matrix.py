"""Results to figures: how good, how dear and how fast each candidate is, and which differences are more than chance."""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from typing import NamedTuple

from onedoor.ledger.rollup import Spread, spread
from onedoor.policy.intervals import sign_test, wilson
from onedoor.quality.results import Result

LEVEL = 0.05
"""A p-value below this, corrected for how many pairs were looked at, is more than chance."""

CLOSE = 1e-9
"""Scores that differ by less are equal."""

RANK: Mapping[str, int] = {"accepted": 2, "unknown": 1, "rejected": 0}


class Cell(NamedTuple):
    """What counts of one answer. `judged`: somebody gave a verdict; `nano_usd` is -1 where it isn't known."""

    rank: int
    judged: bool
    score: float | None
    nano_usd: int
    seconds: float
    answered: bool


@dataclass(frozen=True, slots=True)
class Column:
    """One candidate over all cases.

    accepted, judged   answers accepted, of those with a verdict; a call that failed counts as rejected
    low, high          the 95 % Wilson interval of the accept rate
    nano_usd           what all its answers cost; `unpriced` counts those whose cost isn't known
    seconds            of answered calls
    """

    name: str
    asked: int
    answered: int
    accepted: int
    judged: int
    low: float
    high: float
    score: float | None
    failures: Mapping[str, int]
    nano_usd: int
    judged_nano_usd: int
    unpriced: int
    seconds: Spread | None
    first_token: Spread | None
    input: int
    output: int
    retries: int

    @property
    def rate(self) -> float | None:
        """The share of accepted answers; None where nobody gave a verdict."""
        return self.accepted / self.judged if self.judged else None

    @property
    def per_accepted(self) -> float | None:
        """Nano-dollars per accepted answer; None where there is none, or not everything has a price."""
        return self.nano_usd / self.accepted if self.accepted and not self.unpriced else None

    @property
    def mean_nano_usd(self) -> float | None:
        """Nano-dollars per case; None where not everything has a price."""
        return self.nano_usd / self.asked if self.asked and not self.unpriced else None


@dataclass(frozen=True, slots=True)
class Pair:
    """Two candidates on the cases both were asked. `p` is the sign test's, `p_holm` the same for one of many pairs.

    wins, losses  cases where the first, or the second, did better: by verdict, then by score
    dearer        cases where the first cost more, and less; the same for slower
    """

    one: str
    other: str
    wins: int
    losses: int
    ties: int
    p: float
    p_holm: float
    dearer: tuple[int, int]
    slower: tuple[int, int]

    @property
    def cases(self) -> int:
        """Cases both were asked."""
        return self.wins + self.losses + self.ties

    @property
    def told_apart(self) -> bool:
        return self.p_holm < LEVEL

    @property
    def dearer_surely(self) -> bool:
        """Whether one of them surely costs more."""
        return sign_test(*self.dearer) < LEVEL

    @property
    def slower_surely(self) -> bool:
        return sign_test(*self.slower) < LEVEL


@dataclass(frozen=True, slots=True)
class Figures:
    """Everything a comparison came to."""

    cases: int
    columns: tuple[Column, ...]
    pairs: tuple[Pair, ...]

    def column(self, name: str) -> Column:
        return next(column for column in self.columns if column.name == name)


@dataclass(slots=True)
class _Tally:
    """One candidate while its answers are added up."""

    asked: int = 0
    answered: int = 0
    accepted: int = 0
    judged: int = 0
    scores: array[float] = field(default_factory=lambda: array("d"))
    failures: Counter[str] = field(default_factory=Counter)
    nano_usd: int = 0
    judged_nano_usd: int = 0
    unpriced: int = 0
    seconds: array[float] = field(default_factory=lambda: array("d"))
    first_token: array[float] = field(default_factory=lambda: array("d"))
    input: int = 0
    output: int = 0
    retries: int = 0

    def add(self, result: Result) -> None:
        self.asked += 1
        self.accepted += result.verdict == "accepted"
        self.judged += _judged(result)
        self.nano_usd += result.nano_usd or 0
        self.judged_nano_usd += result.judged_nano_usd
        self.unpriced += result.nano_usd is None
        self.input += result.input
        self.output += result.output
        self.retries += result.retries
        if result.score is not None:
            self.scores.append(result.score)
        if result.error:
            self.failures[result.error] += 1
            return
        self.answered += 1
        self.seconds.append(result.seconds)
        if result.first_token is not None:
            self.first_token.append(result.first_token)

    def column(self, name: str) -> Column:
        low, high = wilson(self.accepted, self.judged)
        return Column(
            name=name,
            asked=self.asked,
            answered=self.answered,
            accepted=self.accepted,
            judged=self.judged,
            low=low,
            high=high,
            score=sum(self.scores) / len(self.scores) if self.scores else None,
            failures=dict(self.failures.most_common()),
            nano_usd=self.nano_usd,
            judged_nano_usd=self.judged_nano_usd,
            unpriced=self.unpriced,
            seconds=spread(self.seconds),
            first_token=spread(self.first_token),
            input=self.input,
            output=self.output,
            retries=self.retries,
        )


def figures(results: Iterable[Result], names: Sequence[str]) -> Figures:
    """The figures of these candidates, in this order. Results are read one at a time and none is kept."""
    tallies = {name: _Tally() for name in names}
    cells: dict[str, dict[str, Cell]] = {}
    for result in results:
        if result.variant in tallies:
            tallies[result.variant].add(result)
            cells.setdefault(result.case, {})[result.variant] = cell(result)
    columns = tuple(tallies[name].column(name) for name in names)
    return Figures(len(cells), columns, tuple(_pairs(list(cells.values()), names)))


def cell(result: Result) -> Cell:
    """What counts of an answer."""
    cost = -1 if result.nano_usd is None else result.nano_usd
    return Cell(RANK[result.verdict], _judged(result), result.score, cost, result.seconds, not result.error)


def better(one: Cell, other: Cell) -> int:
    """1 where the first did better, -1 where the second did, 0 where neither or nobody can tell.

    By verdict, then by score. An answer nobody could judge is neither better nor worse than one somebody did.
    """
    if one.judged and other.judged and one.rank != other.rank:
        return 1 if one.rank > other.rank else -1
    if one.score is None or other.score is None or abs(one.score - other.score) < CLOSE:
        return 0
    return 1 if one.score > other.score else -1


def differs(cells: Sequence[Cell]) -> bool:
    """Whether any two candidates did differently on a case."""
    return any(better(one, other) for one, other in combinations(cells, 2))


def holm(values: Sequence[float]) -> list[float]:
    """p-values corrected for how many there are, by Holm's step-down method.

    Source: S. Holm, "A simple sequentially rejective multiple test procedure", Scand. J. Statist. 6 (1979).
    """
    corrected, highest = [1.0] * len(values), 0.0
    for place, number in enumerate(sorted(range(len(values)), key=values.__getitem__)):
        highest = max(highest, min(1.0, values[number] * (len(values) - place)))
        corrected[number] = highest
    return corrected


def _pairs(cases: Sequence[Mapping[str, Cell]], names: Sequence[str]) -> Iterator[Pair]:
    found = [_pair(one, other, cases) for one, other in combinations(names, 2)]
    for pair, corrected in zip(found, holm([pair.p for pair in found]), strict=True):
        yield Pair(
            *(pair.one, pair.other, pair.wins, pair.losses, pair.ties, pair.p),
            p_holm=corrected,
            dearer=pair.dearer,
            slower=pair.slower,
        )


def _pair(one: str, other: str, cases: Sequence[Mapping[str, Cell]]) -> Pair:
    both = [(cells[one], cells[other]) for cells in cases if one in cells and other in cells]
    quality = Counter(better(*pair) for pair in both)
    wins, losses = quality[1], quality[-1]
    p = sign_test(wins, losses)
    cost = [(left.nano_usd, right.nano_usd) for left, right in both if left.nano_usd >= 0 and right.nano_usd >= 0]
    time = [(left.seconds, right.seconds) for left, right in both if left.answered and right.answered]
    return Pair(one, other, wins, losses, quality[0], p, p, _more_and_less(cost), _more_and_less(time))


def _more_and_less(values: Sequence[tuple[float, float]]) -> tuple[int, int]:
    return sum(left > right for left, right in values), sum(left < right for left, right in values)


def _judged(result: Result) -> bool:
    return result.verdict != "unknown"
