"""Where a text only mentions words: quotations, code, and texts about attacks."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

from onedoor.guard.patterns.lexicon.terms import bits
from onedoor.guard.patterns.words import Found

_QUOTED = re.compile(
    r"```[\s\S]*?(?:```|\Z)"
    r"|`[^`\n]{1,600}`"
    r'|"[^"\n]{2,600}"'
    r"|“[^“”\n]{2,600}”|„[^„“”\"\n]{2,600}[“”\"]|«[^«»\n]{2,600}»|「[^「」\n]{2,600}」|『[^『』\n]{2,600}』"
)
_MOST = 0.85
"""A text that is one quotation, more or less, quotes nobody."""

ASKED = 50
"""Characters before a hit in which a text asks to explain, classify or translate it."""

AROUND = 150
"""Characters around a hit in which a word such as "attack" says what the text is about."""

ABOUT, TOPIC = bits("about"), bits("topic")


class Reading:
    """What a text mentions, read when a first pattern is found in it."""

    __slots__ = ("_read", "_text", "_words")

    def __init__(self, text: str, words: Sequence[Found]) -> None:
        self._text = text
        self._words = words
        self._read: Mentions | None = None

    @property
    def mentions(self) -> Mentions:
        """The quotations and the topic of the text."""
        if self._read is None:
            self._read = _mentions(self._text, self._words)
        return self._read


@dataclass(frozen=True, slots=True)
class Mentions:
    """What of a text is quoted, and where it says what it is about."""

    starts: Sequence[int]
    ends: Sequence[int]
    asked: Sequence[int]
    topics: Sequence[int]

    def covers(self, start: int, end: int) -> bool:
        """Whether the words there are mentioned, not used."""
        quote = bisect_right(self.starts, start) - 1
        if quote >= 0 and self.ends[quote] >= end:
            return True
        return _between(self.asked, start - ASKED, start) or _between(self.topics, start - AROUND, end + AROUND)


def _mentions(text: str, found: Sequence[Found]) -> Mentions:
    spans = [match.span() for match in _QUOTED.finditer(text) if len(match.group()) < _MOST * len(text)]
    asked = [one.start for one in found if one.mask & ABOUT]
    topics = [one.start for one in found if one.mask & TOPIC]
    return Mentions([start for start, _ in spans], [end for _, end in spans], asked, topics)


def _between(places: Sequence[int], low: int, high: int) -> bool:
    here = bisect_left(places, low)
    return here < len(places) and places[here] < high
