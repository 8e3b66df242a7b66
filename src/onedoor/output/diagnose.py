"""What is wrong with an answer: one diagnosis, the first that fits."""

from __future__ import annotations

from collections.abc import Sequence

from onedoor.output.contract import Contract, Diagnosis, Failure
from onedoor.output.reading import NotJson
from onedoor.output.refusals import declines
from onedoor.output.words import one_line, shortened
from onedoor.types import FinishReason

TOLD = 3
"""So many failures are named in a message; a diagnosis has them all."""


def stopped(text: str, finish_reason: FinishReason, *, runaway: str = "", capped: bool = False) -> Diagnosis | None:
    """What the way an answer ended says about it, whatever stands in it."""
    if finish_reason == "content_filter":
        return Diagnosis("content_filter", "the provider's content filter stopped the answer")
    if finish_reason == "refusal":
        return Diagnosis("refusal", "the provider says the model declined")
    if runaway:
        return Diagnosis("runaway", f"the answer ran away: {one_line(runaway, 200)}")
    if not text.strip() and not cut(finish_reason, capped):
        return Diagnosis("empty", "the answer is empty")
    return None


def cut(finish_reason: FinishReason, capped: bool) -> bool:
    """Whether an answer ended at its cap: by the finish reason, or because it used up all its tokens."""
    return finish_reason == "length" or capped


def truncated(text: str) -> Diagnosis:
    """The diagnosis of an answer that ended at its cap before it was whole."""
    if not text.strip():
        return Diagnosis("truncation", "the cap on output tokens was used up before the answer began")
    return Diagnosis("truncation", f"the answer was cut off by the cap on output tokens after {len(text)} characters")


def declined(contract: Contract, text: str) -> Diagnosis | None:
    """A refusal in place of the structured answer that was asked for."""
    if contract.schema is None and contract.pattern is None:
        return None
    return Diagnosis("refusal", f"the model declined: {one_line(text, 120)}") if declines(text) else None


def malformed(text: str, error: NotJson) -> Diagnosis:
    """The diagnosis of a text that isn't JSON, with what stands where it goes wrong."""
    near = "" if error.position is None else one_line(text[error.position : error.position + 80], 30)
    where = f", before {near!r}" if near else ""
    return Diagnosis("syntax", f"not JSON: {error}{where}", (Failure("", f"must be JSON: {error}"),))


def misshapen(failures: Sequence[Failure]) -> Diagnosis:
    """The diagnosis of a value that doesn't have its contract's shape."""
    return Diagnosis("schema", _told(failures), tuple(failures))


def broken(failures: Sequence[Failure]) -> Diagnosis:
    """The diagnosis of a value of the right shape that breaks a rule."""
    return Diagnosis("constraint", _told(failures), tuple(failures))


def _told(failures: Sequence[Failure]) -> str:
    named = "; ".join(shortened(str(failure), 200) for failure in failures[:TOLD])
    return named + (f"; and {len(failures) - TOLD} more" if len(failures) > TOLD else "")
