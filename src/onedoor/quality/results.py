"""What each candidate answered to each case, in a file that grows a line at a time and survives whatever happens."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, Literal, Self

import msgspec

from onedoor.errors import InvalidCall
from onedoor.quality.cases import Case
from onedoor.quality.variants import Variant
from onedoor.types import Verdict

FORMAT = 1
MOST_NAMED = 5
"""Differences named in a message."""


class Result(msgspec.Struct, frozen=True, omit_defaults=True, tag="result", tag_field="row"):
    """One answer, or why there is none.

    asked, wanted  fingerprints of the case's question and of what it calls right
    call           the call in the ledger
    error          the code of what it failed with, empty where there is an answer
    nano_usd       what every attempt at it cost, None where that isn't known; `judged_nano_usd` is its judge's
    by             who gave the verdict: "case", "verify", "judge", "" where nobody did
    """

    case: str
    variant: str
    asked: str
    wanted: str
    call: str = ""
    at: float = 0.0
    text: str = ""
    data: Any = None
    served: str = ""
    error: str = ""
    message: str = ""
    verdict: Verdict = "unknown"
    by: Literal["case", "verify", "judge", ""] = ""
    reason: str = ""
    score: float | None = None
    nano_usd: int | None = None
    judged_nano_usd: int = 0
    seconds: float = 0.0
    first_token: float | None = None
    input: int = 0
    output: int = 0
    attempts: int = 0
    retries: int = 0

    @property
    def key(self) -> tuple[str, str]:
        return self.case, self.variant


class Head(msgspec.Struct, frozen=True, tag="head", tag_field="row"):
    """What holds for every answer of a file. `settings` are all that can change them: task, contract, models, judge."""

    format: int
    name: str
    run: str
    begun: float
    task: str
    variants: Mapping[str, dict[str, Any]]
    settings: dict[str, Any]


_decoder: msgspec.json.Decoder[Head | Result] = msgspec.json.Decoder(Head | Result)
_encode = msgspec.json.Encoder().encode


@dataclass(slots=True)
class Results:
    """A results file, open for one process. `done` is where each answer stands in it, so that memory stays flat."""

    path: Path
    head: Head
    done: dict[tuple[str, str], tuple[int, int]] = field(default_factory=dict)
    _handle: int = -1
    _size: int = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the file, and of its lock."""
        if self._handle >= 0:
            os.close(self._handle)
            self._handle = -1

    def add(self, row: Head | Result) -> None:
        """Write a row: it is with the system when this returns, whole or, after a crash of the machine, not at all."""
        line = _line(row)
        if os.write(self._handle, line) != len(line):
            os.ftruncate(self._handle, self._size)
            raise OSError(28, "the disk is full", str(self.path))
        if isinstance(row, Result):
            self.done[row.key] = (self._size, len(line))
        self._size += len(line)

    def get(self, case: str, variant: str) -> Result | None:
        """One answer, read from the file."""
        place = self.done.get((case, variant))
        if place is None:
            return None
        found = _decoder.decode(os.pread(self._handle, place[1], place[0]))
        return found if isinstance(found, Result) else None

    def each(self, cases: Sequence[Case], variants: Sequence[Variant]) -> Iterator[Result]:
        """The answers to these cases by these variants that are there, case by case."""
        found = (self.get(case.id, variant.name) for case in cases for variant in variants)
        return (one for one in found if one is not None)


def opened(path: Path, head: Head, cases: Sequence[Case], *, fresh: bool = False, again: bool = False) -> Results:
    """The results of this name, to be gone on with, or new ones.

    `fresh` sets what is there aside; `again` forgets what failed, so that it is asked again. Raises InvalidCall where
    what is there was asked otherwise, naming the difference, or where another process is at it.
    """
    handle = _locked(path)
    try:
        if fresh and os.fstat(handle).st_size:
            os.replace(path, path.with_suffix(".jsonl.old"))
            os.close(handle)
            handle = _locked(path)
        return _read(path, handle, head, cases, again=again)
    except BaseException:
        os.close(handle)
        raise


def _locked(path: Path) -> int:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise InvalidCall(f"{path} can't be written: {error.strerror}") from error
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        os.close(handle)
        raise InvalidCall(
            f"another process is writing {path}; let it end, or give this comparison another name"
        ) from error
    return handle


