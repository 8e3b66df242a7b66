"""A file of JSON lines that only grows, is rotated, and itself says how far it has come.

Beside `calls.jsonl` there are `calls.jsonl.000000000042`, ended with row 42 and renamed, the same with `.gz`, and
`calls.jsonl.lock`. Every step can be cut short anywhere: the next start mends what is there.

    a torn last line          is cut off; the row is written again
    rotated, not compressed   is compressed
    an unfinished `.tmp`      is removed
    plain beside its `.gz`    is removed: the `.gz` was whole on disk before it got its name
"""

from __future__ import annotations

import gzip
import os
import re
import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import msgspec

from onedoor.errors import Misuse, StoreError
from onedoor.stores.sqlite_errors import store_error
from onedoor.stores.sqlite_lock import taken

T = TypeVar("T")

_BLOCK = 1 << 16
_HEAD = b'{"seq":'
_ROTATED = re.compile(r"\.(\d{12,})(\.gz)?$")


class Line(msgspec.Struct, frozen=True):
    """What every line has, whatever its table."""

    seq: int
    table: str
    exported_at: float


@dataclass(frozen=True, slots=True)
class Rotation:
    """When a file ends: bytes, seconds since its first line; how many ended ones to keep, and whether compressed."""

    max_bytes: int = 100 * 10**6
    max_age: float = 86400.0
    keep: int = 30
    compress: bool = True


class Lines:
    """The file, this process alone on it. Raises StoreError where the disk or another exporter is in the way."""

    def __init__(self, path: Path, table: str, rotation: Rotation) -> None:
        self._path = path
        self._table = table
        self._rotation = rotation
        self._file = -1
        self._lock = _told(path, lambda: _locked(path))
        try:
            _told(path, self._begin)
        except BaseException:
            self.close()
            raise

    @property
    def last(self) -> int:
        """The `seq` of the last row written, 0 where there is none."""
        return self._last

    def append(self, lines: Sequence[tuple[int, bytes]], now: float) -> None:
        """Write rows with their `seq`; the file is rotated before one that it has no room for."""
        _told(self._path, lambda: self._append(lines, now))

    def age(self, now: float) -> None:
        """Rotate if the file is old, though nothing comes."""
        if self._size and now - self._born >= self._rotation.max_age:
            _told(self._path, self._rotate)

    def close(self) -> None:
        """Let go of the file."""
        for fd in (self._file, self._lock):
            if fd >= 0:
                os.close(fd)
        self._file = self._lock = -1

    def _begin(self) -> None:
        if self._path.exists():
            _refuse_foreign(self._path)
        self._tidy()
        self._open()
        first, last = _ends(self._path)
        if last is not None and last.table != self._table:
            raise Misuse(f"{self._path} holds {last.table}, not {self._table}; give each table a file of its own")
        self._born = first.exported_at if first else 0.0
        self._last = last.seq if last else max((seq for seq, _ in self._rotated()), default=0)

    def _open(self) -> None:
        self._file = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o644)
        _cut_torn(self._file)
        self._size = os.fstat(self._file).st_size

    def _append(self, lines: Sequence[tuple[int, bytes]], now: float) -> None:
        waiting: list[bytes] = []
        for seq, line in lines:
            if self._full(len(line), now):
                self._write(waiting)
                self._rotate()
                waiting = []
            if not self._size:
                self._born = now
            waiting.append(line)
            self._size += len(line)
            self._last = seq
        self._write(waiting)

    def _full(self, more: int, now: float) -> bool:
        old = now - self._born >= self._rotation.max_age
        return bool(self._size) and (old or self._size + more > self._rotation.max_bytes)

    def _write(self, lines: Sequence[bytes]) -> None:
        rest = memoryview(b"".join(lines))
        while rest:
            rest = rest[os.write(self._file, rest) :]

    def _rotate(self) -> None:
        """End the file under the name of its last row: on disk before it is renamed, or a power cut could lose rows."""
        os.fsync(self._file)
        self._path.rename(self._path.with_name(f"{self._path.name}.{self._last:012d}"))
        _sync_folder(self._path)
        os.close(self._file)
        self._open()
        self._tidy()

    def _tidy(self) -> None:
        """Finish what was begun with ended files: compress them, drop what is too old."""
        for torn in self._path.parent.glob(f"{self._path.name}.*.gz.tmp"):
            torn.unlink()
        for _, file in self._rotated():
            if file.suffix != ".gz" and (self._rotation.compress or _packed(file).exists()):
                _compress(file)
        ended = sorted({seq for seq, _ in self._rotated()}, reverse=True)[self._rotation.keep :]
        for seq, file in self._rotated():
            if seq in ended:
                file.unlink()

    def _rotated(self) -> list[tuple[int, Path]]:
        """Ended files and the last row in each."""
        files = (file for file in self._path.parent.iterdir() if file.name.startswith(f"{self._path.name}."))
        found = ((_ROTATED.fullmatch(file.name.removeprefix(self._path.name)), file) for file in files)
        return [(int(match[1]), file) for match, file in found if match]


