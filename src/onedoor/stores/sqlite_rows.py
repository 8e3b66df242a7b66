"""The state rows of the file, decoded once for as long as nobody else writes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple, TypeVar, cast

import apsw
import msgspec

from onedoor.errors import StoreError
from onedoor.stores.engine import Called

R = TypeVar("R", bound=msgspec.Struct)

_GET = "SELECT value FROM state WHERE key = ?"
_SCAN = "SELECT key, value FROM state WHERE key BETWEEN ? AND ? ORDER BY key"
_PUT = "INSERT INTO state(key, value) VALUES (?, ?) ON CONFLICT(key) DO UPDATE SET value = excluded.value"
_DELETE = "DELETE FROM state WHERE key = ?"
_CALLED = "SELECT id, model, origin FROM calls WHERE id >= ? AND id < ? ORDER BY id LIMIT 2"
_LAST = "\U0010ffff"
_KEPT = 10_000


class Put(NamedTuple):
    """A row as it shall be, and its bytes; neither if it shall be gone."""

    row: msgspec.Struct | None
    data: bytes | None


class StateRows:
    """What the file holds. Only what was committed is remembered, and only until another connection commits."""

    def __init__(self, connection: apsw.Connection) -> None:
        self._connection = connection
        self._cursor = connection.cursor()
        self._known: dict[str, msgspec.Struct | None] = {}
        self._version = connection.data_version()

    def begin(self) -> bool:
        """Whether another connection has written since: then all is forgotten. Call it inside the transaction."""
        changed = self._connection.data_version() != self._version
        if changed or len(self._known) > _KEPT:
            self._known.clear()
        return changed

    def get(self, key: str, kind: type[R]) -> R | None:
        if key in self._known:
            return typed(self._known[key], kind, key)
        found = cast("list[tuple[bytes]]", self._cursor.execute(_GET, (key,)).fetchall())
        row = decode(found[0][0], kind, key) if found else None
        self._known[key] = row
        return row

    def scan(self, prefix: str, kind: type[R]) -> dict[str, R]:
        found = cast("list[tuple[str, bytes]]", self._cursor.execute(_SCAN, (prefix, prefix + _LAST)).fetchall())
        return {key: self._row(key, value, kind) for key, value in found}

    def called(self, start: str) -> list[Called]:
        """Two calls at most whose id begins so."""
        found = self._cursor.execute(_CALLED, (start, start + _LAST)).fetchall()
        return [Called(*map(str, row)) for row in found]

    def write(self, puts: Mapping[str, Put]) -> None:
        """Send rows to the file; they are remembered once `learn` is told that they are committed."""
        kept = [(key, put.data) for key, put in puts.items() if put.data is not None]
        gone = [(key,) for key, put in puts.items() if put.data is None]
        if kept:
            self._cursor.executemany(_PUT, kept)
        if gone:
            self._cursor.executemany(_DELETE, gone)

    def learn(self, puts: Mapping[str, Put]) -> None:
        """These rows are committed."""
        self._version = self._connection.data_version()
        for key, put in puts.items():
            if put.row is None:
                self._known.pop(key, None)
            else:
                self._known[key] = put.row

    def forget(self) -> None:
        """Nothing is certain any more."""
        self._known.clear()

    def _row(self, key: str, value: bytes, kind: type[R]) -> R:
        known = typed(self._known.get(key), kind, key)
        if known is None:
            known = decode(value, kind, key)
            self._known[key] = known
        return known


def decode(data: bytes, kind: type[R], key: str) -> R:
    """A row from its bytes. Raises StoreError if it isn't one of this kind."""
    try:
        return msgspec.msgpack.decode(data, type=kind)
    except msgspec.DecodeError as error:
        raise StoreError(
            f"the row {key!r} can't be read as {kind.__name__} ({error}); upgrade onedoor or use another path"
        ) from error


def typed(row: msgspec.Struct | None, kind: type[R], key: str) -> R | None:
    """The row, which has to be of this kind: a key has one kind of row."""
    if row is None or isinstance(row, kind):
        return row
    raise TypeError(f"the row {key!r} is a {type(row).__name__}, not a {kind.__name__}")
