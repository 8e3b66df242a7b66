"""Where a text may be cut so that no letter is torn apart."""

from __future__ import annotations

import unicodedata

_FURTHEST = 32
_JOINER = "\u200d"
_TONES = range(0x1F3FB, 0x1F400)
_FLAGS = range(0x1F1E6, 0x1F200)
_TAGS = range(0xE0020, 0xE0080)
_JAMO = range(0x1160, 0x1200)


def safe_before(text: str, place: int) -> int:
    """The last place up to this one where a letter begins: not inside a surrogate pair, an accent or an emoji.

    It looks back over 32 signs; a letter of more, which no language has, is torn.
    """
    for at in range(place, max(0, place - _FURTHEST), -1):
        if begins(text, at):
            return at
    return place


def begins(text: str, at: int) -> bool:
    """Whether a new letter begins here."""
    if at <= 0 or at >= len(text):
        return True
    before, sign = text[at - 1], text[at]
    if sign < "\u0300":
        return (before, sign) != ("\r", "\n")
    if before == _JOINER or _joins(sign):
        return False
    if "\ud800" <= before <= "\udbff" and "\udc00" <= sign <= "\udfff":
        return False
    return not (ord(sign) in _FLAGS and _flags_before(text, at) % 2)


def _joins(sign: str) -> bool:
    """Whether a sign belongs to the one before it."""
    code = ord(sign)
    return sign == _JOINER or code in _TONES or code in _TAGS or code in _JAMO or unicodedata.category(sign)[0] == "M"


def _flags_before(text: str, at: int) -> int:
    count = 0
    while count < _FURTHEST and count < at and ord(text[at - 1 - count]) in _FLAGS:
        count += 1
    return count
