"""One page in one file: its style, its script and its data inside, and a policy that lets nothing else in."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from onedoor.pages.html import Child, Node, element, joined, trusted
from onedoor.pages.marks import hatching


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell of a table: what it shows, what it is sorted by, and how it looks."""

    shown: Child
    value: float | str | None = None
    few: bool = False
    text: bool = False

    @property
    def number(self) -> bool:
        return not isinstance(self.value, str) and not self.text


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a table; `find` is what the page's filter looks at."""

    name: Child
    cells: Sequence[Cell]
    find: str


def page(title: str, *sections: Child, about: str = "") -> str:
    """A whole document. `about` says in a line what it is of and when it was made."""
    head = element(
        "head",
        element("meta", charset="utf-8"),
        element("meta", http_equiv="Content-Security-Policy", content=policy()),
        element("meta", name="viewport", content="width=device-width, initial-scale=1"),
        element("meta", name="referrer", content="no-referrer"),
        element("meta", name="color-scheme", content="light dark"),
        element("title", title),
        element("style", trusted(_read("page.css"))),
    )
    main = element("main", _header(title, about), *sections)
    tip = element("div", id="tip", role="tooltip", hidden=True)
    body = element("body", hatching(), main, tip, element("script", trusted(_read("page.js"))))
    return f"<!DOCTYPE html>\n{element('html', head, body, lang='en')}\n"


def section(title: str, *inside: Child) -> Node:
    """A part of a page under its heading."""
    return element("section", element("h2", title), *inside, aria_label=title)


def figure(title: str, *inside: Child) -> Node:
    """A plot under its name."""
    return element("figure", element("figcaption", title), *inside)


def table(title: str, head: Sequence[tuple[str, str]], rows: Sequence[Row]) -> Node:
    """A table that can be sorted. `head` has each column's name and what it means; the first one names the rows."""
    numbers = [False, *(_numeric([row.cells[at] for row in rows]) for at in range(len(head) - 1))]
    names = [
        element("th", name, scope="col", title=meaning or None, class_="n" if number else None)
        for (name, meaning), number in zip(head, numbers, strict=True)
    ]
    body = element("tbody", *(_line(row) for row in rows))
    inside = element("table", element("thead", element("tr", *names)), body, class_="sorts", aria_label=title)
    return element("div", inside, class_="wide", role="region", tabindex="0", aria_label=f"{title}, scrolls sideways")


def totals(figures: Sequence[tuple[str, str, str]]) -> Node:
    """The few numbers one wants first: a name, the figure, and a word on it."""
    parts = (
        element("div", element("dt", name), element("dd", shown, element("small", f" {note}") if note else None))
        for name, shown, note in figures
    )
    return element("dl", *parts, class_="totals")


@cache
def policy() -> str:
    """What the browser may do: apply the style, run this one script, and nothing else."""
    script = base64.b64encode(hashlib.sha256(_read("page.js").encode()).digest()).decode()
    return (
        f"default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-{script}'; img-src data:; "
        "base-uri 'none'; form-action 'none'"
    )


def _header(title: str, about: str) -> Node:
    find = element("input", id="find", type="search", placeholder="filter", aria_label="Show only what contains")
    theme = element("button", "light / dark", id="theme", type="button")
    tools = element("div", find, theme, class_="tools", data_live=True, hidden=True)
    return joined(element("header", element("h1", title), tools), element("p", about, class_="soft") if about else None)


def _line(row: Row) -> Node:
    cells = (_cell(cell) for cell in row.cells)
    return element("tr", element("th", row.name, scope="row"), *cells, tabindex="0", data_find=row.find)


def _cell(cell: Cell) -> Node:
    looks = {"n": cell.number, "few": cell.few, "text": cell.text}
    value = "" if cell.value is None and cell.number else cell.value
    return element(
        "td", cell.shown, class_=" ".join(name for name, holds in looks.items() if holds) or None, data_v=value
    )


def _numeric(cells: Sequence[Cell]) -> bool:
    return bool(cells) and all(cell.number for cell in cells)


@cache
def _read(name: str) -> str:
    """A file beside this one."""
    return (Path(__file__).parent / name).read_text(encoding="utf-8")
