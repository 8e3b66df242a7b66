"""A run killed at any moment goes on: every item has one row, and hardly anything is asked twice."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections import Counter
from pathlib import Path

from onedoor.bulk import places
from onedoor.bulk.rows import GROUP, looked_at

VICTIM = str(Path(__file__).with_name("victim.py"))
ITEMS, AT_ONCE = 300, 4


def started(place: Path) -> subprocess.Popen[str]:
    environ = {**os.environ, "ONEDOOR_STATE": str(place / "state.db")}
    return subprocess.Popen(
        [sys.executable, VICTIM, str(place), str(ITEMS)], stdout=subprocess.PIPE, text=True, env=environ
    )


def asked(place: Path) -> list[str]:
    return (place / "log").read_text().splitlines()


def killed_after(place: Path, calls: int) -> None:
    with started(place) as process:
        assert process.stdout is not None
        for _ in range(calls):
            assert process.stdout.readline() == "asked\n"
        process.send_signal(signal.SIGKILL)


def test_killed_twice_every_item_is_done_and_little_is_asked_twice(tmp_path: Path) -> None:
    killed_after(tmp_path, 70)
    assert places.head(places.known(tmp_path / "state.db", "night")).status == "interrupted"
    killed_after(tmp_path, 100)
    before = len(asked(tmp_path))
    out, _ = started(tmp_path).communicate(timeout=30)
    with looked_at(places.known(tmp_path / "state.db", "night")) as rows:
        keys = [result.key for result in rows.each() if result.ok]
    calls = Counter(asked(tmp_path))
    assert out.split()[-1] == str(ITEMS)
    assert keys == [str(number) for number in range(ITEMS)]
    assert len(calls) == ITEMS
    assert before < ITEMS
    assert calls.total() <= ITEMS + 2 * (AT_ONCE + GROUP)
