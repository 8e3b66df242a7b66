"""Whether a text has a shape that a model can be given at all: not empty, not endless, real characters."""

from __future__ import annotations

import re
from collections.abc import Iterator

from onedoor.guard.inspection import Finding
from onedoor.guard.invisibles import UNSEEN

_CONTROLS = re.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f-\x84\x86-\x9f]")
_COLOURS = re.compile(r"\x1b(?!\[[0-9;]{0,20}m)")
_SURROGATES = re.compile("[\ud800-\udfff]+")
_BYTES_A_CHARACTER = 4
_MANY, _SHARE = 8, 0.01


def shape(text: str, *, longest: int = 1_000_000) -> tuple[Finding, ...]:
    """What makes a text unfit for any model, and what is odd about its characters.

    longest  the most it may have, in code points; in bytes of UTF-8 it may have four times as many
    """
    if not text or text.isspace():
        return (Finding("shape.empty", "shape", "high", 0, len(text)),)
    if len(text) > longest:
        return (Finding("shape.too_long", "shape", "high", longest, len(text)),)
    return () if text.isprintable() else tuple(_odd(text))


def _odd(text: str) -> Iterator[Finding]:
    if not text.isascii():
        if not UNSEEN.sub("", text).strip():
            yield Finding("shape.empty", "shape", "high", 0, len(text))
        if found := _SURROGATES.search(text):
            yield Finding("shape.surrogates", "shape", "high", *found.span())
    yield from _controls(text)


def _controls(text: str) -> Iterator[Finding]:
    places = [found.start() for pattern in (_CONTROLS, _COLOURS) for found in pattern.finditer(text)]
    if places:
        many = len(places) > max(_MANY, _SHARE * len(text))
        yield Finding("shape.controls", "shape", "medium" if many else "low", min(places), max(places) + 1)
