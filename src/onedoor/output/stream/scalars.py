"""Numbers, true, false and null as JSON writes them."""

from __future__ import annotations

import re

_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(\.[0-9]+)?([eE][-+]?[0-9]+)?")
_WORDS = {"true": True, "false": False, "null": None}


def meant(word: str) -> float | bool | None:
    """What a word stands for; ValueError where that is nothing, or a number of more digits than Python takes."""
    if word in _WORDS:
        return _WORDS[word]
    number = _NUMBER.fullmatch(word)
    if number is None:
        raise ValueError(f"{word!r} is no JSON number, truth value or null")
    return int(word) if number[1] is number[2] is None else float(word)
