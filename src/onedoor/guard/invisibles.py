"""The characters that nobody sees: format characters and what Unicode lets a reader ignore."""

from __future__ import annotations

import re
from functools import cache

_FORMAT = (
    r"\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164\ufeff\uffa0"
)
_MORE = r"\ufe00-\ufe0f\ufff0-\ufffb\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff"
CONTROLS = r"\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f"
"""The control characters that are no blanks, as a part of a character class."""

INVISIBLES = re.compile(f"[{_FORMAT}{_MORE}]+")
UNSEEN = re.compile(f"[{_FORMAT}{_MORE}{CONTROLS}]+")
"""What is taken out of the scan copy: invisible characters and controls."""


@cache
def unseen() -> frozenset[str]:
    """The characters that `UNSEEN` finds: a set says sooner that a text has none of them."""
    return frozenset(letter for letter in map(chr, (*range(0x20000), *range(0xE0000, 0xE1000))) if UNSEEN.match(letter))


_FLAG = r"\U0001f3f4[\U000e0061-\U000e007a\U000e0030-\U000e0039]{2,6}\U000e007f"
_JOINED = r"(?<=[\u2190-\u2bff\ufe0f\U0001f000-\U0001faff])\u200d(?=[\u2190-\u2bff\U0001f000-\U0001faff])"
_STYLED = r"(?<=[#*0-9\u00a9\u00ae\u2010-\u33ff\U0001f000-\U0001faff])[\ufe0e\ufe0f](?![\ufe00-\ufe0f])"
_SHAPING = r"(?<=[\u0590-\u109f\u1780-\u17dd\ua840-\uaadf])[\u200c-\u200f](?=[\u0590-\u109f\u1780-\u17dd\ua840-\uaadf])"
_KEPT = re.compile(rf"({_FLAG}|{_JOINED}|{_STYLED}|{_SHAPING})|[{_FORMAT}{_MORE}]")


def visible(text: str) -> str:
    """The text without its invisible characters, but for those that scripts and emoji are written with."""
    if text.isascii() or INVISIBLES.search(text) is None:
        return text
    return _KEPT.sub(lambda found: found[1] or "", text)
