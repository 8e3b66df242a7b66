"""How good the answers were, per task and model, and what an accepted one cost.

An answer is a call and the model that gave it. It is judged where the verdict that holds on it isn't "unknown"; that
verdict is found from all opinions each time the ledger is read. A model whose answer was rejected is judged by it,
though another one answered in its place. An answer out of the cache counts only where someone judged it.

Money is that of every attempt at the model: failed, repeated and rejected ones included. Where only a sample is judged,
the rest is taken to be as good as the sample. Calls that other calls made, as judges are, are counted apart.
"""

from __future__ import annotations

from array import array
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple, cast

from onedoor.ledger.rollup import ANSWERED, FOREVER, By, Spread, spread
from onedoor.ledger.verdicts import Said
from onedoor.policy.intervals import wilson
from onedoor.policy.verdicts import holds
from onedoor.types import Verdict

if TYPE_CHECKING:
    from apsw import SQLiteValue

    Query = Callable[[str, Sequence[SQLiteValue]], list[tuple[SQLiteValue, ...]]]

PAGE = 20_000

KEYS: Mapping[By, str] = {
    "task": "{call}.task",
    "model": "''",
    "caller": "{call}.caller",
    "user": "{call}.user",
    "day": "date({call}.at, 'unixepoch')",
    "run": "{call}.run",
    "prompt": "{call}.template",
}
_ALONE: Mapping[By, str] = {"task": "a.task", "caller": "a.caller", "day": "date(a.at, 'unixepoch')", "run": "a.run"}
"""The same of an attempt whose call was never written down."""

_PAGE = """
SELECT c.at, c.seq, {key}, c.model, c.outcome, c.cached, c.seconds, c.first_token, c.edits <> '[]' FROM calls c
WHERE (c.at, c.seq) > (?, ?) AND c.at < ? AND c.parent = '' AND +c.task = coalesce(?, c.task)
ORDER BY c.at, c.seq LIMIT ?
"""
_SAID = """
SELECT c.seq, v.model, v.verdict, v.kind, v.by FROM calls c CROSS JOIN verdicts v ON v.call = c.id
WHERE (c.at, c.seq) > (?, ?) AND (c.at, c.seq) <= (?, ?) ORDER BY v.seq
"""
_SPENT = """
SELECT coalesce(c.parent, '') <> '', coalesce({parent}, {own}, {alone}, ''), a.model,
    count(DISTINCT iif(a.outcome <> 'late', a.call, NULL)), sum(a.outcome <> 'late'),
    coalesce(sum(a.nano_usd), 0), sum(a.nano_usd IS NULL AND a.outcome <> 'late')
FROM attempts a LEFT JOIN calls c ON c.id = a.call LEFT JOIN calls p ON c.parent <> '' AND p.id = c.parent
WHERE a.at >= ?1 AND coalesce(c.at, a.at) >= ?1 AND coalesce(c.at, a.at) < ?2
    AND coalesce(p.task, c.task, a.task) = coalesce(?3, p.task, c.task, a.task)
GROUP BY 1, 2, 3
"""


@dataclass(frozen=True, slots=True)
class QualityRow:
    """One model's answers for one task, caller, user, day (UTC), run or prompt.

    calls     calls in which this model was asked; `answered`: those in which it gave an answer
    judged    answers on which a verdict holds; `accepted` of them were
    people    judged answers on which a person said something
    degraded  answers that were not the first choice's; `recovered`: damaged, and read all the same
    retries   requests that repeated an earlier one to this model in the same call
    seconds   of calls this model answered in the end; cached ones are not timed
    nano_usd  the sum of every attempt whose cost is known; `unpriced` counts those whose isn't
    """

    key: str
    model: str
    calls: int
    answered: int
    judged: int
    accepted: int
    people: int
    degraded: int
    recovered: int
    retries: int
    seconds: Spread | None
    first_token: Spread | None
    nano_usd: int
    unpriced: int

    @property
    def coverage(self) -> float:
        """The share of answers that was judged."""
        return self.judged / self.answered if self.answered else 0.0

    @property
    def accept_rate(self) -> float | None:
        """The share of judged answers that was accepted; None where none was judged."""
        return self.accepted / self.judged if self.judged else None

    @property
    def interval(self) -> tuple[float, float]:
        """The Wilson 95 % interval of the accept rate; (0, 1) where nothing was judged."""
        return wilson(self.accepted, self.judged)

    @property
    def nano_usd_per_accepted(self) -> float | None:
        """Money over answers times accept rate; a lower bound where `unpriced`, None where nothing was accepted."""
        return self._per(self.accept_rate)

    @property
    def nano_usd_per_accepted_interval(self) -> tuple[float, float | None]:
        """The same at both ends of the accept rate's interval; None: no upper end."""
        low, high = self.interval
        return self._per(high) or 0.0, self._per(low)

    @property
    def degraded_share(self) -> float:
        return self.degraded / self.answered if self.answered else 0.0

    @property
    def recovery_share(self) -> float:
        return self.recovered / self.answered if self.answered else 0.0

    def _per(self, rate: float | None) -> float | None:
        return self.nano_usd / (self.answered * rate) if rate and self.answered else None


@dataclass(frozen=True, slots=True)
class InnerRow:
    """What calls asked of a model on behalf of other calls: judging, criticising. `key` is the other calls'."""

    key: str
    model: str
    calls: int
    attempts: int
    nano_usd: int
    unpriced: int


@dataclass(frozen=True, slots=True)
class Quality:
    """The answers' quality, and what was asked on the side to find it out."""

    rows: tuple[QualityRow, ...]
    inner: tuple[InnerRow, ...]


