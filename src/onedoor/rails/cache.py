"""The same question twice costs once."""

from __future__ import annotations

import asyncio
import copy
from dataclasses import dataclass

from onedoor.errors import OnedoorError
from onedoor.pipeline import Next
from onedoor.policy.cache_key import again, apart, cache_key, storable
from onedoor.rails.setting import part, setting
from onedoor.stores.store import Answers
from onedoor.tap import replay
from onedoor.types import Call, Candidate, Reply, replace

Flights = dict[object, "asyncio.Future[Reply | OnedoorError | None]"]
"""Questions under way. What lands is the reply, the error, or None when it says nothing to others: whoever asked was
cancelled, or had read too much of an answer for it to begin again."""


@dataclass(frozen=True, slots=True)
class Cache:
    """Gives a fresh answer to an identical request again, and lets identical requests in flight share one.

    The key is the whole request, everyone who may answer it, and the caller unless `shared`. Degraded or incomplete
    answers are never kept. `cache="refresh"` asks anew and keeps the answer; `cache="off"` does neither.
    """

    ttl: float = setting("cache.ttl")
    shared: bool = setting("cache.shared", default=False)
    candidates: tuple[Candidate, ...] = part(default=())
    answers: Answers = part(kw_only=True)
    flights: Flights = part(kw_only=True)

    async def __call__(self, call: Call, call_next: Next) -> Reply:
        if call.cache == "off":
            return await call_next(call)
        key = cache_key(call, self.candidates, shared=self.shared)
        if call.cache == "refresh":
            reply = await call_next(call)
            self._keep(key, _own(call, reply))
            return reply
        return await self._share(call, call_next, key)

    async def _share(self, call: Call, call_next: Next, key: str) -> Reply:
        question = (key, call.degrade, call.limits)
        while True:
            kept = self.answers.get(key)
            if kept is not None and kept[1] < self.ttl:
                return _again(call, kept[0])
            if question not in self.flights:
                return await self._ask(call, call_next, key, question)
            landed = await asyncio.shield(self.flights[question])
            if isinstance(landed, OnedoorError):
                raise copy.copy(landed)
            if landed is not None:
                return _again(call, landed)

    async def _ask(self, call: Call, call_next: Next, key: str, question: object) -> Reply:
        flight = asyncio.get_running_loop().create_future()
        self.flights[question] = flight
        landed: Reply | OnedoorError | None = None
        try:
            reply = await call_next(call)
            landed = _own(call, reply)
            self._keep(key, landed)
            return reply
        except OnedoorError as error:
            landed = error if call.rewind() else None
            raise
        finally:
            del self.flights[question]
            flight.set_result(landed)

    def _keep(self, key: str, reply: Reply) -> None:
        if storable(reply):
            self.answers.put(key, reply)


def _own(call: Call, reply: Reply) -> Reply:
    """What is kept of this call's answer."""
    return replace(apart(reply), origin=call.id)


def _again(call: Call, reply: Reply) -> Reply:
    replay(call.tap, reply)
    return again(reply)
