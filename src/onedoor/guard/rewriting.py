"""A text rewritten piece by piece, with the way back from each character to the one it stands for."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import overload

Edit = tuple[int, int, str]
"""Start and end of a part of the old text, and what stands there in the new one."""


@dataclass(frozen=True, slots=True)
class Layer:
    """One rewriting: where each piece begins in the new text and the old one, and the last of the old it stands for."""

    starts: list[int]
    origins: list[int]
    lasts: list[int]

    def origin(self, index: int) -> int:
        piece = bisect_right(self.starts, index) - 1
        return min(self.origins[piece] + index - self.starts[piece], self.lasts[piece])


@dataclass(frozen=True, slots=True)
class Origins(Sequence[int]):
    """The index in the original of each character of a text that was rewritten several times; looked up, not stored."""

    layers: tuple[Layer, ...]
    length: int

    def __len__(self) -> int:
        return self.length

    @overload
    def __getitem__(self, index: int) -> int: ...
    @overload
    def __getitem__(self, index: slice) -> list[int]: ...
    def __getitem__(self, index: int | slice) -> int | list[int]:
        if isinstance(index, slice):
            return [self[place] for place in range(*index.indices(self.length))]
        place = range(self.length)[index]
        for layer in reversed(self.layers):
            place = layer.origin(place)
        return place


@dataclass(slots=True)
class Rewriting:
    """The state of a text between its rewritings."""

    text: str
    layers: list[Layer]

    def replace(self, pattern: re.Pattern[str], new: str | Callable[[re.Match[str]], str]) -> None:
        """Puts `new` for every match, where that changes something."""
        if isinstance(new, str):
            self.apply((found.start(), found.end(), new) for found in pattern.finditer(self.text))
        else:
            self.apply((found.start(), found.end(), new(found)) for found in pattern.finditer(self.text))

    def apply(self, edits: Iterable[Edit]) -> None:
        """Makes these edits, which are in order and don't overlap."""
        old, parts = self.text, list[str]()
        layer, done, written = Layer([], [], []), 0, 0
        for start, end, new in edits:
            if old[start:end] == new:
                continue
            written = _piece(layer, parts, written, done, old[done:start], start - 1)
            written = _piece(layer, parts, written, start, new, end - 1)
            done = end
        if done:
            _piece(layer, parts, written, done, old[done:], len(old) - 1)
            self.text = "".join(parts)
            self.layers.append(layer)

    def origins(self) -> Origins | None:
        return Origins(tuple(self.layers), len(self.text)) if self.layers else None


def _piece(layer: Layer, parts: list[str], written: int, origin: int, text: str, last: int) -> int:
    if text:
        layer.starts.append(written)
        layer.origins.append(origin)
        layer.lasts.append(last)
        parts.append(text)
    return written + len(text)