class _Asked(NamedTuple):
    """A call of its own, as far as quality is concerned."""

    at: float
    seq: int
    key: str
    model: str
    outcome: str
    cached: int
    seconds: float
    first_token: float | None
    recovered: int


class _Spent(NamedTuple):
    """Attempts of one key and model, summed up."""

    inner: int
    key: str
    model: str
    calls: int
    attempts: int
    nano_usd: int
    unpriced: int


@dataclass(slots=True)
class _Tally:
    """Answers of one key and model while they are added up: 16 bytes for each that is timed."""

    answered: int = 0
    judged: int = 0
    accepted: int = 0
    people: int = 0
    degraded: int = 0
    recovered: int = 0
    seconds: array[float] = field(default_factory=lambda: array("d"))
    first_token: array[float] = field(default_factory=lambda: array("d"))


NOTHING = _Spent(0, "", "", 0, 0, 0, 0)
Tallies = dict[tuple[str, str], _Tally]
Opinions = Mapping[int, Mapping[str, list[Said]]]
"""What was said, by the call's number and the model whose answer it is about."""


def quality(
    query: Query,
    by: By = "task",
    *,
    since: float | None = None,
    until: float | None = None,
    task: str | None = None,
) -> Quality:
    """One row per key and model, those with the most answers of a key first; days in order."""
    begin, end = since or 0.0, FOREVER if until is None else until
    tallies: Tallies = defaultdict(_Tally)
    for page, said in _pages(query, by, begin, end, task):
        for call in page:
            _add(tallies, by, call, said.get(call.seq))
    spent = _spent(query, by, begin, end, task)
    own = {(row.key, row.model): row for row in spent if not row.inner}
    rows = [_row(pair, tallies.get(pair, _Tally()), own.get(pair, NOTHING)) for pair in {*tallies, *own}]
    return Quality(_ranked(rows, by), tuple(_inner(row) for row in spent if row.inner))


def _pages(query: Query, by: By, begin: float, end: float, task: str | None) -> Iterator[tuple[list[_Asked], Opinions]]:
    """Every call of its own with what was said of it, a page at a time, so that no read lasts long."""
    sql, after = _PAGE.format(key=KEYS[by].format(call="c")), (begin, -1)
    while True:
        page = [_Asked._make(row) for row in query(sql, (*after, end, task, PAGE))]
        if page:
            last = (page[-1].at, page[-1].seq)
            yield page, _said(query, after, last)
            after = last
        if len(page) < PAGE:
            return


def _said(query: Query, after: tuple[float, int], last: tuple[float, int]) -> Opinions:
    """The opinions on the calls of a page, in the order they were given."""
    found: dict[int, dict[str, list[Said]]] = {}
    for seq, model, verdict, kind, by in query(_SAID, (*after, *last)):
        of_call = found.setdefault(cast("int", seq), {})
        of_call.setdefault(str(model), []).append(Said(cast("Verdict", verdict), str(kind), str(by)))
    return found


def _add(tallies: Tallies, by: By, call: _Asked, said: Mapping[str, list[Said]] | None) -> None:
    fresh = call.outcome in ANSWERED and not call.cached
    if fresh:
        _answer(tallies[_pair(by, call.key, call.model)], call)
    for model, opinions in said.items() if said else ():
        verdict = holds(opinions)
        tally = tallies[_pair(by, call.key, model)]
        delivered = fresh and model == call.model
        tally.answered += not delivered and (verdict != "unknown" or not call.cached)
        if verdict != "unknown":
            tally.judged += 1
            tally.accepted += verdict == "accepted"
            tally.people += any(one.kind == "person" and one.verdict != "unknown" for one in opinions)


def _answer(tally: _Tally, call: _Asked) -> None:
    tally.answered += 1
    tally.degraded += call.outcome == "degraded"
    tally.recovered += call.recovered
    tally.seconds.append(call.seconds)
    if call.first_token is not None:
        tally.first_token.append(call.first_token)


def _pair(by: By, key: str, model: str) -> tuple[str, str]:
    return (model if by == "model" else key), model


def _spent(query: Query, by: By, begin: float, end: float, task: str | None) -> list[_Spent]:
    parts = {name: KEYS[by].format(call=alias) for name, alias in (("parent", "p"), ("own", "c"))}
    if by == "model":
        parts = {"parent": "nullif(p.model, '')", "own": "CASE WHEN c.parent = '' THEN a.model END"}
    sql = _SPENT.format(**parts, alone="a.model" if by == "model" else _ALONE.get(by, "NULL"))
    return [_Spent._make(row) for row in query(sql, (begin, end, task))]


def _row(pair: tuple[str, str], tally: _Tally, spent: _Spent) -> QualityRow:
    key, model = pair
    return QualityRow(
        key=key,
        model=model,
        calls=max(spent.calls, tally.answered),
        answered=tally.answered,
        judged=tally.judged,
        accepted=tally.accepted,
        people=tally.people,
        degraded=tally.degraded,
        recovered=tally.recovered,
        retries=spent.attempts - spent.calls,
        seconds=spread(tally.seconds),
        first_token=spread(tally.first_token),
        nano_usd=spent.nano_usd,
        unpriced=spent.unpriced,
    )


def _inner(row: _Spent) -> InnerRow:
    return InnerRow(row.key, row.model, row.calls, row.attempts, row.nano_usd, row.unpriced)


def _ranked(rows: Sequence[QualityRow], by: By) -> tuple[QualityRow, ...]:
    """The busiest key first, and in it the model with the most answers."""
    calls: defaultdict[str, int] = defaultdict(int)
    for row in rows:
        calls[row.key] += row.calls
    return tuple(
        sorted(rows, key=lambda row: (0 if by == "day" else -calls[row.key], row.key, -row.answered, row.model))
    )
