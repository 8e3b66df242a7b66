"""What calls came to, per task, model, caller, user, day, run or prompt.

A percentile is by nearest rank: the smallest measured value that at least p percent of them don't exceed. Nothing is
interpolated. Only answers a model gave for this very call are timed: not cached ones, not failures.

Tokens and money are those of every attempt, failed and orphaned ones included, so they are what was really spent.
"""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, cast

import msgspec

if TYPE_CHECKING:
    from apsw import SQLiteValue

    Timed = tuple[str, str, str, int, int, float, float | None, int, str]
    """A call's key, outcome, error, cached, retries, seconds, first token, recovered and modes."""

    Query = Callable[[str, Sequence[SQLiteValue]], list[tuple[SQLiteValue, ...]]]

By = Literal["task", "model", "caller", "user", "day", "run", "prompt"]

KEYS: Mapping[By, str] = {
    "task": "task",
    "model": "model",
    "caller": "caller",
    "user": "user",
    "day": "date(at, 'unixepoch')",
    "run": "run",
    "prompt": "template",
}
_OF_ITS_CALL = "coalesce((SELECT {} FROM calls WHERE calls.id = attempts.call), '')"
ATTEMPT_KEYS: Mapping[By, str] = {
    **KEYS,
    "user": _OF_ITS_CALL.format("user"),
    "prompt": _OF_ITS_CALL.format("template"),
}
ANSWERED = frozenset({"ok", "degraded", "cached"})
PAGE = 20_000
FOREVER = float("inf")

_CALLS = """
SELECT at, seq, {key}, outcome, error, cached, retries, seconds, first_token, edits <> '[]', modes FROM calls
WHERE (at, seq) > (?, ?) AND at < ? AND +task = coalesce(?, task) ORDER BY at, seq LIMIT ?
"""
_ATTEMPTS = """
SELECT {key}, sum(outcome <> 'late'), sum(outcome = 'orphan'), sum(input), sum(output), coalesce(sum(nano_usd), 0),
    sum(nano_usd IS NULL AND outcome <> 'late')
FROM attempts WHERE at >= ? AND at < ? AND task = coalesce(?, task) GROUP BY 1
"""


@dataclass(frozen=True, slots=True)
class Spread:
    """Percentiles by nearest rank, in seconds."""

    p50: float
    p90: float
    p99: float


@dataclass(frozen=True, slots=True)
class Rollup:
    """The sums of one task, model, caller, user, day (UTC), run or prompt; `key` is empty where a call had none.

    answered     calls with a reply, degraded or not
    failures     calls without one, by the code of their error
    recovered    answers that were damaged and read all the same, so that nobody had to be asked again
    modes        answers that didn't fulfil their contract, by what was wrong with them
    attempts     requests to providers; `orphans` of them were under way when their process died
    nano_usd     the sum of every attempt whose cost is known; `unpriced` counts those whose isn't
    """

    key: str
    calls: int
    answered: int
    degraded: int
    cached: int
    retries: int
    failures: Mapping[str, int]
    recovered: int
    modes: Mapping[str, int]
    seconds: Spread | None
    first_token: Spread | None
    attempts: int
    orphans: int
    input: int
    output: int
    nano_usd: int
    unpriced: int

    @property
    def pass_rate(self) -> float:
        """The share of calls that got an answer."""
        return self.answered / self.calls if self.calls else 0.0

    @property
    def degraded_share(self) -> float:
        return self.degraded / self.calls if self.calls else 0.0

    @property
    def cached_share(self) -> float:
        return self.cached / self.calls if self.calls else 0.0


@dataclass(slots=True)
class _Tally:
    """Calls of one key while they are added up: 16 bytes for each that is timed."""

    calls: int = 0
    answered: int = 0
    degraded: int = 0
    cached: int = 0
    retries: int = 0
    failures: Counter[str] = field(default_factory=Counter)
    recovered: int = 0
    modes: Counter[str] = field(default_factory=Counter)
    seconds: array[float] = field(default_factory=lambda: array("d"))
    first_token: array[float] = field(default_factory=lambda: array("d"))


def rollups(
    query: Query, by: By, *, since: float | None = None, until: float | None = None, task: str | None = None
) -> tuple[Rollup, ...]:
    """One rollup per key, of one task or all, those with the most calls first; days in order."""
    begin, end = since or 0.0, FOREVER if until is None else until
    tallies: dict[str, _Tally] = {}
    for row in _calls(query, by, begin, end, task):
        tally = tallies.get(row[0])
        if tally is None:
            tally = tallies[row[0]] = _Tally()
        _add(tally, *row[1:])
    used = {str(key): rest for key, *rest in query(_ATTEMPTS.format(key=ATTEMPT_KEYS[by]), (begin, end, task))}
    rows = [_rollup(key, tallies.get(key, _Tally()), used.get(key, (0,) * 6)) for key in {*tallies, *used}]
    return tuple(sorted(rows, key=lambda row: (row.key,) if by == "day" else (-row.calls, row.key)))


def spread(values: Sequence[float]) -> Spread | None:
    """The percentiles of some values; None where there are none."""
    ranked = sorted(values)
    return Spread(*(ranked[-(-len(ranked) * percent // 100) - 1] for percent in (50, 90, 99))) if ranked else None


def _calls(query: Query, by: By, begin: float, end: float, task: str | None) -> Iterator[Timed]:
    """Every call, a page at a time, so that no read lasts long."""
    sql, after = _CALLS.format(key=KEYS[by]), (begin, -1)
    while True:
        page = query(sql, (*after, end, task, PAGE))
        for row in page:
            yield cast("Timed", row[2:])
        if len(page) < PAGE:
            return
        after = page[-1][:2]  # type: ignore[assignment]


def _add(
    tally: _Tally,
    outcome: str,
    error: str,
    cached: int,
    retries: int,
    seconds: float,
    first: float | None,
    recovered: int,
    modes: str,
) -> None:
    tally.calls += 1
    tally.recovered += recovered
    if modes != "[]":
        tally.modes.update(msgspec.json.decode(modes, type=list[str]))
    tally.cached += cached
    tally.retries += retries
    if outcome not in ANSWERED:
        tally.failures[error or outcome] += 1
        return
    tally.answered += 1
    tally.degraded += outcome == "degraded"
    if not cached:
        tally.seconds.append(seconds)
        if first is not None:
            tally.first_token.append(first)


def _rollup(key: str, tally: _Tally, used: Sequence[SQLiteValue]) -> Rollup:
    attempts, orphans, taken, given, nano_usd, unpriced = map(_int, used)
    return Rollup(
        key=key,
        calls=tally.calls,
        answered=tally.answered,
        degraded=tally.degraded,
        cached=tally.cached,
        retries=tally.retries,
        failures=_ranked(tally.failures),
        recovered=tally.recovered,
        modes=_ranked(tally.modes),
        seconds=spread(tally.seconds),
        first_token=spread(tally.first_token),
        attempts=attempts,
        orphans=orphans,
        input=taken,
        output=given,
        nano_usd=nano_usd,
        unpriced=unpriced,
    )


def _ranked(counts: Counter[str]) -> dict[str, int]:
    """The most frequent first, equals by name."""
    return dict(sorted(counts.items(), key=lambda item: (-item[1], item[0])))


def _int(value: SQLiteValue) -> int:
    return int(value) if isinstance(value, int | float) else 0
