"""A state's file with rows in it, made through the store's own schema."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import msgspec

from onedoor.policy.ledger import AttemptRow, BodyRow, CallRow, VerdictRow
from onedoor.stores.sqlite_file import connect
from onedoor.stores.sqlite_values import insert, values

NOON = 1_795_176_000.0
"""2026-11-20 12:00 UTC."""


def call(id: str, **changes: Any) -> CallRow:  # noqa: A002
    """An answered call of the task chat."""
    row: dict[str, Any] = {
        "at": NOON,
        "task": "chat",
        "caller": "",
        "run": "",
        "model": "fast",
        "served": "fast-1",
        "provider": "hosted",
        "outcome": "ok",
        "error": "",
        "message": "",
        "attempts": 1,
        "retries": 0,
        "degraded": [],
        "cached": False,
        "finish_reason": "stop",
        "input": 100,
        "output": 10,
        "cached_input": 0,
        "reasoning": 0,
        "estimated": False,
        "nano_usd": 1_000,
        "price_source": "configured",
        "seconds": 1.0,
        "first_token": None,
        "score": None,
        "verdict": "unknown",
        "modes": [],
        "edits": [],
        "prompt_hash": "",
        "metadata": {},
        "trail": [],
    }
    return CallRow(id=id, **{**row, **changes})


def failed(id: str, error: str, **changes: Any) -> CallRow:  # noqa: A002
    """A call that no model answered."""
    given = {"model": "", "served": "", "provider": "", "nano_usd": None, "message": "no luck", **changes}
    return call(id, outcome="failed", error=error, **given)


def attempt(permit: str, call: str, **changes: Any) -> AttemptRow:
    """An attempt that was answered."""
    row: dict[str, Any] = {
        "number": 1,
        "at": NOON,
        "ended": NOON + 1,
        "task": "chat",
        "caller": "",
        "run": "",
        "provider": "hosted",
        "model": "fast",
        "served": "fast-1",
        "outcome": "ok",
        "input": 100,
        "output": 10,
        "nano_usd": 1_000,
        "price_source": "configured",
        "seconds": 1.0,
    }
    return AttemptRow(permit=permit, call=call, **{**row, **changes})


def body(call: str, asked: str, said: str, **changes: Any) -> BodyRow:
    """What was asked and answered."""
    messages = [{"role": "user", "parts": [{"text": asked}]}]
    request = msgspec.json.encode({"messages": messages, "context": []}).decode()
    reply = msgspec.json.encode({"text": said, "tool_calls": []}).decode()
    return BodyRow(call=call, **{"at": NOON, "request": request, "reply": reply, **changes})


def verdict(id: str, call: str, **changes: Any) -> VerdictRow:  # noqa: A002
    """A judge's word on a call's answer."""
    row: dict[str, Any] = {"at": NOON, "model": "fast", "verdict": "accepted", "kind": "judge", "by": "critic"}
    return VerdictRow(id=id, call=call, **{**row, **changes})


def write(path: Path, rows: Iterable[msgspec.Struct]) -> Path:
    """Add rows to a state's file, making it where there is none."""
    connection = connect(path, durability="process", busy_seconds=5)
    try:
        with connection:
            for row in rows:
                connection.execute(insert(type(row)), values(row))
    finally:
        connection.close()
    return path
