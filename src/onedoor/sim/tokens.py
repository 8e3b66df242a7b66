"""The simulator's own tokens: up to five characters and the white space before them."""

from __future__ import annotations

import re
from collections.abc import Iterable

from onedoor.sim.request import Turn

_TOKEN = re.compile(r"\s*\S{1,5}|\s+")
_TURN = 4


def split(text: str) -> list[str]:
    """The tokens of a text; joined they are the text again."""
    return _TOKEN.findall(text)


def count(turns: Iterable[Turn]) -> int:
    """The tokens of a conversation, four for the frame of each turn."""
    return sum(_TURN + len(split(turn.text)) for turn in turns)
