"""What the shared state needs of a store."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import NamedTuple, Protocol, TypeVar

import msgspec

from onedoor.errors import UnknownCall
from onedoor.policy.rows import Rows

T = TypeVar("T")


class Called(NamedTuple):
    """A call that a verdict may be about: its id, whose answer it got, and the call that answer is from."""

    id: str
    model: str
    origin: str


class Transaction(Rows, Protocol):
    """Rows, the ledger's end, and who else is there, under one lock."""

    def append(self, row: msgspec.Struct) -> None:
        """Add a row to the ledger table of its class; a row whose key is already there is left as it is."""

    def called(self, start: str) -> list[Called]:
        """The first two calls, written down before this transaction's batch, whose id is `start`, or begins so."""

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


def the_one(start: str, found: Sequence[Called]) -> Called:
    """The call that was meant. Raises UnknownCall for none, and for more than one."""
    if not found:
        raise UnknownCall(f"there is no call {start!r}; `onedoor calls` lists them")
    if len(found) > 1:
        raise UnknownCall(f"more than one call begins with {start!r}: {', '.join(call.id for call in found)}")
    return found[0]
