"""The form every simulated answer has: JSON in one piece, marked as simulated."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from onedoor.sim.script import Piece, Script

FINGERPRINT = "onedoor-sim/1"
MARK = {"x-onedoor-simulated": "true"}
"""The header every answer carries, failures too."""

Fields = dict[str, Any]


def whole(
    body: Fields, *, delay: float = 0.0, tokens: int = 0, status: int = 200, headers: Mapping[str, str] | None = None
) -> Script:
    """A JSON body, sent at once."""
    data = msgspec.json.encode({**body, "system_fingerprint": FINGERPRINT})
    about = {"content-type": "application/json", "content-length": str(len(data))}
    return Script(status, {**about, **MARK, **(headers or {})}, (Piece(delay, data, tokens),))


def refusal(
    status: int, code: str, why: str, *, delay: float = 0.0, headers: Mapping[str, str] | None = None
) -> Script:
    """A failure in the dialect's form; its message says that it is simulated."""
    error = {"message": f"simulated: {why}", "type": code, "code": code, "param": None}
    return whole({"error": error}, delay=delay, status=status, headers=headers)


def event(body: Fields, *, delay: float = 0.0, tokens: int = 0) -> Piece:
    """One server-sent event."""
    return Piece(delay, b"data: " + msgspec.json.encode({**body, "system_fingerprint": FINGERPRINT}) + b"\n\n", tokens)
