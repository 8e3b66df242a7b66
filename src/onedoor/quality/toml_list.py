"""A TOML list of texts in another order, each with its comments, everything else as it was written."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass

_ELEMENT = re.compile(
    r"""(?P<lead>(?:\s|\#[^\n]*\n)*)(?P<value>"(?:[^"\\]|\\.)*"|'[^']*')\s*,?(?P<tail>(?:[ \t]*\#[^\n]*)?)"""
)


@dataclass(frozen=True, slots=True)
class _Element:
    """A text of the list as it is written: what stands before it, and a comment behind it on its line."""

    lead: str
    value: str
    tail: str

    @property
    def text(self) -> str:
        value: str = tomllib.loads(f"v = {self.value}")["v"]
        return value


def rearranged(written: str, texts: Sequence[str]) -> str:
    """`["a", "b"]` with these texts instead. Comments on a text's line or above it go with it."""
    inner = written.strip()[1:-1]
    found = list(_ELEMENT.finditer(inner))
    old = [_Element(one["lead"], one["value"], one["tail"].rstrip()) for one in found]
    end = inner[found[-1].end() :] if found else ""
    trailing = bool(found) and "," in inner[found[-1].end("value") : found[-1].start("tail")]
    return f"[{_written(_placed(old, texts), trailing=trailing)}{end}]"


def _placed(old: Sequence[_Element], texts: Sequence[str]) -> list[_Element]:
    """The elements in their new order. Blanks belong to a place, comments to a text."""
    known = {one.text: one for one in old}
    blanks = [one.lead for one in old] or [""]
    placed = []
    for place, text in enumerate(texts):
        one = known.get(text, _Element("", _quoted(text), ""))
        lead = one.lead if "#" in one.lead else _blank(blanks, place)
        placed.append(_Element(lead, one.value, one.tail))
    return placed


def _blank(leads: Sequence[str], place: int) -> str:
    """What stands before a place: as it was there, or before the last one, without its comments."""
    lead = leads[min(place, len(leads) - 1)] if len(leads) > 1 or place == 0 else leads[0] or " "
    return lead if "#" not in lead else "\n" + lead.rpartition("\n")[2]


def _written(elements: Sequence[_Element], *, trailing: bool) -> str:
    last = len(elements) - 1
    return "".join(
        f"{one.lead}{one.value}{',' if place < last or trailing else ''}{one.tail}"
        for place, one in enumerate(elements)
    )


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
