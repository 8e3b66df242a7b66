"""Text as the tokens a network reads: words, numbers, marks and line ends."""

from __future__ import annotations

import re
from collections.abc import Iterator

LONGEST = 32
"""Letters a token has at most: a longer run is cut, so a text without blanks stays linear."""

REACH = 4
"""How many letters a token sees ahead in a script that writes no blanks between words."""

_UNSPACED = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3041-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
)
_MARKS = (
    r"\u055a-\u055f\u0589\u05be\u05c0\u05c3\u060c\u061b\u061f\u066a-\u066d"
    r"\u06d4\u0964\u0965\u0e2f\u104a\u104b\u17d4-\u17d6"
)
_LETTER = rf"(?:(?![{_UNSPACED}{_MARKS}])(?:[^\W\d_]|[\u0300-\u1fff]))"
_TOKEN = re.compile(
    rf"{_LETTER}{{1,{LONGEST}}}|(?P<run>(?:(?![{_MARKS}])[{_UNSPACED}]){{1,{LONGEST}}})|\d{{1,{LONGEST}}}"
    rf"|\n\s*|([^\w\s]|_)\2{{0,{LONGEST}}}"
)


def tokens(text: str) -> list[str]:
    """The tokens in order, in lower case: " word " with its edges, "+abcd" for an unspaced letter, or a mark."""
    return [token for match in _TOKEN.finditer(text.lower().strip()) for token in _parts(match)]


def _parts(match: re.Match[str]) -> Iterator[str]:
    found = match[0]
    if match["run"]:
        yield from (f"+{found[at : at + REACH]}" for at in range(len(found)))
    elif found[0].isdigit():
        yield "0" * min(len(found), REACH)
    elif found[0].isalpha():
        yield f" {found} "
    else:
        yield "\n" if "\n" in found else found[:REACH]
