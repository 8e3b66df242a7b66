"""Simulated embeddings: a text is the sum of its words, so texts that share words lie nearer."""

from __future__ import annotations

import hashlib
import math
import re

DIMENSIONS = 64

_WORD = re.compile(r"\w+")


def embed(text: str, dimensions: int = DIMENSIONS) -> list[float]:
    """A unit vector. The same text has the same one under every seed."""
    words = _WORD.findall(text.casefold()) or [""]
    total = [sum(axis) for axis in zip(*(_direction(word, dimensions) for word in words), strict=True)]
    length = math.sqrt(sum(value * value for value in total)) or 1.0
    return [value / length for value in total]


def _direction(word: str, dimensions: int) -> list[int]:
    """Plus or minus one along each axis, as the word's hash says."""
    bits = int.from_bytes(hashlib.shake_128(word.encode()).digest(-(-dimensions // 8)), "big")
    return [1 if bits >> axis & 1 else -1 for axis in range(dimensions)]
