"""What the attempts at one call really cost, those that failed and those of its judge included."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from onedoor.providers.provider import Provider
from onedoor.providers.through import Through
from onedoor.types import Call, Reply


@dataclass(slots=True)
class Bill:
    """Nano-dollars of one call; `unpriced` says that an answer of it had no known price."""

    nano_usd: int = 0
    judged: int = 0
    unpriced: bool = False


@dataclass(slots=True)
class Meter:
    """Bills by call, each taken once."""

    bills: dict[str, Bill] = field(default_factory=dict)

    def count(self, call: Call, reply: Reply) -> None:
        bill = self.bills.setdefault(call.parent or call.id, Bill())
        cost = reply.cost.nano_usd if reply.cost else 0
        if call.parent:
            bill.judged += cost
        else:
            bill.nano_usd += cost
            bill.unpriced = bill.unpriced or reply.cost is None

    def take(self, call: str) -> Bill:
        """The bill of a call; a call that got no answer owes nothing that is known."""
        return self.bills.pop(call, None) or Bill()


@dataclass(frozen=True, slots=True)
class Metered(Through):
    """A provider of someone else's, with what its answers cost counted."""

    meter: Meter

    async def chat(self, call: Call) -> Reply:
        reply = await self.find().chat(call)
        self.meter.count(call, reply)
        return reply


def later(name: str, find: Callable[[], Provider]) -> Provider:
    """A provider that is only made when it is asked: a door that asks nothing needs no keys."""
    return Through(find)
