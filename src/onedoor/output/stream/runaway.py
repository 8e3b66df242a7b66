"""Tells when an answer runs away: it repeats itself without an end."""

from __future__ import annotations

import re
from collections import Counter

from onedoor.output.stream.bounds import Bounds, Loop
from onedoor.output.stream.outline import Outline
from onedoor.output.stream.period import Period

_WORD = re.compile(r"\w+")
_STRIDE = 1_024
"""Characters between two looks at how new the words are."""
_OFTEN = 6
_SHOWN = 60


class Runaway:
    """Reads an answer piece by piece; `found` is the first loop it saw.

    What repeats with a counter in it is taken for a list: a limit on the length must end that.
    """

    __slots__ = ("_blank", "_outline", "_period", "_since", "bounds", "found")

    def __init__(self, bounds: Bounds | None = None) -> None:
        self.bounds = bounds or Bounds()
        self.reset()

    def reset(self) -> None:
        """Forget all pieces: the answer begins again."""
        self.found: Loop | None = None
        self._period = Period()
        self._outline = Outline()
        self._blank = self._since = 0

    def feed(self, piece: str) -> Loop | None:
        """Take the next piece; the loop as soon as there is one."""
        if self.found is None and piece:
            self._period.feed(piece)
            self._outline.feed(piece, self._period.tail)
            self.found = self._repeats() or self._same_items() or self._stands_still(piece) or self._is_stale(piece)
        return self.found

    def _repeats(self) -> Loop | None:
        period = self._period
        if not period.unit or period.run < self.bounds.least:
            return None
        times = period.run / period.unit
        if not self.bounds.of(period.text).passed(times, period.run):
            return None
        return Loop("period", f"{_short(period.text)} came {times:.0f} times in a row", period.run)

    def _same_items(self) -> Loop | None:
        same = self._outline.latest
        if not self.bounds.items.passed(same.times, same.characters):
            return None
        return Loop("items", f"the object {_short(same.text)} came {same.times} times in a row", same.characters)

    def _stands_still(self, piece: str) -> Loop | None:
        rest = piece.rstrip()
        self._blank = len(piece) - len(rest) + (0 if rest else self._blank)
        if self._blank < self.bounds.whitespace or not self._outline.inside:
            return None
        return Loop("whitespace", f"{self._blank} characters of white space inside JSON", self._blank)

    def _is_stale(self, piece: str) -> Loop | None:
        """Few different word trigrams among many words: the same sentences in one order or another."""
        self._since += len(piece)
        if self._since < _STRIDE:
            return None
        self._since = 0
        words = _WORD.findall(self._period.tail[-self.bounds.window :])
        if len(words) < self.bounds.words or _recurring(words) <= self.bounds.vocabulary:
            return None
        different = len(set(zip(words, words[1:], words[2:], strict=False)))
        if different > self.bounds.novelty * len(words):
            return None
        return Loop("novelty", f"{len(words)} words, {different} different sequences of three", self.bounds.window)


def _recurring(words: list[str]) -> int:
    """How many different words of letters come again and again."""
    return sum(count >= _OFTEN and word.isalpha() for word, count in Counter(words).items())


def _short(text: str) -> str:
    return repr(text if len(text) <= _SHOWN else text[:_SHOWN] + "\N{HORIZONTAL ELLIPSIS}")
