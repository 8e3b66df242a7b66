"""What the shared state needs of a store."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Protocol, TypeVar

import msgspec

from onedoor.policy.rows import Rows

T = TypeVar("T")


class Transaction(Rows, Protocol):
    """Rows, the ledger's end, and who else is there, under one lock."""

    def append(self, row: msgspec.Struct) -> None:
        """Add a row to the ledger table of its class; a row whose key is already there is left as it is."""

    def owners(self) -> tuple[str, ...]:
        """Everyone registered here, this process and the dead included."""

    def dead(self) -> tuple[str, ...]:
        """Owners that registered here and live no more."""

    def bury(self, owner: str) -> None:
        """Forget a dead owner, once what it held has been dealt with."""


class Engine(Protocol):
    """Runs decisions one after another against one truth. `owner` is this process's name in it."""

    @property
    def owner(self) -> str: ...

    def transact(self, work: Callable[[Transaction], T]) -> Awaitable[T]:
        """Run `work` in a transaction, all or nothing, soon. Cancelling the wait doesn't undo it."""

    async def close(self) -> None:
        """Finish what was begun and let go."""
