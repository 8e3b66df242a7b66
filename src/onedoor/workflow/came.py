"""What steps came to for one item, and what that means for the steps after them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from onedoor.workflow.graph import Graph
from onedoor.workflow.step import Step

How = Literal["done", "skipped", "dropped", "failed", "blocked"]
"""Done; its condition said no; a filter let the item go before; it failed; something it needs did."""


@dataclass(frozen=True, slots=True)
class Came:
    """What a step came to."""

    how: How
    value: Any = None
    error: BaseException | None = None


def outlook(graph: Graph, step: Step, came: Mapping[str, Came]) -> How:
    """Whether a step can be done ("done"), by what came of the steps before it; else why not."""
    hows = {name: came[name].how for name in graph.needs[step.name]}
    if any(how in {"failed", "blocked"} for how in hows.values()):
        return "blocked"
    if any(came[gate].how == "done" and came[gate].value is False for gate in graph.gates[step.name]):
        return "dropped"
    needed = [hows[need.name] for need in step.needs if need.name in hows and not need.optional]
    return next((how for how in needed if how != "done"), "done")
