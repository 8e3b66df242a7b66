"""What begins with a known opening and goes on with known characters: found in a whole text or while it is written.

A candidate is settled by the characters of its head alone, and a head has a greatest length. So one that starts at a
place is settled a bounded number of characters later, and no later character changes it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Literal

from onedoor.guard.inspection import Family, Finding, Severity

BEFORE = 320
"""How many characters before a candidate a judge may look at."""
RUN = 16
_RUN = b"a" * RUN
_TOKEN = bytes(97 if chr(code) in "abcdefghijklmnopqrstuvwxyz0123456789+/=_.-" else 32 for code in range(256))


@dataclass(frozen=True, slots=True)
class Part:
    """Between `least` and `most` characters of a class."""

    characters: re.Pattern[str]
    least: int
    most: int


@dataclass(frozen=True, slots=True)
class Head:
    """A candidate: it starts at cuts[0], its opening ends at cuts[1], and part i, counted from 1, at cuts[i + 1]."""

    text: str
    cuts: tuple[int, ...]

    @property
    def start(self) -> int:
        return self.cuts[0]

    @property
    def end(self) -> int:
        return self.cuts[-1]

    def part(self, index: int) -> str:
        """What was read for part `index`, 1 the first; 0 is the opening."""
        return self.text[self.cuts[index] : self.cuts[index + 1]]


@dataclass(frozen=True, slots=True)
class Judged:
    """What a candidate turned out to be, and where; without a severity it is harmless, and one may begin behind it."""

    id: str
    severity: Severity | None
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Rule:
    """One kind of candidate.

    parts     what follows the opening, each taken as long as it goes
    judge     what the head is, None if it is nothing
    rest      a finding that reaches the end of its head goes on as long as these characters do
    after     characters that mustn't stand before the opening
    where     whether what stands before the place of an opening is right
    anycase   the opening may be written in any case
    run       each candidate stands within RUN token characters in a row, or the text has such a run beside it
    needs     a text without any of these has no candidate
    finder    finds the openings of a whole text, where there are many
    """

    family: Family
    openings: tuple[str, ...]
    parts: tuple[Part, ...]
    judge: Callable[[Head], Judged | None]
    rest: re.Pattern[str] | None = None
    after: frozenset[str] = frozenset()
    where: Callable[[str, int], bool] | None = None
    anycase: bool = False
    run: Literal["", "within", "beside"] = ""
    needs: tuple[bytes, ...] = ()
    finder: re.Pattern[str] | None = None

    @property
    def longest(self) -> int:
        """The most characters a candidate can be long before it is settled."""
        return max(map(len, self.openings)) + sum(part.most for part in self.parts)


@dataclass(frozen=True, slots=True)
class Reading:
    """A candidate as far as it was read: the ends of its complete parts, and how far the next one goes at least."""

    cuts: tuple[int, ...]
    reached: int

    def moved(self, by: int) -> Reading:
        """The same where all places are higher by so much."""
        return Reading(tuple(cut + by for cut in self.cuts), self.reached + by)


@dataclass(frozen=True, slots=True)
class Settled:
    """A candidate that no later character changes: what was found, and where to look on."""

    finding: Finding | None
    end: int
    growing: bool = False


@cache
def part(characters: str, least: int, most: int) -> Part:
    """A part from the inside of a character class."""
    return Part(re.compile(f"[{characters}]{{0,{most}}}", re.ASCII), least, most)


@cache
def rest(characters: str) -> re.Pattern[str]:
    """All that follows of a character class."""
    return re.compile(f"[{characters}]*", re.ASCII)


def begins(rule: Rule, text: str, start: int, end: int) -> bool:
    """Whether an opening found in folded text is one: its case, and what stands before it."""
    if not rule.anycase and text[start:end] not in rule.openings:
        return False
    if rule.where is not None and not rule.where(text, start):
        return False
    return not start or text[start - 1] not in rule.after or text[max(start - 2, 0) : start] in {"\\n", "\\r", "\\t"}


def opened(start: int, end: int) -> Reading:
    """A candidate of which the opening was read."""
    return Reading((start, end), end)


def settle(rule: Rule, text: str, reading: Reading, *, final: bool) -> Settled | Reading:
    """What a candidate is, or how far it was read while the next characters could still change it."""
    read = _read(rule, text, reading, final=final)
    if isinstance(read, Reading):
        return read
    if not read:
        return Settled(None, reading.cuts[1])
    judged = rule.judge(Head(text, read))
    if judged is None:
        return Settled(None, read[-1])
    if judged.severity is None:
        return Settled(None, max(judged.end, read[1]))
    grows = rule.rest is not None and judged.end == read[-1]
    end = end_of(rule.rest, text, judged.end) if rule.rest is not None and grows else judged.end
    finding = Finding(judged.id, rule.family, judged.severity, judged.start, end)
    return Settled(finding, max(end, read[1]), grows and end == len(text) and not final)


def end_of(pattern: re.Pattern[str], text: str, at: int) -> int:
    """How far a run of characters goes."""
    found = pattern.match(text, at)
    return found.end() if found else at


def _read(rule: Rule, text: str, reading: Reading, *, final: bool) -> Reading | tuple[int, ...]:
    """The ends of all parts; none if one is too short."""
    cuts, reached = list(reading.cuts), reading.reached
    for piece in rule.parts[len(cuts) - 2 :]:
        end = min(end_of(piece.characters, text, reached), cuts[-1] + piece.most)
        if end == len(text) and not final and end - cuts[-1] < piece.most:
            return Reading(tuple(cuts), end)
        if end - cuts[-1] < piece.least:
            return ()
        cuts.append(end)
        reached = end
    return tuple(cuts)


def folded(text: str) -> bytes:
    """One byte a character: small letters, and `?` for what isn't ASCII."""
    return text.encode("ascii", "replace").lower()


