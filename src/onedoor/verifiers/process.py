"""A program run by itself: a directory, a process group and limits of its own, and no network where that can be had."""

from __future__ import annotations

import asyncio
import math
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import IO, ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")

TAIL = 4096
"""Bytes of a program's output that are kept, its last ones."""

LARGEST_FILE = 64 * 1024 * 1024
"""Bytes of the largest file it may write, its output included: one that writes without end is stopped by that."""

MEMORY = 4 * 1024 * 1024 * 1024
"""Bytes of data a process of it may have."""

_LIMITED = 'ulimit -t "$1"; ulimit -f "$2"; ulimit -d "$3"; ulimit -c 0; shift 3; "$@"; exit $?'
"""A shell sets the limits, as nothing may run between fork and exec in a program with threads. A limit that is lower
already can't be raised, and needn't be."""

_OWN_PROCESSES = ("--pid", "--fork", "--kill-child")
_WAYS = ((*_OWN_PROCESSES, "--mount-proc"), _OWN_PROCESSES, ())


@dataclass(frozen=True, slots=True)
class Ended:
    """How a program ended: its exit code (128 and more: that signal), its last words, whether it had a network."""

    code: int
    said: str
    online: bool


async def run(command: Sequence[str], place: Path, *, stdin: bytes, seconds: float, network: bool) -> Ended:
    """Run a program in a directory until it ends. Whatever it started is dead afterwards, also when cancelled.

    Raises OSError where it can't be started.
    """
    shut_in = await asyncio.to_thread(isolation, network)
    limits = (_cpu_seconds(seconds), LARGEST_FILE // 512, MEMORY // 1024)
    limited = ("sh", "-c", _LIMITED, "onedoor", *map(str, limits), *command)
    with tempfile.TemporaryFile() as given, tempfile.TemporaryFile() as said:
        given.write(stdin)
        given.seek(0)
        code = await _ended((*shut_in, *limited), place, given, said)
        return Ended(code if code >= 0 else 128 - code, _tail(said), network or not shut_in)


async def _ended(command: Sequence[str], place: Path, given: IO[bytes], said: IO[bytes]) -> int:
    process = await asyncio.create_subprocess_exec(
        *command, cwd=place, env=environment(place), stdin=given, stdout=said, stderr=said, start_new_session=True
    )
    try:
        return await process.wait()
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        await asyncio.shield(process.wait())


def environment(place: Path) -> dict[str, str]:
    """What a program is told of its surroundings: no key of ours."""
    own = {"HOME": str(place), "TMPDIR": str(place), "LANG": os.environ.get("LANG", "C.UTF-8")}
    return {"PATH": os.environ.get("PATH", os.defpath), **own}


def startable(program: str, place: Path) -> bool:
    """Whether there is such a program, in the directory or on the path."""
    if "/" in program:
        return shutil.which(str(place / program)) is not None
    return shutil.which(program, path=environment(place)["PATH"]) is not None


@cache
def isolation(network: bool) -> tuple[str, ...]:
    """What to put before a command to shut it in, as far as this machine can: without a network, unless it may use
    one, and with a process table of its own, so that nothing it starts gets away. Empty where it can't."""
    program = shutil.which("unshare") if sys.platform == "linux" else None
    if program is None:
        return ()
    own = (program, "--user", "--map-root-user", *(() if network else ("--net",)))
    return next(((*own, *way, "--") for way in _WAYS if _works((*own, *way, "--", "true"))), ())


def _works(command: Sequence[str]) -> bool:
    try:
        return not subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, timeout=10).returncode
    except (OSError, subprocess.TimeoutExpired):
        return False


def _cpu_seconds(seconds: float) -> int:
    """A backstop: a process with a thread on every processor uses them up no sooner than its time."""
    return math.ceil(seconds) * (os.cpu_count() or 1) + 1


def _tail(said: IO[bytes]) -> str:
    said.seek(0, os.SEEK_END)
    said.seek(max(0, said.tell() - TAIL))
    return said.read().decode("utf-8", "replace")


async def to_the_end(work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Run in a thread, and wait for its end even when cancelled meanwhile."""
    task = asyncio.ensure_future(asyncio.to_thread(work, *args, **kwargs))
    try:
        return await asyncio.shield(task)
    finally:
        await asyncio.wait([task])
