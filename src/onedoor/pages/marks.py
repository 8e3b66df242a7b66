"""What plots are made of: shares and their marks, lines of a grid, words.

Shape and place carry what colour carries, so that nobody needs to see colours. What rests on fewer than `FEW` values is
hatched or hollow.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from onedoor.pages.figures import between, percent
from onedoor.pages.html import Child, Node, element, joined

FEW = 30
"""Counted values below which a share says little."""

COLOURS = 7
SHAPES = (
    "M-5 0a5 5 0 1 0 10 0a5 5 0 1 0 -10 0z",
    "M-4.5 -4.5h9v9h-9z",
    "M0 -5.5L5.5 4.5H-5.5z",
    "M0 -6L6 0L0 6L-6 0z",
    "M-5.5 -4.5H5.5L0 5.5z",
)
WIDTH, LEFT, RIGHT, TOP = 400.0, 46.0, 12.0, 12.0
"""The width of a plot, and what is left free on three sides of it."""


@dataclass(frozen=True, slots=True)
class Share:
    """A share that was counted, with its interval: `hits` of `n`. `colour` is the same wherever the same thing is."""

    label: str
    hits: int
    n: int
    low: float
    high: float
    colour: int = 0

    @property
    def rate(self) -> float | None:
        return self.hits / self.n if self.n else None

    @property
    def words(self) -> str:
        few = f"; fewer than {FEW}" if self.n < FEW else ""
        return f"{self.label}: {percent(self.rate, 1)} ({between(self.low, self.high)}), {self.hits} of {self.n}{few}"


def beginning(shares: Sequence[Share]) -> float:
    """Where a scale of these shares begins, so that they can be told apart: 90, 80, 50 or 0 %."""
    least = min((share.low for share in shares), default=0.0)
    return next((at for at in (0.9, 0.8, 0.5) if least >= at), 0.0)


def hatching() -> Node:
    """The pattern of what rests on few values; once on a page that has plots."""
    stripe = element("path", d="M-.2 18L2.6 -2", class_="stripe")
    pattern = element("pattern", stripe, id="few", width="2.4", height="16", patternUnits="userSpaceOnUse")
    return element("svg", element("defs", pattern), width="0", height="0", class_="defs", aria_hidden="true")


def shape(colour: int) -> Node:
    """The mark that stands for a colour, as big as a letter."""
    path = element("path", d=SHAPES[colour % len(SHAPES)], class_=f"fill c{colour % COLOURS}")
    return element("svg", path, viewBox="-7 -7 14 14", class_="shape", aria_hidden="true")


def told(words: str) -> dict[str, str]:
    """What makes a mark speak: to a pointer, to the keyboard (the arrows go from mark to mark), to a screen reader."""
    return {"tabindex": "0", "role": "img", "aria_label": words, "data_tip": words}


def level(y: float, words: str) -> Node:
    line = element("line", x1=n(LEFT), x2=n(WIDTH - RIGHT), y1=n(y), y2=n(y), class_="grid")
    return joined(line, words_at(LEFT - 6, y + 4, words, anchor="end"))


def upright(x: float, bottom: float, words: str) -> Node:
    line = element("line", x1=n(x), x2=n(x), y1=n(TOP), y2=n(bottom), class_="grid")
    return joined(line, words_at(min(x, WIDTH - 24), bottom + 16, words, anchor="middle"))


def words_at(x: float, y: float, words: str, *, anchor: str, find: bool = False) -> Node:
    return element("text", words, x=n(x), y=n(y), text_anchor=anchor, data_find=words if find else None)


def plot(title: str, height: float, *inside: Child) -> Node:
    return element("svg", *inside, viewBox=f"0 0 {WIDTH:g} {height:g}", class_="plot", role="group", aria_label=title)


def nothing() -> Node:
    return element("p", "Nothing to show yet.", class_="none")


def n(value: float) -> str:
    return f"{value:.2f}".rstrip("0").rstrip(".")
