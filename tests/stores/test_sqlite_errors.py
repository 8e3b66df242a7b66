"""Every way a file can fail says what to do about it, and loses nothing that was answered."""

from __future__ import annotations

import asyncio
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import apsw
import pytest

from onedoor.errors import StoreError
from onedoor.stores.sqlite import SqliteEngine, open_readonly
from onedoor.stores.sqlite_errors import store_error

from .conftest import Program, ends, says
from .rows import add, count

NOBODY = 65534
Opened = Callable[..., SqliteEngine]
Start = Callable[..., Program]


@contextmanager
def nobody() -> Iterator[None]:
    """Without root's right to write anywhere."""
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(NOBODY)
    try:
        yield
    finally:
        os.seteuid(0)


@pytest.fixture
def public() -> Iterator[Path]:
    """A directory everyone can look into and nobody but its owner can write to."""
    folder = Path(tempfile.mkdtemp())
    folder.chmod(0o755)
    yield folder
    folder.chmod(0o755)
    shutil.rmtree(folder)


async def make(file: Path) -> None:
    engine = SqliteEngine(file)
    await engine.transact(add("a"))
    await engine.close()


def test_a_full_disk_fails_the_batch_and_nothing_else(start: Start) -> None:
    error, last = ends(start("fill")).splitlines()
    assert "check the disk, its space and its quota" in error
    done, total, rows = last.split()
    assert int(done) == int(total) == int(rows) > 10


def test_a_directory_that_may_not_be_written_to(public: Path) -> None:
    public.chmod(0o555)
    with nobody(), pytest.raises(StoreError, match="make the file and its directory readable and writable"):
        SqliteEngine(public / "store.db")


def test_a_file_that_may_not_be_written_to(public: Path) -> None:
    asyncio.run(make(public / "store.db"))
    for path in public.rglob("*"):
        path.chmod(0o777)
    (public / "store.db").chmod(0o444)
    with nobody(), pytest.raises(StoreError, match="can't be written to; make the file and its directory writable"):
        SqliteEngine(public / "store.db")


def test_a_directory_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="its directory doesn't exist; create it"):
        SqliteEngine(tmp_path / "none" / "store.db")


def test_a_directory_in_the_files_place(file: Path) -> None:
    file.mkdir()
    with pytest.raises(StoreError, match="it can't be opened"):
        SqliteEngine(file)


def test_a_file_of_something_else(file: Path) -> None:
    file.write_text("What I did on my holidays. " * 100)
    with pytest.raises(StoreError, match="it is not a SQLite database; move it away or use another path"):
        SqliteEngine(file)
    with pytest.raises(StoreError, match="it is not a SQLite database"):
        open_readonly(file)
    assert file.read_text().startswith("What I did")


def test_another_programs_database(file: Path) -> None:
    other = apsw.Connection(str(file))
    other.execute("CREATE TABLE recipes(name)")
    other.close()
    with pytest.raises(StoreError, match="it is another program's database"):
        SqliteEngine(file)


def damage(file: Path) -> None:
    with file.open("r+b") as raw:
        raw.seek(4096)
        raw.write(b"\xff" * (file.stat().st_size - 4096))


async def test_a_damaged_file(file: Path) -> None:
    await make(file)
    damage(file)
    engine = SqliteEngine(file)
    try:
        with pytest.raises(StoreError, match="it is damaged; move it away, or mend it"):
            await engine.transact(count("a"))
    finally:
        await engine.close()


def test_opening_while_another_process_keeps_the_lock(start: Start, file: Path) -> None:
    says(start("lock"))
    with pytest.raises(StoreError, match=r"another process kept it locked for 0\.05 s"):
        SqliteEngine(file, busy_seconds=0.05)


async def test_writing_while_another_process_keeps_the_lock(start: Start, opened: Opened) -> None:
    engine = opened(busy_seconds=0.05)
    program = start("lock")
    says(program)
    waiting = [engine.transact(add("a")) for _ in range(3)]
    errors = await asyncio.gather(*waiting, return_exceptions=True)
    assert [type(error) for error in errors] == [StoreError] * 3
    assert len({id(error) for error in errors}) == 3
    program.communicate("go\n")
    assert await engine.transact(add("a")) == 1


async def test_writing_while_another_program_keeps_sqlites_own_lock(opened: Opened, file: Path) -> None:
    engine = opened(busy_seconds=0.05)
    other = apsw.Connection(str(file))
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(StoreError, match="another process keeps it locked"):
        await engine.transact(add("a"))
    other.execute("ROLLBACK")
    assert await engine.transact(add("a")) == 1
    other.close()


def test_a_full_file_says_so(file: Path) -> None:
    connection = apsw.Connection(str(file))
    connection.execute("CREATE TABLE t(x)")
    connection.pragma("max_page_count", 3)
    with pytest.raises(apsw.FullError) as full:
        connection.execute("INSERT INTO t VALUES (zeroblob(100000))")
    connection.close()
    assert "free some space" in str(store_error(full.value, file))
    assert store_error(full.value, file).code == "store"
