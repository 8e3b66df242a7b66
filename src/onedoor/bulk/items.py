"""Items out of files, one at a time: JSON lines, CSV, Parquet, a directory of texts, or whatever can be iterated."""

from __future__ import annotations

import csv
import os
from collections.abc import AsyncGenerator, AsyncIterable, Callable, Iterable, Iterator, Mapping, Sized
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from onedoor.errors import InvalidCall

if TYPE_CHECKING:
    from types import ModuleType

Value = str | Mapping[str, Any]
"""An item: its fields, or one text, which is the field "text"."""

Items = str | os.PathLike[str] | Iterable[Value] | AsyncIterable[Value]
"""A file or directory by its path, or the items themselves."""

KINDS = ".jsonl, .ndjson, .csv, .tsv, .parquet, or a directory of .txt and .md files"
TEXTS = frozenset({".txt", ".md"})
_decoder = msgspec.json.Decoder(dict[str, Any])


@dataclass(frozen=True, slots=True)
class Item:
    """One item: where it stands in the input from 0, and its fields, or why it can't be read."""

    place: int
    fields: Mapping[str, Any]
    problem: str = ""


def each(items: Items, *, strict: bool = False) -> AsyncGenerator[Item, None]:
    """Every item in order, read when it is asked for. Raises InvalidCall for a file that can't be opened.

    What can't be read is an item with a problem; with `strict` it is an InvalidCall that names the line.
    """
    if isinstance(items, str | os.PathLike):
        return _steps(_strictly(read(Path(items))) if strict else read(Path(items)))
    if isinstance(items, AsyncIterable):
        return _given_async(items, strict)
    if not isinstance(items, Iterable) or isinstance(items, Mapping):
        raise InvalidCall(f"items must be a path or something to iterate, not {type(items).__name__}")
    found = (_item(place, value) for place, value in enumerate(items))
    return _steps(_strictly(found) if strict else found)


def read(path: Path) -> Iterator[Item]:
    """Every item of a file or directory; its name tells the format."""
    if path.is_dir():
        return _texts(path)
    kind = path.suffix.lower()
    readers: Mapping[str, Callable[[Path], Iterator[Item]]] = {
        ".jsonl": _json_lines,
        ".ndjson": _json_lines,
        ".csv": lambda path: _table(path, ","),
        ".tsv": lambda path: _table(path, "\t"),
        ".parquet": _parquet,
    }
    if kind not in readers:
        raise InvalidCall(f"{path}: items are read from {KINDS}")
    if not path.is_file():
        raise InvalidCall(f"there is no file {path}")
    return readers[kind](path)


def count(items: Items) -> int | None:
    """How many items there are; None where only reading all of them would tell."""
    if not isinstance(items, str | os.PathLike):
        return len(items) if isinstance(items, Sized) else None
    path = Path(items)
    if path.is_dir():
        return sum(1 for _ in _files(path))
    if path.suffix.lower() == ".parquet":
        return int(_pyarrow().ParquetFile(path).metadata.num_rows)
    if path.suffix.lower() in {".csv", ".tsv"}:
        return sum(1 for _ in read(path))
    return _lines(path)


def _lines(path: Path) -> int:
    with _opened(path, "rb") as file:
        return sum(1 for line in file if not line.isspace())


async def _steps(items: Iterator[Item]) -> AsyncGenerator[Item, None]:
    for item in items:
        yield item


async def _given_async(items: AsyncIterable[Value], strict: bool) -> AsyncGenerator[Item, None]:
    place = 0
    async for value in items:
        item = _item(place, value)
        if strict and item.problem:
            raise InvalidCall(item.problem)
        yield item
        place += 1


def _strictly(items: Iterator[Item]) -> Iterator[Item]:
    for item in items:
        if item.problem:
            raise InvalidCall(item.problem)
        yield item


def _item(place: int, value: object) -> Item:
    if isinstance(value, str):
        return Item(place, {"text": value})
    if isinstance(value, Mapping):
        return Item(place, value)
    return Item(place, {}, f"item {place + 1} must be a text or a mapping, not {type(value).__name__}")


def _json_lines(path: Path) -> Iterator[Item]:
    with _opened(path, "rb") as file:
        place = 0
        for number, line in enumerate(file, 1):
            if line.isspace():
                continue
            yield _json_line(place, line, f"{path}, line {number}")
            place += 1


def _json_line(place: int, line: bytes, where: str) -> Item:
    try:
        return Item(place, _decoder.decode(line.removeprefix(b"\xef\xbb\xbf")))
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        return Item(place, {}, f"{where}: {error}")


def _table(path: Path, delimiter: str) -> Iterator[Item]:
    """Rows under a line of names. A row with more or fewer cells than names is a problem."""
    with _opened(path, "r", encoding="utf-8-sig", errors="surrogateescape", newline="") as file:
        rows = csv.DictReader(file, delimiter=delimiter, strict=True)
        place = 0
        while True:
            try:
                row = next(rows)
            except StopIteration:
                return
            except csv.Error as error:
                yield Item(place, {}, f"{path}, line {rows.line_num}: {error}")
            else:
                yield _table_row(place, row, f"{path}, line {rows.line_num}")
            place += 1


def _table_row(place: int, row: Mapping[Any, Any], where: str) -> Item:
    if None in row or None in row.values():
        return Item(place, {}, f"{where}: {'more' if None in row else 'fewer'} cells than the first line has names")
    try:
        "".join(row.values()).encode()
    except UnicodeEncodeError:
        return Item(place, {}, f"{where}: it is not UTF-8")
    return Item(place, row)


def _parquet(path: Path) -> Iterator[Item]:
    file = _pyarrow().ParquetFile(path)
    place = 0
    for batch in file.iter_batches(batch_size=256):
        for row in batch.to_pylist():
            yield Item(place, row)
            place += 1


def _pyarrow() -> ModuleType:
    try:
        from pyarrow import parquet  # type: ignore[import-not-found, import-untyped, unused-ignore]
    except ImportError as error:
        raise InvalidCall("Parquet needs pyarrow: pip install 'onedoor[parquet]'") from error
    found: ModuleType = parquet
    return found


def _texts(path: Path) -> Iterator[Item]:
    """Each file's text under its name, below the directory."""
    for place, file in enumerate(_files(path)):
        name = file.relative_to(path).as_posix()
        try:
            yield Item(place, {"name": name, "text": file.read_text(encoding="utf-8")})
        except (OSError, UnicodeDecodeError) as error:
            yield Item(place, {"name": name}, f"{file}: {error}")


def _files(path: Path) -> Iterator[Path]:
    """Names are sorted within each directory, so that places hold; no more is in memory than one directory's names."""
    for entry in sorted(path.iterdir()):
        if entry.is_dir():
            yield from _files(entry)
        elif entry.suffix.lower() in TEXTS:
            yield entry


def _opened(path: Path, mode: str, **how: Any) -> Any:
    try:
        return path.open(mode, **how)
    except OSError as error:
        raise InvalidCall(f"{path} can't be read: {error.strerror}") from error
