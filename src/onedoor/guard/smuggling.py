"""Text carried by characters that nobody sees: tags, variation selectors, zero-width bits, bidi overrides."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from onedoor.guard.inspection import Finding, Severity
from onedoor.guard.views import View

_TAGS = re.compile(r"\U0001f3f4[\U000e0030-\U000e0039\U000e0061-\U000e007a]{2,6}\U000e007f|([\U000e0000-\U000e007f]+)")
_SELECTORS = re.compile(r"[\ufe00-\ufe0f\U000e0100-\U000e01ef]+")
_BEARS_SELECTOR = re.compile(
    r"[#*0-9\u00a9\u00ae\u1000-\u109f\u1800-\u18af\u2010-\u9fff\ua840-\ua87f\uf900-\ufaff\U0001f000-\U000323af]"
)
_OVERRIDES = re.compile(r"[\u202d\u202e][^\u202c\n]*")
_ZERO_WIDTH = re.compile(r"[\u180e\u200b-\u200f\u2060-\u2064\ufeff]+")
_SPLIT = re.compile(r"[A-Za-z](?:[\u180e\u200b-\u200d\u2060-\u2064\ufeff]+[A-Za-z]){3}")
_LONGEST = 20_000


@dataclass(frozen=True, slots=True)
class Smuggled:
    """What invisible characters say: what is wrong, and the text they carry."""

    findings: tuple[Finding, ...]
    views: tuple[View, ...]


def smuggled(text: str) -> Smuggled:
    """What a text carries in characters that nobody sees. What flags, emoji and scripts need is not that."""
    found = [*_tags(text), *_selectors(text), *_zero_width(text), *_overrides(text)]
    findings = tuple(one for one in found if isinstance(one, Finding))
    return Smuggled(findings, tuple(one for one in found if isinstance(one, View)))


def _tags(text: str) -> Iterator[Finding | View]:
    runs = [found for found in _TAGS.finditer(text) if found[1]]
    if not runs:
        return
    start, end = runs[0].start(), runs[-1].end()
    said = "".join(chr(ord(tag) & 0x7F) for run in runs for tag in run[1][:_LONGEST])[:_LONGEST]
    said = "".join(letter for letter in said if letter.isprintable())
    yield Finding("smuggling.tags", "smuggling", "high" if len(said) > 1 else "medium", start, end)
    if said:
        yield View(said, "tag characters", start, end)


def _selectors(text: str) -> Iterator[Finding | View]:
    stray = [found for found in _SELECTORS.finditer(text) if _is_stray(text, found)]
    if not stray:
        return
    start, end, many = stray[0].start(), stray[-1].end(), sum(len(found[0]) for found in stray)
    severity: Severity = "high" if many > 3 else "low"
    yield Finding("smuggling.selectors", "smuggling", severity, start, end)
    said = _readable(bytes(_selected(mark) for found in stray for mark in found[0][:_LONGEST])[:_LONGEST])
    if said:
        yield View(said, "variation selectors", start, end)


def _is_stray(text: str, found: re.Match[str]) -> bool:
    return len(found[0]) > 1 or found.start() == 0 or not _BEARS_SELECTOR.match(text, found.start() - 1)


def _selected(selector: str) -> int:
    return ord(selector) - 0xFE00 if selector < "\uffff" else ord(selector) - 0xE0100 + 16


def _zero_width(text: str) -> Iterator[Finding | View]:
    runs = [run for run in _ZERO_WIDTH.finditer(text) if not _shapes(text, run)]
    marks = "".join(run[0] for run in runs)[: _LONGEST * 8]
    if len(marks) < 4:
        return
    start, end = runs[0].start(), runs[-1].end()
    said = _bits(marks)
    if said:
        yield Finding("smuggling.zero_width", "smuggling", "high", start, end)
        yield View(said, "zero-width bits", start, end)
    elif max(len(set(run[0])) * len(run[0]) for run in runs) > 31:
        yield Finding("smuggling.zero_width", "smuggling", "medium", start, end)
    elif split := _SPLIT.search(text):
        yield Finding("smuggling.split_words", "smuggling", "medium", split.start(), end)


def _shapes(text: str, run: re.Match[str]) -> bool:
    """Whether one mark stands between letters or signs of a script that is written with such marks."""
    around = text[max(0, run.start() - 1) : run.start()] + text[run.end() : run.end() + 1]
    return len(run[0]) == 1 and not around.isascii()


def _bits(marks: str) -> str:
    """What zero-width characters say, the more frequent of two as 0 or as 1, or two bits in each of four."""
    kinds = sorted(set(marks), key=marks.count, reverse=True)
    if len(kinds) < 2 or len(kinds) > 5:
        return ""
    for digits in _alphabets(kinds):
        said = _octets("".join(digits.get(mark, "") for mark in marks))
        if said:
            return said
    return ""


def _alphabets(kinds: list[str]) -> Iterator[dict[str, str]]:
    first, second = sorted(kinds[:2])
    yield {first: "0", second: "1"}
    yield {first: "1", second: "0"}
    if len(kinds) >= 4:
        yield dict(zip(sorted(kinds[:4]), ("00", "01", "10", "11"), strict=True))


def _octets(bits: str) -> str:
    whole = len(bits) - len(bits) % 8
    return _readable(bytes(int(bits[place : place + 8], 2) for place in range(0, whole, 8))) or _readable(
        bytes(int(bits[place : place + 7], 2) for place in range(0, len(bits) - len(bits) % 7, 7))
    )


def _readable(octets: bytes) -> str:
    try:
        said = octets.decode().strip("\0")
    except UnicodeDecodeError:
        return ""
    plain = sum(letter.isprintable() or letter == "\n" for letter in said)
    return said if len(said) > 1 and plain >= 0.95 * len(said) else ""


def _overrides(text: str) -> Iterator[Finding | View]:
    for number, found in enumerate(_OVERRIDES.finditer(text)):
        if number == 0:
            yield Finding("smuggling.bidi_override", "smuggling", "medium", found.start(), found.end())
        if number < 4 and len(found[0]) > 4:
            yield View(found[0][:0:-1][:_LONGEST], "bidi override", found.start(), found.end())
