"""A callable of yours tells whether an answer is right."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Literal

from onedoor.calling import called
from onedoor.trail import Opinion
from onedoor.types import Call, Reply
from onedoor.verifiers.verifier import Again

HALF = 0.5
"""A score from here on accepts."""

Said = bool | str | float | Opinion | None
"""What a callable may say: yes or no, why not (empty: nothing is wrong), a score from 0 to 1, an opinion, or None
where it can't tell."""


@dataclass(frozen=True, slots=True)
class Function:
    """Asks a callable, sync or async, that is given the reply. A sync one runs in a thread, so it may block."""

    function: Callable[[Reply], Said | Awaitable[Said]]
    name: str = "function"
    timeout: float = 60.0
    kind: Literal["check"] = "check"

    async def __call__(self, call: Call, reply: Reply, again: Again, /) -> Opinion:
        return opinion(await called(self.function, reply), self.name)


def opinion(said: Said, name: str) -> Opinion:
    """What a callable said, as an opinion. Raises TypeError or ValueError for anything else."""
    match said:
        case Opinion():
            return said
        case None:
            return Opinion("unknown", "check", name)
        case bool():
            return Opinion("accepted" if said else "rejected", "check", name)
        case str():
            return Opinion("rejected" if said.strip() else "accepted", "check", name, said)
        case int() | float():
            return _scored(float(said), name)
    raise TypeError(f"{name} gave {said!r:.80}: it must give true, false, a reason, a score, an Opinion or None")


def _scored(score: float, name: str) -> Opinion:
    if not 0 <= score <= 1:
        raise ValueError(f"{name} gave {score:g}: a score is a number from 0 to 1")
    if score >= HALF:
        return Opinion("accepted", "check", name, score=score)
    return Opinion("rejected", "check", name, f"scored {score:.2f}, below {HALF:g}", score)
