"""What was left out of a prompt so that it fits."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Trimmed:
    """One piece of a prompt that was shortened or left out; sizes are tokens.

    slot   "context", "conversation" or "examples"
    name   the document's name, the turns, the example's number
    how    "dropped", "head", "tail", "middle" (what is kept of it) or "oldest turns"
    """

    slot: str
    name: str
    before: int
    after: int
    how: str

    def __str__(self) -> str:
        named = f"{self.slot} {self.name}".strip()
        if not self.after:
            return f"{named}: left out ({self.before} tokens)"
        return f"{named}: {self.before} tokens trimmed to {self.after} ({self.how})"
