"""Batches of texts, drawn evenly over sources and languages and made harder."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from training.guard.semantic.corpus import Numbers, Text, Vocabulary, Words

LONGEST = 448
"""Tokens of a text a network sees in training."""

SALAD = 0.12
"""How many of the texts are words without a meaning: what isn't understood is no attack."""

Drawn = tuple[Numbers, bool, int]


@dataclass(frozen=True, slots=True)
class Batch:
    inputs: tuple[Tensor, Tensor, Tensor, Tensor]
    attacks: Tensor
    families: Tensor


class Draw:
    """Draws texts: a side first, then a source by the root of its size, then a text of it, then what is done to it."""

    def __init__(
        self, texts: Sequence[Text], words: Words, families: Sequence[str], shares: Sequence[float], dice: random.Random
    ) -> None:
        self.words, self.dice = words, dice
        self.families = {family: number for number, family in enumerate(families)}
        self.sides: dict[tuple[bool, bool], dict[str, list[Text]]] = defaultdict(lambda: defaultdict(list))
        for text in texts:
            if len(text.words):
                self.sides[text.attack, text.authored][text.source].append(text)
        named = {(True, False): shares[0], (False, False): shares[1], (True, True): shares[2], (False, True): shares[3]}
        self.shares = {side: named[side] for side in self.sides}
        self.weights = {side: [len(found) ** 0.5 for found in sources.values()] for side, sources in self.sides.items()}

    def text(self, side: tuple[bool, bool]) -> Text:
        sources = list(self.sides[side].values())
        return self.dice.choice(self.dice.choices(sources, self.weights[side])[0])

    def __call__(self) -> Drawn:
        if self.dice.random() < SALAD:
            return self._salad(), False, -1
        side = self.dice.choices(list(self.shares), list(self.shares.values()))[0]
        text = self.text(side)
        words = text.words
        if text.attack:
            words = self._carried(words, text) if self.dice.random() < 0.25 else self._shortened(words)
        else:
            words = self._joined(words) if self.dice.random() < 0.25 else self._cut(words)
        return words[:LONGEST], text.attack, self.families.get(text.family, -1)

    def _salad(self) -> Numbers:
        """Words of one source, each from another text, some of them halves of two: together they say nothing."""
        side = self.dice.choice(list(self.sides))
        texts = self.dice.choice(list(self.sides[side].values()))
        found = [int(self.dice.choice(self.dice.choice(texts).words)) for _ in range(self.dice.randrange(4, 60))]
        if self.dice.random() < 0.6:
            found = [self.words.blended(one, self.dice.choice(found)) for one in found]
        return np.array(found, np.int32)

    def _carried(self, words: Numbers, text: Text) -> Numbers:
        """An attack before, after or inside a harmless text."""
        carrier = self._cut(self.text(self._benign()).words)[: max(8, LONGEST - len(words))]
        at = self.dice.choice((0, len(carrier), self.dice.randrange(len(carrier) + 1)))
        return np.concatenate([carrier[:at], words, carrier[at:]])

    def _joined(self, words: Numbers) -> Numbers:
        """Two or three harmless texts in a row."""
        others = [self._cut(self.text(self._benign()).words) for _ in range(self.dice.randrange(1, 3))]
        return np.concatenate([words, *others])

    def _benign(self) -> tuple[bool, bool]:
        sides = [side for side in self.shares if not side[0]]
        return self.dice.choices(sides, [self.shares[side] for side in sides])[0]

    def _cut(self, words: Numbers) -> Numbers:
        """Any stretch of a long harmless text is harmless."""
        longest = self.dice.choice((64, 128, 256, LONGEST))
        if len(words) <= longest:
            return words
        at = self.dice.randrange(len(words) - longest + 1)
        return words[at : at + longest]

    def _shortened(self, words: Numbers) -> Numbers:
        """An attack that lost its first or last few words is still one."""
        if len(words) < 12 or self.dice.random() < 0.6:
            return words
        lost = self.dice.randrange(len(words) // 6 + 1)
        return words[lost:] if self.dice.random() < 0.3 else words[: len(words) - lost]


def batches(
    draw: Draw, words: Words, vocabulary: Vocabulary, *, steps: int, tokens: int, dice: random.Random
) -> Iterator[Batch]:
    """Batches of texts of like length, each of about as many tokens, with words dropped and misspelt."""
    made = 0
    packer = Packer(words, vocabulary, dice)
    while made < steps:
        pool = sorted((draw() for _ in range(300)), key=lambda drawn: len(drawn[0]))
        groups = list(_groups(pool, tokens))
        dice.shuffle(groups)
        for group in groups[: steps - made]:
            rows = [_worn(row, words, dice) for row, _, _ in group]
            yield Batch(
                packer(rows, loss=0.1),
                torch.tensor([float(attack) for _, attack, _ in group]),
                torch.tensor([family for _, _, family in group]),
            )
            made += 1


def _groups(pool: Sequence[Drawn], tokens: int) -> Iterator[list[Drawn]]:
    group: list[Drawn] = []
    for drawn in pool:
        if group and (len(group) + 1) * max(16, len(drawn[0])) > tokens:
            yield group
            group = []
        group.append(drawn)
    if len(group) > 7:
        yield group


def _worn(row: Numbers, words: Words, dice: random.Random) -> Numbers:
    """Some texts lose words, some have words misspelt."""
    worn = row
    if dice.random() < 0.4:
        kept = np.array([dice.random() >= 0.08 for _ in row], bool)
        worn = worn[kept] if kept.any() else worn
    if dice.random() < 0.15:
        worn = np.array(
            [words.misspelt(word, dice) if dice.random() < 0.2 else word for word in worn.tolist()], np.int32
        )
    return worn


class Packer:
    """Rows of word numbers as the tensors a network takes; knows the pieces of every word it has met."""

    def __init__(self, words: Words, vocabulary: Vocabulary, dice: random.Random) -> None:
        self.words, self.vocabulary = words, vocabulary
        self.noise = np.random.default_rng(dice.randrange(1 << 30))
        self.known: dict[int, Numbers] = {}

    def pieces(self, word: int) -> Numbers:
        if word not in self.known:
            self.known[word] = np.array(self.vocabulary.of_word(self.words.tokens[word]) or [0], np.int32)
        return self.known[word]

    def __call__(self, rows: Sequence[Numbers], *, loss: float = 0.0) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        longest = max(16, max(map(len, rows)))
        distinct, inverse = np.unique(np.concatenate(rows), return_inverse=True)
        found = [self.pieces(word) for word in distinct.tolist()]
        flat, sizes = np.concatenate(found), np.array([len(one) for one in found])
        starts = np.concatenate([[0], np.cumsum(sizes)[:-1]])
        if loss:
            flat = np.where(self.noise.random(len(flat)) < loss, 0, flat)
            unread = starts[self.noise.random(len(starts)) < 2 * loss]
            flat[unread] = 0
        table, present = np.zeros((len(rows), longest), np.int64), np.zeros((len(rows), longest), np.float32)
        at = 0
        for number, row in enumerate(rows):
            table[number, : len(row)] = inverse[at : at + len(row)]
            present[number, : len(row)] = 1
            at += len(row)
        return tuple(map(torch.from_numpy, (flat.astype(np.int64), starts.astype(np.int64), table, present)))


def plain(
    rows: Sequence[Numbers], words: Words, vocabulary: Vocabulary, *, tokens: int
) -> Iterator[tuple[Batch, list[int]]]:
    """Batches of rows as they are, with their places; the rows come sorted by length."""
    packer, at = Packer(words, vocabulary, random.Random(0)), 0
    while at < len(rows):
        end = at + 1
        while end < len(rows) and (end + 1 - at) * max(16, len(rows[end])) <= tokens:
            end += 1
        nothing = torch.zeros(end - at)
        group = [row if len(row) else np.zeros(1, np.int32) for row in rows[at:end]]
        yield Batch(packer(group), nothing, nothing), list(range(at, end))
        at = end
