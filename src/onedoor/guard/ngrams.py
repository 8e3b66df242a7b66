"""How much a text reads like an attack: a linear model over hashed n-grams of bytes and pairs of near words."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from io import BytesIO
from operator import itemgetter

import numpy as np
from numpy.typing import NDArray

BITS = 18
BUCKETS = 1 << BITS
WINDOWS = (64, 256)
"""Bytes a window has: a short order, and a paragraph."""

ORDERS = (3, 4, 5, 6)
REACH = 4
"""How many words apart the two of a pair may be."""

_ODD = np.uint64(0x9E3779B97F4A7C15)
_PRIME = np.uint64(0x100000001B3)
_TURN = np.uint64(7)
_SHIFT = np.uint64(64 - BITS)
_PAD = bytes(8)
_STEP = 16_384
_MARGIN = 128
_LONGEST = _STEP + WINDOWS[-1] + _MARGIN

Buckets = NDArray[np.uint64]
Starts = NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class NGrams:
    """A weight for every bucket; a text reads like the window of it that reads most like an attack."""

    weights: NDArray[np.int8]
    scale: float
    bias: float

    def logits(self, text: str) -> tuple[float, ...]:
        """The log-odds of the worst window of each size, at any offset."""
        best = [-math.inf] * len(WINDOWS)
        for which, peak, _, _ in self.peaks(encoded(text)):
            best[which] = max(best[which], peak)
        return tuple(best)

    def worst(self, text: str) -> tuple[float, int, int]:
        """The highest log-odds, and where in the text that window starts and ends."""
        data = encoded(text)
        _, peak, start, end = max(self.peaks(data), key=itemgetter(1))
        return peak, _characters(data, start, len(text)), _characters(data, end, len(text))

    def peaks(self, data: bytes) -> Iterator[tuple[int, float, int, int]]:
        """For each stretch and size of window: which size, the log-odds of the worst, and where it starts and ends."""
        for offset in range(0, max(1, len(data) - WINDOWS[-1]), _STEP):
            part = data[offset : offset + _LONGEST]
            starts = len(part) if offset + _LONGEST >= len(data) else _STEP
            sums = self._sums(part)
            for which, size in enumerate(WINDOWS):
                peak, start = _peak(sums, size, starts)
                yield which, self.bias + self.scale * peak, offset + start, min(offset + start + size, len(data))

    def _sums(self, data: bytes) -> NDArray[np.int32]:
        """Running sums of the evidence that starts at each byte."""
        sums = np.zeros(len(data) + 1, np.int32)
        evidence = sums[1:]
        self.weights.take(byte_grams(data)).sum(axis=0, out=evidence)
        starts, buckets = word_grams(data)
        evidence[starts] += self.weights.take(buckets).sum(axis=0, dtype=np.int32)
        np.cumsum(evidence, out=evidence)
        return sums


def encoded(text: str) -> bytes:
    """The bytes that are looked at: lower case, between two blanks."""
    return f" {text.lower()} ".encode("utf-8", "replace")


def byte_grams(data: bytes) -> Buckets:
    """The buckets of the n-grams that start at each byte, a row for each order."""
    masks, odds = _hashing()
    eight = np.ndarray((len(data),), "<u8", data + _PAD, strides=(1,))
    return ((eight & masks) * odds) >> _SHIFT


def word_grams(data: bytes) -> tuple[Starts, Buckets]:
    """Where words start, and the buckets of each word and of its pairs with the next ones, a row for each distance.

    A word that touches an edge may be cut, and is left out.
    """
    codes = np.frombuffer(data, np.uint8)
    inside = _letters().take(codes)
    edges = (inside[1:] != inside[:-1]).nonzero()[0]
    edges = edges[int(inside[0]) :] + 1
    starts, ends = edges[: len(edges) & ~1 : 2], edges[1::2]
    powers, inverses = _powers()
    hashes = np.add.accumulate(codes * powers[: len(data)])
    words = np.zeros(len(starts) + REACH, np.uint64)
    words[: len(starts)] = (hashes.take(ends - 1) - hashes.take(starts - 1)) * inverses.take(starts)
    near = np.ndarray((REACH + 1, len(starts)), np.uint64, words, strides=(8, 8)) * _ODD
    near[1:] += near[0] >> _TURN
    return starts, (near * _PRIME) >> _SHIFT


@cache
def shipped() -> NGrams:
    """The model that comes with the package."""
    with np.load(BytesIO((files("onedoor.guard") / "weights/ngrams.npz").read_bytes())) as stored:
        return NGrams(stored["weights"], float(stored["scale"]), float(stored["bias"]))


def _peak(sums: NDArray[np.int32], size: int, starts: int) -> tuple[float, int]:
    """The largest sum of a window over the root of its size, and where it starts."""
    size = min(size, len(sums) - 1)
    inside = sums[size : size + starts] - sums[: len(sums) - size][:starts]
    start = int(inside.argmax())
    return float(inside[start]) / max(size, WINDOWS[0]) ** 0.5, start


def _characters(data: bytes, end: int, longest: int) -> int:
    """How many characters of the text lie before this byte; the first byte is a blank of ours."""
    return min(longest, max(0, len(data[:end].decode("utf-8", "ignore")) - 1))


@cache
def _letters() -> NDArray[np.bool_]:
    table = np.zeros(256, np.bool_)
    table[[*b"abcdefghijklmnopqrstuvwxyz0123456789_'"]] = True
    table[0x80:] = True
    return table


@cache
def _hashing() -> tuple[Buckets, Buckets]:
    """For each order, what keeps its bytes of eight and an odd factor that spreads them over the high bits."""
    masks = np.array([[(1 << 8 * order) - 1] for order in ORDERS], np.uint64)
    odds = np.array([[int(_ODD) + 2 * order] for order in ORDERS], np.uint64)
    return masks, odds


@cache
def _powers() -> tuple[Buckets, Buckets]:
    """Powers of an odd number and of its inverse: with them a running hash gives the hash of any stretch."""
    inverse = pow(int(_PRIME), -1, 1 << 64)
    return _powers_of(int(_PRIME)), _powers_of(inverse)


def _powers_of(odd: int) -> Buckets:
    return np.cumprod(np.full(_LONGEST, odd, np.uint64), dtype=np.uint64)
