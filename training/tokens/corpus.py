"""Texts of many kinds, from what is on any machine and a folder of labelled rows, cut up and split by origin."""

from __future__ import annotations

import gettext
import gzip
import hashlib
import json
import random
import sysconfig
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from training.tokens.invented import KINDS, invented

SEED = 20261120
SHORTEST, LONGEST = 40, 4_000
PIECES = 4
"""Pieces of a file at most, so that no file weighs much."""

MOST = {False: 120, True: 60}
LEAST = {False: 20, True: 10}
"""Pieces of a kind, to fit and to measure (held out): no more, and none at all where there are fewer."""

UNUSED = frozenset({"BELLE-eval", "derived-benign-encoded"})
"""Rows whose weights may not be shipped, and rows made from other rows."""

SUFFIXES = {".py": "python", ".h": "c", ".md": "text", ".rst": "text", ".txt": "text", ".html": "html", ".js": "script"}
SUFFIXES |= {
    ".json": "json",
    ".css": "script",
    ".csv": "table",
    ".xml": "html",
    ".toml": "settings",
    ".cfg": "settings",
}
SUFFIXES |= {
    ".pyi": "python",
    ".sh": "script",
    ".c": "c",
    ".cpp": "c",
    ".hpp": "c",
    ".pl": "script",
    ".METADATA": "text",
}
LARGEST = 400_000
PHRASES = Path(__file__).parents[1] / "guard/grammar/languages"


@dataclass(frozen=True, slots=True)
class File:
    """A text of a kind. Files of one `origin` are never on both sides of the split."""

    kind: str
    origin: str
    text: str


@dataclass(frozen=True, slots=True)
class Piece:
    kind: str
    text: str
    held_out: bool


def pieces(data: Path | None) -> list[Piece]:
    """The same on the same machine: as many as there are up to a cap of every kind, whole origins held out."""
    chosen: list[Piece] = []
    by_kind: dict[tuple[str, bool], list[str]] = defaultdict(list)
    for file in _once(_files(data)):
        by_kind[file.kind, held_out(file.origin)] += _cut(file.text, _dice(file.text))
    for (kind, out), texts in sorted(by_kind.items()):
        if len(texts) >= LEAST[out]:
            some = _dice(kind).sample(texts, min(MOST[out], len(texts)))
            chosen += [Piece(kind, text, out) for text in some]
    return chosen + [Piece(kind, text, out) for kind in KINDS for out in MOST for text in _made(kind, out)]


def _made(kind: str, out: bool) -> list[str]:
    dice = _dice(f"{kind} {out}")
    return [invented(kind, dice) for _ in range(MOST[out])]


def _dice(about: str) -> random.Random:
    """Dice of its own for each file and kind, so that a new file changes nothing for the others."""
    return random.Random(f"{SEED} {about}")


def held_out(origin: str) -> bool:
    """Three origins in ten, by their name: the same on every machine."""
    return hashlib.sha256(origin.encode()).digest()[0] < 0.3 * 256


def _files(data: Path | None) -> Iterator[File]:
    library, packages = Path(sysconfig.get_path("stdlib")), Path(sysconfig.get_path("purelib"))
    yield from _sources(library, skip="site-packages")
    yield from _sources(packages)
    yield from _sources(Path("/usr/include"))
    yield from _catalogues([Path("/usr/share/locale"), packages])
    yield from _manuals(Path("/usr/share/man"))
    for path in sorted(PHRASES.glob("*.txt")):
        yield File("phrases", path.name, path.read_text("utf-8"))
    if data is not None:
        yield from _rows(data)


def _sources(folder: Path, *, skip: str = "\0") -> Iterator[File]:
    """A file's origin is its name without its folder: copies and versions of one file stay together."""
    for path in sorted(folder.rglob("*")):
        suffix = ".METADATA" if path.name == "METADATA" else path.suffix
        if suffix not in SUFFIXES or skip in path.parts or not path.is_file() or path.stat().st_size > LARGEST:
            continue
        origin = path.parent.name.split("-")[0] if path.name == "METADATA" else path.name
        yield File(SUFFIXES[suffix], origin, path.read_text("utf-8", "ignore"))


def _catalogues(folders: list[Path]) -> Iterator[File]:
    """Translated messages; the origin is what they are of, so that no message is fitted in one language and measured
    in another."""
    for path in sorted(path for folder in folders for path in folder.rglob("*.mo")):
        language = path.parts[path.parts.index("LC_MESSAGES") - 1] if "LC_MESSAGES" in path.parts else "?"
        try:
            with path.open("rb") as file:
                catalogue = gettext.GNUTranslations(file)._catalog  # type: ignore[attr-defined]
        except (OSError, ValueError, IndexError):  # a catalogue whose header is broken
            continue
        yield File(f"messages {language}", path.stem, "\n".join(map(str, catalogue.values())))


def _manuals(folder: Path) -> Iterator[File]:
    for path in sorted(folder.rglob("*.gz")):
        language = path.relative_to(folder).parts[0]
        language = "en" if language.startswith("man") else language
        yield File(f"manual {language}", path.name, gzip.decompress(path.read_bytes()).decode("utf-8", "ignore"))


def _rows(folder: Path) -> Iterator[File]:
    for line in (folder / "benign.jsonl").open(encoding="utf-8"):
        row = json.loads(line)
        if row["source"] not in UNUSED:
            yield File(f"rows {row['source']}", row["source"], row["text"])


def _once(files: Iterable[File]) -> Iterator[File]:
    seen: set[bytes] = set()
    for file in files:
        mark = hashlib.sha256(file.text.encode("utf-8", "replace")).digest()
        if mark not in seen and file.text.strip():
            seen.add(mark)
            yield file


def _cut(text: str, rng: random.Random) -> list[str]:
    """A few pieces from anywhere in a text, short ones as often as long ones."""
    found = []
    for _ in range(min(PIECES, 1 + len(text) // LONGEST)):
        size = int(SHORTEST * (LONGEST / SHORTEST) ** rng.random())
        begin = rng.randrange(max(1, len(text) - size))
        found.append(text[begin : begin + size])
    return [piece for piece in found if piece.strip()]
