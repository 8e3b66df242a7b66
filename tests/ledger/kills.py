"""Run as a program: exporters are killed at random moments while a writer adds rows; a last one finishes.

    python kills.py STATE FILE KILLS

Every exporter is a process of its own, forked before it opens anything.
"""

from __future__ import annotations

import os
import random
import signal
import sys
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from onedoor.ledger.export import Export
from onedoor.ledger.jsonl import Lines, Rotation
from onedoor.ledger.ledger import Ledger

sys.path.insert(0, str(Path(__file__).parent))

from book import call, write

ROTATION = Rotation(max_bytes=40_000, keep=10_000)
ROWS = 6_000


def forked(work: Callable[[], None]) -> int:
    """Do something in a process of its own."""
    pid = os.fork()
    if pid == 0:
        work()
        os._exit(0)
    return pid


def write_on(state: Path) -> None:
    """Add rows, a few at a time."""
    for first in range(0, ROWS, 60):
        write(state, (call(f"{n:06}") for n in range(first, first + 60)))
        time.sleep(0.005)


def export(state: Path, file: Path, *, follow: bool) -> None:
    """Write what is new; follow until killed."""
    with Ledger(state) as ledger, closing(Lines(file, "calls", ROTATION)) as lines:
        exported = Export(ledger.reader, lines, "calls")
        exported.check()
        exported.once()
        while follow:
            exported.once()


def main(state: Path, file: Path, kills: int) -> None:
    chance = random.Random(7)
    write(state, ())
    writer = forked(lambda: write_on(state))
    for _ in range(kills):
        exporter = forked(lambda: export(state, file, follow=True))
        time.sleep(chance.uniform(0.0, 0.03))
        os.kill(exporter, signal.SIGKILL)
        os.waitpid(exporter, 0)
    os.waitpid(writer, 0)
    export(state, file, follow=False)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]))
