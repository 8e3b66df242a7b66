"""Several transactions on their way into one: each sees what the earlier did, and one that raises leaves no trace."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeVar

import apsw
import msgspec

from onedoor.stores.engine import Called
from onedoor.stores.owners import Owners
from onedoor.stores.sqlite_errors import store_error
from onedoor.stores.sqlite_rows import Put, StateRows, typed
from onedoor.stores.sqlite_values import insert, values

if TYPE_CHECKING:
    from apsw import SQLiteValue

R = TypeVar("R", bound=msgspec.Struct)
_log = logging.getLogger(__name__)


@dataclass(slots=True)
class Changes:
    """What shall be different afterwards."""

    puts: dict[str, Put] = field(default_factory=dict)
    appends: list[tuple[str, tuple[SQLiteValue, ...]]] = field(default_factory=list)
    buried: list[str] = field(default_factory=list)

    def add(self, later: Changes) -> None:
        self.puts.update(later.puts)
        self.appends += later.appends
        self.buried += later.buried

    def clear(self) -> None:
        self.puts.clear()
        self.appends.clear()
        self.buried.clear()


class Batch:
    """The transaction that each work of a batch is given, one after another; `keep` or `undo` follows each.

    What can fail because of one row (its encoding, its key) fails in the work that wrote it, not for the whole batch.
    """

    def __init__(self, rows: StateRows, owners: Owners) -> None:
        self._rows = rows
        self._owners = owners
        self._kept = Changes()
        self._new = Changes()

    def get(self, key: str, kind: type[R]) -> R | None:
        put = self._new.puts.get(key) or self._kept.puts.get(key)
        return self._rows.get(key, kind) if put is None else typed(put.row, kind, key)

    def put(self, key: str, row: msgspec.Struct) -> None:
        key.encode()
        self._new.puts[key] = Put(row, msgspec.msgpack.encode(row))

    def delete(self, key: str) -> None:
        key.encode()
        self._new.puts[key] = Put(None, None)

    def scan(self, prefix: str, kind: type[R]) -> Iterator[tuple[str, R]]:
        found: dict[str, R | None] = {**self._rows.scan(prefix, kind)}
        for puts in (self._kept.puts, self._new.puts):
            found.update((key, typed(put.row, kind, key)) for key, put in puts.items() if key.startswith(prefix))
        return iter([(key, row) for key, row in sorted(found.items()) if row is not None])

    def append(self, row: msgspec.Struct) -> None:
        self._new.appends.append((insert(type(row)), values(row)))

    def called(self, start: str) -> list[Called]:
        found = self._rows.called(start)
        return [call for call in found if call.id == start] or found

    def owners(self) -> tuple[str, ...]:
        return self._unburied(self._owners.names)

    def dead(self) -> tuple[str, ...]:
        return self._unburied(self._owners.dead)

    def bury(self, owner: str) -> None:
        self._new.buried.append(owner)

    def keep(self) -> None:
        """The work is done."""
        self._kept.add(self._new)
        self._new.clear()

    def undo(self) -> None:
        """The work raised."""
        self._new.clear()

    def _unburied(self, look: Callable[[], tuple[str, ...]]) -> tuple[str, ...]:
        try:
            seen = look()
        except OSError as error:
            raise store_error(error, self._owners.folder) from error
        buried = (*self._kept.buried, *self._new.buried)
        return tuple(owner for owner in seen if owner not in buried) if buried else seen

    def write(self, connection: apsw.Connection) -> None:
        """Send everything kept to the file."""
        self._rows.write(self._kept.puts)
        added: dict[str, list[tuple[SQLiteValue, ...]]] = {}
        for statement, row in self._kept.appends:
            added.setdefault(statement, []).append(row)
        for statement, some in added.items():
            connection.executemany(statement, some)

    def committed(self) -> None:
        """Everything kept is in the file now."""
        self._rows.learn(self._kept.puts)
        try:
            self._owners.bury(self._kept.buried)
        except OSError:
            _log.warning("dead owners could not be removed; they will be found dead again", exc_info=True)
