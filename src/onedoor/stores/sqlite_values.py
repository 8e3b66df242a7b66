"""Ledger rows as columns: a field each, lists and dicts as JSON text.

What a provider or a caller put into a row must not cost the row: text that isn't Unicode, numbers beyond 64 bits and
objects JSON doesn't know are stored as near as can be.
"""

from __future__ import annotations

import json
from functools import cache
from typing import TYPE_CHECKING, Any

import msgspec

from onedoor.policy.ledger import AttemptRow, BodyRow, CallRow, EventRow, VerdictRow

if TYPE_CHECKING:
    from apsw import SQLiteValue

TABLES: dict[type[msgspec.Struct], str] = {
    AttemptRow: "attempts",
    CallRow: "calls",
    BodyRow: "bodies",
    EventRow: "events",
    VerdictRow: "verdicts",
}
_AS_IT_IS = frozenset({type(None), bool, float})
_MOST = 2**63 - 1
_encoder = msgspec.json.Encoder(enc_hook=repr)


@cache
def insert(kind: type[msgspec.Struct]) -> str:
    """The statement that adds a row of this class, unless its key is there."""
    if kind not in TABLES:
        raise TypeError(f"the ledger has no table for {kind.__name__}")
    names = kind.__struct_fields__
    marks = ", ".join("?" * len(names))
    return f"INSERT INTO {TABLES[kind]}({', '.join(names)}) VALUES ({marks}) ON CONFLICT DO NOTHING"


def values(row: msgspec.Struct) -> tuple[SQLiteValue, ...]:
    """A row's fields, in order, as SQLite keeps them."""
    return tuple(
        [
            value
            if (kind := type(value)) in _AS_IT_IS
            or (kind is str and value.isascii())
            or (kind is int and -_MOST <= value <= _MOST)
            else _stored(value)
            for value in msgspec.structs.astuple(row)
        ]
    )


def _stored(value: Any) -> SQLiteValue:
    if isinstance(value, int):
        return max(-_MOST, min(_MOST, value))
    return str(value).encode("utf-8", "replace").decode() if isinstance(value, str) else _json(value)


def _json(value: object) -> SQLiteValue:
    try:
        return _encoder.encode(value).decode()
    except UnicodeEncodeError:
        return json.dumps(msgspec.to_builtins(value, enc_hook=repr))
