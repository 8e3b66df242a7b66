"""What a run does, and what it asks about one item."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from pathlib import Path

from onedoor.asking import Ask
from onedoor.bulk.prompts import Asked, Asker, Keyed
from onedoor.quality.compare import Asks
from onedoor.quality.meter import Bill


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a run does. `around` is the part of every fingerprint that isn't the item's."""

    ask: Asks
    own: Ask
    asker: Asker
    key: Keyed
    around: bytes
    bill: Callable[[str], Bill]
    now: Callable[[], float]
    ceiling: int
    ordered: bool = False
    strict: bool = False
    max_failures: int | None = None
    retry: Collection[str] = ()
    flag: Path | None = None
    since: float = 0.0
    watch: Callable[[], None] = lambda: None


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked about one item, and what tells whether an answer to it is there."""

    key: str
    place: int
    asked: Asked
    fingerprint: bytes
