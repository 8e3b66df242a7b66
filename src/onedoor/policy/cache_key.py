"""When two calls are the same question."""

from __future__ import annotations

import copy
import hashlib
import uuid
from collections.abc import Mapping
from functools import lru_cache

import msgspec

from onedoor.errors import InvalidCall
from onedoor.output.contract import Check, Contract
from onedoor.types import Call, Candidate, Cost, Reply, Usage, replace


def _plain(value: object) -> object:
    if isinstance(value, Mapping):
        return dict(value)
    raise TypeError(f"{type(value).__name__} has no JSON form")


_encoder = msgspec.json.Encoder(order="deterministic", enc_hook=_plain)
_IN_WORDS = frozenset({"length", "forbid", "must_contain"})
"""The checks whose rule says all they do."""


def cache_key(call: Call, candidates: tuple[Candidate, ...], *, shared: bool) -> str:
    """A digest of everything that can change the answer: the whole request, who may answer it, and for whom."""
    scope = None if shared else call.caller
    wanted = (contract_key(call.contract), call.min_score, *map(_itself, call.verifiers))
    around = (call.system, call.constraints, call.examples, call.context, call.flagged)
    return digest((scope, call.task, call.messages, around, call.options, candidates, *wanted))


def contract_key(contract: Contract | None) -> object:
    """What tells contracts apart. A check in words is known by them; a callable only by itself."""
    if contract is None:
        return None
    pattern = (contract.pattern.pattern, contract.pattern.flags) if contract.pattern else None
    build = _itself(contract.build) if contract.build else ""
    rules = [_rule(check) for check in contract.checks]
    return (contract.schema, contract.name, contract.choices, pattern, contract.required, rules, build)


def _rule(check: Check) -> tuple[object, ...]:
    worded = check.plain and check.name in _IN_WORDS and check.rule
    return (check.name, check.rule, check.path, check.weight, check.hard, "" if worded else _itself(check.run))


def _itself(run: object) -> str:
    """A mark no other callable ever gets; one that can't be told apart gets another each time."""
    try:
        return _mark(run)
    except TypeError:  # it has no hash
        return uuid.uuid4().hex


@lru_cache(maxsize=1024)
def _mark(run: object) -> str:
    """Kept with its callable, which so stays alive: an address alone may be another one's tomorrow."""
    return uuid.uuid4().hex


def digest(value: object) -> str:
    """SHA-256 of a value's canonical JSON, in hex. Raises InvalidCall for what JSON can't say."""
    try:
        return hashlib.sha256(_encoder.encode(value)).hexdigest()
    except (TypeError, ValueError, OverflowError) as error:
        raise InvalidCall(f"this call can't be written as JSON: {error}") from error


def again(reply: Reply) -> Reply:
    """An answer given once more: nothing was used for it, nothing is owed."""
    free = Cost(0, "cache")
    return replace(apart(reply), cached=True, usage=Usage(), cost=free, first_token=None, timings=None)


def apart(reply: Reply) -> Reply:
    """The same answer with a value of its own, so that whoever changes one changes no other."""
    if reply.data is None or isinstance(reply.data, str):
        return reply
    return replace(reply, data=copy.deepcopy(reply.data))


def storable(reply: Reply) -> bool:
    """Only a whole, undegraded answer that nobody rejected is worth giving twice."""
    whole = reply.finish_reason in {"stop", "tool_calls"} and bool(reply.text or reply.tool_calls)
    return whole and not reply.degraded and reply.verdict != "rejected"
