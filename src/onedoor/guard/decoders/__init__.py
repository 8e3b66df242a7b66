"""Texts inside a text that are written in a code: decoded, within bounds, to be looked at in their turn."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import partial
from itertools import islice

from onedoor.guard.decoders.blobs import Blob, Bounds
from onedoor.guard.decoders.candidates import candidates
from onedoor.guard.inspection import Finding
from onedoor.guard.invisibles import UNSEEN
from onedoor.guard.normalise import Canonical, View, canonical

__all__ = ["Bounds", "cuts", "decoded"]

_BOUNDS = Bounds()


def decoded(text: Canonical, bounds: Bounds = _BOUNDS) -> tuple[View, ...]:
    """What a text says in the codes it is written in, codes within codes too. Decoding is no finding.

    Reads what was smuggled in the text as well. The last view is marked as cut where a bound left others out.
    """
    views: list[View] = []
    room = max(bounds.longest, bounds.total * len(text.original))
    for view in _deep(text, bounds):
        if len(views) == bounds.views or len(view.text) > room:
            return (*views[:-1], replace(views[-1], cut=True)) if views else ()
        views.append(view)
        room -= len(view.text)
    return tuple(views)


def cuts(views: Iterable[View]) -> tuple[Finding, ...]:
    """A low finding for every view that a bound cut something off."""
    return tuple(Finding("shape.cut", "shape", "low", view.start, view.end, view.how) for view in views if view.cut)


def _deep(text: Canonical, bounds: Bounds) -> Iterator[View]:
    """What is written in the text first, then what is written in that."""
    smuggled = [(canonical(view.text), view) for view in text.views]
    level = list(islice(_level([(text, None)], bounds), bounds.views + 1))
    yield from (view for _, view in level)
    for _ in range(1, bounds.depth if level or smuggled else 1):
        level = list(islice(_level([*smuggled, *level], bounds), bounds.views + 1))
        yield from (view for _, view in level)
        smuggled = []


Read = tuple[Canonical, View | None]
"""A text, and the view it is; None for the text that was given."""


def _level(texts: Iterable[Read], bounds: Bounds) -> Iterator[tuple[Canonical, View]]:
    for text, view in texts:
        for blob in candidates(text.text, partial(_original, text)):
            inner = canonical(blob.text[: bounds.longest])
            yield inner, _view(inner.text, blob, text, view, bounds)


def _view(said: str, blob: Blob, text: Canonical, outer: View | None, bounds: Bounds) -> View:
    cut = blob.cut or len(blob.text) > bounds.longest
    if outer is not None:
        return View(said, f"{outer.how}>{blob.how}", outer.start, outer.end, cut)
    return View(said, blob.how, *text.span(blob.start, blob.end), cut)


def _original(text: Canonical, start: int, end: int) -> str:
    """A part of the text as it was given, for the width of its gaps, but without what nobody sees."""
    first, last = text.span(start, end)
    return UNSEEN.sub("", unicodedata.normalize("NFKC", text.original[first : min(last, first + 2 * _BOUNDS.longest)]))
