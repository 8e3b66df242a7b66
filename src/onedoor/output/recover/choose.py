"""Which of several values is the answer: the later one that fits, if something says so; else none."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from onedoor.errors import Unrecoverable
from onedoor.output.recover.fitting import Fit, Misfit, written
from onedoor.output.recover.spans import Found

_FINAL = re.compile(r"\b(?:final(?:ly)?|corrected|correction|revised|updated|fixed|improved|actually|answer)\b", re.I)
_DRAFT = re.compile(
    r"\b(?:draft|example|e\.g|input|sample|initial|first|previous|original|wrong|incorrect|template|schema|attempt)\b",
    re.I,
)
_UNSURE = re.compile(r"\b(?:another|alternatively|alternative|or|option|also|second|could|might|maybe|not)\b", re.I)
_ROWS = re.compile(r"[\s,]*\Z")
WINDOW = 160
"""So many characters before a value may say what it is."""

Fitting = Callable[[Found], Fit]


@dataclass(frozen=True, slots=True)
class Option:
    """A place with the value that fits, or why none does."""

    found: Found
    fit: Fit | None
    misfit: str
    reason: str
    label: str


def options(text: str, found: Sequence[Found], fitting: Fitting) -> list[Option]:
    """Every place held against the schema."""
    last, made = 0, []
    for one in found:
        before = text[max(last, one.start - WINDOW) : one.start]
        made.append(Option(one, *_held(one, fitting), _label(before)))
        last = one.end
    return made


def _held(found: Found, fitting: Fitting) -> tuple[Fit | None, str, str]:
    if found.parsed is None:
        return None, found.why, found.reason
    try:
        return fitting(found), "", ""
    except Misfit as misfit:
        return None, str(misfit), misfit.reason


def _label(before: str) -> str:
    """What the words before a value call it: "final", "draft" or nothing."""
    final, draft = bool(_FINAL.search(before)), bool(_DRAFT.search(before))
    if final == draft or (final and _UNSURE.search(before)):
        return ""
    return "final" if final else "draft"


def chosen(made: Sequence[Option], attempts: Callable[[Any], bool], *, by_schema: bool) -> Option:
    """The answer. Raises Unrecoverable."""
    fits = [one for one in made if one.fit is not None]
    if not fits:
        raise _nothing(made)
    unread = [one for one in made if one.found.parsed is None]
    if not by_schema and unread:
        raise _refused(unread[0].found, "something else in the text can't be read")
    best = _best(fits)
    for one in made[made.index(best) + 1 :]:
        if one.fit is None and _later_answer(one, attempts):
            raise _refused(one.found, "a later value may be the answer, and it can't be read")
    return best


def _later_answer(one: Option, attempts: Callable[[Any], bool]) -> bool:
    return one.label != "draft" and (one.found.parsed is None or attempts(one.found.parsed.value))


def _best(fits: list[Option]) -> Option:
    if _alike(fits):
        return fits[-1]
    meant = [one for one in fits if one.label != "draft"] or fits
    if _alike(meant):
        return meant[-1]
    last = meant[-1]
    fenced = [one for one in meant if one.found.fenced]
    if last.label == "final" or (len(fenced) == 1 and fenced[0] is last):
        return last
    raise Unrecoverable(
        f"{len(meant)} different values fit, and nothing says which is the answer",
        reason="ambiguous",
        position=last.found.start,
    )


def _alike(fits: Sequence[Option]) -> bool:
    return len({written(one.fit.value) for one in fits if one.fit is not None}) == 1


def _nothing(made: Sequence[Option]) -> Unrecoverable:
    if not made:
        return Unrecoverable("there is no JSON in the text", reason="nothing")
    told = made[-1]
    if told.found.parsed is None:
        return Unrecoverable(told.misfit, reason=told.reason, position=told.found.stop)
    reason = "truncated" if told.found.parsed.cut and told.reason == "schema" else told.reason
    return Unrecoverable(f"no value fits: {told.misfit}", reason=reason, position=told.found.start)


def _refused(found: Found, why: str) -> Unrecoverable:
    return Unrecoverable(f"{why}: {found.why}", reason="ambiguous", position=found.start)


def in_rows(text: str, found: Sequence[Found]) -> bool:
    """Whether the values follow each other with nothing between them: one JSON text a line."""
    if len(found) < 2 or any(one.parsed is None or one.parsed.cut or one.thought for one in found):
        return False
    return all(_ROWS.match(text[one.end : other.start]) for one, other in pairwise(found))
