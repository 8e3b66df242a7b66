"""What a network learns from: rows in their canonical reading, and the grammar's."""

from __future__ import annotations

from collections.abc import Iterable

from onedoor.guard.normalise import canonical
from training.guard.grammar import generate
from training.guard.rows import Row, trainable
from training.guard.semantic.corpus import Text, Words

SEED = 20261120
AUTHORED = 30_000


def labelled(rows: Iterable[Row], words: Words) -> list[Text]:
    """The rows a network may learn from."""
    return [
        Text(words.encode(canonical(row.text).text), row.attack, row.source, "", authored=False)
        for row in trainable(rows)
    ]


def authored(words: Words, *, seed: int = SEED, size: int = AUTHORED) -> list[Text]:
    """The grammar's texts; a language is a source."""
    return [
        Text(words.encode(row.text), row.attack, row.language, row.family, authored=True)
        for row in generate(seed, size=size)
    ]
