"""The ledger in the shared state: a call's story flattened into its row."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass

import msgspec

from onedoor.errors import InvalidCall
from onedoor.ids import new_id
from onedoor.policy.cache_key import digest
from onedoor.policy.ledger import BodyRow, CallRow, VerdictRow
from onedoor.state import State
from onedoor.stores.engine import Called
from onedoor.stores.store import CallRow as Told
from onedoor.trail import Opinion
from onedoor.types import Reply, Usage

NOTHING = Reply("")


@dataclass(frozen=True, slots=True)
class StateLedger:
    """Writes each call to the state; with `bodies` also what was asked and answered."""

    state: State
    bodies: bool = False

    async def write(self, told: Told) -> None:
        body = BodyRow(call=told.id, at=told.at, request=asked(told), reply=said(told)) if self.bodies else None
        await self.state.record(flat(told), body, opinions(told))

    async def judge(self, call: str, opinion: Opinion, at: float) -> Called:
        return await self.state.judge(call, lambda found: verdict(found.id, opinion, at, model=found.model))


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
        prompt_hash=_hash((told.messages, told.context) if told.context else told.messages),
        metadata=dict(told.metadata),
        trail=notes,
        user=told.user,
        template=told.template,
        found=list(told.trail.found),
        trimmed=list(reply.trimmed),
        parent=told.parent,
        origin=reply.origin or told.id,
    )


def opinions(told: Told) -> list[VerdictRow]:
    """What verifiers thought of this call's answers, in order."""
    return [verdict(told.id, opinion, told.at + told.seconds, model=opinion.model) for opinion in told.trail.opinions]


def verdict(call: str, opinion: Opinion, at: float, *, model: str) -> VerdictRow:
    """An opinion as a ledger row."""
    return VerdictRow(
        id=new_id(at),
        call=call,
        at=at,
        model=model,
        verdict=opinion.verdict,
        kind=opinion.kind,
        by=opinion.by,
        reason=opinion.reason,
        score=opinion.score,
    )


def asked(told: Told) -> str:
    """The conversation as JSON, and the documents it is about."""
    return _json({"messages": told.messages, "context": told.context})


def said(told: Told) -> str:
    """The answer's text and tool calls as JSON, empty where there was none."""
    if told.reply is None:
        return ""
    return _json({"text": told.reply.text, "tool_calls": told.reply.tool_calls})


def _hash(prompt: object) -> str:
    try:
        return digest(prompt)
    except InvalidCall:  # what a cache can't tell apart is written down all the same
        return hashlib.sha256(_json(prompt).encode()).hexdigest()


def _json(value: object) -> str:
    try:
        return msgspec.json.encode(value).decode()
    except UnicodeEncodeError:  # half of a surrogate pair: UTF-8 can't say it, an escape can
        return json.dumps(msgspec.to_builtins(value))
