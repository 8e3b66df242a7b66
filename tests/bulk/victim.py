"""A run, also in a process of its own for whoever wants to kill it: python victim.py STATE ADDRESS WHAT.

WHAT is "map", which asks one question about each item, or "run", which asks two, the second with the first's answer.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from typing import Any

import onedoor
from onedoor.bulk import Result

ITEMS, AT_ONCE = 150, 4
GIVEN = [{"id": str(number)} for number in range(ITEMS)]


def configuration(state: str, address: str) -> dict[str, Any]:
    """Whoever is cut off asks again only when the run goes on."""
    return {
        "providers": {"p": {"kind": "openai", "base_url": address}},
        "models": {"m": {"provider": "p", "name": "m-1"}},
        "tasks": {"t": {"models": ["m"], "retry": {"sends": 1}}},
        "state": {"path": state},
    }


def flow() -> onedoor.Workflow:
    found = onedoor.Workflow("night")
    found.ask("draft", "draft {id}", task="t")

    @found.step
    def length(draft: str) -> int:
        return len(draft)

    found.ask("critique", "critique {draft}", task="t")
    return found


RUNS: Mapping[str, Callable[..., Any]] = {
    "map": lambda door, **given: door.map(GIVEN, "draft {id}", task="t", **given),
    "run": lambda door, **given: door.run(flow(), GIVEN, **given),
}


def run(state: str, address: str, what: str) -> list[Result]:
    """What is left of the run; all its results."""
    with onedoor.open(configuration(state, address)) as door:
        return list(RUNS[what](door, key="id", run="night", concurrency=AT_ONCE))


if __name__ == "__main__":
    run(*sys.argv[1:])
