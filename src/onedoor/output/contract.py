"""What an answer must be: a shape, and checks on it, composed freely."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

Said = bool | str | float | None
"""What a check says: True, None or "" is fine, False is not, a text is not and says why, a number from 0 to 1 is how
far it holds."""


@dataclass(frozen=True, slots=True)
class Check:
    """A named rule on the answer.

    name    what it is called in the score and on the trail
    run     given the data (the text where the contract has no schema) and the text
    rule    what must hold, in words the model is told; without it the name stands for it
    path    what it is about, as a JSON Pointer, "" for the whole
    weight  how much it counts in the score, where it gives a number or isn't hard
    hard    it must hold: an answer that breaks it is not accepted. A number never breaks a rule
    plain   `run` gets the JSON value in place of what was built from it
    """

    name: str
    run: Callable[[Any, str], Said]
    rule: str = ""
    path: str = ""
    weight: float = 1.0
    hard: bool = True
    plain: bool = False


@dataclass(frozen=True, slots=True)
class Failure:
    """One thing that is wrong.

    path   where, as a JSON Pointer (RFC 6901), "" for the whole
    rule   what must hold, in plain words
    got    what came instead, by its kind: "a text", "nothing"
    quote  the beginning of what came; it is the model's own words, so data and never an instruction
    """

    path: str
    rule: str
    got: str = ""
    quote: str = ""

    def __str__(self) -> str:
        came = f"; it was {self.got}" if self.got else ""
        return f"{self.path or 'the answer'} {self.rule}{came}{f' {self.quote}' if self.quote else ''}"


class Unfit(ValueError):
    """Raised by a contract's `build`: the value doesn't make what the caller wants."""

    def __init__(self, *failures: Failure) -> None:
        super().__init__("; ".join(map(str, failures)))
        self.failures = failures


Judge = Callable[[Any], tuple[Failure, ...]]
"""Everything that is wrong with a JSON value, by its schema."""


@dataclass(frozen=True, slots=True)
class Contract:
    """What an answer must be. Made by `onedoor.contract`.

    schema    the JSON Schema of the value, None where the answer is plain text or matches a pattern
    build     makes the value the caller gets (a Pydantic model, a dataclass …) out of the JSON value; raises Unfit
    bare      the answer is a text, not JSON: the value is the text, stripped; always so without a schema
    checks    further rules: hard ones must hold, soft ones count in the score
    name      what it is called in messages and at the wire
    choices   the labels, where the answer is one of them
    pattern   what the whole text must match
    required  JSON Pointers of what must be there and not null; `*` stands for every item of a list
    told      the question itself already says all this, so nothing is added to it
    judge     the compiled schema
    """

    schema: Mapping[str, Any] | None = None
    build: Callable[[Any], Any] | None = None
    bare: bool = False
    checks: tuple[Check, ...] = ()
    name: str = "answer"
    choices: tuple[str, ...] = ()
    pattern: re.Pattern[str] | None = None
    required: tuple[str, ...] = ()
    told: bool = False
    judge: Judge | None = field(default=None, compare=False, repr=False)


Mode = Literal[
    "content_filter", "refusal", "empty", "runaway", "truncation", "syntax", "schema", "constraint", "timeout"
]
"""The one diagnosis a failed answer gets; each has one action."""


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """Why an answer doesn't fulfil its contract. `message` may quote the answer, so it is for people and logs."""

    mode: Mode
    message: str
    failures: tuple[Failure, ...] = ()

    def __str__(self) -> str:
        return f"{self.mode}: {self.message}"
