"""What the simulator really did, one line per request: the truth to hold a ledger against."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import Literal

import msgspec

from onedoor.errors import InvalidCall

Outcome = Literal["answered", "refused", "cut", "disconnected"]
"""answered: sent in whole. refused: an error status. cut: lost on purpose. disconnected: the client left early."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One request: tokens and nano-dollars as the simulator bills them, times as seconds since the epoch."""

    path: str
    model: str
    status: int
    outcome: Outcome
    input: int
    output: int
    nano_usd: int
    started: float
    ended: float
    simulated: bool = True


class Journal:
    """A JSONL file that many processes may write at once: each line is one append."""

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self._path = path
        try:
            self._append(b"")
        except OSError as error:
            raise InvalidCall(f"the simulator can't write its log to {path}: {error.strerror}") from error

    def write(self, entry: Entry) -> None:
        """Add one line."""
        self._append(msgspec.json.encode(entry) + b"\n")

    def _append(self, line: bytes) -> None:
        file = os.open(self._path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)
        try:
            os.write(file, line)
        finally:
            os.close(file)
