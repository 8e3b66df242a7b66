"""What an inspection says: plain data, the same from every layer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from onedoor.trail import Found

Kind = Literal["user", "document", "output"]
"""Where a text comes from: a person who asks, a text of others, or a model's own answer."""

Severity = Literal["low", "medium", "high"]

Family = Literal[
    "shape",
    "smuggling",
    "override",
    "extraction",
    "persona",
    "refusal",
    "delimiter",
    "hidden",
    "addressed",
    "exfiltration",
    "authority",
    "flooding",
    "suffix",
    "statistical",
    "semantic",
    "secret",
    "leak",
]

OWASP: Mapping[Family, str] = {
    "shape": "LLM10",
    "smuggling": "LLM01",
    "override": "LLM01",
    "extraction": "LLM07",
    "persona": "LLM01",
    "refusal": "LLM01",
    "delimiter": "LLM01",
    "hidden": "LLM01",
    "addressed": "LLM01",
    "exfiltration": "LLM02",
    "authority": "LLM06",
    "flooding": "LLM10",
    "suffix": "LLM01",
    "statistical": "LLM01",
    "semantic": "LLM01",
    "secret": "LLM02",
    "leak": "LLM07",
}
"""The risk of the OWASP Top 10 for LLM applications (2025) each family belongs to."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong with a text.

    id          stable, "family.name": what an allow-list names
    severity    how sure it is that a finding means harm: "high" alone convicts
    start, end  where, in code points of the text as it was given
    view        how it was read: "" as written, else what it was decoded from, "base64" or "base64>rot13"
    """

    id: str
    family: Family
    severity: Severity
    start: int
    end: int
    view: str = ""

    @property
    def owasp(self) -> str:
        """The OWASP risk, such as "LLM01"."""
        return OWASP[self.family]

    def told(self, source: str, score: float, action: str) -> Found:
        """It as the trail has it: in which text of the call, how likely that is an attack, what was done about it."""
        return Found(
            source, self.id, self.severity, self.owasp, self.start, self.end, self.view, score=score, action=action
        )


@dataclass(frozen=True, slots=True)
class Inspection:
    """What is wrong with a text.

    blocked     whether it must not pass: a score of at least `threshold`, or a shape that no model should be given
    findings    what was found, the worst first
    score       how likely it is an attack, 0 to 1, calibrated on texts of sources the model hadn't seen
    normalised  the text as it was looked at: compatibility forms folded, invisible characters taken out
    threshold   the score from which on a text of this kind is blocked
    """

    blocked: bool
    findings: tuple[Finding, ...]
    score: float
    normalised: str
    kind: Kind = "user"
    threshold: float = 1.0
