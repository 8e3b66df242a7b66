"""Contestants that take turns, so that a busy machine is busy for all of them."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping


def by_turns(contestants: Mapping[str, Callable[[], object]], rounds: int) -> dict[str, list[float]]:
    """Microseconds of each in every round; one round before them isn't counted."""
    taken: dict[str, list[float]] = {name: [] for name in contestants}
    for number in range(rounds + 1):
        for name, work in contestants.items():
            begun = time.perf_counter()
            work()
            if number:
                taken[name].append((time.perf_counter() - begun) * 1e6)
    return taken
