"""What a workflow's file may say: the structs are the whole format."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from msgspec import Meta

from onedoor.config import Contract, Example
from onedoor.table import Positive, Table
from onedoor.types import CacheMode, Degrade, Reasoning

Seconds = Annotated[float, Meta(gt=0, extra={"unit": "seconds"})]


class AttemptLimits(Table, frozen=True):
    """How long one attempt may take; what isn't given comes from the task."""

    connect: Seconds | None = None
    first_token: Seconds | None = None
    stall: Seconds | None = None
    total: Seconds | None = None


class StepTable(Contract, frozen=True):
    """One step: what it does (one of prompt, function and first), and for which items. With a contract's keys."""

    prompt: Annotated[
        str,
        Meta(description="What it asks: a text whose {gaps} are steps or fields of the item, or a template's name."),
    ] = ""
    context: Annotated[list[str], Meta(description="Steps and fields that are documents, never orders.")] = []
    function: Annotated[str, Meta(description='"module:name"; its parameters are steps, `item` and `door`.')] = ""
    first: Annotated[list[str], Meta(description="The first of these steps that wasn't skipped.")] = []
    when: Annotated[str, Meta(description="A condition; where it isn't so, the step is skipped.")] = ""
    keep: Annotated[str, Meta(description="A condition; where it isn't so, the item is dropped after this step.")] = ""
    by: Annotated[
        Annotated[int, Meta(ge=2)] | Literal["all"] | None,
        Meta(description='Makes it a reduce: so many values at a time until one is left, or "all" at once.'),
    ] = None
    thread: Annotated[bool, Meta(description="A plain function that takes its time gets a thread.")] = False
    task: Annotated[str, Meta(description="The job, which names the models; else the default.")] = ""
    model: Annotated[str, Meta(description="Pins one configured model.")] = ""
    other_lab: Annotated[str, Meta(description="A step: a model of another lab than its author's is asked.")] = ""
    user: Annotated[str, Meta(description="Whom it is asked for.")] = ""
    system: Annotated[str | None, Meta(description="A system message in place of the task's.")] = None
    constraints: Annotated[list[str], Meta(description="Requirements, after the task's own.")] = []
    few_shot: Annotated[
        list[Example], Meta(description="Questions and their right answers, after the task's own.")
    ] = []
    temperature: Annotated[float, Meta(ge=0, le=2)] | None = None
    top_p: Annotated[float, Meta(gt=0, le=1)] | None = None
    max_output_tokens: Positive | None = None
    seed: int | None = None
    stop: list[str] = []
    reasoning: Reasoning | None = None
    min_score: Annotated[
        Annotated[float, Meta(ge=0, le=1)] | None, Meta(description="Below it the next model is asked.")
    ] = None
    cache: CacheMode = "on"
    degrade: Degrade = "label"
    deadline: Annotated[Seconds | None, Meta(description="For the whole call.")] = None
    timeout: AttemptLimits = AttemptLimits()
    options: Annotated[dict[str, Any], Meta(description="Goes into the provider's request as it is.")] = {}
    metadata: Annotated[dict[str, Any], Meta(description="Stands in the ledger.")] = {}


class File(Table, frozen=True):
    """A whole workflow."""

    steps: Annotated[dict[str, StepTable], Meta(description="In the order in which they are declared.")]
    name: Annotated[str, Meta(description="What it is called; by default as its file.")] = ""
