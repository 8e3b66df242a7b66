"""Where reading stands in a damaged text: the place, what was mended so far, and what made it stop."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any, NoReturn

from onedoor.output.pointers import pointer
from onedoor.output.recover.costs import COSTS, edit
from onedoor.output.recovered import Edit


class Stuck(Exception):
    """No value can be read here. `begun` says whether it had been one up to then."""

    def __init__(self, reason: str, message: str, position: int, *, begun: bool) -> None:
        super().__init__(message)
        self.reason = reason
        self.position = position
        self.begun = begun


@dataclass(frozen=True, slots=True)
class Cut:
    """How a text ended before its value did.

    lost   something begun or announced by a comma is left out of the value
    item   that something was a list's item, or stood in one
    array  an open list was closed
    whole  what is left out may be whole: a number, of which nobody knows whether it has more digits
    path   where the end came
    """

    lost: bool
    item: bool
    array: bool
    whole: bool
    path: str


@dataclass(frozen=True, slots=True)
class Parsed:
    """A value read from a damaged text.

    end      the place after it
    edits    what had to be mended
    numbers  every fraction in it with its text, by the identity of its object
    cut      how the text ended, None if the value is whole
    """

    value: Any
    end: int
    edits: tuple[Edit, ...] = ()
    numbers: dict[int, tuple[float, str]] = field(default_factory=dict)
    cut: Cut | None = None


@dataclass(slots=True)
class Reader:
    """The one thing here that changes: a place in the text, and what was found on the way."""

    text: str
    pos: int
    most_depth: int
    begun: bool = False
    lost: bool | None = None
    lost_path: str = ""
    lost_item: bool = False
    open_array: bool = False
    maybe_whole: bool = False
    path: list[str | int] = field(default_factory=list)
    open: list[str] = field(default_factory=list)
    edits: list[Edit] = field(default_factory=list)
    harmless: dict[str, tuple[str, int]] = field(default_factory=dict)
    numbers: dict[int, tuple[float, str]] = field(default_factory=dict)

    def note(self, kind: str, note: str = "") -> None:
        """Write an edit down; harmless ones are counted."""
        if COSTS[kind]:
            self.edits.append(edit(kind, pointer(self.path), note))
        else:
            path, count = self.harmless.get(kind) or (pointer(self.path), 0)
            self.harmless[kind] = (path, count + 1)

    def stuck(self, reason: str, message: str, *, begun: bool | None = None) -> NoReturn:
        """Give up here."""
        raise Stuck(reason, message, self.pos, begun=self.begun if begun is None else begun)

    def ended(self, *, lost: bool) -> None:
        """The text ended inside the value."""
        self.lost = lost
        self.lost_path = pointer(self.path)

    def all_edits(self) -> tuple[Edit, ...]:
        """Every edit, the harmless ones once with how often."""
        mended = self.harmless.items()
        counted = (edit(kind, path, f"{count} times" if count > 1 else "") for kind, (path, count) in mended)
        return (*counted, *self.edits)


_SPACE = re.compile(r"[\s\ufeff\u200b]*")
_COMMENT = re.compile(r"(?://|#(?![^\s#!]))[^\n]*|/\*.*?(?:\*/|\Z)", re.S)
ELLIPSIS = re.compile(r"\.\.\.|…")
_RARE = frozenset({"/", "#", "`"})


def skip(reader: Reader) -> str:
    """Go to the next character that counts and say which; empty at the end of the text or of its fence."""
    while True:
        reader.pos = _SPACE.match(reader.text, reader.pos).end()  # type: ignore[union-attr]
        mark = reader.text[reader.pos : reader.pos + 1]
        if mark not in _RARE:
            return mark
        if mark == "`" or not _comment(reader):
            return "" if reader.text.startswith("```", reader.pos) else mark


def _comment(reader: Reader) -> bool:
    found = _COMMENT.match(reader.text, reader.pos)
    if found is None:
        return False
    if ELLIPSIS.search(found[0]):
        reader.stuck("placeholder", "a comment says that something was left out")
    if found.end() == len(reader.text) and re.search(r"[]}]", found[0]):
        reader.stuck("syntax", "a comment swallows the end")
    reader.note("comment")
    reader.pos = found.end()
    return True
