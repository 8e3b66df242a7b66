"""The second layer: what a text means, where its wording alone doesn't tell."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol


class SemanticDetector(Protocol):
    """Anything that can tell how likely a text is an attack.

    `score` gets one text in the ways it can be read (as written, canonical, decoded) and answers with the probability,
    0 to 1, that any of them is an attack. It may raise, or take too long: the caller sets the time, and treats either
    as a failure, closed unless told otherwise. It is called from several threads at once.
    """

    def score(self, views: Sequence[str]) -> float: ...


@dataclass(frozen=True, slots=True)
class Reader:
    """The built-in detector: a small network run with numpy alone. It never raises; its time is linear in length."""

    def score(self, views: Sequence[str]) -> float:
        from onedoor.guard.meaning.network import shipped

        network = shipped()
        return max((_probability(network.logit(view)) for view in dict.fromkeys(views)), default=0.0)


def builtin() -> SemanticDetector:
    """The detector that comes with the package; its weights load with the first text."""
    return Reader()


def _probability(logit: float) -> float:
    return 1 / (1 + math.exp(-max(-60.0, min(60.0, logit))))
