"""Labelled texts as rows of word numbers, and word numbers as piece numbers."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from onedoor.guard.meaning.pieces import pieces
from onedoor.guard.meaning.tokens import tokens

Numbers = NDArray[np.int32]
LETTERS = "etaoinshrdlu"


@dataclass(frozen=True, slots=True)
class Text:
    """One text: its words, whether it is an attack, its source (a grammar row's is its language), its family."""

    words: Numbers
    attack: bool
    source: str
    family: str
    authored: bool
    id: str = ""


@dataclass(slots=True)
class Words:
    """Every distinct token of all texts, numbered as they turn up."""

    numbers: dict[str, int] = field(default_factory=dict)
    tokens: list[str] = field(default_factory=list)
    typos: dict[int, list[int]] = field(default_factory=dict)

    def number(self, token: str) -> int:
        if token not in self.numbers:
            self.numbers[token] = len(self.tokens)
            self.tokens.append(token)
        return self.numbers[token]

    def encode(self, text: str) -> Numbers:
        return np.array([self.number(token) for token in tokens(text)], np.int32)

    def blended(self, one: int, other: int) -> int:
        """The first half of a word and the second of another, both of a kind; else the first as it is."""
        head, tail = self.tokens[one], self.tokens[other]
        if head[0] != tail[0] or head[0] not in " +" or len(head) < 4:
            return one
        return self.number(
            head[: len(head) // 2 + 1] + tail[len(tail) // 2 + 1 :] if head[0] == " " else head[:2] + tail[2:]
        )

    def misspelt(self, number: int, dice: random.Random) -> int:
        """One of up to four fixed misspellings of a word; marks, figures and short words stay as they are."""
        token = self.tokens[number]
        if token[0] != " " or len(token) < 6:
            return number
        kept = self.typos.setdefault(number, [])
        if len(kept) < 4:
            kept.append(self.number(f" {misspell(token[1:-1], dice)} "))
        return dice.choice(kept)


def misspell(word: str, dice: random.Random) -> str:
    """Two letters swapped, one doubled, dropped or replaced."""
    at = dice.randrange(len(word) - 1)
    swapped = word[:at] + word[at + 1] + word[at] + word[at + 2 :]
    doubled = word[:at] + word[at] + word[at:]
    dropped = word[:at] + word[at + 1 :]
    replaced = word[:at] + dice.choice(LETTERS) + word[at + 1 :]
    return dice.choice((swapped, doubled, dropped, replaced))


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The pieces a network knows, and those of every word: `flat[starts[w]:starts[w + 1]]`."""

    numbers: dict[str, int]

    @staticmethod
    def of(texts: Iterable[Text], words: Words, *, size: int, rarest: int) -> Vocabulary:
        """The pieces that occur in most texts of the training set."""
        spread: Counter[int] = Counter()
        for text in texts:
            spread.update(set(text.words.tolist()))
        counts: Counter[str] = Counter()
        for word, texts_with in spread.items():
            for piece in set(pieces(words.tokens[word])):
                counts[piece] += texts_with
        kept = [piece for piece, count in counts.most_common(size) if count >= rarest]
        return Vocabulary({piece: number for number, piece in enumerate(sorted(kept), 1)})

    def of_word(self, token: str) -> list[int]:
        return [self.numbers[piece] for piece in pieces(token) if piece in self.numbers]


def lengths(rows: Sequence[Numbers]) -> Numbers:
    return np.array([len(row) for row in rows], np.int32)
