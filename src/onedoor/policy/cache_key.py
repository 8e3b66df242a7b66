"""When two calls are the same question."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

import msgspec

from onedoor.errors import InvalidCall
from onedoor.types import Call, Candidate, Cost, Reply, Usage, replace


def _plain(value: object) -> object:
    if isinstance(value, Mapping):
        return dict(value)
    raise TypeError(f"{type(value).__name__} has no JSON form")


_encoder = msgspec.json.Encoder(order="deterministic", enc_hook=_plain)


def cache_key(call: Call, candidates: tuple[Candidate, ...], *, shared: bool) -> str:
    """A digest of everything that can change the answer: the whole request, who may answer it, and for whom."""
    scope = None if shared else call.caller
    return digest((scope, call.task, call.messages, call.options, candidates))


def digest(value: object) -> str:
    """SHA-256 of a value's canonical JSON, in hex. Raises InvalidCall for what JSON can't say."""
    try:
        return hashlib.sha256(_encoder.encode(value)).hexdigest()
    except (TypeError, ValueError, OverflowError) as error:
        raise InvalidCall(f"this call can't be written as JSON: {error}") from error


def again(reply: Reply) -> Reply:
    """An answer given once more: nothing was used for it, nothing is owed."""
    return replace(reply, cached=True, usage=Usage(), cost=Cost(0, "cache"), first_token=None, timings=None)


def storable(reply: Reply) -> bool:
    """Only a whole, undegraded answer is worth giving twice."""
    return not reply.degraded and reply.finish_reason in {"stop", "tool_calls"} and bool(reply.text or reply.tool_calls)
