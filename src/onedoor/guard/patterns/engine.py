"""Joins words of a text into compositions: every rule in one walk over its rarest class."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import or_

from onedoor.guard.inspection import Family, Kind
from onedoor.guard.patterns.lexicon.terms import Term, bits
from onedoor.guard.patterns.pattern import EVERYWHERE, Pattern, severity
from onedoor.guard.patterns.words import Found

ENOUGH = 8
"""Places kept of one pattern: more say nothing new."""

Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Near:
    """A word at most so many characters before or after the head.

    early, late  the classes of a word that stands before the head, or after it
    """

    early: int
    late: int
    before: int
    after: int

    @property
    def mask(self) -> int:
        """All its classes."""
        return self.early | self.late


@dataclass(frozen=True, slots=True)
class Rule:
    """A composition: a head, and other words near it.

    head    the classes of the word the distances are counted from
    parts   what must stand near it, each another word
    unless  what takes the meaning away
    """

    pattern: Pattern
    head: int
    parts: tuple[Near, ...]
    unless: tuple[Near, ...] = ()

    def possible(self, mask: int) -> bool:
        """Whether a text with these classes can hold it at all."""
        return bool(mask & self.head) and all(mask & part.mask for part in self.parts)

    @property
    def rarest(self) -> int:
        """The part of the fewest classes, which is missing most often; where it has none, the head."""
        return min((part.mask for part in self.parts), key=int.bit_count, default=self.head)

    @property
    def mask(self) -> int:
        """Every class it asks for."""
        return reduce(or_, (part.mask for part in (*self.parts, *self.unless)), self.head)


def near(*terms: Term, before: int = 0, after: int = 0) -> Near:
    """A word of one of these classes near the head."""
    return Near(bits(*terms), bits(*terms), before, after)


def leading(*terms: Term, before: int, late: Sequence[Term], after: int) -> Near:
    """A word that stands before the head in most languages, and after it in those that put the verb last."""
    return Near(bits(*terms, *late), bits(*late), before, after)


def around(*terms: Term, within: int) -> Near:
    """A word of one of these classes on either side of the head."""
    return Near(bits(*terms), bits(*terms), within, within)


def rule(
    family: Family,
    name: str,
    weight: float,
    *,
    head: Sequence[Term],
    parts: Sequence[Near],
    unless: Sequence[Near] = (),
    example: str,
    near_miss: str,
    kinds: frozenset[Kind] = EVERYWHERE,
) -> Rule:
    """A rule and its pattern; how severe it is follows from its weight."""
    pattern = Pattern(f"{family}.{name}", family, severity(weight), weight, kinds, example, near_miss)
    return Rule(pattern, bits(*head), tuple(parts), tuple(unless))


class Joiner:
    """The words of one text, picked by class when a rule asks for it."""

    __slots__ = ("_found", "_lists")

    def __init__(self, found: Sequence[Found]) -> None:
        self._found = found
        self._lists: dict[int, list[Found]] = {}

    def spans(self, rule: Rule) -> Iterator[Span]:
        """Where the rule holds, head by head."""
        for head in self._of(rule.head):
            span = self._joined(rule, head)
            if span is not None:
                yield span

    def _of(self, mask: int) -> list[Found]:
        if mask not in self._lists:
            self._lists[mask] = [one for one in self._found if one.mask & mask]
        return self._lists[mask]

    def _joined(self, rule: Rule, head: Found) -> Span | None:
        taken = [head]
        for part in rule.parts:
            word = self._nearest(part, head, taken)
            if word is None:
                return None
            taken.append(word)
        if any(self._nearest(guard, head, taken[:1]) for guard in rule.unless):
            return None
        return min(one.start for one in taken), max(one.end for one in taken)

    def _nearest(self, part: Near, head: Found, taken: Sequence[Found]) -> Found | None:
        """The nearest free word: after the head first, then before it."""
        return self._after(part, head, taken) or self._before(part, head, taken)

    def _after(self, part: Near, head: Found, taken: Sequence[Found]) -> Found | None:
        words = self._of(part.late) if part.after else []
        for place in range(bisect_left(words, head), len(words)):
            if words[place].place > head.place + part.after:
                return None
            if not _overlaps(words[place], taken):
                return words[place]
        return None

    def _before(self, part: Near, head: Found, taken: Sequence[Found]) -> Found | None:
        words = self._of(part.early) if part.before else []
        for place in range(bisect_left(words, head) - 1, -1, -1):
            if words[place].place < head.place - part.before:
                return None
            if not _overlaps(words[place], taken):
                return words[place]
        return None


def _overlaps(word: Found, taken: Sequence[Found]) -> bool:
    return any(word.start < one.end and one.start < word.end for one in taken)
