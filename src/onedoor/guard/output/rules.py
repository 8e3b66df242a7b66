"""What is looked for in an answer, and what is put in its place."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import chain

from onedoor.guard.inspection import Family, Finding, Inspection, Severity
from onedoor.guard.output.canary import Canary
from onedoor.guard.output.candidates import Table, search
from onedoor.guard.output.leaks import latest, prompt, shared
from onedoor.guard.output.links import link_rules
from onedoor.guard.output.personal import personal_rules
from onedoor.guard.output.secrets import secret_rules

MARKS: dict[Family, str] = {
    "secret": "[secret removed]",
    "exfiltration": "[link removed]",
    "leak": "[instructions removed]",
}
_WORST: tuple[Severity, ...] = ("high", "medium", "low")
_SCORES: dict[Severity, float] = {"high": 1.0, "medium": 0.5, "low": 0.1}


@dataclass(frozen=True, slots=True)
class OutputRules:
    """What an answer must not hold.

    secrets   keys, tokens, passwords
    personal  payment cards and bank accounts
    links     links that carry data to other hosts than these
    hosts     allowed for links, with all hosts below them
    canary    a word of the system prompt that occurs nowhere else
    system    the system prompt, of which no run of words may be repeated
    known     texts the user gave: what they hold is no leak, and a link that repeats them is
    allow     ids and families of findings that don't count
    """

    secrets: bool = True
    personal: bool = False
    links: bool = True
    hosts: tuple[str, ...] = ()
    canary: str = ""
    system: str = ""
    known: tuple[str, ...] = ()
    allow: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        if self.canary:
            Canary(self.canary)

    def counted(self, found: Iterable[Finding]) -> list[Finding]:
        """Those that count: not allowed, and nothing else in the place of one that is."""
        found = list(found)
        excused = [one for one in found if one.id in self.allow or one.family in self.allow]
        return [one for one in found if not any(_same_place(other, one) for other in excused)] if excused else found

    @property
    def seen(self) -> tuple[str, ...]:
        """Everything the model was given to read."""
        return tuple(filter(None, (self.system, *self.known)))


def candidates(rules: OutputRules) -> Table:
    """The candidates to look for."""
    table = _same_for_all(rules.secrets, rules.personal)
    if not rules.links:
        return table
    links = link_rules(rules.hosts, rules.seen)
    return replace(table, rules=(*table.rules, *links), anywhere=(*table.anywhere, *links))


@lru_cache(maxsize=4)
def _same_for_all(secrets: bool, personal: bool) -> Table:
    """The candidates that don't depend on what a call brings."""
    return Table.of((*(secret_rules() if secrets else ()), *(personal_rules() if personal else ())))


def inspect_output(text: str, rules: OutputRules) -> Inspection:
    """What is wrong with an answer. Never raises."""
    findings = worst_first(rules.counted(_found(text, rules)))
    score = _SCORES[findings[0].severity] if findings else 0.0
    return Inspection(score >= 1.0, findings, score, text, kind="output")


def _found(text: str, rules: OutputRules) -> Iterator[Finding]:
    yield from search(_table(rules, text), text)
    if rules.canary:
        yield from Canary(rules.canary).found(text)
    told = prompt(rules.system, rules.known) if rules.system else None
    if told is not None:
        yield from shared(text, told)


def _table(rules: OutputRules, text: str) -> Table:
    """Without a slash there is no link to be made rules for."""
    slashed = "/" in text or "\\" in text
    return candidates(rules) if slashed else _same_for_all(rules.secrets, rules.personal)


def worst_first(found: Iterable[Finding]) -> tuple[Finding, ...]:
    """The findings that stand in no other of their family, the worst first, then in the order of the text."""
    outer: list[Finding] = []
    for finding in sorted(latest(found), key=lambda one: (one.start, -one.end, _WORST.index(one.severity), one.id)):
        if not any(_covers(other, finding) for other in outer[-8:]):
            outer.append(finding)
    return tuple(sorted(outer, key=lambda one: (_WORST.index(one.severity), one.start, one.end, one.id)))


def _same_place(excused: Finding, other: Finding) -> bool:
    return excused.family == other.family and excused.start <= other.start and other.end <= excused.end


def _covers(outer: Finding, inner: Finding) -> bool:
    same = outer.family == inner.family and _WORST.index(outer.severity) <= _WORST.index(inner.severity)
    return same and outer.start <= inner.start and inner.end <= outer.end


def in_order(finding: Finding) -> tuple[int, int, int]:
    """Where findings overlap, the first to start says what they are."""
    return finding.start, list(MARKS).index(finding.family), finding.end


def redacted(text: str, findings: Sequence[Finding]) -> str:
    """A text with a mark in the place of each finding, one where they overlap."""
    pieces, shown = [], 0
    for finding in sorted(findings, key=in_order):
        if finding.start >= shown:
            pieces += [text[shown : finding.start], MARKS[finding.family]]
        shown = max(shown, finding.end)
    return "".join(chain(pieces, (text[shown:],)))
