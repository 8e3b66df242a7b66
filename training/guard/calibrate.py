"""Fits how the evidence adds up, and reads the thresholds off texts whose source no model had seen."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from onedoor.guard.score import Evidence, Weights, features, log_odds, oddity, probability
from training.guard.examples import EVEN
from training.guard.rows import Row, folds

ASKED = 0.005
"""The share of harmless texts that may be blocked."""

FLOOR = 0.3
"""The share of harmless texts of a user that a second layer is asked about."""

GRAMS = 0.5
"""What a unit of the n-gram model's logit counts beside a unit of a pattern's weight.

Set, not fitted: the patterns were written with these rows in view and the model is measured without having seen them,
so that a fit trusts the patterns too much.
"""

MEANING, UNMOVED = 0.5, 3.0
"""What a unit of the second layer's log-odds counts, and from where on; it blocks hardly more harmless texts so."""

_RIDGE = 1e-3

Vector = NDArray[np.float64]


def combined(rows: Sequence[Row], evidence: Sequence[Evidence], *, without: str = "") -> Weights:
    """How the evidence adds up, each source counted evenly; `without` is the fold that must not be seen."""
    kept = [each for each, row in enumerate(rows) if row.tier == "core" and row.fold != without]
    attack = np.array([rows[each].attack for each in kept])
    share = _shares([rows[each] for each in kept])
    return _fitted(np.array([_parts(evidence[each]) for each in kept]), attack, share)


def threshold(rows: Sequence[Row], odds: Sequence[float], asked: float = ASKED) -> float:
    """The probability that so large a share of the harmless rows reaches."""
    benign = sorted((each for row, each in zip(rows, odds, strict=True) if _gates(row)), reverse=True)
    cut = int(asked * len(benign))
    return probability((benign[cut] + benign[cut - 1]) / 2)


def floor(rows: Sequence[Row], odds: Sequence[float]) -> float:
    """The probability below which a second layer isn't asked."""
    return threshold(rows, odds, FLOOR)


def across(rows: Sequence[Row], evidence: Sequence[Evidence]) -> list[float]:
    """Each row's log-odds by weights that haven't seen its fold either."""
    by_fold = {fold: combined(rows, evidence, without=fold) for fold in folds(rows)}
    return [log_odds(seen, by_fold[row.fold]) for row, seen in zip(rows, evidence, strict=True)]


def _gates(row: Row) -> bool:
    return not row.attack and row.tier == "core" and row.source != "derived-benign-encoded"


def _parts(evidence: Evidence) -> tuple[float, float]:
    """What the worst reading says, and how odd the characters are."""
    said = (features(reading) for reading in evidence.readings)
    return max(rules + GRAMS * grams for rules, grams in said), oddity(evidence.odd)


def _shares(rows: Sequence[Row]) -> Vector:
    """Both labels alike, and the folds of each evenly."""
    sizes = Counter((row.fold, row.attack) for row in rows)
    raw = np.array([sizes[row.fold, row.attack] ** (EVEN - 1) for row in rows])
    attack = np.array([row.attack for row in rows])
    shares: Vector = np.where(attack, raw / raw[attack].sum(), raw / raw[~attack].sum()) / 2
    return shares


def _fitted(parts: Vector, attack: NDArray[np.bool_], share: Vector) -> Weights:
    """Logistic regression whose weights can't be negative: no part of the evidence speaks for innocence."""
    signs = np.where(attack, 1.0, -1.0)

    def loss(at: Vector) -> tuple[float, Vector]:
        margin = signs * (parts @ at[1:] + at[0])
        pull = -share * signs / (1 + np.exp(np.clip(margin, -50, 50)))
        value = float(share @ np.logaddexp(0, -margin) + _RIDGE * at[1:] @ at[1:])
        return value, np.append(pull.sum(), parts.T @ pull + 2 * _RIDGE * at[1:])

    bounds = [(None, None)] + [(0.0, None)] * parts.shape[1]
    found = minimize(loss, np.zeros(parts.shape[1] + 1), jac=True, method="L-BFGS-B", bounds=bounds).x
    bias, rules, odd = (round(float(each), 4) for each in found)
    return Weights(bias, rules, round(rules * GRAMS, 4), odd, {}, {}, MEANING, UNMOVED)