def _read(path: Path, handle: int, head: Head, cases: Sequence[Case], *, again: bool) -> Results:
    results = Results(path, head, {}, handle)
    known = {case.id: case for case in cases}
    kept: Head | None = None
    for place, line in _lines(handle):
        row = _row(line, path, place)
        results._size = place + len(line)
        if isinstance(row, Head):
            kept = row
        elif again and row.error:
            results.done.pop(row.key, None)
        else:
            results.done[row.key] = (place, len(line))
            _check_case(row, known.get(row.case), path)
    os.ftruncate(handle, results._size)
    results.head = _agreed(kept, head, path) if kept else head
    if kept is None or kept.variants.keys() != results.head.variants.keys():
        results.add(results.head)
    return results


def _lines(handle: int) -> Iterator[tuple[int, bytes]]:
    """Every whole line with its place; what a crash cut off at the end is none."""
    place = 0
    with os.fdopen(os.dup(handle), "rb") as file:
        file.seek(0)
        for line in file:
            if line.endswith(b"\n"):
                yield place, line
            place += len(line)


def _row(line: bytes, path: Path, place: int) -> Head | Result:
    try:
        return _decoder.decode(line)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise InvalidCall(
            f"{path} holds no results of a comparison at byte {place}: {error}; name another, or --fresh"
        ) from error


def _check_case(row: Result, case: Case | None, path: Path) -> None:
    if case is None:
        return
    for what, before, now in (("question", row.asked, case.asked), ("expected or check", row.wanted, case.wanted)):
        if before != now:
            raise InvalidCall(
                f"{path}: case {row.case!r} has another {what} than when it was asked; "
                "give the comparison another name, or begin it anew with --fresh"
            )


def _agreed(kept: Head, head: Head, path: Path) -> Head:
    """The head to go on under: variants may be added, nothing that was asked under may change."""
    if kept.format != head.format:
        raise InvalidCall(f"{path} was written by another version of onedoor; begin it anew with --fresh")
    shared = kept.variants.keys() & head.variants.keys()
    before = {"task": kept.task, **kept.settings, "variants": {name: kept.variants[name] for name in sorted(shared)}}
    now = {"task": head.task, **head.settings, "variants": {name: head.variants[name] for name in sorted(shared)}}
    models = before.get("models", {}).keys() & now.get("models", {}).keys()
    for told in (before, now):
        told["models"] = {name: told.get("models", {})[name] for name in sorted(models)}
    changed = list(differences(before, now))
    if changed:
        more = f" and {len(changed) - MOST_NAMED} more" if len(changed) > MOST_NAMED else ""
        raise InvalidCall(
            f"{path} was asked under other settings: {'; '.join(changed[:MOST_NAMED])}{more}; "
            "give the comparison another name, or begin it anew with --fresh"
        )
    settings = {**head.settings, "models": {**kept.settings.get("models", {}), **head.settings.get("models", {})}}
    return msgspec.structs.replace(kept, variants={**kept.variants, **head.variants}, settings=settings)


def differences(before: object, now: object, path: str = "") -> Iterator[str]:
    """What two JSON values differ in, in words: "task.temperature was 0.2, is 0.7"."""
    if isinstance(before, Mapping) and isinstance(now, Mapping):
        for key in sorted(before.keys() | now.keys()):
            yield from differences(before.get(key), now.get(key), f"{path}.{key}" if path else str(key))
    elif before != now:
        yield f"{path} was {_shown(before)}, is {_shown(now)}"


def _line(row: Head | Result) -> bytes:
    """A row as JSON; half a character, which no file can hold, becomes a question mark."""
    try:
        return _encode(row) + b"\n"
    except UnicodeEncodeError:
        return _encode(_whole(msgspec.to_builtins(row))) + b"\n"


def _whole(value: Any) -> Any:
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode()
    if isinstance(value, Mapping):
        return {_whole(name): _whole(inner) for name, inner in value.items()}
    return [_whole(inner) for inner in value] if isinstance(value, list | tuple) else value


def _shown(value: object) -> str:
    text = msgspec.json.encode(value).decode()
    return text if len(text) <= 60 else f"{text[:57]}…"
