"""Text put together from pieces by something like code: `a='ign'; b='ore'`, `'ign' + 'ore'`."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from onedoor.guard.decoders.blobs import Blob, new_words, spans, stretches
from onedoor.guard.words import TRIGGERS

_ASSIGNED = re.compile(r"(?<![\w$])([A-Za-z_$][\w$]{0,20}) ?:?= ?(['\"])([^'\"\n]{0,200})\2")
_ADDED = re.compile(r"['\"] ?(?:\+|\.\.|&|<>|\|\|) ?['\"]")
_SUM = re.compile(r"(?<![\w$])[A-Za-z_$][\w$]{0,20}(?: ?\+ ?[A-Za-z_$][\w$]{0,20}){1,60}(?![\w$])")
_LISTED = re.compile(r"['\"] ?, ?['\"]")
_NAME = re.compile(r"[A-Za-z_$][\w$]*")


def concatenated(text: str) -> Iterator[Blob]:
    """What the pieces say when they are put together, where that brings up a trigger word."""
    yield from _read(text, _ASSIGNED, _summed)
    yield from _read(text, _ADDED, lambda part: _ADDED.sub("", part))
    if ".join(" in text:
        yield from _read(text, _LISTED, lambda part: _LISTED.sub("", part))


def _read(text: str, pieces: re.Pattern[str], read: Callable[[str], str]) -> Iterator[Blob]:
    for start, end in stretches(text, spans(pieces, text)):
        said = read(text[start:end])
        if TRIGGERS & new_words(said, text[start:end]):
            yield Blob(start, end, said, "concatenation")


def _summed(text: str) -> str:
    """The sums of names that were given a text; all the texts in their order where nothing is summed."""
    values = {found[1]: found[3] for found in _ASSIGNED.finditer(text)}
    sums = [_NAME.findall(found[0]) for found in _SUM.finditer(text)]
    said = ["".join(values[name] for name in names) for names in sums if values.keys() >= set(names)]
    return " ".join(said) or "".join(values.values())
