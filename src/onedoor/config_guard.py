"""What a configuration says of what must not reach a model, or come out of one."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta

from onedoor.table import Positive, Table

InputAction = Literal["block", "mark", "log", "off"]
DocumentAction = Literal["block", "drop", "mark", "log", "off"]
OutputAction = Literal["block", "redact", "log", "off"]
Allowed = Annotated[list[str], Meta(description="Findings, or whole families of them, that don't count.")]
Threshold = Annotated[
    Annotated[float, Meta(ge=0, le=1)] | None, Meta(description="From this score on; by default the guard's own.")
]


class InputScreening(Table, frozen=True):
    """What becomes of a question in which the guard finds something."""

    action: InputAction = "block"
    threshold: Threshold = None
    allow: Allowed = []


class DocumentScreening(Table, frozen=True):
    """What becomes of a document or a tool's result in which the guard finds something."""

    action: DocumentAction = "mark"
    threshold: Threshold = None
    allow: Allowed = []


class OutputScreening(Table, frozen=True):
    """What is looked for in an answer, and what becomes of it."""

    action: OutputAction = "redact"
    secrets: Annotated[bool, Meta(description="Keys, tokens and passwords.")] = True
    personal: Annotated[bool, Meta(description="Card numbers and IBANs.")] = False
    links: Annotated[bool, Meta(description="Links and pictures whose address carries data away.")] = True
    hosts: Annotated[list[str], Meta(description="Hosts that links may always lead to, with those below them.")] = []
    instructions: Annotated[bool, Meta(description="What the system message says, by a canary and by its words.")] = (
        True
    )
    allow: Allowed = []


class Guard(Table, frozen=True):
    """What must not reach a model, or come out of one; for each source an action, or a table with one."""

    user: InputAction | InputScreening = "block"
    documents: DocumentAction | DocumentScreening = "mark"
    output: OutputAction | OutputScreening = "redact"
    longest: Annotated[int, Meta(ge=1, description="Most characters of one text.")] = 1_000_000
    most_tokens: Annotated[Positive | None, Meta(description="Most tokens of one text.")] = None
    semantic: Annotated[
        str, Meta(description='A second layer: "off", "builtin", "task:NAME" or "module:callable".')
    ] = "off"
    timeout: Annotated[float, Meta(gt=0, description="Seconds for the second layer.")] = 2.0
    on_error: Annotated[Literal["block", "pass"], Meta(description="When the second layer fails or is too slow.")] = (
        "block"
    )
    dry_run: Annotated[bool, Meta(description="Record what would be done, and do nothing.")] = False
