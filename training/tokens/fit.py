"""Prints the bound's weights, fitted anew: `python -m training.tokens.fit [--data DIR]`."""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linprog

from onedoor.prompt.tokens.upper import SCALES, Scale
from onedoor.prompt.tokens.weights import FINER, PATTERNS, SCRIPTS
from training.tokens.corpus import Piece, pieces
from training.tokens.counts import EACH, features, real, vocabularies

Floats = NDArray[np.float64]

QUANTILE = 0.988
"""Above the 99 in 100 that are promised, because files not seen are less like than those fitted to."""

SEEN = 300
"""Below this many places in the corpus a character is worth its bytes, which is certain."""


def fitted(table: Floats, real: Floats, *, share: Floats, quantile: float = QUANTILE) -> Floats:
    """Weights, none below zero, whose sums lie above `quantile` of the real counts and close to them, as shares.

    Quantile regression in its dual form: a bounded multiplier for each text, a row for each weight. Koenker and
    Bassett, "Regression Quantiles", Econometrica 46 (1978).
    """
    rows, aims = table / real[:, None], np.ones(len(real))
    bounds = np.column_stack([(quantile - 1) * share, quantile * share])
    solved = linprog(-aims, A_ub=rows.T, b_ub=np.zeros(table.shape[1]), bounds=bounds, method="highs")
    weights: Floats = -solved.ineqlin.marginals
    return weights


def weights(texts: Sequence[Piece], scale: Scale) -> dict[str, int]:
    """Thousandths of a token for each pattern. Every kind of text weighs alike, however many there are of it."""
    found, words = [features(piece.text) for piece in texts], vocabularies()
    names, kinds = list(found[0]), Counter(piece.kind for piece in texts)
    table = np.array([[row[name] for name in names] for row in found], dtype=float)
    counts = np.array([real(piece.text, scale, words) for piece in texts], dtype=float)
    share = np.array([1 / kinds[piece.kind] for piece in texts])
    solved = fitted(table, counts, share=share / share.mean())
    rare = {name for name, seen in zip(names, table.sum(axis=0), strict=True) if seen < SEEN}
    return {
        name: 1000 * size(name) if name in rare else int(np.ceil(1000 * weight))
        for name, weight in zip(names, solved, strict=True)
    }


def size(name: str) -> int:
    """The bytes of a character."""
    if name == EACH or any(name.encode() in table for table in PATTERNS):
        return 1
    return 4 if name == "E" else 2 if name in "slgkhrx" else 3


def show(columns: Sequence[dict[str, int]]) -> str:
    """The tables of weights.py."""

    def line(name: str) -> str:
        return str(tuple(column[name] for column in columns))

    said = [f"EACH: Weights = {line(EACH)}"]
    for title, table in zip(("ASCII", "DIGITS", "CAPITALS", "SCRIPTS"), (*PATTERNS, SCRIPTS), strict=True):
        said.append(f"{title}: Mapping[bytes, Weights] = {{")
        said += [f'    b"{pattern.decode()}": {line(pattern.decode())},' for pattern in table] + ["}"]
    said.append("FINER: Mapping[bytes, Mapping[str, Weights]] = {")
    for kind, finer in FINER.items():
        said += [f'    b"{kind.decode()}": {{', *(f'        "{starts}": {line(starts)},' for starts in finer), "    },"]
    return "\n".join([*said, "}"])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, help="a folder with benign.jsonl; a figure without it differs a little")
    options = parser.parse_args()
    texts = [piece for piece in pieces(options.data) if not piece.held_out]
    print(f"# {len(texts)} texts of {len({piece.kind for piece in texts})} kinds")
    print(show([weights(texts, scale) for scale in SCALES]))


if __name__ == "__main__":
    main()
