"""Logistic regression over hashed n-grams, and its weights in eight bits."""

from __future__ import annotations

import warnings
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, vstack
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression

from onedoor.guard.ngrams import BUCKETS, WINDOWS, NGrams, byte_grams, word_grams

LOOSENESS = 10.0
"""The inverse of the penalty on large weights."""

ROUNDS = 12

Flags = NDArray[np.bool_]
Vector = NDArray[np.float64]

_LONG = 1.3 * WINDOWS[0]


def matrix(windows: Sequence[bytes]) -> csr_matrix:
    """How often each bucket occurs in each window, over the root of the window's size, as the model reads it."""
    buckets = [np.concatenate([byte_grams(each).ravel(), word_grams(each)[1].ravel()]) for each in windows]
    counts = [len(found) for found in buckets]
    scales = np.array([max(len(each), WINDOWS[0]) ** -0.5 for each in windows])
    ends = np.append(0, np.cumsum(counts))
    rows = csr_matrix(
        (np.repeat(scales, counts), np.concatenate(buckets).astype(np.int32), ends), shape=(len(windows), BUCKETS)
    )
    rows.sum_duplicates()
    return rows


def taught(windows: Sequence[bytes], rows: csr_matrix, attack: Flags, weight: Vector) -> NGrams:
    """A model that looked twice: the second time also at what it found most suspicious in each longer text.

    So an attack's own words count, not the text around them, and what only looks like one is learned as harmless.
    """
    first = fitted(rows, attack, weight)
    long = np.array([each for each, window in enumerate(windows) if len(window) > _LONG])
    again = vstack([rows, matrix([_worst(first, windows[each]) for each in long])]).tocsr()
    return fitted(again, np.append(attack, attack[long]), np.append(weight, weight[long]))


def fitted(rows: csr_matrix, attack: Flags, weight: Vector) -> NGrams:
    """The model that makes these rows likeliest, in eight bits a weight."""
    model = LogisticRegression(solver="liblinear", dual=True, C=LOOSENESS, max_iter=ROUNDS, tol=0.01, random_state=0)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        model.fit(rows, attack, sample_weight=weight / weight.mean())
    scale = float(np.abs(model.coef_[0]).max()) / 127
    return NGrams(np.rint(model.coef_[0] / scale).astype(np.int8), scale, float(model.intercept_[0]))


def _worst(model: NGrams, window: bytes) -> bytes:
    """The small window of a text that reads most like an attack."""
    _, _, start, end = next(model.peaks(window))
    return window[start:end]
