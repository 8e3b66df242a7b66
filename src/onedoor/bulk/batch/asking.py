"""Which question a request of a batch belongs to, and what tells its requests apart."""

from __future__ import annotations

import hashlib
import secrets
from contextvars import ContextVar
from dataclasses import dataclass, field

from onedoor.types import Call

LONGEST = 16
"""Bytes of a fingerprint that an id has room for; of a longer one a digest stands there."""


@dataclass(slots=True)
class Question:
    """What is asked now: its fingerprint, and how many requests of each kind it has needed in this pass."""

    fingerprint: bytes
    sent: dict[str, int] = field(default_factory=dict)


_question: ContextVar[Question] = ContextVar("onedoor.bulk.batch.question")


class asking:  # noqa: N801 - used like a function
    """Everything asked inside is about the question of this fingerprint."""

    __slots__ = ("_question", "_token")

    def __init__(self, fingerprint: bytes) -> None:
        self._question = Question(fingerprint)

    def __enter__(self) -> None:
        self._token = _question.set(self._question)

    def __exit__(self, *error: object) -> None:
        _question.reset(self._token)


def next_id(call: Call) -> str:
    """The id of this call's next request, the same in every pass that comes to it the same way.

    Answers, those of its judge and those of another candidate are kinds of their own, so that none gets another's
    result. A request of no question has an id nothing finds again.
    """
    question = _question.get(None) or Question(f"{call.id}/{secrets.token_hex(8)}".encode())
    candidate = call.candidate
    told = (call.task, bool(call.parent), candidate.provider, candidate.served) if candidate else (call.task,)
    kind = hashlib.sha256(repr(told).encode()).hexdigest()[:8]
    number = question.sent.get(kind, 0)
    question.sent[kind] = number + 1
    return f"{_named(question.fingerprint)}-{kind}-{number}"


def _named(fingerprint: bytes) -> str:
    short = fingerprint if len(fingerprint) <= LONGEST else hashlib.sha256(fingerprint).digest()[:LONGEST]
    return short.hex()
