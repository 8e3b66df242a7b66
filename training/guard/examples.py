"""What the n-gram model learns from: rows and grammar as canonical windows, and what each counts."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from onedoor.guard.ngrams import ORDERS, WINDOW, encoded
from onedoor.guard.normalise import canonical
from training.guard.grammar import Example, generate
from training.guard.rows import Row, trainable

AUTHORED = "grammar"
"""The fold of what the grammar made: never kept back."""

AUTHORED_SHARE = {True: 0.97, False: 0.5}
"""How much of each label's weight the grammar's rows have together: the rows' attacks come from three sources only."""

ENGLISH = 8.0
"""How much more a row of the grammar counts that is English: most of what is attacked is."""

FOREIGN = 3
"""Of the grammar's rows in other languages every so many is used."""

EVEN = 0.6
"""A source of n texts weighs n to this power: a large one more than a small one, but not as much as it is larger."""

_STEP = WINDOW // 2
_LONGEST = 1024


@dataclass(frozen=True, slots=True)
class Window:
    """A window of a text, with as many bytes after it as an n-gram that starts in it may need.

    text   the number of the text it is of
    parts  how many windows that text has
    group  what is weighed evenly with its like: a source, or a language and family of the grammar
    """

    data: bytes
    text: int
    parts: int
    attack: bool
    fold: str
    group: str


def windows(rows: Iterable[Row], *, seed: int, size: int) -> list[Window]:
    """The windows of all rows a model may learn from, and of what is used of `size` rows of the grammar."""
    texts = [(encoded(canonical(row.text).text), row.attack, row.fold, row.source) for row in trainable(rows)]
    texts += [
        (encoded(canonical(row.text).text)[:_LONGEST], row.attack, AUTHORED, f"{row.language} {row.family}")
        for row in _used(generate(seed, size=size))
    ]
    return [window for number, text in enumerate(texts) for window in _windows(number, *text)]


def weights(examples: Iterable[Window], *, whole: bool) -> list[float]:
    """What each window counts.

    whole  whether an attack is all of its windows, or the one that is given
    """
    examples = list(examples)
    shares = [_share(one, whole=whole) for one in examples]
    sizes = defaultdict[tuple[str, bool], float](float)
    for one, share in zip(examples, shares, strict=True):
        sizes[one.group, one.attack] += share
    raw = [
        share * sizes[one.group, one.attack] ** (EVEN - 1) * (ENGLISH if one.group.startswith("en ") else 1.0)
        for one, share in zip(examples, shares, strict=True)
    ]
    totals = defaultdict[tuple[bool, bool], float](float)
    for one, weight in zip(examples, raw, strict=True):
        totals[one.attack, one.fold == AUTHORED] += weight
    return [
        weight * _part(one) / totals[one.attack, one.fold == AUTHORED]
        for one, weight in zip(examples, raw, strict=True)
    ]


def _share(one: Window, *, whole: bool) -> float:
    """All windows of a harmless text are harmless, and a long one says more."""
    if one.attack:
        return 1 / one.parts if whole else 1.0
    return float(one.parts**-0.5)


def _part(one: Window) -> float:
    authored = AUTHORED_SHARE[one.attack]
    return authored if one.fold == AUTHORED else 1 - authored


def _windows(number: int, data: bytes, attack: bool, fold: str, group: str) -> Iterator[Window]:
    starts = range(0, max(1, len(data) - WINDOW + _STEP), _STEP)
    for start in starts:
        part = data[start : start + WINDOW + ORDERS[-1] - 1]
        yield Window(part, number, len(starts), attack, fold, group)


def _used(authored: Iterable[Example]) -> Iterator[Example]:
    return (row for number, row in enumerate(authored) if row.language == "en" or number % FOREIGN == 0)
