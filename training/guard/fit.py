"""Logistic regression over hashed n-grams, and its weights in eight bits."""

from __future__ import annotations

import warnings
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression

from onedoor.guard.ngrams import BUCKETS, LEAST, WINDOW, NGrams, byte_grams
from training.guard.examples import Window, weights

LOOSENESS = 0.25
"""The inverse of the penalty on large weights."""

ROUNDS = 12

Vector = NDArray[np.float64]


def matrix(windows: Sequence[Window]) -> csr_matrix:
    """How often each bucket occurs in each window, over the root of the window's size, as the model reads it."""
    buckets = [byte_grams(each.data)[:, :WINDOW].ravel() for each in windows]
    counts = [len(found) for found in buckets]
    scales = np.array([max(LEAST, min(WINDOW, len(each.data))) ** -0.5 for each in windows])
    ends = np.append(0, np.cumsum(counts))
    rows = csr_matrix(
        (np.repeat(scales, counts), np.concatenate(buckets).astype(np.int32), ends), shape=(len(windows), BUCKETS)
    )
    rows.sum_duplicates()
    return rows


def taught(windows: Sequence[Window], rows: csr_matrix) -> NGrams:
    """A model that looked twice: the second time only at what it found most suspicious in each attack.

    So an attack's own words count, not the text around them, while every window of a harmless text stays harmless.
    """
    first = _fitted(windows, rows, whole=True)
    kept = _worst(windows, rows @ first.coef_[0])
    second = _fitted([windows[each] for each in kept], rows[kept], whole=False)
    scale = float(np.abs(second.coef_[0]).max()) / 127
    return NGrams(np.rint(second.coef_[0] / scale).astype(np.int8), scale, float(second.intercept_[0]))


def _fitted(windows: Sequence[Window], rows: csr_matrix, *, whole: bool) -> LogisticRegression:
    """The weights that make these windows likeliest."""
    weight = np.array(weights(windows, whole=whole))
    model = LogisticRegression(solver="liblinear", dual=True, C=LOOSENESS, max_iter=ROUNDS, tol=0.02, random_state=0)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        model.fit(rows, [one.attack for one in windows], sample_weight=weight / weight.mean())
    return model


def _worst(windows: Sequence[Window], said: Vector) -> list[int]:
    """The windows of harmless texts, and the most suspicious one of each attack."""
    worst = dict[int, int]()
    for each, one in enumerate(windows):
        if one.attack and said[each] > said[worst.setdefault(one.text, each)]:
            worst[one.text] = each
    return [each for each, one in enumerate(windows) if not one.attack or worst[one.text] == each]
