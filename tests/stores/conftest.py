"""Engines, opened and closed, and programs that share a store with the test."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from onedoor.policy.ledger import AttemptRow
from onedoor.stores.engine import Engine
from onedoor.stores.memory_engine import MemoryEngine
from onedoor.stores.sqlite import SqliteEngine

PROGRAM = Path(__file__).with_name("program.py")
Program = subprocess.Popen[str]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "store.db"


@pytest.fixture
async def opened(file: Path) -> AsyncIterator[Callable[..., SqliteEngine]]:
    """Opens engines on the file, and closes them in the end."""
    async with AsyncExitStack() as stack:

        def open_one(**options: float) -> SqliteEngine:
            engine = SqliteEngine(file, **options)  # type: ignore[arg-type]
            stack.push_async_callback(engine.close)
            return engine

        yield open_one


@pytest.fixture(params=["memory", "sqlite"])
def engine(request: pytest.FixtureRequest, opened: Callable[..., SqliteEngine]) -> Engine:
    return MemoryEngine() if request.param == "memory" else opened()


@pytest.fixture
def start(file: Path) -> Iterator[Callable[..., Program]]:
    """Starts programs on the file; whoever is still there in the end is killed."""
    programs: list[Program] = []

    def start_one(command: str, *arguments: object) -> Program:
        line = [sys.executable, str(PROGRAM), command, str(file), *map(str, arguments)]
        programs.append(subprocess.Popen(line, stdout=subprocess.PIPE, stdin=subprocess.PIPE, text=True))
        return programs[-1]

    yield start_one
    for program in programs:
        program.kill()
        program.communicate()


def says(program: Program) -> str:
    """The next line a program prints."""
    assert program.stdout is not None
    return program.stdout.readline().strip()


def ends(program: Program) -> str:
    """What a program still prints, once it has ended well."""
    said, _ = program.communicate(timeout=20)
    assert program.returncode == 0, said
    return said


def permits(engine: Engine) -> list[str]:
    """The attempts in the ledger, oldest first."""
    if isinstance(engine, SqliteEngine):
        return [str(permit) for (permit,) in engine.query("SELECT permit FROM attempts ORDER BY seq")]
    assert isinstance(engine, MemoryEngine)
    return [row.permit for row in engine.ledger(AttemptRow)]
