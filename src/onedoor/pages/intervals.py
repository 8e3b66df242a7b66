"""Intervals of shares, one line each: the name, where the share lies, its figures."""

from __future__ import annotations

from collections.abc import Sequence

from onedoor.pages.figures import between, percent
from onedoor.pages.html import Node, element
from onedoor.pages.marks import COLOURS, FEW, Share, beginning, n, shape


def intervals(shares: Sequence[Share], *, title: str, floor: float | None = None) -> Node:
    """A line for each share, on one scale from `floor` to 100 %; without one it begins where they can be told apart."""
    begin = beginning(shares) if floor is None else floor
    lines = (_line(share, begin) for share in shares)
    named = element("ul", *lines, class_="plain")
    return element("div", _scale(begin), named, class_="intervals", role="group", aria_label=title)


def _scale(floor: float) -> Node:
    """The ends and the middle in figures, over the lines."""
    ends = (("at0", floor), ("at50", (1 + floor) / 2), ("at100", 1.0))
    marks = (element("span", percent(at), class_=where) for where, at in ends)
    scale = element("div", *marks, class_="scale")
    return element("div", element("span"), scale, element("span"), class_="interval head", aria_hidden="true")


def _line(share: Share, floor: float) -> Node:
    label = element("span", shape(share.colour), share.label, class_="name")
    exact = element("small", f"{between(share.low, share.high)} · n = {share.n}")
    figures = element("span", f"{percent(share.rate, 1)} ", exact, class_="figures")
    return element("li", label, _track(share, floor), figures, class_="interval", data_find=share.label)


def _track(share: Share, floor: float) -> Node:
    """The interval as a bar, hatched where it rests on few values, and a stroke where the share is."""

    def at(value: float) -> float:
        return max(0.0, (value - floor) / (1 - floor)) * 100

    begin, wide, few = at(share.low), max(0.8, at(share.high) - at(share.low)), share.n < FEW
    place = {"x": n(begin), "width": n(wide), "y": "3", "height": "10"}
    bar = element("rect", **place, class_=f"bar c{share.colour % COLOURS}{' few' * few}")
    stripes = element("rect", **place, fill="url(#few)") if few else None
    x = None if share.rate is None else n(at(share.rate))
    stroke = element("line", x1=x, x2=x, y1="0", y2="16", class_="rate") if x else None
    return element("svg", bar, stripes, stroke, viewBox="0 0 100 16", preserveAspectRatio="none", aria_hidden="true")
