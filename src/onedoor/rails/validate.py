"""An answer is accepted only when it fulfils its contract."""

from __future__ import annotations

from dataclasses import dataclass

from onedoor.errors import ContentFiltered, InvalidAnswer, ModelRefused, OnedoorError
from onedoor.output.contract import Diagnosis
from onedoor.output.dialects import Dialect
from onedoor.output.enforcement import Book, MemoryBook, Route, answered, kept, sent
from onedoor.output.recover import recover
from onedoor.output.stream.prefix import Prefix
from onedoor.output.validate import validate
from onedoor.pipeline import Next
from onedoor.rails.setting import part, setting
from onedoor.types import Call, Reply, replace


@dataclass(frozen=True, slots=True)
class Validate:
    """Reads the value out of an answer, recovers what is damaged, and refuses what does not fulfil the contract.

    `reply.data` is the validated value, `reply.edits` what recovery did, `reply.score` what the checks say. Raises
    InvalidAnswer with one diagnosis; ModelRefused and ContentFiltered where asking again is no use.
    """

    recovers: bool = setting("repair.recover", default=True)
    enforcement: Book = part(default_factory=MemoryBook)

    async def __call__(self, call: Call, call_next: Next) -> Reply:
        try:
            reply = await call_next(call)
        except InvalidAnswer as stopped:
            self._observe(call, _began(call, stopped.answer))
            raise
        if call.contract is None or reply.tool_calls:
            return reply
        self._observe(call, _ended(call, reply))
        told = validate(
            call.contract,
            reply.text,
            recover if self.recovers else None,
            finish_reason=reply.finish_reason,
            capped=_capped(call, reply),
            dialect=call.dialect,
        )
        if isinstance(told, Diagnosis):
            raise invalid(told, reply)
        if told.edits:
            call.trail.remark(f"recovered: {', '.join(sorted({edit.kind for edit in told.edits}))}")
        return replace(reply, data=told.data, edits=told.edits, score=told.score)

    def _observe(self, call: Call, fits: bool | None) -> None:
        """Note whether the server really held its model to the schema it was sent."""
        candidate = call.candidate
        if candidate is None or call.dialect is None or call.dialect.schema is None or not _binding(call.dialect):
            return
        thinking = (call.options.reasoning or candidate.reasoning or "off") != "off"
        route = Route(candidate.served, candidate.provider, thinking)
        self.enforcement.note(route, answered(sent(self.enforcement.of(route)), fits))
        if fits is False:
            call.trail.remark(f"{candidate.provider} accepted the schema and did not enforce it")


def _ended(call: Call, reply: Reply) -> bool | None:
    """Whether a whole answer fits the schema as it was sent; None where it proves nothing."""
    schema = call.dialect.schema if call.dialect else None
    return None if schema is None else kept(schema, reply.text, finish_reason=reply.finish_reason)


def _began(call: Call, answer: str) -> bool | None:
    """False where an answer that was stopped early could not have come to fit the schema as it was sent."""
    schema = call.dialect.schema if call.dialect else None
    prefix = Prefix(schema)
    prefix.feed(answer)
    return None if schema is None or prefix.hopeless is None else False


def _binding(dialect: Dialect) -> bool:
    """Whether the schema was sent as a constraint. OpenAI only tries where it isn't strict."""
    return dialect.strict or dialect.target != "openai_strict"


def invalid(told: Diagnosis, reply: Reply) -> OnedoorError:
    """The error a diagnosis stands for."""
    message = f"{reply.model} ({reply.provider}): {told}"
    if told.mode == "refusal":
        return ModelRefused(message, provider=reply.provider)
    if told.mode == "content_filter":
        return ContentFiltered(message, provider=reply.provider)
    return InvalidAnswer(message, mode=told.mode, answer=reply.text, failures=told.failures, provider=reply.provider)


def _capped(call: Call, reply: Reply) -> bool:
    """Whether the answer used up its output tokens, whatever the server says of it."""
    cap = call.options.max_output_tokens
    return cap is not None and not reply.usage.estimated and reply.usage.output >= cap
