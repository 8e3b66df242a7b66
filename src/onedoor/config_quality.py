"""What a configuration says of whether answers are right: verifiers and reviewers."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta

from onedoor.table import Positive, Table


class Reviewer(Table, frozen=True):
    """A second model that judges or criticises an answer."""

    task: Annotated[str, Meta(min_length=1, description="The job whose models do it.")]
    different_lab: Annotated[bool, Meta(description="Only a model of another lab than the one that answered.")] = False
    rubric: Annotated[str, Meta(description="What a good answer is.")] = ""


class Verifier(Table, frozen=True):
    """One way to tell whether an answer is right: exactly one of contract, function, command, agree and judge."""

    contract: Annotated[
        Annotated[float, Meta(ge=0, le=1)] | None, Meta(description="Its contract holds, with at least this score.")
    ] = None
    function: Annotated[str, Meta(description='"module:callable", given the reply; false or a text rejects.')] = ""
    command: Annotated[list[str], Meta(description="A program; exit code 0 accepts.")] = []
    file: Annotated[str, Meta(description="command: the answer is in this file of its directory; else on stdin.")] = ""
    files: Annotated[list[str], Meta(description="command: put beside it, from beside the configuration.")] = []
    network: Annotated[bool, Meta(description="command: may it use the network?")] = False
    agree: Annotated[Positive | None, Meta(description="So many of `samples` answers say the same.")] = None
    samples: Annotated[int, Meta(ge=2, description="agree: answers in all, this one included.")] = 3
    judge: Reviewer | None = None
    name: Annotated[str, Meta(description="How verdicts name it; by default what it is.")] = ""
    timeout: Annotated[float, Meta(gt=0, description="Seconds it may take.")] = 60.0


class Verify(Table, frozen=True):
    """How answers are verified, and what becomes of one that is rejected."""

    by: Annotated[list[Verifier], Meta(min_length=1, description="All are asked; one rejection rejects.")]
    sample: Annotated[float, Meta(ge=0, le=1, description="The share of answers that is verified.")] = 1.0
    on_reject: Annotated[
        Literal["repair", "next", "return"],
        Meta(description="Ask the same model again with the reason, go to the next model, or return it labelled."),
    ] = "repair"
    on_unknown: Annotated[
        Literal["reject", "return"], Meta(description="When no verifier can tell. Only where a rejection acts.")
    ] = "reject"
