"""What the bound counts in a text, and what real vocabularies make of it."""

from __future__ import annotations

import re
from collections.abc import Callable

from onedoor.prompt.tokens import Vocabularies
from onedoor.prompt.tokens.kinds import kinds_of, written
from onedoor.prompt.tokens.upper import Scale
from onedoor.prompt.tokens.weights import FINER, PATTERNS, SCRIPTS

Words = Callable[[str], int]
EACH = "each"
_DIGIT = re.compile(r"([0-9])")


def features(text: str) -> dict[str, int]:
    """How often each pattern occurs, by its name: what the bound weighs, looked for without its short cuts."""
    data, kinds = written(text), kinds_of(text)
    found = {EACH: len(kinds)}
    found |= {pattern.decode(): kinds.count(pattern) for patterns in PATTERNS for pattern in patterns}
    for kind in SCRIPTS:
        finer = {starts: sum(map(data.count, map(bytes.fromhex, starts.split()))) for starts in FINER.get(kind, ())}
        found |= {kind.decode(): kinds.count(kind) - sum(finer.values())} | finer
    return found


def vocabularies() -> dict[str, Words]:
    """o200k, cl100k, and cl100k reading every digit by itself, as many vocabularies of other makers do."""
    loader = Vocabularies()
    o200k, cl100k = loader.wait("o200k"), loader.wait("cl100k")
    if o200k is None or cl100k is None:
        raise SystemExit("needs the extra: pip install 'onedoor[tokens]'")

    def by_digit(text: str) -> int:
        return sum(cl100k(part) for part in _DIGIT.split(text) if part)

    return {"o200k": o200k, "cl100k": cl100k, "digits": by_digit}


def real(text: str, scale: Scale, words: dict[str, Words]) -> int:
    """The tokens a scale has to cover."""
    names = words if scale == "any" else (scale,)
    return max(words[name](text) for name in names)
