"""What is asked about an item."""

from __future__ import annotations

from dataclasses import dataclass

from onedoor.asking import Ask
from onedoor.bulk.paces import Route
from onedoor.bulk.prompts import Asked


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked about an item, and what tells whether an answer to it is there. `route` is who is asked first."""

    key: str
    place: int
    asked: Asked
    fingerprint: bytes
    route: Route
    own: Ask
    step: str = ""
