"""The question in the form this candidate takes it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from onedoor.output.contract import Contract
from onedoor.output.dialects import Dialect, dialect
from onedoor.output.instructions import instructions
from onedoor.output.legal import Target
from onedoor.output.recover.strict import Same
from onedoor.pipeline import Next
from onedoor.rails.setting import part
from onedoor.types import Call, Message, Options, Reply, Text, replace


@dataclass(frozen=True, slots=True)
class Build:
    """Tells the candidate what its answer must be, in the form its server takes; the rest is checked here afterwards.

    A schema goes to the server as far as it takes one, and into the prompt where the server doesn't show it to its
    model. Labels, patterns and rules are told in words.
    """

    targets: Mapping[str, Target] = part(default_factory=dict)

    async def __call__(self, call: Call, call_next: Next) -> Reply:
        if call.contract is None:
            return await call_next(call)
        spoken = self._dialect(call, call.contract)
        words = "" if call.contract.told else instructions(call.contract, spoken.prompt_copy if spoken else "")
        options = _constrained(call.options, spoken)
        return await call_next(replace(call, dialect=spoken, messages=_told(call.messages, words), options=options))

    def _dialect(self, call: Call, contract: Contract) -> Dialect | None:
        """The schema as the candidate's server takes it; None for an answer that is a text."""
        if contract.schema is None or contract.bare or call.candidate is None:
            return None
        return _spoken(Same(contract.schema), self.targets.get(call.candidate.provider, "json_object"))


@lru_cache(maxsize=64)
def _spoken(same: Same, target: Target) -> Dialect:
    return dialect(same.schema, target)


def _constrained(options: Options, spoken: Dialect | None) -> Options:
    if spoken is None or spoken.schema is None:
        return options
    return replace(options, json_schema=spoken.schema, json_strict=spoken.strict)


def _told(turns: tuple[Message, ...], words: str) -> tuple[Message, ...]:
    """The words at the end of the system message."""
    if not words:
        return turns
    if turns and turns[0].role == "system":
        first = replace(turns[0], parts=(*turns[0].parts, Text(f"\n\n{words}")))
        return (first, *turns[1:])
    return (Message("system", (Text(words),)), *turns)
