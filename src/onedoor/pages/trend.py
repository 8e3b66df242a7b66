"""A value over days."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from onedoor.pages.figures import between, ticks
from onedoor.pages.html import Node, element
from onedoor.pages.marks import FEW, LEFT, RIGHT, TOP, WIDTH, level, n, nothing, plot, told, words_at


@dataclass(frozen=True, slots=True)
class Day:
    """A value of one day, and its interval if it has one; None: nothing was measured."""

    label: str
    value: float | None
    low: float | None = None
    high: float | None = None
    few: bool = False


def trend(days: Sequence[Day], *, title: str, shown: Callable[[float], str], most: float | None = None) -> Node:
    """A line over days with the band of its intervals; days without a value interrupt it."""
    values = [high for day in days for high in (day.value, day.high) if high is not None]
    if not values:
        return nothing()
    height, bottom = 170.0, 26.0
    steps = ticks(max(values) if most is None else most, about=3)
    top = steps[-1] if most is None else most
    wide = (WIDTH - LEFT - RIGHT) / max(1, len(days) - 1)

    def place(at: int, value: float) -> tuple[float, float]:
        x = LEFT + at * wide if len(days) > 1 else WIDTH / 2
        return x, TOP + (1 - value / top) * (height - TOP - bottom)

    grid = [level(place(0, at)[1], shown(at)) for at in steps if at <= top]
    dates = [words_at(place(at, 0)[0], height - 8, days[at].label, anchor=side) for at, side in _ends(len(days))]
    runs = _runs(days)
    bands = [_band(run, days, place) for run in runs if len(run) > 1]
    lines = [_line(run, days, place) for run in runs if len(run) > 1]
    dots = [_dot(day, *place(at, day.value), shown) for at, day in enumerate(days) if day.value is not None]
    return plot(title, height, *grid, *dates, *bands, *lines, *dots)


def _runs(days: Sequence[Day]) -> list[list[int]]:
    """Days with a value that follow each other."""
    runs: list[list[int]] = [[]]
    for at, day in enumerate(days):
        if day.value is None:
            runs.append([])
        else:
            runs[-1].append(at)
    return [run for run in runs if run]


Place = Callable[[int, float], tuple[float, float]]


def _line(run: Sequence[int], days: Sequence[Day], place: Place) -> Node:
    points = " ".join(f"{n(x)},{n(y)}" for x, y in (place(at, days[at].value or 0.0) for at in run))
    return element("polyline", points=points, class_="line")


def _band(run: Sequence[int], days: Sequence[Day], place: Place) -> Node | None:
    """Between the lower and the upper ends of the intervals."""
    ends = [(at, days[at].low, days[at].high) for at in run]
    known = [(at, low, high) for at, low, high in ends if low is not None and high is not None]
    if len(known) < 2:
        return None
    outline = [place(at, high) for at, _, high in known] + [place(at, low) for at, low, _ in reversed(known)]
    return element("polygon", points=" ".join(f"{n(x)},{n(y)}" for x, y in outline), class_="band")


def _dot(day: Day, x: float, y: float, shown: Callable[[float], str]) -> Node:
    interval = "" if day.low is None or day.high is None else f" ({between(day.low, day.high)})"
    few = f"; fewer than {FEW}" if day.few else ""
    words = f"{day.label}: {shown(day.value or 0.0)}{interval}{few}"
    return element("circle", cx=n(x), cy=n(y), r="3.5", class_="dot few" if day.few else "dot", **told(words))


def _ends(days: int) -> tuple[tuple[int, str], ...]:
    return ((0, "middle"),) if days < 2 else ((0, "start"), (days - 1, "end"))
