"""What a run was asked to do."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from onedoor.bulk.prompts import Keyed


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a run was asked to do. `window` is how many items may be begun whose results weren't taken."""

    key: Keyed
    now: Callable[[], float]
    window: int
    ordered: bool = False
    strict: bool = False
    max_failures: int | None = None
    flag: Path | None = None
    since: float = 0.0
    watch: Callable[[], None] = lambda: None
