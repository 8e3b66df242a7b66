"""What a decoder finds, what it is allowed to find, and when it counts as text."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise

from onedoor.guard.words import PLAIN, plainness, words

_BORDER = re.compile(r"\n|: |[\"`“”„«»]")
LONGEST_LINE = 20_000


@dataclass(frozen=True, slots=True)
class Blob:
    """A part of a text that is another text, decoded."""

    start: int
    end: int
    text: str
    how: str
    cut: bool = False


@dataclass(frozen=True, slots=True)
class Bounds:
    """How far decoding goes.

    depth    how many codes inside one another
    views    how many decoded texts
    longest  bytes of one decoded text
    total    bytes of all of them, as a multiple of the text, and at least `longest`
    """

    depth: int = 2
    views: int = 12
    longest: int = 20_000
    total: int = 4


def readable(octets: bytes, *, least: int = 4) -> str | None:
    """The text these bytes are, None where they aren't one: valid UTF-8, printable, mostly letters and blanks."""
    wide = len(octets) > 7 and not octets[1:40:2].strip(b"\0")
    try:
        text = octets.decode("utf-16-le" if wide else "utf-8")
    except UnicodeDecodeError:
        return None
    return text if len(text) >= least and is_readable(text) else None


def is_readable(text: str) -> bool:
    sample = text[:2000]
    printable = sum(letter.isprintable() or letter in "\n\r\t" for letter in sample)
    letters = sum(letter.isalpha() or letter.isspace() for letter in sample)
    return printable > 0.95 * len(sample) and letters > 0.7 * len(sample)


def cut_short(octets: bytes, longest: int = 20_000) -> bytes:
    """At most so many bytes, ending between two characters."""
    if len(octets) <= longest:
        return octets
    return octets[:longest].decode("utf-8", "ignore").encode() if octets[:1] else octets


def is_plainer(new: str, old: str) -> bool:
    """Whether a reading has more stop words and trigger words than another one, and several of them."""
    known = PLAIN.intersection(words(new))
    enough = len(known) > 1 or any(len(word) > 5 for word in known)
    return enough and plainness(new) > max(0.25, plainness(old) + 0.1)


def new_words(new: str, old: str) -> set[str]:
    """The plain words that a reading brought up."""
    return (set(words(new)) & PLAIN) - set(words(old))


def around(text: str, start: int, end: int) -> tuple[int, int]:
    """The lines from `start` to `end`, no further away than a blob may be long."""
    left = text.rfind("\n", max(0, start - LONGEST_LINE), start) + 1 or max(0, start - LONGEST_LINE // 2)
    right = text.find("\n", end, end + LONGEST_LINE)
    right = right if right >= 0 else min(len(text), end + LONGEST_LINE)
    return left, max(end, min(right, left + LONGEST_LINE))


def stretches(text: str, spans: Iterable[tuple[int, int]], *, least: int = 1) -> Iterator[tuple[int, int]]:
    """The lines in which something stands, neighbours taken together up to the length of a blob."""
    first, last, many = 0, 0, 0
    for start, end in spans:
        if many and end - first > LONGEST_LINE:
            if many >= least:
                yield around(text, first, last)
            many = 0
        first, last, many = start if not many else first, min(end, start + LONGEST_LINE), many + 1
    if many >= least:
        yield around(text, first, last)


def spans(pattern: re.Pattern[str], text: str) -> Iterator[tuple[int, int]]:
    return (found.span() for found in pattern.finditer(text))


def segments(text: str) -> list[str]:
    """A text cut at line ends, colons and quotation marks, which stay: joined they are the text."""
    bounds = [0, *(found.end() for found in _BORDER.finditer(text)), len(text)]
    return [text[start:end] for start, end in pairwise(bounds) if start < end]
