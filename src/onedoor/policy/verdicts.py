"""Which of several opinions on one answer holds."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol

from onedoor.types import Verdict


class Said(Protocol):
    """An opinion, wherever it is kept."""

    @property
    def verdict(self) -> Verdict: ...
    @property
    def kind(self) -> str: ...
    @property
    def by(self) -> str: ...


def holds(opinions: Iterable[Said]) -> Verdict:
    """The verdict that holds, of opinions on one answer in the order they were given.

    The latest of a person; else what judges and checks say together, of each the latest: rejected if any of them
    rejects, accepted if any accepts and none rejects, else unknown. Who says "unknown" takes nothing back.
    """
    person: Verdict = "unknown"
    others: dict[str, Verdict] = {}
    for said in opinions:
        if said.verdict == "unknown":
            continue
        if said.kind == "person":
            person = said.verdict
        else:
            others[f"{said.kind}/{said.by}"] = said.verdict
    return together(others.values()) if person == "unknown" else person


def together(verdicts: Iterable[Verdict]) -> Verdict:
    """What verifiers say together. One that can't tell doesn't count."""
    said = set(verdicts)
    if "rejected" in said:
        return "rejected"
    return "accepted" if "accepted" in said else "unknown"
