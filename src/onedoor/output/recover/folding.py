"""Two spellings of one name: what differs only in case, accents and separators."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

_HUMP = re.compile(r"(?<=[^\W\d_A-Z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_EDGE = "\"'`*“”\u2018\u2019«» \t\r\n"
_BETWEEN = re.compile(r"(?<=[^\W_])[\s_\-\u2010\u2011\u2013—]+(?=[^\W_])|(?<=[^\W\d_])[.,'\u2019]+\s*(?=[^\W\d_])")
_LAST = re.compile(r"(?<=[^\W_])[.,;:!]+\Z")


def folded(text: str) -> str:
    """What two spellings have in common. Signs like + and # stay, and so do separators next to a digit."""
    bare = "".join(one for one in unicodedata.normalize("NFKD", text) if not unicodedata.combining(one))
    parted = _HUMP.sub(" ", _LAST.sub("", bare.strip(_EDGE))).casefold().strip(_EDGE)
    spaced = _BETWEEN.sub(" ", parted)
    return spaced if any(one.isdigit() for one in spaced) else spaced.replace(" ", "")


def alike(name: str, names: Iterable[str]) -> str | None:
    """The only one of these names that is spelt alike."""
    wanted = folded(name)
    found = [one for one in names if wanted and folded(one) == wanted]
    return found[0] if len(found) == 1 else None
