"""Where the results of a run go: lines of JSON, in a file that is written over only by the run that wrote it."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

import msgspec

from onedoor.bulk import places
from onedoor.bulk.result import Head, Result
from onedoor.errors import InvalidCall

Line = Callable[[Result], bytes]
"""How a result is written."""


def line(result: Result) -> bytes:
    """What became of a question: its item's key, what was said, and how."""
    told: dict[str, Any] = {"key": result.key, "place": result.place}
    if result.step:
        told["step"] = result.step
    if result.error:
        told |= {"error": result.error, "message": result.message}
    else:
        told |= {"text": result.text} | ({} if result.data is None else {"data": result.data})
        told |= {"model": result.model}
    if result.degraded:
        told["degraded"] = [str(reason) for reason in result.degraded]
    told |= {"usd": result.usd, "attempts": result.attempts, "cached": result.cached, "call": result.call}
    return msgspec.json.encode(told) + b"\n"


def step_line(result: Result) -> bytes:
    """What became of an item of a workflow: the value of every step; or the value of a step done once for all items."""
    told: dict[str, Any] = {"step": result.step} if result.step else {"key": result.key, "place": result.place}
    told["data"] = result.data
    if result.dropped:
        told["dropped"] = result.dropped
    if result.error:
        told |= {"error": result.error, "message": result.message}
    if result.degraded:
        told["degraded"] = [str(reason) for reason in result.degraded]
    told |= {"usd": result.usd, "attempts": result.attempts, "cached": result.cached}
    return msgspec.json.encode(told) + b"\n"


def line_of(head: Head) -> Line:
    """How the results of a run are written."""
    return step_line if is_workflow(head) else line


def is_workflow(head: Head) -> bool:
    """Whether a run did the steps of a workflow, not one question."""
    return "steps" in head.settings


@contextmanager
def writing(target: Path | None) -> Iterator[IO[bytes]]:
    """A file that takes its name when it is written, whole lines only; stdout where there is none."""
    if target is None:
        yield sys.stdout.buffer
        sys.stdout.buffer.flush()
        return
    part = target.with_name(f"{target.name}.part")
    try:
        with open(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            yield file
        os.replace(part, target)
    except OSError as error:
        raise InvalidCall(f"{target} can't be written: {error.strerror}; what was asked is kept in its run") from error


def check(target: Path | None, run: Path | None) -> None:
    """A file that is there is written over only by the run that wrote it. Raises InvalidCall."""
    if target is not None and target.exists() and (run is None or str(target.resolve()) not in _known(run)):
        raise InvalidCall(f"{target} is there already; name another --out, or move it away")


def remember(target: Path | None, run: Path | None) -> None:
    """Write down that this run wrote this file."""
    if target is None or run is None:
        return
    known = _known(run)
    if str(target.resolve()) not in known:
        places.outputs_of(run).write_text("\n".join([*known, str(target.resolve())]), encoding="utf-8")


def _known(run: Path) -> list[str]:
    """The files this run wrote."""
    mark = places.outputs_of(run)
    return mark.read_text(encoding="utf-8").split("\n") if mark.exists() else []
