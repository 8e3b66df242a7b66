"""The objects of a JSON text as they close: how many of the same stand side by side."""

from __future__ import annotations

import re
from dataclasses import dataclass

_MARK = re.compile(r'\\.|["{}\[\]\\]', re.DOTALL)
_LONGEST = 2_048
"""An object longer than this is not compared."""
_DEEPEST = 64


@dataclass(slots=True)
class Same:
    """Objects of one text side by side."""

    text: str = ""
    times: int = 0
    characters: int = 0


class Outline:
    """Follows brackets and strings. Outside of brackets quotes mean nothing, so prose may stand around the value."""

    __slots__ = ("_cut", "_open", "_place", "_quoted", "_same", "latest")

    def __init__(self) -> None:
        self._open: list[int] = []
        self._same: dict[int, Same] = {}
        self._place = 0
        self._quoted = self._cut = False
        self.latest = Same()

    @property
    def inside(self) -> bool:
        """Whether the text stands between two parts of a value."""
        return bool(self._open) and not self._quoted

    def feed(self, piece: str, tail: str) -> None:
        """Take the next piece, with which `tail` ends."""
        start, self._cut = int(self._cut), False
        for mark in _MARK.finditer(piece, start):
            self._meet(mark[0], self._place + mark.start(), tail[: len(tail) - len(piece) + mark.end()])
        self._place += len(piece)

    def _meet(self, sign: str, place: int, text: str) -> None:
        if sign[0] == "\\":
            self._cut = sign == "\\"
        elif sign == '"':
            self._quoted = bool(self._open) and not self._quoted
        elif self._quoted:
            return
        elif sign in "{[":
            self._open.append(place)
            del self._open[:-_DEEPEST]
        elif self._open:
            self._close(sign, place + 1 - self._open.pop(), text)

    def _close(self, sign: str, length: int, text: str) -> None:
        """An object is compared with the one before it in the same place; what was inside it is forgotten."""
        depth = len(self._open)
        self._same.pop(depth + 1, None)
        if sign != "}" or not length <= min(_LONGEST, len(text)):
            self._same.pop(depth, None)
            return
        item = "".join(text[-length:].split())
        same = self._same.get(depth)
        if same is None or same.text != item:
            same = self._same[depth] = Same(item)
        same.times += 1
        same.characters += length
        self.latest = same
