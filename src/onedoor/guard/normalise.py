"""A copy of a text for scanning: written plainly, with the way back to the original."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from onedoor.guard.confusables import folds
from onedoor.guard.inspection import Finding
from onedoor.guard.invisibles import UNSEEN, unseen
from onedoor.guard.rewriting import Edit, Rewriting
from onedoor.guard.smuggling import Smuggled, smuggled
from onedoor.guard.views import View

__all__ = ["Canonical", "View", "canonical"]

_LINE_ENDS = re.compile(r"\r\n?|[\x0b\x0c\x85\u2028\u2029]")
_BLANKS = re.compile(r"[^\S\n]{2,}|[^\S\n ]")
_UNTIDY = re.compile(r"[\x00-\x09\x0b-\x1f\x7f]")
_RUN = re.compile(r"[\x20-\x7e]?[^\x00-\x7f]+")
_SPEECH = re.compile(r"[^\s]+")
_PILE = "\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f"
_PILED = re.compile(f"[{_PILE}]")
_MOST_MARKS = 8
_CROWD = re.compile(rb"[^\0]{%d,}" % (_MOST_MARKS + 1))
_NOTHING = Smuggled((), ())


@dataclass(frozen=True, slots=True)
class Canonical:
    """A text as it is scanned.

    text      the scan copy
    spans     `spans[i]` is the index in `original` of `text[i]`; None where they are the same text
    findings  what had to be seen before it was taken out
    views     what was smuggled in invisible characters
    """

    text: str
    spans: Sequence[int] | None
    findings: tuple[Finding, ...]
    views: tuple[View, ...]
    original: str

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Where a part of the scan copy stands in the original."""
        if self.spans is None or start >= end:
            return start, end
        first, last = self.spans[start], self.spans[end - 1]
        after = self.spans[end] if end < len(self.text) else len(self.original)
        return first, max(last + 1, after)


def canonical(text: str) -> Canonical:
    """The text as it is scanned: nothing invisible, compatibility forms and look-alikes folded, blanks collapsed."""
    if text.isascii():
        if "  " not in text and (text.isprintable() or _UNTIDY.search(text) is None):
            return Canonical(text, None, (), (), text)
        carried, written = _NOTHING, Rewriting(text, [])
        written.replace(_LINE_ENDS, "\n")
        written.replace(UNSEEN, "")
    else:
        carried, written = _folded(text)
    if "  " in written.text or not written.text.isprintable():
        written.replace(_LINE_ENDS, "\n")
        written.replace(_BLANKS, " ")
    return Canonical(written.text, written.origins(), carried.findings, carried.views, text)


def _folded(text: str) -> tuple[Smuggled, Rewriting]:
    written, carried, letters = Rewriting(text, []), _NOTHING, set(text)
    if not unseen().isdisjoint(letters):
        carried = smuggled(text)
        written.replace(UNSEEN, "")
    marked = any(map(unicodedata.combining, letters))
    if marked:
        written.apply(_thinned(written.text))
    _compose(written)
    if marked:
        written.apply(_unpiled(written.text))
    written.apply(folds(written.text))
    if marked:
        _compose(written)
    return carried, written


def _thinned(text: str) -> Iterator[Edit]:
    """No base keeps more marks than a script needs: putting thousands in order takes the square of the time."""
    classes = bytes(map(unicodedata.combining, text))
    for found in _CROWD.finditer(classes):
        yield found.start() + _MOST_MARKS, found.end(), ""


def _compose(written: Rewriting) -> None:
    """NFKC; where nothing is composed, by character, and without a layer for what stays one character."""
    if unicodedata.is_normalized("NFKC", written.text):
        return
    letters = set(written.text)
    if any(map(_continues, letters)):
        written.apply(_composed(written.text))
        return
    forms = {ord(letter): form for letter in letters if (form := unicodedata.normalize("NFKC", letter)) != letter}
    if single := {letter: form for letter, form in forms.items() if len(form) == 1}:
        written.text = written.text.translate(single)
    longer = {chr(letter): form for letter, form in forms.items() if len(form) > 1}
    if longer:
        written.replace(re.compile(f"[{re.escape(''.join(sorted(longer)))}]"), lambda one: longer[one[0]])


def _composed(text: str) -> Iterator[Edit]:
    """NFKC, a base and its marks at a time, so that the way back is exact."""
    for run in _RUN.finditer(text):
        if not unicodedata.is_normalized("NFKC", run[0]):
            yield from _pieces(run[0], run.start())


def _pieces(run: str, offset: int) -> Iterator[Edit]:
    bounds = [place for place, letter in enumerate(run) if not place or not _continues(letter)] + [len(run)]
    edits = [
        (offset + start, offset + end, unicodedata.normalize("NFKC", run[start:end])) for start, end in pairwise(bounds)
    ]
    whole = unicodedata.normalize("NFKC", run)
    yield from edits if "".join(new for _, _, new in edits) == whole else [(offset, offset + len(run), whole)]


def _continues(letter: str) -> bool:
    """Whether a character may be composed with the one before it."""
    return letter > "\u02ff" and (
        unicodedata.category(letter)[0] == "M" or "\u1161" <= letter <= "\u11ff" or letter in "\uff9e\uff9f"
    )


def _unpiled(text: str) -> Iterator[Edit]:
    """Words with marks piled on their letters, without the marks: no language's own spelling is that dense."""
    if _PILED.search(text) is None:
        return
    for word in _SPEECH.finditer(text):
        if _PILED.search(word[0]) and (bare := _bare(word[0])) is not None:
            yield word.start(), word.end(), bare


def _bare(word: str) -> str | None:
    marks = len(_PILED.findall(word))
    if marks < 2 or 4 * marks < len(word):
        return None
    return unicodedata.normalize("NFC", _PILED.sub("", unicodedata.normalize("NFD", word)))
