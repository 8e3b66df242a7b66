"""The ledger in the shared state: a call's story flattened into its row."""

from __future__ import annotations

from dataclasses import dataclass

import msgspec

from onedoor.policy.cache_key import digest
from onedoor.policy.ledger import BodyRow, CallRow
from onedoor.state import State
from onedoor.stores.store import CallRow as Told
from onedoor.types import Reply, Usage

NOTHING = Reply("")


@dataclass(frozen=True, slots=True)
class StateLedger:
    """Writes each call to the state; with `bodies` also what was asked and answered."""

    state: State
    bodies: bool = False

    async def write(self, told: Told) -> None:
        body = BodyRow(call=told.id, at=told.at, request=asked(told), reply=said(told)) if self.bodies else None
        await self.state.record(flat(told), body)


def flat(told: Told) -> CallRow:
    """One call as a ledger row."""
    reply = told.reply or NOTHING
    usage = reply.usage if told.reply else Usage()
    notes = list(told.trail)
    return CallRow(
        id=told.id,
        at=told.at,
        task=told.task,
        caller=told.caller,
        run=told.run,
        model=reply.model,
        served=reply.served,
        provider=reply.provider,
        outcome=told.outcome,
        error=told.error,
        message=told.message,
        attempts=told.attempts,
        retries=reply.retries,
        degraded=list(reply.degraded),
        cached=reply.cached,
        finish_reason=reply.finish_reason if told.reply else "",
        input=usage.input,
        output=usage.output,
        cached_input=usage.cached,
        reasoning=usage.reasoning,
        estimated=usage.estimated,
        nano_usd=told.nano_usd,
        price_source=reply.cost.source if reply.cost else "",
        seconds=told.seconds,
        first_token=reply.first_token,
        score=reply.score,
        verdict=reply.verdict,
        modes=[note.error.partition("/")[2] for note in notes if note.rail == "validate" and "/" in note.error],
        edits=sorted({edit.kind for edit in reply.edits}) if not reply.cached else [],
        prompt_hash=digest(told.messages),
        metadata=dict(told.metadata),
        trail=notes,
    )


def asked(told: Told) -> str:
    """The conversation as JSON."""
    return msgspec.json.encode(told.messages).decode()


def said(told: Told) -> str:
    """The answer's text and tool calls as JSON, empty where there was none."""
    if told.reply is None:
        return ""
    return msgspec.json.encode({"text": told.reply.text, "tool_calls": told.reply.tool_calls}).decode()
