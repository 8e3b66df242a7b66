"""What the n-gram model learns from: rows and grammar as canonical windows, each source weighted evenly."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from onedoor.guard.ngrams import encoded
from onedoor.guard.normalise import canonical
from training.guard.grammar import generate
from training.guard.rows import Row, trainable

AUTHORED = "grammar"
"""The fold of what the grammar made: never kept back."""

AUTHORED_SHARE = 0.6
"""How much of either label's weight the grammar's rows have together."""

EVEN = 0.6
"""A source of n texts weighs n to this power: a large one more than a small one, but not as much as it is larger."""

_LONGEST, _STEP = 1024, 700


@dataclass(frozen=True, slots=True)
class Window:
    """A text as the model reads it, or a part of a long one."""

    data: bytes
    attack: bool
    fold: str
    group: str
    share: float


def windows(rows: Iterable[Row], *, seed: int, size: int) -> list[Window]:
    """The windows of all rows a model may learn from, and of `size` rows of the grammar."""
    return [window for row in trainable(rows) for window in _windows(row)] + list(_authored(seed, size))


def weights(examples: Iterable[Window]) -> list[float]:
    """What each window counts: both labels alike, the grammar its share, and the groups of each evenly."""
    examples = list(examples)
    sizes = defaultdict[tuple[str, bool], float](float)
    for one in examples:
        sizes[one.group, one.attack] += one.share
    raw = [one.share * sizes[one.group, one.attack] ** (EVEN - 1) for one in examples]
    totals = defaultdict[tuple[bool, bool], float](float)
    for one, weight in zip(examples, raw, strict=True):
        totals[one.attack, one.fold == AUTHORED] += weight
    return [
        weight * _share(one) / totals[one.attack, one.fold == AUTHORED]
        for one, weight in zip(examples, raw, strict=True)
    ]


def _share(one: Window) -> float:
    return AUTHORED_SHARE if one.fold == AUTHORED else 1 - AUTHORED_SHARE


def _windows(row: Row) -> Iterator[Window]:
    data = encoded(canonical(row.text).text)
    starts = range(0, max(1, len(data) - _LONGEST + _STEP), _STEP)
    parts = [data[start : start + _LONGEST] for start in starts]
    yield from (Window(part, row.attack, row.fold, row.source, 1 / len(parts)) for part in parts)


def _authored(seed: int, size: int) -> Iterator[Window]:
    for row in generate(seed, size=size):
        data = encoded(canonical(row.text).text)[:_LONGEST]
        yield Window(data, row.attack, AUTHORED, f"{row.language} {row.family}", 1.0)
