"""How far the token bound lies above real counts, and how long both take: `python bench/tokens.py FILE…`.

Needs the extra `tokens`. Files are cut into pieces of 2,000 characters; a line for each kind of file, by its suffix.
"""

from __future__ import annotations

import sys
import time
from collections import defaultdict
from pathlib import Path
from statistics import median

from onedoor.prompt.tokens import Vocabularies, upper
from onedoor.prompt.tokens.upper import Scale

PIECE = 2_000
SCALES: tuple[tuple[Scale, str], ...] = (("o200k", "o200k"), ("cl100k", "cl100k"), ("any", "cl100k"))


def pieces(names: list[str]) -> dict[str, list[str]]:
    """The files' texts by suffix, cut up."""
    found: dict[str, list[str]] = defaultdict(list)
    for name in names:
        text = Path(name).read_text("utf-8", "replace")
        found[Path(name).suffix] += [text[at : at + PIECE] for at in range(0, len(text), PIECE)]
    return found


def main(names: list[str]) -> None:
    vocabularies = Vocabularies()
    for suffix, texts in pieces(names).items():
        for scale, tokenizer in SCALES:
            count = vocabularies.wait(tokenizer)
            if count is None:
                sys.exit("needs the extra: pip install 'onedoor[tokens]'")
            ratios = sorted(upper(text, scale) / max(1, count(text)) for text in texts)
            below = sum(ratio < 1 for ratio in ratios) / len(ratios)
            spread = f"{ratios[0]:.2f} … {median(ratios):.2f} … {ratios[int(0.95 * (len(ratios) - 1))]:.2f}"
            print(f"{suffix:8} {scale:7} over {tokenizer:7} {len(texts):6} pieces  {spread}  below {below:.2%}")
        begun = time.perf_counter()
        for text in texts:
            upper(text)
        print(f"{suffix:8} {(time.perf_counter() - begun) / len(texts) * 1e6:.0f} µs a piece")


if __name__ == "__main__":
    main(sys.argv[1:])
