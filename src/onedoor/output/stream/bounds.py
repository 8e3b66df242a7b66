"""When repetition is called a runaway."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

Signal = Literal["period", "items", "whitespace", "novelty"]

_LONG_WORD = re.compile(r"[^\W\d_]{2,}")
WORDY = 4
"""Different words that make a repeated unit a sentence."""


@dataclass(frozen=True, slots=True)
class Bound:
    """Both must be passed: `times` the same, and `characters` of it."""

    times: int
    characters: int

    def passed(self, times: float, characters: int) -> bool:
        return times >= self.times and characters >= self.characters


@dataclass(frozen=True, slots=True)
class Bounds:
    """The repetition that is let pass, in characters. Rows of zeros are likelier to be meant than sentences.

    sentences   a unit of four different words or more
    tokens      a unit with letters, but fewer words: cells, code, labels
    symbols     a unit without letters, or of one character: rows of zeros, rules, padding
    blanks      a unit of white space
    items       the same JSON object side by side, whatever the white space between
    whitespace  white space between two parts of a JSON value
    novelty     of the word trigrams of the last `window` characters, the share that is different; told from `words` on
                and where more than `vocabulary` different words keep coming again
    """

    sentences: Bound = Bound(6, 1_200)
    tokens: Bound = Bound(12, 4_000)
    symbols: Bound = Bound(12, 12_000)
    blanks: Bound = Bound(12, 4_000)
    items: Bound = Bound(12, 3_000)
    whitespace: int = 400
    novelty: float = 0.08
    words: int = 400
    vocabulary: int = 8
    window: int = 4_096

    @property
    def least(self) -> int:
        """The fewest characters any repetition is called a runaway for."""
        kinds = (self.sentences, self.tokens, self.symbols, self.blanks)
        return min(bound.characters for bound in kinds)

    def of(self, unit: str) -> Bound:
        """The bound for a repeated unit."""
        if unit.isspace():
            return self.blanks
        words = set(_LONG_WORD.findall(unit.casefold()))
        if len(words) >= WORDY:
            return self.sentences
        return self.tokens if len(set(unit)) > 1 and any(map(str.isalpha, unit)) else self.symbols


@dataclass(frozen=True, slots=True)
class Loop:
    """A runaway: by which signal it was seen, in words, and how many characters of it there were by then."""

    signal: Signal
    message: str
    characters: int

    def __str__(self) -> str:
        return self.message
