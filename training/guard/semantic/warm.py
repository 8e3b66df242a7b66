"""Vectors to start from: words that stand in the same places mean alike, and a piece means what its words mean."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, hstack, lil_matrix
from sklearn.utils.extmath import randomized_svd

from onedoor.guard.meaning.tokens import tokens
from training.guard.grammar.engine import grammars
from training.guard.semantic.corpus import Text, Vocabulary, Words

CONTEXTS = 6_000
"""The most frequent words are what a word is known by, each for the places just before it and just after it."""

OFFSETS = (-2, -1, 1, 2)

ROLE = 3.0
"""How much more a word's role in the grammar counts than its neighbours."""

_SLOT = re.compile(r"\{[a-z_]+\}|[<>/]")

Vectors = NDArray[np.float32]


def vectors(texts: Sequence[Text], words: Words, vocabulary: Vocabulary, *, width: int, seed: int) -> Vectors:
    """One vector for every piece, row 0 for none, each dimension of spread 1."""
    spread = Counter(word for text in texts for word in set(text.words.tolist()))
    known = [word for word, count in spread.most_common() if count > 1]
    meaning = _words(texts, words, known, width, seed)
    table = np.zeros((len(vocabulary.numbers) + 1, width), np.float32)
    weights = np.full(len(table), 1e-6, np.float32)
    for word, vector in zip(known, meaning, strict=True):
        rows = vocabulary.of_word(words.tokens[word])
        weight = np.log1p(spread[word])
        table[rows] += weight * vector
        weights[rows] += weight
    table /= weights[:, None]
    return table / (table[1:].std(0) + 1e-6)


def _words(texts: Sequence[Text], words: Words, known: Sequence[int], width: int, seed: int) -> Vectors:
    place = np.full(len(words.tokens), -1, np.int64)
    place[known] = np.arange(len(known))
    rows, columns = [], []
    for text in texts:
        at = place[text.words]
        for number, offset in enumerate(OFFSETS):
            centre, beside = (at[:-offset], at[offset:]) if offset > 0 else (at[-offset:], at[:offset])
            fit = (centre >= 0) & (beside >= 0) & (beside < CONTEXTS)
            rows.append(centre[fit])
            columns.append(beside[fit] + number * CONTEXTS)
    counts = csr_matrix(
        (np.ones(sum(map(len, rows)), np.float32), (np.concatenate(rows), np.concatenate(columns))),
        shape=(len(known), CONTEXTS * len(OFFSETS)),
    )
    both = hstack([_surprise(counts), ROLE * _surprise(_roles(words, place, len(known)))]).tocsr()
    left, strength, _ = randomized_svd(both, width, n_iter=3, random_state=seed)
    found = left * np.sqrt(strength)
    return (found / (np.linalg.norm(found, axis=1, keepdims=True) + 1e-6)).astype(np.float32)


def _roles(words: Words, place: NDArray[np.int64], known: int) -> csr_matrix:
    """How often each word is said in each role of the grammar; a role has the same name in every language."""
    names = sorted({name for grammar in grammars().values() for name in grammar.words})
    counts = lil_matrix((known, len(names)), dtype=np.float32)
    for grammar in grammars().values():
        for name, ways in grammar.words.items():
            for token in tokens(" ".join(_SLOT.sub(" ", way) for way in ways)):
                row = place[words.numbers[token]] if token in words.numbers else -1
                if row >= 0:
                    counts[row, names.index(name)] += 1
    return counts.tocsr()


def _surprise(counts: csr_matrix) -> csr_matrix:
    """How much more often two words meet than by chance: positive pointwise mutual information."""
    pairs = counts.tocoo()
    of_word = np.asarray(counts.sum(1)).ravel()
    of_context = np.asarray(counts.sum(0)).ravel() ** 0.75
    chance = of_word[pairs.row] * of_context[pairs.col] / of_context.sum()
    value = np.log(pairs.data / chance).clip(0)
    return csr_matrix((value, (pairs.row, pairs.col)), shape=counts.shape)
