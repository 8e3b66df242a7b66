"""Attempts asking to be admitted, with as little said as a test needs."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

from onedoor.policy.admission import admit
from onedoor.policy.breaker import Rule
from onedoor.policy.budget import Book, Bound
from onedoor.policy.rows import Rows
from onedoor.policy.terms import Budget, Need, Permit, Refusal, Reservation, Settlement, Terms
from onedoor.types import Usage

NOW = 1_700_000_000.0
UTC = ZoneInfo("UTC")
OK = Settlement("ok", usage=Usage(100, 50), nano_usd=500, price_source="configured", seconds=1.0)
FAILED = Settlement("failed", error="server_fault", status=500, billed=False, seconds=1.0)
CANCELLED = Settlement("cancelled", error="cancelled")
BOUND = Bound(1000, 1000, 10_000)


def terms(provider: str = "hosted", model: str = "small", **fields: Any) -> Terms:
    usual: dict[str, Any] = {
        "provider": provider,
        "route": f"{provider}/chat/{model}",
        "host": provider,
        "others": (("spare", "spare/chat/other"),),
        "rule": Rule(),
    }
    return Terms(**usual | fields)


def need(permit: str = "p1", at: float = NOW, **fields: Any) -> Need:
    usual: dict[str, Any] = {
        "permit": permit,
        "call": f"call-{permit}",
        "number": 1,
        "task": "chat",
        "caller": "etl",
        "run": "",
        "model": "small",
        "bound": BOUND,
        "terms": terms(),
        "bulk": False,
        "since": at,
        "patience": 60.0,
    }
    return Need(**usual | fields)


def enter(rows: Rows, asked: Need, at: float = NOW, *, owner: str = "me", chance: float = 0.0) -> Permit:
    """A permit; the test fails if it is refused."""
    told = admit(rows, asked, owner, now=at, chance=chance)
    assert isinstance(told, Permit), told
    return told


def refuse(rows: Rows, asked: Need, at: float = NOW, *, owner: str = "me", chance: float = 0.0) -> Refusal:
    """A refusal; the test fails if it is admitted."""
    told = admit(rows, asked, owner, now=at, chance=chance)
    assert isinstance(told, Refusal), told
    return told


def daily(key: str, cap: int, **fields: Any) -> Budget:
    usual: dict[str, Any] = {"metric": "usd", "period": "day", "zone": UTC}
    return Budget(key=key, cap=cap, **usual | fields)


def books(rows: Rows) -> dict[str, Book]:
    return dict(rows.scan("budget/", Book))


def reservations(rows: Rows) -> dict[str, Reservation]:
    return dict(rows.scan("reservation/", Reservation))
