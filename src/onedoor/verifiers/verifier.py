"""What tells whether an answer is right."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Literal, Protocol

import msgspec

from onedoor.output.hints import excerpt
from onedoor.trail import Opinion
from onedoor.types import Call, Reply

REASON = 2000
"""Most characters of a reason that are kept: a model's or a program's words, so data and never an instruction."""

Again = Callable[[Call], Awaitable[Reply]]
"""Asks the same candidate once more, for a second sample."""


class Verifier(Protocol):
    """Tells whether an answer is right. It may raise: that is no opinion."""

    @property
    def name(self) -> str: ...

    @property
    def kind(self) -> Literal["check", "judge"]: ...

    @property
    def timeout(self) -> float:
        """Seconds it may take."""

    async def __call__(self, call: Call, reply: Reply, again: Again, /) -> Opinion: ...


def kept(opinion: Opinion, *, model: str) -> Opinion:
    """An opinion as it is written down: about this model's answer, its reason no longer than it may be.

    Nothing in a reason can move a terminal's cursor or break a store's encoding. Raises TypeError for what is none.
    """
    if not isinstance(opinion, Opinion):
        raise TypeError(f"a verifier must give an Opinion, not {opinion!r:.80}")
    reason = excerpt(opinion.reason, REASON)
    shown = "".join(letter for letter in reason if letter.isprintable() or letter in "\n\t")
    return msgspec.structs.replace(opinion, reason=shown, model=model)
