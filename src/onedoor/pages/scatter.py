"""What a hit costs against how often there is one."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from onedoor.pages.figures import LEAST, dollars, percent, short, ticks
from onedoor.pages.html import Node, element
from onedoor.pages.marks import (
    COLOURS,
    FEW,
    LEFT,
    RIGHT,
    SHAPES,
    TOP,
    WIDTH,
    Share,
    beginning,
    level,
    n,
    nothing,
    plot,
    told,
    upright,
    words_at,
)

_LABEL = 5.6
"""About how wide a letter of a label is."""

Spot = tuple[float, float, float]
"""Where something stands: from, to, and how far down."""


@dataclass(frozen=True, slots=True)
class Point:
    """A share and what one hit of it costs, in dollars."""

    share: Share
    dollars: float


def scatter(points: Sequence[Point], *, title: str) -> Node:
    """Cost per hit to the right, the share of hits upwards, each with the interval of its share."""
    if not points:
        return nothing()
    height, bottom = 280.0, 44.0
    across = _across([point.dollars for point in points])
    floor = beginning([point.share for point in points])

    def up(share: float) -> float:
        return TOP + (1 - share) / (1 - floor) * (height - TOP - bottom)

    grid = [level(up(at), percent(at)) for at in _levels(floor)]
    grid += [upright(across.place(at), height - bottom, short(at)) for at in across.marks]
    name = words_at(LEFT + (WIDTH - LEFT - RIGHT) / 2, height - 6, "cost per accepted answer", anchor="middle")
    marks = [_mark(point, across.place(point.dollars), up) for point in points]
    return plot(title, height, *grid, name, *_labels(points, across.place, up), *marks)


@dataclass(frozen=True, slots=True)
class _Across:
    """The scale of costs: by tens where they lie far apart, else from 0 on."""

    low: float
    high: float
    marks: tuple[float, ...]
    logarithmic: bool

    def place(self, value: float) -> float:
        if self.logarithmic:
            share = (math.log10(value) - math.log10(self.low)) / (math.log10(self.high) - math.log10(self.low))
        else:
            share = value / self.high
        return LEFT + share * (WIDTH - LEFT - RIGHT)


def _across(values: Sequence[float]) -> _Across:
    least, most = min(values), max(values)
    if least >= LEAST and most / least > 10:
        low, high = math.floor(math.log10(least)), math.floor(math.log10(most)) + 1
        every = max(1, math.ceil((high - low) / 4))
        marks = tuple(10.0**exponent for exponent in range(low, high + 1, every))
        return _Across(10.0**low, 10.0**high, marks, True)
    marks = ticks(most, about=3)
    return _Across(0.0, marks[-1], marks, False)


def _levels(floor: float) -> tuple[float, ...]:
    return tuple(floor + (1 - floor) * step / 5 for step in range(6))


def _mark(point: Point, x: float, up: Callable[[float], float]) -> Node:
    share, colour = point.share, point.share.colour
    y = up(share.rate or 0.0)
    whisker = element(
        "line", x1=n(x), x2=n(x), y1=n(up(share.low)), y2=n(up(share.high)), class_=f"whisker c{colour % COLOURS}"
    )
    few = " few" if share.n < FEW else ""
    mark = element(
        "path",
        d=SHAPES[colour % len(SHAPES)],
        transform=f"translate({n(x)} {n(y)})",
        class_=f"fill c{colour % COLOURS}{few}",
    )
    words = f"{share.words}; {dollars(point.dollars)} per accepted answer"
    return element("g", whisker, mark, **told(words), data_find=share.label)


def _labels(points: Sequence[Point], place: Callable[[float], float], up: Callable[[float], float]) -> list[Node]:
    """Names beside the marks, where none lies over another or over a mark; left away where there is no room."""
    where = [(point.share, place(point.dollars), up(point.share.rate or 0.0)) for point in points]
    taken = [(x - 7, x + 7, y + 4) for _, x, y in where]
    found: list[Node] = []
    for share, x, y in sorted(where, key=lambda one: one[2]):
        wide = len(share.label) * _LABEL
        free = next((spot for spot in _spots(x, y + 4, wide) if _free(taken, *spot)), None)
        if free is not None:
            begin, end, at = free
            taken.append(free)
            side, anchor = (begin, "start") if begin > x else (end, "end")
            found.append(words_at(side, at, share.label, anchor=anchor, find=True))
    return found


def _spots(x: float, y: float, wide: float) -> Iterator[Spot]:
    """Where a name may stand: right of its mark, else left of it, as near as can be."""
    for step in (0, 13, -13, 26, -26):
        for begin in (x + 10, x - 10 - wide):
            if begin >= LEFT and begin + wide <= WIDTH and TOP < y + step < 232:
                yield begin, begin + wide, y + step


def _free(taken: Sequence[Spot], begin: float, end: float, y: float) -> bool:
    return all(end < other or begin > until or abs(y - at) >= 12 for other, until, at in taken)
