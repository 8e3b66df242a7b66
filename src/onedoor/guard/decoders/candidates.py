"""Which codes a text may be written in, and what it says in them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from onedoor.guard.decoders import ciphers, concatenation, escapes, radix, spellings, symbols
from onedoor.guard.decoders.blobs import Blob
from onedoor.guard.decoders.signs import Signs, signs

_LONG_WORD = 14
_SHORT_WORDS = re.compile(rb"[\x02\x03]{6}|\x04{5}|\x08{4}")
_ESCAPE_MARKS = re.compile(rb"[%&\\=+]")
_LEETS = re.compile(rb"[013457@$|]")
_QUOTED_PIECE = re.compile(r"[=+(\[] ?['\"]")
_DIGITS = re.compile(rb"[0-9]")

Original = Callable[[int, int], str]
"""Gives the original of a part of the scan copy, in which wide gaps still are wide."""


def candidates(text: str, original: Original) -> Iterator[Blob]:
    """What a text says in each code it may be written in, the surest codes first."""
    seen = signs(text)
    yield from _bytes(text, seen)
    if encoded := seen.encoded:
        yield from ciphers.deciphered(text, encoded)
    yield from _apart(text, seen, original)
    if (suspects := seen.suspects) and (wrong := spellings.shuffled(suspects)):
        yield from spellings.unshuffled(text, wrong)
    if seen.others.strip(b".-") or len(seen.others) > 9:
        yield from _marked(text, seen, original)
    if not text.isascii():
        if 5 * text.count(" ") > 2 * len(text):
            yield from spellings.apart(text, original)
        yield from symbols.braille(text)
        yield from ciphers.upside_down(text)
    if "nstruction" in text or "rompt" in text:
        yield from spellings.backwards(text)


def _bytes(text: str, seen: Signs) -> Iterator[Blob]:
    long = seen.longest >= _LONG_WORD
    if _DIGITS.search(seen.others) and (long or _SHORT_WORDS.search(seen.lengths)):
        yield from radix.numbers(text)
    if long or b"\4\4\4\4\4" in seen.lengths:
        yield from radix.letters(text)
    if _ESCAPE_MARKS.search(seen.others):
        yield from escapes.escapes(text)
    if len(seen.others) > 7 and any(len(word) > 19 for word in text.split()):
        yield from radix.ascii85(text)
    if long or seen.others.count(b"_") > 1:
        yield from spellings.run_together(text)


def _apart(text: str, seen: Signs, original: Original) -> Iterator[Blob]:
    if b"\1\1\1\1" in seen.lengths:
        yield from spellings.apart(text, original)
        if seen.others:
            yield from spellings.dotted(text)


def _marked(text: str, seen: Signs, original: Original) -> Iterator[Blob]:
    if _LEETS.search(seen.others):
        yield from spellings.leet(text)
    if _QUOTED_PIECE.search(text) and (b"=" in seen.others or b"+" in seen.others or ".join(" in text):
        yield from concatenation.concatenated(text)
    if seen.others.count(b".") + seen.others.count(b"-") > 9:
        yield from symbols.morse(text, original)
