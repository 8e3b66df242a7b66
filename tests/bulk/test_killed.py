"""A run killed at any moment goes on: every item has one row, and hardly anything is asked twice.

The killed are processes that ask a real server; what it was asked is the truth.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from onedoor.bulk import places
from onedoor.bulk.run_file import looked_at
from onedoor.errors import InvalidCall

from .counting import counting
from .victim import AT_ONCE, GIVEN, ITEMS, run

VICTIM = str(Path(__file__).with_name("victim.py"))
CALLS = {"map": ITEMS, "run": 2 * ITEMS}


@pytest.fixture
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv("ONEDOOR_STATE", str(tmp_path / "state.db"))
    return str(tmp_path / "state.db")


@contextmanager
def started(state: str, address: str, what: str) -> Iterator[subprocess.Popen[bytes]]:
    with subprocess.Popen([sys.executable, VICTIM, state, address, what]) as process:
        try:
            yield process
        finally:
            process.kill()


def items(state: str) -> list[str]:
    """The keys of items that have their result, once for each row."""
    with looked_at(places.known(Path(state), "night")) as rows:
        return [result.key for result in rows.passed()]


def finished(state: str) -> set[str]:
    """The questions whose answers are written down."""
    with looked_at(places.known(Path(state), "night")) as rows:
        found = [*rows.each(), *rows.asked()]
    return {result.text.removeprefix("re ") for result in found if result.text}


@pytest.mark.parametrize(("what", "moments"), [("map", (37, 51)), ("run", (42, 133))])
def test_killed_twice_a_run_repeats_no_more_calls_than_were_under_way(
    what: str, moments: tuple[int, ...], state: str
) -> None:
    repeated = Counter[str]()
    with counting() as (server, address):
        for moment in moments:
            before = len(server.asked)
            with started(state, address, what) as process:
                server.until(before + moment)
                process.send_signal(signal.SIGKILL)
            assert places.head(places.known(Path(state), "night")).status == "interrupted"
            known, so_far = finished(state), len(server.asked)
        assert len(run(state, address, what)) == ITEMS
        again = set(server.asked[so_far:])
        repeated.update(server.asked)
    assert items(state) == [item["id"] for item in GIVEN]
    assert not again & known, "what is written down isn't asked again"
    assert len(repeated) == CALLS[what]
    assert repeated.total() <= CALLS[what] + len(moments) * AT_ONCE


def test_a_run_that_stands_still_is_nobody_elses_and_goes_on_where_it_stood(state: str) -> None:
    with counting() as (server, address):
        server.hold = 30
        with started(state, address, "run") as process:
            server.until(30)
            process.send_signal(signal.SIGSTOP)
            os.waitid(os.P_PID, process.pid, os.WSTOPPED | os.WNOWAIT)
            with pytest.raises(InvalidCall, match="'night' is under way already"):
                run(state, address, "run")
            server.release()
            process.send_signal(signal.SIGCONT)
            assert process.wait(60) == 0
        assert items(state) == [item["id"] for item in GIVEN]
        assert len(server.asked) == len(set(server.asked)) == CALLS["run"]
        assert all(result.cached for result in run(state, address, "run"))
        assert len(server.asked) == CALLS["run"]
