"""What the parts of a JSON text are made of."""

from __future__ import annotations

import re
from string import ascii_letters

SHORT = re.compile(r'"([^"\\\ud800-\udbff]*)"')
"""A whole string without escapes."""
WORD = re.compile(r"[-+.\w]*")
"""As much of a number, true, false or null as there is."""
BEGIN_WORD = frozenset("-0123456789tfn")

DIALECT_ITEM = frozenset("'\"`\u2018\u2019\u201c\u201d/#,:NTFu")
DIALECT_NAME = frozenset("'\"`\u2018\u2019\u201c\u201d/#,:_$-0123456789" + ascii_letters)
"""What follows the bracket in JSON that only recovery can read; anything else makes the bracket prose."""

_SPACE = re.compile(r"[ \t\n\r]*")


def space(text: str, at: int) -> int:
    """The end of the white space at `at`."""
    return _SPACE.match(text, at).end()  # type: ignore[union-attr]
