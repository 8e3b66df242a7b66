"""Texts made of one thing: a token over and over, or many fake turns."""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator

from onedoor.guard.patterns.engine import Span
from onedoor.guard.patterns.pattern import EVERYWHERE, GIVEN, Pattern

LONG = 1_000
DENSE = 25
"""How many times smaller a flood gets when it is compressed; tables and logs stay below fifteen."""

TURNS = 8

REPEATED = Pattern("flooding.repeated", "flooding", "medium", 2.5, EVERYWHERE, "boo " * 500, "Once. " * 20)
MANY_SHOT = Pattern(
    "flooding.many_shot",
    "flooding",
    "medium",
    2.0,
    GIVEN,
    "Human: how?\nAssistant: so.\n" * 10,
    "Human: how?\nAssistant: so.\n",
)
_TURN = re.compile(r"^[ \t>*#]{0,4}(?:human|user|assistant|ai|bot)[*]{0,2} ?:", re.I | re.M)


def repeated(text: str) -> Iterator[Span]:
    """A long text that holds next to nothing."""
    if len(text) >= LONG and len(set(text.split())) * DENSE < 4 * len(text):
        data = text.encode("utf-8", "surrogatepass")
        if len(zlib.compress(data, 1)) * DENSE < len(data):
            yield 0, len(text)


def many_shot(text: str) -> Iterator[Span]:
    """Many turns of a conversation that nobody had."""
    if text.count(":") >= TURNS and text.count("\n") >= TURNS:
        turns = [match.span() for match in _TURN.finditer(text)]
        if len(turns) >= TURNS:
            yield turns[0][0], turns[-1][1]
