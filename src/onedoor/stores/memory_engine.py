"""A store that lives as long as the process, for tests and for calls that need no memory."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Awaitable, Callable, Generator, Iterator
from typing import Generic, Never, TypeVar

import msgspec

from onedoor.policy.ledger import AttemptRow, BodyRow, CallRow, EventRow, VerdictRow
from onedoor.stores.engine import Called, Transaction

R = TypeVar("R", bound=msgspec.Struct)
T = TypeVar("T")

_KEYS: dict[type[msgspec.Struct], str] = {
    AttemptRow: "permit",
    CallRow: "id",
    BodyRow: "call",
    EventRow: "id",
    VerdictRow: "id",
}


class MemoryEngine:
    """Rows in a dict, the latest `most` rows of each ledger table, and no other owners but those a test names."""

    def __init__(self, *, owner: str = "memory", dead: tuple[str, ...] = (), most: int = 10_000) -> None:
        self.owner = owner
        self.rows: dict[str, msgspec.Struct] = {}
        self.dead = list(dead)
        self._turn = threading.Lock()
        self._tables = {kind: _Table(key, most) for kind, key in _KEYS.items()}

    def transact(self, work: Callable[[Transaction], T]) -> Awaitable[T]:
        """Run `work` now, all or nothing; the answer is there to be awaited."""
        with self._turn:
            transaction = _Transaction(self)
            try:
                value = work(transaction)
            except BaseException as error:  # noqa: BLE001 - it belongs to the one who waits
                return _Failed(error)
            self._keep(transaction)
        return _Done(value)

    def ledger(self, kind: type[R]) -> tuple[R, ...]:
        """The rows of a ledger table, oldest first."""
        return tuple(row for row in self._tables[kind].rows if isinstance(row, kind))

    async def close(self) -> None:
        """Nothing to let go of."""

    def _keep(self, transaction: _Transaction) -> None:
        for key, row in transaction.puts.items():
            if row is None:
                self.rows.pop(key, None)
            else:
                self.rows[key] = row
        for added in transaction.appends:
            self._tables[type(added)].add(added)
        if transaction.buried:
            self.dead = list(transaction.dead())


class _Transaction:
    """What one work has changed, over what was there."""

    __slots__ = ("_engine", "_rows", "appends", "buried", "puts")

    def __init__(self, engine: MemoryEngine) -> None:
        self._engine = engine
        self._rows = engine.rows
        self.puts: dict[str, msgspec.Struct | None] = {}
        self.appends: list[msgspec.Struct] = []
        self.buried: list[str] = []

    def get(self, key: str, kind: type[R]) -> R | None:
        row = self.puts[key] if key in self.puts else self._rows.get(key)
        if row is None or isinstance(row, kind):
            return row
        raise TypeError(f"the row {key!r} is a {type(row).__name__}, not a {kind.__name__}")

    def put(self, key: str, row: msgspec.Struct) -> None:
        self.puts[key] = row

    def delete(self, key: str) -> None:
        self.puts[key] = None

    def scan(self, prefix: str, kind: type[R]) -> Iterator[tuple[str, R]]:
        keys = sorted(key for key in {**self._rows, **self.puts} if key.startswith(prefix))
        found = [(key, self.get(key, kind)) for key in keys]
        return iter([(key, row) for key, row in found if row is not None])

    def append(self, row: msgspec.Struct) -> None:
        if type(row) not in _KEYS:
            raise TypeError(f"the ledger has no table for {type(row).__name__}")
        self.appends.append(row)

    def called(self, start: str) -> list[Called]:
        rows = self._engine.ledger(CallRow)
        found = [Called(row.id, row.model, row.origin) for row in rows if row.id.startswith(start)]
        return [call for call in found if call.id == start] or found[:2]

    def owners(self) -> tuple[str, ...]:
        return (self._engine.owner, *self.dead())

    def dead(self) -> tuple[str, ...]:
        return tuple([owner for owner in self._engine.dead if owner not in self.buried])

    def bury(self, owner: str) -> None:
        self.buried.append(owner)


class _Table:
    """The latest rows, each key once."""

    def __init__(self, key: str, most: int) -> None:
        self._key = key
        self._keys: set[str] = set()
        self.rows: deque[msgspec.Struct] = deque()
        self._most = most

    def add(self, row: msgspec.Struct) -> None:
        key = getattr(row, self._key)
        if key in self._keys:
            return
        self._keys.add(key)
        self.rows.append(row)
        if len(self.rows) > self._most:
            self._keys.discard(getattr(self.rows.popleft(), self._key))


class _Done(Generic[T]):
    __slots__ = ("_value",)

    def __init__(self, value: T) -> None:
        self._value = value

    def __await__(self) -> Generator[None, None, T]:
        return self._value
        yield


class _Failed:
    def __init__(self, error: BaseException) -> None:
        self._error = error

    def __await__(self) -> Generator[None, None, Never]:
        raise self._error
        yield
