"""What is done about the texts of one source."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby

from onedoor.guard.inspection import Kind
from onedoor.output.words import one_line
from onedoor.types import Call, Image, Message

LONGEST_NAME = 80
"""Characters of a document's name in a message and in the ledger, on one line."""


@dataclass(frozen=True, slots=True)
class Source:
    """The policy for one source: what happens, from which score on, and which findings don't count."""

    action: str
    threshold: float | None = None
    allow: frozenset[str] = frozenset()

    def __str__(self) -> str:
        from_on = "" if self.threshold is None else f" from a score of {self.threshold:g}"
        without = f", without {', '.join(sorted(self.allow))}" if self.allow else ""
        return f"{self.action}{from_on}{without}"


@dataclass(frozen=True, slots=True)
class Part:
    """A text of a call that comes from outside. `place` is its document's place in the context, -1 for a turn."""

    source: str
    kind: Kind
    text: str
    place: int = -1


def parts_of(call: Call) -> tuple[Part, ...]:
    """Every text of a call that comes from outside: what the user says, what tools answered, documents and names.

    Turns of the user that follow each other are one text, as they are for who reads them. A tool or a document that
    says nothing is no text, and neither is the blank beside a picture.
    """
    named = (
        Part(f"document {one_line(document.name, LONGEST_NAME) or place + 1}", "document", text, place)
        for place, document in enumerate(call.context)
        for text in (document.text, document.name)
        if text and not text.isspace()
    )
    return (*_said(call.messages), *named)


def _said(turns: tuple[Message, ...]) -> Iterator[Part]:
    for role, group in groupby(turns, key=lambda turn: turn.role):
        if role == "user":
            yield from _asked(tuple(group))
        elif role == "tool":
            yield from (Part("tool", "document", turn.text) for turn in group if turn.text.strip())


def _asked(turns: tuple[Message, ...]) -> Iterator[Part]:
    text = "\n\n".join(turn.text for turn in turns if turn.text)
    pictures = any(isinstance(part, Image) for turn in turns for part in turn.parts)
    if text.strip() or (text and not pictures):
        yield Part("user", "user", text)
