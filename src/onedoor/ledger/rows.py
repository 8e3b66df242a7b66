"""Rows of SQLite back into the structs they were written from."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import TYPE_CHECKING, TypeVar, get_origin

import msgspec

from onedoor.policy.ledger import AttemptRow, BodyRow, CallRow, EventRow, VerdictRow

if TYPE_CHECKING:
    from apsw import SQLiteValue

R = TypeVar("R", AttemptRow, BodyRow, CallRow, EventRow, VerdictRow)


def columns(kind: type[msgspec.Struct]) -> str:
    """A table's columns, in the order of its struct."""
    return ", ".join(kind.__struct_fields__)


def read(kind: type[R], values: Sequence[SQLiteValue]) -> R:
    """One row; lists and dicts are JSON text in the table."""
    named = dict(zip(kind.__struct_fields__, values, strict=True))
    for name in json_columns(kind):
        named[name] = msgspec.json.decode(str(named[name]))
    return msgspec.convert(named, kind, strict=False)


@cache
def json_columns(kind: type[msgspec.Struct]) -> frozenset[str]:
    """The columns that hold JSON."""
    return frozenset(field.name for field in msgspec.structs.fields(kind) if get_origin(field.type) in {list, dict})


@cache
def true_or_false(kind: type[msgspec.Struct]) -> frozenset[str]:
    """The columns that hold 0 or 1 for a bool."""
    return frozenset(field.name for field in msgspec.structs.fields(kind) if field.type is bool)
