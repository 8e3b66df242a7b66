"""An upper bound on the tokens of a text by the kinds of its characters, without a vocabulary."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Literal

from onedoor.prompt.tokens.kinds import INNER, KINDS, written
from onedoor.prompt.tokens.weights import ASCII, CAPITALS, DIGITS, EACH, FINER, SCRIPTS, Weights

Scale = Literal["any", "o200k", "cl100k"]
SCALES: tuple[Scale, ...] = ("any", "o200k", "cl100k")
Weighed = Sequence[tuple[bytes, int]]


def _columns(table: Mapping[bytes, Weights]) -> Mapping[Scale, Weighed]:
    return {
        scale: [(pattern, weights[column]) for pattern, weights in table.items()] for column, scale in enumerate(SCALES)
    }


_ASCII, _DIGITS, _CAPITALS, _SCRIPTS = map(_columns, (ASCII, DIGITS, CAPITALS, SCRIPTS))
_EACH = dict(zip(SCALES, EACH, strict=True))
_FINER: Mapping[bytes, Mapping[Scale, Weighed]] = {
    kind: _columns({bytes.fromhex(start): weights for starts, weights in finer.items() for start in starts.split()})
    for kind, finer in FINER.items()
}


def certain(text: str) -> int:
    """The most any byte-level tokenizer can make of a text: a token for each UTF-8 byte."""
    return len(text) if text.isascii() else len(written(text))


def upper(text: str, scale: Scale = "any") -> int:
    """More tokens than 99 in 100 real texts have, in the vocabulary of the scale or in each that the weights know.

    Never falls when a text gets longer, is never above `certain` and only 0 for an empty text.
    """
    data = written(text)
    if text.isascii():
        thousandths = _plain(data.translate(KINDS), scale)
    else:
        kinds = data.translate(KINDS, INNER)
        thousandths = _plain(kinds, scale) + _scripts(data, kinds, scale)
    return min(len(data), 1 - (-thousandths // 1000))


def _plain(kinds: bytes, scale: Scale) -> int:
    """What every character and ASCII come to; patterns with a digit or a capital are looked for where there is one."""
    total = _EACH[scale] * len(kinds) + _weighed(kinds, _ASCII[scale])
    if b"0" in kinds:
        total += _weighed(kinds, _DIGITS[scale])
    if b"A" in kinds:
        total += _weighed(kinds, _CAPITALS[scale])
    return total


def _scripts(data: bytes, kinds: bytes, scale: Scale) -> int:
    total = 0
    for kind, weight in _SCRIPTS[scale]:
        found = kinds.count(kind)
        if found:
            total += found * weight + _finer(data, _FINER.get(kind), scale, weight)
    return total


def _finer(data: bytes, finer: Mapping[Scale, Weighed] | None, scale: Scale, usual: int) -> int:
    """What the scripts of a kind that are listed by themselves cost more (or less) than the kind."""
    if finer is None:
        return 0
    return sum([data.count(start) * (weight - usual) for start, weight in finer[scale]])


def _weighed(kinds: bytes, patterns: Iterable[tuple[bytes, int]]) -> int:
    count = kinds.count
    return sum([count(pattern) * weight for pattern, weight in patterns])
