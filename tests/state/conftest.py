"""Programs on a shared state, and the state itself to look into."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path

import pytest

from onedoor.state import State
from onedoor.stores.sqlite import SqliteEngine

PROGRAM = Path(__file__).with_name("program.py")


class Program:
    """A program that talks line by line."""

    def __init__(self, file: Path, *line: str) -> None:
        self.process = subprocess.Popen(
            [sys.executable, str(PROGRAM), *line],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, "ONEDOOR_STATE": str(file)},
        )

    def says(self) -> str:
        """The next line it prints. Blocks."""
        assert self.process.stdout is not None
        return self.process.stdout.readline().strip()

    def tell(self, line: str = "go") -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(f"{line}\n")
        self.process.stdin.flush()

    def signal(self, number: int) -> None:
        self.process.send_signal(number)

    def end(self) -> None:
        self.process.kill()
        self.process.communicate()


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "state.db"


@pytest.fixture
def start(file: Path) -> Iterator[Callable[..., Program]]:
    """Starts programs on the file; whoever is still there in the end is killed."""
    programs: list[Program] = []

    def start_one(*line: str) -> Program:
        programs.append(Program(file, *line))
        return programs[-1]

    yield start_one
    for program in programs:
        program.end()


@pytest.fixture
async def state(file: Path) -> AsyncIterator[State]:
    """The same state in this process."""
    mine = State(lambda: SqliteEngine(file))
    yield mine
    await mine.close()
