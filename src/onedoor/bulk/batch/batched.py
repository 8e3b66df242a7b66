"""A provider whose answers come in batches."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

from onedoor.bulk.batch.asking import next_id
from onedoor.bulk.batch.line import Line
from onedoor.bulk.batch.terms import DAY, halved
from onedoor.errors import AttemptTimeout, ProviderError, Transient, Withdrawn
from onedoor.providers.batches import Answered
from onedoor.providers.draft import asked
from onedoor.providers.through import Through
from onedoor.types import Call, Reply

TRIES = 3
"""Batches a call goes into before what fails for a moment, or isn't its turn in time, counts as its result."""


@dataclass(frozen=True, slots=True)
class Batched(Through):
    """Someone else's provider: a call waits for its result of a batch. One without a line asks directly."""

    line: Line | None

    async def chat(self, call: Call) -> Reply:
        if self.line is None:
            return await self.find().chat(call)
        api, tries = self.line.api, TRIES
        while True:
            id_ = next_id(call)
            answered = await self.line.answer(id_, call, partial(api.write, call))
            if answered.outcome == "answered" and answered.status < 300:
                return halved(api.read(call, answered.body), listed=bool(asked(call).listed))
            if await self._counts(answered):
                tries -= 1
            error = self._error(answered)
            if not (tries and isinstance(error, Transient)):
                raise error

    async def _counts(self, answered: Answered) -> bool:
        """Whether it was a real try: not where the request was never taken, or somebody else's wish was heeded."""
        line = self.line
        if line is None or line.earlier(answered.id):
            return answered.outcome not in {"cancelled", "later"}
        if answered.outcome == "cancelled":
            raise Withdrawn(f"its batch was cancelled at {line.provider}; the same run asks it again")
        return answered.outcome != "later" or not await line.room(answered.id)

    def _error(self, answered: Answered) -> ProviderError:
        assert self.line is not None
        if answered.outcome in {"expired", "cancelled"}:
            return AttemptTimeout("total", DAY, provider=self.line.provider)
        return self.line.api.fault(answered)
