"""Rows that are in no file, made readable by the same SQL as those that are."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from apsw import SQLiteValue

    Query = Callable[[str, Sequence[SQLiteValue]], list[tuple[SQLiteValue, ...]]]

NOWHERE = ":memory:"


def held(rows: Iterable[msgspec.Struct]) -> Query:
    """A query over ledger rows of any class, as a state's file answers it."""
    import apsw

    from onedoor.stores.sqlite_schema import migrate
    from onedoor.stores.sqlite_values import insert, values

    connection = apsw.Connection(NOWHERE)
    migrate(connection, Path(NOWHERE))
    with connection:
        for row in rows:
            connection.execute(insert(type(row)), values(row))
    return lambda sql, parameters: connection.execute(sql, parameters).fetchall()
