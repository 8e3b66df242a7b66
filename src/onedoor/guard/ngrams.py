"""How much a text reads like an attack: a linear model over hashed n-grams of bytes."""

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
WINDOW = 160
"""Bytes a window has: an order and a little of what is around it."""

LEAST = 64
"""A shorter text counts as if it were so long: a few bytes are never sure of anything."""

ORDERS = (3, 4, 5, 6)

_ODD = 0x9E3779B97F4A7C15
_SHIFT = np.uint64(64 - BITS)
_PAD = bytes(8)
_STEP = 16_384
_LONGEST = _STEP + WINDOW + ORDERS[-1]

Buckets = NDArray[np.uint64]


@dataclass(frozen=True, slots=True)
class NGrams:
    """A weight for every bucket; a text reads like the window of it that reads most like an attack."""

    weights: NDArray[np.int8]
    scale: float
    bias: float

    def logit(self, text: str) -> float:
        """The log-odds of the worst window, at any offset."""
        return max(peak for peak, _, _ in self._peaks(encoded(text)))

    def worst(self, text: str) -> tuple[float, int, int]:
        """The log-odds of the worst window, and where in the text it starts and ends."""
        data = encoded(text)
        peak, start, end = max(self._peaks(data), key=itemgetter(0))
        return peak, _characters(data, start, len(text)), _characters(data, end, len(text))

    def _peaks(self, data: bytes) -> Iterator[tuple[float, int, int]]:
        """For each stretch: the log-odds of its worst window, and where that starts and ends."""
        for offset in range(0, max(1, len(data) - WINDOW), _STEP):
            part = data[offset : offset + _LONGEST]
            size = min(WINDOW, len(part))
            sums = self._sums(part)
            inside = (sums[size:] - sums[: len(sums) - size])[:_STEP]
            start = int(inside.argmax())
            peak = self.bias + self.scale * float(inside[start]) / math.sqrt(max(size, LEAST))
            yield peak, offset + start, offset + start + size

    def _sums(self, data: bytes) -> NDArray[np.int32]:
        """Running sums of the evidence that starts at each byte."""
        sums = np.zeros(len(data) + 1, np.int32)
        self.weights.take(byte_grams(data)).sum(axis=0, dtype=np.int32).cumsum(out=sums[1:])
        return sums


def encoded(text: str) -> bytes:
    """The bytes that are looked at: lower case, between two blanks."""
    return f" {text.lower()} ".encode("utf-8", "replace")


def byte_grams(data: bytes) -> Buckets:
    """The buckets of the n-grams that start at each byte, a row for each order."""
    masks, odds = _hashing()
    eight = np.ndarray((len(data),), "<u8", data + _PAD, strides=(1,))
    buckets: Buckets = eight & masks
    buckets *= odds
    buckets >>= _SHIFT
    return buckets


@cache
def shipped() -> NGrams:
    """The model that comes with the package."""
    with np.load(BytesIO((files("onedoor.guard") / "weights/ngrams.npz").read_bytes())) as stored:
        return NGrams(stored["weights"], float(stored["scale"]), float(stored["bias"]))


def _characters(data: bytes, end: int, longest: int) -> int:
    """How many characters of the text lie before this byte; the first byte is a blank of ours."""
    return min(longest, max(0, len(data[:end].decode("utf-8", "ignore")) - 1))


@cache
def _hashing() -> tuple[Buckets, Buckets]:
    """For each order, what keeps its bytes of eight and an odd factor that spreads them over the high bits."""
    masks = np.array([[(1 << 8 * order) - 1] for order in ORDERS], np.uint64)
    odds = np.array([[_ODD + 2 * order] for order in ORDERS], np.uint64)
    return masks, odds
