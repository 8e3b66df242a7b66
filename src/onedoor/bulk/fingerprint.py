"""When an answer still holds: everything that can change it, for all items and for one."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from onedoor.bulk.prompts import Asked
from onedoor.messages import as_messages
from onedoor.output.contract import Contract
from onedoor.policy.cache_key import digest
from onedoor.prompt.template import Filled
from onedoor.types import Call, Candidate

_encode = msgspec.json.Encoder(order="deterministic", enc_hook=str).encode


def terms(call: Call, candidates: Sequence[Candidate]) -> dict[str, Any]:
    """All that can change an answer besides what is asked, as JSON has it. `call` is any call under these terms."""
    told = {
        "task": call.task,
        "system": call.system,
        "constraints": call.constraints,
        "examples": call.examples,
        "options": call.options,
        "contract": _contract(call.contract),
        "min_score": call.min_score,
        "models": [_model(one) for one in candidates],
    }
    found: dict[str, Any] = msgspec.json.decode(_encode(told))
    return found


def around(terms: Mapping[str, Any]) -> bytes:
    """The part of every fingerprint that isn't what is asked."""
    return digest(terms).encode()


def fingerprint(around: bytes, asked: Asked) -> bytes:
    """Sixteen bytes that are the same only for the same question under the same settings."""
    prompt = asked.prompt
    if isinstance(prompt, Filled):
        said: object = (prompt.text, prompt.documents, asked.context)
    else:
        said = (prompt if isinstance(prompt, str) else as_messages(prompt), (), asked.context)
    return hashlib.sha256(around + _encode(said)).digest()[:16]


def _model(candidate: Candidate) -> dict[str, Any]:
    return {
        "model": candidate.name,
        "provider": candidate.provider,
        "served": candidate.served,
        "reasoning": candidate.reasoning,
        "options": dict(candidate.extra),
        "system": candidate.system,
    }


def _contract(contract: Contract | None) -> object:
    """A contract by what it says; a check that is a function is known by its name and rule."""
    if contract is None:
        return None
    return {
        "schema": contract.schema,
        "choices": contract.choices,
        "pattern": contract.pattern.pattern if contract.pattern else "",
        "required": contract.required,
        "checks": [(check.name, check.rule, check.path) for check in contract.checks],
    }
