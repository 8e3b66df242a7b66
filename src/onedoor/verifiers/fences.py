"""An answer as a file: without the Markdown that stands around it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import PurePath

_FENCE = re.compile(r" {0,3}(?P<mark>`{3,}|~{3,})[ \t]*(?P<kind>[^\s`{:,]*)[^`\n]*")

KINDS: Mapping[str, frozenset[str]] = {
    "c": frozenset({"h"}),
    "cpp": frozenset({"c++", "cc", "cxx", "hpp"}),
    "cs": frozenset({"csharp", "c#"}),
    "go": frozenset({"golang"}),
    "hs": frozenset({"haskell"}),
    "html": frozenset({"htm"}),
    "js": frozenset({"javascript", "node", "mjs", "jsx"}),
    "kt": frozenset({"kotlin"}),
    "md": frozenset({"markdown"}),
    "pl": frozenset({"perl"}),
    "py": frozenset({"python", "python3"}),
    "rb": frozenset({"ruby"}),
    "rs": frozenset({"rust"}),
    "sh": frozenset({"bash", "shell", "zsh"}),
    "tex": frozenset({"latex"}),
    "ts": frozenset({"typescript", "tsx"}),
    "yaml": frozenset({"yml"}),
}
"""What fences call the kinds of file, besides their endings."""


@dataclass(frozen=True, slots=True)
class Block:
    """A fenced block: its kind in lower case, and its text."""

    kind: str
    text: str


def unfenced(text: str, file: str = "") -> str:
    """The answer without the fence around it, else its first block of the file's kind, else as it is."""
    found, outside = _blocks(text)
    if len(found) == 1 and not outside:
        return found[0].text
    wanted = kinds(file) if file else frozenset()
    return next((block.text for block in found if block.kind in wanted), text)


def kinds(file: str) -> frozenset[str]:
    """What a fence may be called whose text belongs into this file."""
    name = PurePath(file).name.lower()
    ending = PurePath(name).suffix[1:] or name
    return frozenset({ending}).union(*(_names(kind) for kind in KINDS if ending in _names(kind)))


def _names(kind: str) -> frozenset[str]:
    return KINDS[kind] | {kind}


def _blocks(text: str) -> tuple[list[Block], bool]:
    """Every fenced block, and whether words stand outside of them. A fence that isn't closed ends with the text."""
    found: list[Block] = []
    inside: list[str] | None = None
    mark, kind, outside = "", "", False
    for line in text.splitlines(keepends=True):
        fence = _FENCE.fullmatch(line.rstrip("\r\n"))
        if inside is None and fence is not None:
            mark, kind, inside = fence["mark"], fence["kind"].lower(), []
        elif inside is None:
            outside = outside or bool(line.strip())
        elif fence is not None and _closes(line, mark):
            found.append(Block(kind, "".join(inside)))
            inside = None
        else:
            inside.append(line)
    return [*found, *([] if inside is None else [Block(kind, "".join(inside))])], outside


def _closes(line: str, mark: str) -> bool:
    bare = line.strip()
    return bare.startswith(mark) and not bare.strip(mark[0])
