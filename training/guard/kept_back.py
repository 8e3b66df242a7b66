"""Every row as a model sees it that hasn't seen its source."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from onedoor.guard.decoders import cuts
from onedoor.guard.inspection import Finding, Kind
from onedoor.guard.look import Read, evidence
from onedoor.guard.ngrams import NGrams
from onedoor.guard.score import Evidence
from onedoor.guard.shape import shape
from training.guard.examples import Window
from training.guard.fit import matrix, taught
from training.guard.rows import Row, folds


@dataclass(frozen=True, slots=True)
class Seen:
    """A row and its readings, which no model takes part in."""

    row: Row
    read: Read
    odd: tuple[Finding, ...]

    @classmethod
    def of(cls, row: Row, kind: Kind) -> Seen:
        read = Read.of(row.text, kind, ())
        return cls(row, read, (*shape(row.text), *read.text.findings, *cuts(read.views)))


def models(rows: Sequence[Row], examples: Sequence[Window]) -> Iterator[tuple[str, NGrams]]:
    """A model for each fold, taught by all others."""
    features = matrix(examples)
    fold = np.array([one.fold for one in examples])
    for unseen in folds(rows):
        kept = np.flatnonzero(fold != unseen).tolist()
        yield unseen, taught([examples[each] for each in kept], features[kept])


def judged(seen: Sequence[Seen], by_fold: Mapping[str, NGrams]) -> list[Evidence]:
    """The evidence of each row, its model's included."""
    return [evidence(one.read, one.odd, by_fold[one.row.fold]) for one in seen]
