"""Whether a word was drawn by a machine, or is one that a person writes as an example."""

from __future__ import annotations

import re
from itertools import pairwise
from math import log2

_EXAMPLE = re.compile(
    r"x{4,}|\*{3,}|\.{3,}|0{8,}|12345|abcdef(?:g|123)|example|sample|placeholder|dummy|your|changeme|redacted|replace|"
    r"insert|fake|p[a@]ssw[o0]rd|secret[-_]?key|<|>|\$\{|\{\{",
    re.IGNORECASE,
)
_KINDS = {
    **dict.fromkeys(map(ord, "abcdefghijklmnopqrstuvwxyz"), "a"),
    **dict.fromkeys(map(ord, "ABCDEFGHIJKLMNOPQRSTUVWXYZ"), "A"),
    **dict.fromkeys(map(ord, "0123456789"), "0"),
    **dict.fromkeys(map(ord, "-_./ "), None),
}
SHORT = 20
"""From this length on chance evens out, and a lower share of changes is enough."""


def looks_random(word: str) -> bool:
    """Letters and digits so mixed, so varied and so unordered that nobody made them up."""
    return len(word) >= 8 and mixed(word) and looks_drawn(word)


def looks_drawn(word: str) -> bool:
    """Varied, in no order and no example: enough behind an opening that nothing else has."""
    return not is_example(word) and not _ordered(word) and varied(word)


def is_example(word: str) -> bool:
    """A placeholder or one of the keys that documentation prints."""
    return _EXAMPLE.search(word) is not None


def varied(word: str) -> bool:
    """Enough different characters: 3 bits each, or nearly all different where there are few."""
    if len(word) < SHORT:
        return len(set(word)) >= 0.55 * len(word)
    return entropy(word) >= 3.0


def entropy(word: str) -> float:
    """Shannon's bits per character."""
    size = len(word)
    return -sum(count / size * log2(count / size) for count in map(word.count, set(word)))


def mixed(word: str, share: float = 0.0) -> bool:
    """Kinds of character change as often as by chance: between words they change once or twice a word."""
    kinds = word.translate(_KINDS)
    if "0" not in kinds or not ("a" in kinds or "A" in kinds):
        return False
    least = share or (0.3 if len(kinds) < SHORT else 0.2)
    return sum(one != other for one, other in pairwise(kinds)) >= least * len(kinds)


def _ordered(word: str) -> bool:
    """Mostly the alphabet, the digits in order, or the same again and again."""
    return sum(abs(ord(one) - ord(other)) <= 1 for one, other in pairwise(word)) > 0.4 * len(word)
