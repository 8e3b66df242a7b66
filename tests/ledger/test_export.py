"""Every row exactly once, whatever happens to the exporter."""

from __future__ import annotations

import errno
import gzip
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import msgspec
import pytest

from onedoor.errors import Misuse, StoreError
from onedoor.ledger import jsonl
from onedoor.ledger.export import Export, Table
from onedoor.ledger.jsonl import Lines, Rotation
from onedoor.ledger.ledger import Ledger

from .book import NOON, attempt, call, verdict, write

SMALL = Rotation(max_bytes=3_600, keep=100)


@pytest.fixture
def state(tmp_path: Path) -> Path:
    return write(tmp_path / "state.db", (call(f"{n:03}", metadata={"n": n}) for n in range(20)))


@contextmanager
def exporting(
    state: Path,
    file: Path,
    rotation: Rotation = SMALL,
    *,
    table: Table = "calls",
    now: Callable[[], float] = lambda: NOON,
) -> Iterator[Export]:
    with Ledger(state) as ledger:
        lines = Lines(file, table, rotation)
        try:
            export = Export(ledger.reader, lines, table, now)
            export.check()
            yield export
        finally:
            lines.close()


def export(state: Path, file: Path, rotation: Rotation = SMALL, **options: Any) -> int:
    with exporting(state, file, rotation, **options) as once:
        return once.once()


def ended(file: Path) -> list[Path]:
    """The rotated files, oldest first."""
    return sorted(path for path in file.parent.glob(f"{file.name}.*") if path.suffix != ".lock")


def rows(file: Path) -> list[dict[str, Any]]:
    """Every line of every file, oldest first."""
    texts = [gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes() for path in ended(file)]
    texts.append(file.read_bytes() if file.exists() else b"")
    return [json.loads(line) for text in texts for line in text.splitlines()]


def seqs(file: Path) -> list[int]:
    return [row["seq"] for row in rows(file)]


def test_a_line_is_a_row_with_its_seq(state: Path, tmp_path: Path) -> None:
    file = tmp_path / "calls.jsonl"
    assert export(state, file, Rotation()) == 20
    first = rows(file)[0]
    assert (first["seq"], first["table"], first["exported_at"], first["id"]) == (1, "calls", NOON, "000")
    assert (first["metadata"], first["cached"], first["trail"], first["first_token"]) == ({"n": 0}, False, [], None)


def test_a_second_time_only_what_is_new_is_written(state: Path, tmp_path: Path) -> None:
    file = tmp_path / "calls.jsonl"
    export(state, file)
    assert export(state, file) == 0
    write(state, [call("new")])
    assert export(state, file) == 1
    assert seqs(file) == list(range(1, 22))


def test_a_full_file_is_rotated_and_compressed(state: Path, tmp_path: Path) -> None:
    file = tmp_path / "calls.jsonl"
    export(state, file)
    assert seqs(file) == list(range(1, 21))
    assert len(ended(file)) == 3
    for packed in ended(file):
        text = gzip.decompress(packed.read_bytes())
        assert len(text) <= SMALL.max_bytes
        assert packed.name == f"calls.jsonl.{json.loads(text.splitlines()[-1])['seq']:012d}.gz"


def test_an_old_file_is_rotated_also_when_nothing_comes(state: Path, tmp_path: Path) -> None:
    """Its age is counted from its first line, so it is the same for the next exporter."""
    file = tmp_path / "calls.jsonl"
    rotation = Rotation(max_age=3600, compress=False)
    export(state, file, rotation)
    export(state, file, rotation, now=lambda: NOON + 3599)
    assert ended(file) == []
    export(state, file, rotation, now=lambda: NOON + 3600)
    assert [path.name for path in ended(file)] == ["calls.jsonl.000000000020"]
    write(state, [call("new")])
    assert export(state, file, rotation) == 1
    assert seqs(file) == list(range(1, 22))


def test_only_so_many_ended_files_are_kept(state: Path, tmp_path: Path) -> None:
    file = tmp_path / "calls.jsonl"
    export(state, file, Rotation(max_bytes=3_600, keep=2))
    assert len(ended(file)) == 2
    assert seqs(file)[-1] == 20
    assert export(state, file, Rotation(max_bytes=3_600, keep=2)) == 0


def torn(file: Path) -> None:
    with file.open("r+b") as raw:
        raw.truncate(file.stat().st_size - 7)


def zeroed(file: Path) -> None:
    """What a power cut may leave of a line."""
    size = file.stat().st_size
    torn(file)
    with file.open("r+b") as raw:
        raw.truncate(size + 5_000)


def gone(file: Path) -> None:
    """Killed after the rename, before the next file was made."""
    file.rename(file.with_name(f"{file.name}.{rows(file)[-1]['seq']:012d}"))