def _locked(path: Path) -> int:
    fd = os.open(path.with_name(f"{path.name}.lock"), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    if not taken(fd):
        os.close(fd)
        raise StoreError(f"{path}: another exporter writes it; end that one or give another file")
    return fd


def _told(path: Path, step: Callable[[], T]) -> T:
    """Take a step; what the operating system says comes out as a StoreError with what to do."""
    try:
        return step()
    except OSError as error:
        raise store_error(error, path) from error


def _refuse_foreign(path: Path) -> None:
    """Nothing of a file that isn't an export is touched: cutting its torn end would cut it all."""
    with path.open("rb") as file:
        first = file.readline()
    begun = first.startswith(_HEAD) or _HEAD.startswith(first.rstrip(b"\0"))
    if not begun or (first.endswith(b"\n") and _line(first) is None):
        raise Misuse(f"{path} is not an export of onedoor; give another file")


def _cut_torn(file: int) -> None:
    """Cut off what follows the last whole line: a line that was being written, or what a power cut left."""
    end = os.fstat(file).st_size
    while end:
        begin = _line_begin(file, end - 1)
        line = os.pread(file, end - begin, begin)
        if line.endswith(b"\n") and _line(line) is not None:
            break
        end = begin
    if end != os.fstat(file).st_size:
        os.ftruncate(file, end)


def _line_begin(file: int, end: int) -> int:
    """Where the line begins that ends at `end`."""
    while end > 0:
        begin = max(0, end - _BLOCK)
        found = os.pread(file, end - begin, begin).rfind(b"\n")
        if found >= 0:
            return begin + found + 1
        end = begin
    return 0


def _ends(path: Path) -> tuple[Line | None, Line | None]:
    """The first and the last line of a file without torn ones."""
    with path.open("rb") as file:
        first = _line(file.readline())
        size = os.fstat(file.fileno()).st_size
        begin = _line_begin(file.fileno(), size - 1)
        return first, _line(os.pread(file.fileno(), size - begin, begin))


def _line(text: bytes) -> Line | None:
    try:
        return msgspec.json.decode(text, type=Line)
    except msgspec.DecodeError:
        return None


def _compress(file: Path) -> None:
    """Whole on disk under another name first, then renamed, then the plain one goes."""
    whole, part = _packed(file), file.with_name(f"{file.name}.gz.tmp")
    if not whole.exists():
        with file.open("rb") as plain, part.open("wb") as raw:
            with gzip.GzipFile(fileobj=raw, mode="wb", filename=file.name) as packed:
                shutil.copyfileobj(plain, packed, _BLOCK)
            raw.flush()
            os.fsync(raw.fileno())
        part.rename(whole)
        _sync_folder(whole)
    file.unlink()


def _packed(file: Path) -> Path:
    return file.with_name(f"{file.name}.gz")


def _sync_folder(path: Path) -> None:
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
