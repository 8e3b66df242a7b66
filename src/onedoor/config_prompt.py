"""What a configuration says of how prompts are put together."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta

from onedoor.table import Table


class Example(Table, frozen=True):
    """A question and its right answer, shown before the real one."""

    question: Annotated[str, Meta(min_length=1)]
    answer: Annotated[str, Meta(min_length=1)]


class Prompt(Table, frozen=True):
    """How a prompt is put together and made to fit."""

    constraints: Annotated[list[str], Meta(description="Requirements, numbered right above the question.")] = []
    examples: list[Example] = []
    marking: Annotated[
        Literal["delimit", "datamark", "encode"],
        Meta(description="How documents are told from orders; datamark is stronger, encode needs a strong model."),
    ] = "delimit"
    trim: Annotated[bool, Meta(description="Shorten documents and old turns where a window is too small.")] = True
    keep: Annotated[
        Literal["head", "tail", "middle"], Meta(description="Which part of a document is kept; middle keeps both ends.")
    ] = "head"
    stable: Annotated[bool, Meta(description="Ask the provider to keep system message and documents cached.")] = False


class Template(Table, frozen=True):
    """A prompt with places for values: {name}. Give text or file."""

    text: str = ""
    file: Annotated[str, Meta(description="A file with the text, beside the configuration.")] = ""
    variables: Annotated[list[str], Meta(description="The places it must have; by default those it has.")] = []
