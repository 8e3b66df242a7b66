"""When two calls are the same question."""

from __future__ import annotations

import hashlib

import msgspec

from onedoor.types import Call, Candidate, Reply

_encoder = msgspec.json.Encoder(order="deterministic")


def cache_key(call: Call, candidates: tuple[Candidate, ...], *, shared: bool) -> str:
    """A digest of everything that can change the answer: the whole request, who may answer it, and for whom."""
    scope = None if shared else call.caller
    return digest((scope, call.task, call.messages, call.options, candidates))


def digest(value: object) -> str:
    """SHA-256 of a value's canonical JSON, in hex."""
    return hashlib.sha256(_encoder.encode(value)).hexdigest()


def storable(reply: Reply) -> bool:
    """Only a whole, undegraded answer is worth giving twice."""
    return not reply.degraded and reply.finish_reason in {"stop", "tool_calls"} and bool(reply.text or reply.tool_calls)