@dataclass(frozen=True, slots=True)
class Table:
    """Rules by what a text must have for one of their candidates, so that most texts are done with quickly."""

    rules: tuple[Rule, ...]
    within: tuple[tuple[bytes, Rule], ...]
    beside: tuple[Rule, ...]
    anywhere: tuple[Rule, ...]

    @classmethod
    def of(cls, rules: tuple[Rule, ...]) -> Table:
        """These rules, sorted."""
        within, beside, anywhere = ([rule for rule in rules if rule.run == run] for run in ("within", "beside", ""))
        openings = ((opening.lower().encode(), rule) for rule in within for opening in rule.openings)
        return cls(rules, tuple(openings), tuple(beside), tuple(anywhere))

    def possible(self, ascii_text: bytes) -> Iterator[Rule]:
        """The rules that could find something, the same one perhaps twice."""
        yield from [rule for rule in self.anywhere if _needed(rule, ascii_text)]
        runs = _runs(ascii_text) if self.within else b""
        if runs:
            yield from [rule for rule in self.beside if _needed(rule, ascii_text)]
            yield from [rule for opening, rule in self.within if opening in runs]


def search(table: Table, text: str) -> Iterator[Finding]:
    """Every finding of a whole text."""
    ascii_text = folded(text)
    for rule in {id(rule): rule for rule in table.possible(ascii_text)}.values():
        yield from _found(rule, text, ascii_text)


def _needed(rule: Rule, ascii_text: bytes) -> bool:
    for needed in rule.needs:
        if needed in ascii_text:
            return True
    return not rule.needs


def _runs(ascii_text: bytes) -> bytes:
    """The stretches of RUN token characters and more, a blank between them."""
    mask = ascii_text.translate(_TOKEN)
    runs, at = [], mask.find(_RUN)
    while at >= 0:
        start, end = mask.rfind(b" ", 0, at) + 1, mask.find(b" ", at)
        end = len(mask) if end < 0 else end
        runs.append(ascii_text[start:end])
        at = mask.find(_RUN, end)
    return b" ".join(runs)


def _found(rule: Rule, text: str, ascii_text: bytes) -> Iterator[Finding]:
    at = 0
    for start, end in _openings(rule, text, ascii_text):
        if start < at or not begins(rule, text, start, end):
            continue
        settled = settle(rule, text, opened(start, end), final=True)
        if isinstance(settled, Settled):
            at = settled.end
            if settled.finding is not None:
                yield settled.finding


def _openings(rule: Rule, text: str, ascii_text: bytes) -> list[tuple[int, int]]:
    if rule.finder is not None:
        return [found.span() for found in rule.finder.finditer(text)]
    return sorted(
        (place, place + len(opening))
        for opening in rule.openings
        for place in _places(opening.lower().encode(), ascii_text)
    )


def _places(word: bytes, ascii_text: bytes) -> Iterator[int]:
    at = ascii_text.find(word)
    while at >= 0:
        yield at
        at = ascii_text.find(word, at + 1)
