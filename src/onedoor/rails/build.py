"""The question in the form this candidate takes it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import TYPE_CHECKING

from onedoor.output.contract import Contract
from onedoor.pipeline import Next
from onedoor.prompt.build import Layout, built
from onedoor.prompt.tokens import Counters
from onedoor.rails.setting import part, setting
from onedoor.types import Call, Candidate, Options, Reply, replace

if TYPE_CHECKING:
    from onedoor.output.dialects import Dialect
    from onedoor.output.legal import Target
    from onedoor.output.recover.strict import Same

NOBODY = Candidate(name="", provider="", served="")
"""Whom a prompt is built for where nobody was chosen: no window, no schema of its own."""


@dataclass(frozen=True, slots=True)
class Build:
    """Puts the prompt together for this candidate: the system message, documents marked as data, requirements right
    above the question, a correction after it; fitted to the candidate's window.

    The answer's cap is reserved first. Then room goes to the system message, requirements, correction and question,
    which are never cut, to examples, documents by rank and the conversation, which are; what had to go is on the reply
    and the trail. A contract goes to the server as far as it takes one, and into the prompt where the server doesn't
    show it to its model. Raises ContextExceeded where what must be whole doesn't fit.
    """

    targets: Mapping[str, Target] = part(default_factory=dict)
    layout: Layout = setting("prompt", default=Layout())
    counters: Counters = part(default_factory=Counters)
    key: bytes = part(default=b"")
    show: bool = part(default=False)

    async def __call__(self, call: Call, call_next: Next) -> Reply:
        candidate = call.candidate or NOBODY
        spoken, words = self._wanted(call, call.contract) if call.contract is not None else (None, "")
        counter = partial(self.counters.counter, candidate)
        made = built(call, candidate, counter, words=words, layout=self.layout, key=self.key, show=self.show)
        for trimmed in made.trimmed:
            call.trail.remark(f"trimmed {trimmed}")
        options = _constrained(call.options, spoken)
        reply = await call_next(replace(call, dialect=spoken, messages=made.messages, options=options, built=made))
        if made.window is not None:
            self.counters.seen(
                candidate,
                made.messages,
                usage=reply.usage,
                tools=call.options.tools,
                schema=options.json_schema,
            )
        return replace(reply, trimmed=made.trimmed) if made.trimmed else reply

    def _wanted(self, call: Call, contract: Contract) -> tuple[Dialect | None, str]:
        """The schema as the candidate's server takes it, None for an answer that is a text; and what is said of it."""
        from onedoor.output.instructions import instructions
        from onedoor.output.recover.strict import Same

        spoken = None
        if contract.schema is not None and not contract.bare and call.candidate is not None:
            spoken = _spoken(Same(contract.schema), self.targets.get(call.candidate.provider, "json_object"))
        words = "" if contract.told else instructions(contract, spoken.prompt_copy if spoken else "")
        return spoken, words


@lru_cache(maxsize=64)
def _spoken(same: Same, target: Target) -> Dialect:
    from onedoor.output.dialects import dialect

    return dialect(same.schema, target)


def _constrained(options: Options, spoken: Dialect | None) -> Options:
    if spoken is None or spoken.schema is None:
        return options
    return replace(options, json_schema=spoken.schema, json_strict=spoken.strict)
