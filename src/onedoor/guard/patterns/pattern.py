"""What a rule that was hit says: plain data."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from onedoor.guard.inspection import Family, Kind, Severity

EVERYWHERE: frozenset[Kind] = frozenset({"user", "document", "output"})
GIVEN: frozenset[Kind] = frozenset({"user", "document"})
DOCUMENTS: frozenset[Kind] = frozenset({"document"})


BLOCKING = 4.0
"""Log-odds from which on patterns alone convict a text of a user."""

BLOCKING_DOCUMENT = 3.0
"""The same for a text of others, in which any order to a model is suspicious."""

MENTIONED = 0.4
"""What of its weight a pattern keeps where it is only mentioned."""

MOST_MENTIONED = 3.9
"""What all mentions together count at most: alone they don't convict a text of a user."""


@dataclass(frozen=True, slots=True)
class Pattern:
    """One composition that speaks for an attack.

    weight     what it adds to the log-odds of an attack
    kinds      the texts it is looked for in
    example    a text it finds
    near_miss  a harmless text of nearly the same words that it lets pass
    """

    id: str
    family: Family
    severity: Severity
    weight: float
    kinds: frozenset[Kind]
    example: str
    near_miss: str


@dataclass(frozen=True, slots=True)
class Hit:
    """A pattern found in a text.

    start, end  where, in the text that was scanned
    mention     it stands in quotation marks or a code fence, or the text asks to explain, classify or translate it
    """

    pattern: Pattern
    start: int
    end: int
    mention: bool = False


def severity(weight: float) -> Severity:
    """How sure a pattern of this weight is by itself."""
    return "high" if weight >= BLOCKING else "medium" if weight >= BLOCKING / 2 else "low"


def blocking(kind: Kind) -> float:
    """The sum of weights from which on patterns alone convict."""
    return BLOCKING_DOCUMENT if kind == "document" else BLOCKING


def weigh(hits: Iterable[Hit]) -> float:
    """The evidence of all hits: each pattern counts once, at its best."""
    used: dict[str, float] = {}
    mentioned: dict[str, float] = {}
    for hit in hits:
        (mentioned if hit.mention else used)[hit.pattern.id] = hit.pattern.weight
    only = sum(weight for name, weight in mentioned.items() if name not in used)
    return sum(used.values()) + min(MOST_MENTIONED, MENTIONED * only)
