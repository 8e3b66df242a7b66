"""Rows to store, and works that store them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec

from onedoor.policy.ledger import AttemptRow, CallRow
from onedoor.stores.engine import Transaction


class Count(msgspec.Struct, frozen=True, omit_defaults=True):
    """A number to add to."""

    n: int = 0


class Named(msgspec.Struct, frozen=True):
    """A row of another kind."""

    name: str


def attempt(permit: str, **fields: Any) -> AttemptRow:
    """An attempt that went well."""
    usual: dict[str, Any] = {
        "call": "call-1",
        "number": 1,
        "at": 1.0,
        "ended": 2.0,
        "task": "chat",
        "caller": "",
        "run": "",
        "provider": "hosted",
        "model": "small",
        "served": "small-1",
        "outcome": "ok",
    }
    return AttemptRow(permit=permit, **usual | fields)


def call(id: str, **fields: Any) -> CallRow:  # noqa: A002 - the row's own name for it
    """A call with a zero in every field but those given."""
    zeros: dict[str, Any] = {"str": "", "int": 0, "float": 0.0, "bool": False, "list": [], "dict": {}, "None": None}
    usual = {name: zeros[_first(hint)] for name, hint in CallRow.__annotations__.items()}
    return CallRow(**usual | {"id": id} | fields)


def _first(hint: str) -> str:
    return "None" if "None" in hint else hint.split("[")[0]


def add(key: str, n: int = 1) -> Callable[[Transaction], int]:
    """Add to a count, and say what it is now."""

    def work(transaction: Transaction) -> int:
        now = (transaction.get(key, Count) or Count()).n + n
        transaction.put(key, Count(now))
        return now

    return work


def count(key: str) -> Callable[[Transaction], int]:
    """What a count is."""
    return lambda transaction: (transaction.get(key, Count) or Count()).n


def counts(prefix: str = "") -> Callable[[Transaction], dict[str, int]]:
    """Every count whose key begins so, in the order they come."""
    return lambda transaction: {key: row.n for key, row in transaction.scan(prefix, Count)}


def broken(transaction: Transaction) -> None:
    """Change everything there is to change, then raise."""
    transaction.put("broken", Count(1))
    transaction.append(attempt("broken"))
    transaction.bury("ghost")
    raise LookupError("broken")
