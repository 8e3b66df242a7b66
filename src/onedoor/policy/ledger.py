"""The ledger's rows: one per attempt at a provider, one per call. Written once, never changed."""

from __future__ import annotations

from typing import Any

import msgspec


class AttemptRow(msgspec.Struct, frozen=True, kw_only=True):
    """One attempt. Times are seconds since the epoch, durations seconds, money nano-dollars.

    permit       unique; what admission gave this attempt
    outcome      "ok", "failed", "cancelled" or "orphan" (its process died; charged at the upper bound)
    error        the code of what it failed with, empty when ok
    price_source "reported", "configured", "genai-prices@…", "reserved" (an orphan or a broken stream) or "" (unknown)
    """

    permit: str
    call: str
    number: int
    at: float
    ended: float
    task: str
    caller: str
    run: str
    provider: str
    model: str
    served: str
    outcome: str
    error: str = ""
    status: int | None = None
    input: int = 0
    output: int = 0
    cached: int = 0
    cache_write: int = 0
    reasoning: int = 0
    estimated: bool = False
    nano_usd: int | None = None
    price_source: str = ""
    waited: float = 0.0
    seconds: float = 0.0
    first_token: float | None = None


class CallRow(msgspec.Struct, frozen=True, kw_only=True):
    """One call, as it came out of the door.

    user     whom the caller asked for, as it said
    template the version of the template the prompt was filled from, "name@hash"
    found    what the guard found, and what it did about it
    trimmed  what was left out of the prompt so that it fits
    parent   the call this one was made for: the answer it judges or revises; empty for a call of its own
    origin   the call whose answer this is: itself, or the one that was cached
    modes    what was wrong with each answer that didn't fulfil the contract, in order
    edits    what recovery did to the answer that does, each kind once
    outcome  "ok", "degraded", "cached", "failed", "cancelled" or "orphan"
    """

    id: str
    at: float
    task: str
    caller: str
    run: str
    model: str
    served: str
    provider: str
    outcome: str
    error: str
    message: str
    attempts: int
    retries: int
    degraded: list[Any]
    cached: bool
    finish_reason: str
    input: int
    output: int
    cached_input: int
    reasoning: int
    estimated: bool
    nano_usd: int | None
    price_source: str
    seconds: float
    first_token: float | None
    score: float | None
    verdict: str
    modes: list[str]
    edits: list[str]
    prompt_hash: str
    metadata: dict[str, Any]
    trail: list[Any]
    user: str = ""
    template: str = ""
    found: list[Any] = []
    trimmed: list[Any] = []
    parent: str = ""
    origin: str = ""


class BodyRow(msgspec.Struct, frozen=True, kw_only=True):
    """What was asked and answered, kept only if asked for, apart from the ledger."""

    call: str
    at: float
    request: str
    reply: str


class VerdictRow(msgspec.Struct, frozen=True, kw_only=True):
    """What someone thinks of a call's answer. A call may have many; none is ever changed.

    model    whose answer it is about: a call may have asked several
    verdict  "accepted", "rejected" or "unknown"
    kind     who says so: a "check", a "judge" (a model) or a "person"; `by` is its name
    score    0 to 1 where the judge gave one
    """

    id: str
    call: str
    at: float
    model: str
    verdict: str
    kind: str
    by: str
    reason: str = ""
    score: float | None = None


class EventRow(msgspec.Struct, frozen=True, kw_only=True):
    """A hand on a switch: a breaker isolated, closed or disabled, by whom, until when."""

    id: str
    at: float
    actor: str
    action: str
    subject: str
    detail: str
