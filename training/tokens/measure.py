"""Prints how the bound does on files held out: `python -m training.tokens.measure [--data DIR] [--kinds]`."""

from __future__ import annotations

import argparse
from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path
from statistics import mean, median

from onedoor.prompt.tokens.upper import SCALES, Scale, upper
from training.tokens.corpus import Piece, pieces
from training.tokens.counts import Words, real, vocabularies

LENGTHS = (100, 400, 1_600, 1 << 62)


def ratios(texts: Sequence[Piece], scale: Scale, words: Mapping[str, Words]) -> list[float]:
    """The bound over the real count of each text; below one it is no bound."""
    return [upper(piece.text, scale) / real(piece.text, scale, words) for piece in texts]


def covered(found: Sequence[float]) -> float:
    return sum(ratio >= 1 for ratio in found) / len(found)


def grouped(texts: Sequence[Piece], found: Sequence[float]) -> dict[str, list[float]]:
    kinds: dict[str, list[float]] = defaultdict(list)
    for piece, ratio in zip(texts, found, strict=True):
        kinds[piece.kind].append(ratio)
    return kinds


def report(texts: Sequence[Piece], scale: Scale, words: Mapping[str, Words], *, every: bool) -> str:
    """Coverage over kinds and texts, how far the bound lies above, and the kinds it covers least."""
    found = ratios(texts, scale, words)
    kinds = grouped(texts, found)
    shares = sorted((covered(ratio), kind) for kind, ratio in kinds.items())
    high = sorted(found)[int(0.95 * len(found))]
    said = [
        f"{scale}: {len(texts)} texts of {len(kinds)} kinds; covered {mean(share for share, _ in shares):.2%} a kind, "
        f"{covered(found):.2%} over texts; median {median(found):.2f}, 95 in 100 within {high:.2f}, "
        f"the lowest {min(found):.2f}"
    ]
    said += [f"  {name}" for name in _by_length(texts, found)]
    shown = shares if every else [(share, kind) for share, kind in shares if share < 0.97]
    said += [
        f"  {kind}: {share:.1%} of {len(kinds[kind])}, median {median(kinds[kind]):.2f}, lowest {min(kinds[kind]):.2f}"
        for share, kind in shown
    ]
    return "\n".join(said)


def _by_length(texts: Sequence[Piece], found: Sequence[float]) -> list[str]:
    said, least = [], 0
    for most in LENGTHS:
        some = [ratio for piece, ratio in zip(texts, found, strict=True) if least <= len(piece.text) < most]
        if some:
            said.append(
                f"from {least} characters: covered {covered(some):.2%} of {len(some)}, median {median(some):.2f}"
            )
        least = most
    return said


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, help="a folder with benign.jsonl")
    parser.add_argument("--kinds", action="store_true", help="every kind, not only those covered worst")
    options = parser.parse_args()
    texts, words = [piece for piece in pieces(options.data) if piece.held_out], vocabularies()
    for scale in SCALES:
        print(report(texts, scale, words, every=options.kinds))


if __name__ == "__main__":
    main()
