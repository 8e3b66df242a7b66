"""HTML out of functions: every text is escaped, and only what was built here is not."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable
from dataclasses import dataclass

Attribute = str | int | float | bool | None

VOID = frozenset({"br", "col", "hr", "input", "link", "meta"})
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9-]*")
_UNSEEN = re.compile(
    r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]"
)


@dataclass(frozen=True, slots=True)
class Node:
    """A piece of a page, already HTML."""

    html: str

    def __str__(self) -> str:
        return self.html


Child = Node | str | int | Iterable["Child"] | None


def escaped(text: str) -> str:
    """A text as HTML shows it, in an element or in quotes.

    What no page may contain becomes U+FFFD, and so does what would turn the direction of the text around it.
    """
    return html.escape(_UNSEEN.sub("\ufffd", text), quote=True)


def element(name: str, /, *children: Child, **attributes: Attribute) -> Node:
    """An element. `class_` is `class`, `aria_label` is `aria-label`; None and False leave an attribute out."""
    begin = f"<{_checked(name)}{''.join(_attribute(*given) for given in attributes.items())}>"
    return Node(begin if name in VOID else f"{begin}{''.join(map(_inside, children))}</{name}>")


def joined(*children: Child) -> Node:
    """Pieces one after another."""
    return Node("".join(map(_inside, children)))


def trusted(text: str) -> Node:
    """Our own style or script, which stands in its element as it is. Never anything that came from outside."""
    if "</" in text or "<!--" in text:
        raise ValueError("a style or script must not contain </ or <!--")
    return Node(text)


def _inside(child: Child) -> str:
    if child is None:
        return ""
    if isinstance(child, Node):
        return child.html
    if isinstance(child, str | int):
        return escaped(str(child))
    return "".join(map(_inside, child))


def _attribute(name: str, value: Attribute) -> str:
    if value is None or value is False:
        return ""
    written = _checked(name.rstrip("_").replace("_", "-"))
    return f" {written}" if value is True else f' {written}="{escaped(str(value))}"'


def _checked(name: str) -> str:
    if not _NAME.fullmatch(name):
        raise ValueError(f"{name!r} is no name of an element or attribute")
    return name
