"""What the rails need of a store."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

import msgspec

from onedoor.stores.engine import Called
from onedoor.trail import Opinion, Trail
from onedoor.types import Document, Message, Reply


class CallRow(msgspec.Struct, frozen=True):
    """One call as the ledger keeps it. `at` is seconds since the epoch; `error` is empty when there is a reply."""

    id: str
    at: float
    task: str
    caller: str
    seconds: float
    reply: Reply | None
    error: str
    message: str
    attempts: int
    trail: Trail
    metadata: Mapping[str, Any]
    run: str = ""
    user: str = ""
    parent: str = ""
    template: str = ""
    messages: tuple[Message, ...] = ()
    context: tuple[Document, ...] = ()

    @property
    def outcome(self) -> str:
        """One word for how it ended."""
        if self.reply is None:
            return "cancelled" if self.error == "cancelled" else "failed"
        if self.reply.degraded:
            return "degraded"
        return "cached" if self.reply.cached else "ok"

    @property
    def model(self) -> str:
        """Your name for the model that answered, empty where none did."""
        return self.reply.model if self.reply else ""

    @property
    def provider(self) -> str:
        """Whose model that is."""
        return self.reply.provider if self.reply else ""

    @property
    def nano_usd(self) -> int | None:
        """What the answer cost, where that is known."""
        return self.reply.cost.nano_usd if self.reply and self.reply.cost else None


class Ledger(Protocol):
    """Keeps what happened."""

    async def write(self, row: CallRow) -> None:
        """Add one call. Begins at once, whatever becomes of the wait. Raises StoreError."""

    async def judge(self, call: str, opinion: Opinion, at: float) -> Called:
        """Add what someone thinks of a call's answer, and say which call it was. Raises UnknownCall, StoreError."""


class Answers(Protocol):
    """Keeps answers by their cache key."""

    def get(self, key: str) -> tuple[Reply, float] | None:
        """The answer and its age in seconds."""

    def put(self, key: str, reply: Reply) -> None:
        """Keep an answer, dropping the one unused for longest when full."""

    def drop(self, origin: str) -> None:
        """Forget the answer that this call got from its model."""