def half_packed(file: Path) -> None:
    """Killed while it compressed."""
    gone(file)
    ended(file)[-1].with_name(f"{ended(file)[-1].name}.gz.tmp").write_bytes(b"\x1f\x8b")


def packed_twice(file: Path) -> None:
    """Killed between the rename of the `.gz` and the removal of the plain file."""
    gone(file)
    last = ended(file)[-1]
    last.with_name(f"{last.name}.gz").write_bytes(gzip.compress(last.read_bytes()))


@pytest.mark.parametrize("compress", [True, False])
@pytest.mark.parametrize("accident", [torn, zeroed, gone, half_packed, packed_twice])
def test_an_accident_is_mended(accident: Callable[[Path], None], compress: bool, state: Path, tmp_path: Path) -> None:
    file = tmp_path / "calls.jsonl"
    rotation = Rotation(max_bytes=3_600, keep=100, compress=compress)
    export(state, file, rotation)
    accident(file)
    write(state, [call("new")])
    export(state, file, rotation)
    assert seqs(file) == list(range(1, 22))
    assert not list(tmp_path.glob("*.tmp"))


def test_a_full_disk_is_said_and_resumed_from(state: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "calls.jsonl"
    room = 5_000

    def write_some(fd: int, data: Any) -> int:
        """A disk with so much room left."""
        nonlocal room
        if not room:
            raise OSError(errno.ENOSPC, "No space left on device")
        written = real_write(fd, bytes(data)[:room])
        room -= written
        return written

    real_write = os.write
    monkeypatch.setattr(jsonl.os, "write", write_some)
    with pytest.raises(StoreError, match="disk is full"):
        export(state, file)
    monkeypatch.undo()
    export(state, file)
    assert seqs(file) == list(range(1, 21))


def test_two_exporters_never_write_one_file(state: Path, tmp_path: Path) -> None:
    file = tmp_path / "calls.jsonl"
    with exporting(state, file), pytest.raises(StoreError, match="another exporter"):
        export(state, file)
    assert export(state, file) == 20


def test_each_table_has_a_file_of_its_own(state: Path, tmp_path: Path) -> None:
    write(state, [attempt("p1", "000")])
    file = tmp_path / "rows.jsonl"
    assert export(state, file, table="attempts") == 1
    assert rows(file)[0]["permit"] == "p1"
    with pytest.raises(Misuse, match="holds attempts, not calls"):
        export(state, file)


def test_a_verdict_is_a_line_of_its_own(state: Path, tmp_path: Path) -> None:
    """Whoever reads both files joins them by the call's id."""
    said = verdict("v1", "000", verdict="rejected", kind="person", by="ann", reason="no\nsuch river", score=0.25)
    write(state, [said, verdict("v2", "000")])
    file = tmp_path / "verdicts.jsonl"
    assert export(state, file, table="verdicts") == 2
    first, second = rows(file)
    told = {"seq": 1, "table": "verdicts", "exported_at": NOON, **msgspec.structs.asdict(said)}
    assert (first, second["id"], second["score"]) == (told, "v2", None)


@pytest.mark.parametrize("text", ["my notes\n", '{"seq": 1}\n', '{"seq":1,"other":2}\n', "no line end", "["])
def test_a_file_that_is_no_export_is_left_alone(text: str, state: Path, tmp_path: Path) -> None:
    file = tmp_path / "notes.txt"
    file.write_text(text)
    with pytest.raises(Misuse, match="not an export"):
        export(state, file)
    assert file.read_text() == text


def test_a_file_of_another_state_is_refused(state: Path, tmp_path: Path) -> None:
    """Else its numbers would hide rows that were never written."""
    file = tmp_path / "calls.jsonl"
    export(state, file)
    other = write(tmp_path / "other.db", [call("1")])
    with pytest.raises(Misuse, match="another state"):
        export(other, file)


def test_a_reader_along_sees_whole_lines_only_grow(state: Path, tmp_path: Path) -> None:
    file = tmp_path / "calls.jsonl"
    with exporting(state, file, Rotation()) as once:
        once.once()
        before = file.read_bytes()
        write(state, [call("new")])
        once.once()
        assert file.read_bytes().startswith(before)


def test_killed_at_random_moments_every_row_is_there_exactly_once(tmp_path: Path) -> None:
    program = Path(__file__).with_name("kills.py")
    file = tmp_path / "calls.jsonl"
    subprocess.run([sys.executable, program, tmp_path / "state.db", file, "100"], check=True, timeout=60)
    assert seqs(file) == list(range(1, 6_001))
    assert len(ended(file)) > 50
