"""The project's pages, cut into their code blocks."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
TOP = ("README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "CHANGELOG.md", "SECURITY.md")
PAGES = tuple(ROOT / name for name in TOP) + tuple(sorted((ROOT / "docs").rglob("*.md")))

EVERY_RAIL: dict[str, Any] = {
    "providers": {"sim": {"kind": "sim"}},
    "models": {"m": {"provider": "sim", "name": "fast"}},
    "tasks": {
        "all": {
            "models": ["m"],
            "hold": True,
            "cache": {"ttl": 1},
            "contract": {"choices": ["a", "b"]},
            "guard": {},
            "verify": {"by": [{"contract": 0.5}]},
        }
    },
}
"""A configuration whose task `all` takes every rail there is."""

_BLOCK = re.compile(r"(?:<!-- (?P<mark>[^\n]*?) -->\n+)?^```(?P<language>\w+)\n(?P<text>.*?)^```$", re.M | re.S)


@dataclass(frozen=True)
class Block:
    """A fenced block; `mark` is the HTML comment just above it, `line` its first line on the page."""

    page: Path
    line: int
    language: str
    text: str
    mark: str

    @property
    def where(self) -> str:
        return f"{self.page.relative_to(ROOT)}:{self.line}"

    @property
    def file(self) -> str:
        """The file a block stands for: its first line is that name as a comment."""
        named = re.match(r"# ([\w/]+\.(?:py|toml))\n", self.text)
        return named[1] if named else ""


def blocks(page: Path) -> Iterator[Block]:
    """Every fenced block with a language, in order."""
    text = page.read_text(encoding="utf-8")
    for found in _BLOCK.finditer(text):
        line = text.count("\n", 0, found.start("text")) + 1
        yield Block(page, line, found["language"], found["text"], found["mark"] or "")


def sections(page: Path) -> dict[str, str]:
    """What stands under each second-level heading."""
    _, *parts = re.split(r"^## +(.+)$", page.read_text(encoding="utf-8"), flags=re.M)
    return dict(zip(parts[::2], parts[1::2], strict=True))


def rows(text: str) -> list[list[str]]:
    """The cells of every table row whose first cell is code, its backticks taken off."""
    found = re.findall(r"^\| (`[^|]+`) \|(.*)\|$", text, flags=re.M)
    return [[first.strip("` "), *(cell.strip() for cell in rest.split(" | "))] for first, rest in found]
