"""What recovery gives back, and how it says no."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Edit:
    """One thing that had to be done to the text or the value.

    kind  what was done: "fence", "prose", "trailing_comma", "single_quotes", "enum_case", "wrapped" …
    path  where in the value, as a JSON Pointer (RFC 6901), "" for the whole
    cost  how far it takes the value from what was written; 0 is harmless
    note  what it was and what it became, shortened
    """

    kind: str
    path: str
    cost: float
    note: str = ""


@dataclass(frozen=True, slots=True)
class Recovered:
    """A value read out of a damaged answer, every edit that took, and what they cost together."""

    value: Any
    edits: tuple[Edit, ...]
    cost: float
