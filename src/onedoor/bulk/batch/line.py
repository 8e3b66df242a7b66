"""One provider's batches: what is collected for the next, what is under way, and who waits for which request."""

from __future__ import annotations

import asyncio
import copy
import logging
import secrets
from collections.abc import Callable, Coroutine, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field
from functools import cached_property, partial
from typing import Any

from onedoor.bulk.batch.collected import Collected, size_of
from onedoor.bulk.batch.holding import held
from onedoor.bulk.batch.pace import Pace
from onedoor.bulk.batch.persistent import ended, submitted, surely
from onedoor.bulk.batch.store import Batch, Kept, Store
from onedoor.errors import InvalidCall, ModelNotFound, ProviderError, RequestRejected, StoreError, Withdrawn
from onedoor.providers.batches import Answered, Batches, HasBatches, Look, Request, Sought
from onedoor.providers.draft import asked
from onedoor.providers.provider import Provider
from onedoor.state import State
from onedoor.types import Call

Work = Callable[[], Coroutine[Any, Any, None]]
"""What is to be done for a batch, begun when its task is."""

STOPPED = "the run was stopped before it was handed over; the same run asks it"

GROUP = 256
"""Results that are written down together."""

_log = logging.getLogger(__name__)


@dataclass
class Line:
    """The batches of one provider in one run."""

    provider: str
    find: Callable[[], Provider]
    store: Store
    pace: Pace
    now: Callable[[], float]
    begun: float = 0.0
    state: State | None = None
    _waiting: dict[str, asyncio.Future[Answered]] = field(default_factory=dict)
    _collected: dict[str, Collected] = field(default_factory=dict)
    _carried: dict[asyncio.Task[None], int] = field(default_factory=dict)
    _found: dict[str, str] = field(default_factory=dict)
    _renewing: asyncio.TimerHandle | None = None
    _stopped: bool = False
    _turn: asyncio.Lock = field(default_factory=asyncio.Lock)

    @cached_property
    def api(self) -> Batches:
        """The provider's batch API."""
        provider = self.find()
        if not isinstance(provider, HasBatches):
            raise InvalidCall(f"provider {self.provider!r} has no batch API; ask without batch")
        return provider.batches()

    async def begin(self) -> None:
        """Look whether the provider has batches at all, and go on with what is under way there. Once is enough."""
        if self.begun:
            return
        async with self._turn:
            if not self.begun:
                await self._begin()
                self.begun = self.now()

    async def _begin(self) -> None:
        try:
            await self.api.check()
        except RequestRejected as error:
            raise InvalidCall(str(error)) from error
        for batch in self.store.open(self.provider):
            name = batch.name or await self._sought(batch)
            if name is None:
                self.store.drop(batch.id)
            else:
                self.store.named(batch.id, name)
                self._go_on(batch.id, name)

    async def close(self) -> None:
        """Let go; batches under way go on without us, and the next pass goes on with them."""
        for collected in self._collected.values():
            collected.wait()
        if self._renewing is not None:
            self._renewing.cancel()
        under_way = list(self._carried)
        for task in under_way:
            task.cancel()
        await asyncio.gather(*under_way, return_exceptions=True)
        for waiting in self._waiting.values():
            if not waiting.done():
                waiting.set_exception(Withdrawn("the run has ended before its batch; the same run goes on with it"))

    def stop(self) -> None:
        """Hand over nothing more: what was collected is asked by the next pass. What is under way is waited for."""
        self._stopped = True
        collected, self._collected = self._collected, {}
        for one in collected.values():
            one.wait()
            self._fail([request.id for request in one.requests], Withdrawn(STOPPED))

    async def answer(self, id_: str, call: Call, body: Callable[[], bytes]) -> Answered:
        """What became of the request of this id, handed over now or by an earlier pass."""
        await self.begin()
        kept = self.store.find(id_)
        if kept is not None and kept.answered is not None:
            return kept.answered
        waiting: asyncio.Future[Answered] = asyncio.get_running_loop().create_future()
        self._waiting[id_] = waiting
        try:
            if kept is None:
                self._collect(call, Request(id_, body()))
            else:
                self._join(id_, call, kept)
            return await waiting
        finally:
            self._waiting.pop(id_, None)

    async def room(self, id_: str) -> bool:
        """Wait until another batch than this request's has ended; False where none is under way."""
        kept = self.store.find(id_)
        others = [task for task, batch in self._carried.items() if kept is None or batch != kept.batch]
        if others:
            await asyncio.wait(others, return_when=asyncio.FIRST_COMPLETED)
            return True
        await asyncio.sleep(self.pace.longest)
        return False

    def earlier(self, id_: str) -> bool:
        """Whether the batch of this request was over before this pass began."""
        kept = self.store.find(id_)
        return kept is None or 0.0 < kept.over < self.begun

    def _join(self, id_: str, call: Call, kept: Kept) -> None:
        """Wait for a batch of an earlier pass."""
        if kept.name is not None and kept.batch not in self._carried.values():
            self._go_on(kept.batch, kept.name)
        self._found[call.id] = id_
        if self._renewing is None:
            self._renewing = asyncio.get_running_loop().call_later(self.pace.quiet, self._renew)

    def _renew(self) -> None:
        """What holds for its requests now is what this pass's calls hold."""
        found, self._found, self._renewing = self._found, {}, None
        self._carry(0, partial(self._hold, found), ())

    def _collect(self, call: Call, request: Request) -> None:
        if self._stopped:
            raise Withdrawn(STOPPED)
        model, largest = asked(call).served, self.api.largest
        if size_of(request) > largest:
            raise RequestRejected(
                f"this request alone is too large for a batch of {self.provider}'s", provider=self.provider
            )
        if model in self._collected and self._collected[model].size + size_of(request) > largest:
            self._hand_over(model)
        collected = self._collected.setdefault(model, Collected())
        collected.add(call.id, request)
        if len(collected.requests) >= min(self.pace.size, self.api.most):
            self._hand_over(model)
        else:
            loop = asyncio.get_running_loop()
            collected.timer = loop.call_later(self.pace.quiet, self._hand_over, model)

    def _hand_over(self, model: str) -> None:
        """The next request begins another batch."""
        collected = self._collected.pop(model)
        collected.wait()
        ids = [request.id for request in collected.requests]
        try:
            batch = self.store.begin(self.provider, model, secrets.token_hex(16), ids, self.now())
        except StoreError as error:
            self._fail(ids, error)
        else:
            self._carry(batch.id, partial(self._taken, batch, collected), ids)

    def _go_on(self, batch: int, name: str) -> None:
        """Follow a batch of an earlier pass, or one that couldn't be followed a moment ago."""
        self._carry(batch, partial(self._follow, batch, name), self.store.unanswered(batch))

    def _carry(self, batch: int, work: Work, ids: Sequence[str]) -> None:
        task = asyncio.create_task(self._told(work, ids), name=f"onedoor batch {batch} of {self.provider}")
        self._carried[task] = batch
        task.add_done_callback(self._carried.pop)

    async def _told(self, work: Work, ids: Sequence[str]) -> None:
        """What goes wrong with a batch is told to everyone who waits for it."""
        try:
            await work()
        except Exception as error:  # noqa: BLE001 - whatever it is, it is what each of these requests came to
            _log.warning("%d requests of a batch of %s: %s", len(ids), self.provider, error)
            self._fail(ids, error)

    def _fail(self, ids: Sequence[str], error: Exception) -> None:
        for id_ in ids:
            waiting = self._waiting.get(id_)
            if waiting is not None and not waiting.done():
                waiting.set_exception(copy.copy(error))

    async def _taken(self, batch: Batch, collected: Collected) -> None:
        """A batch from its submission to its last result: its name is written down before it is looked at."""
        try:
            await self._hold(collected.calls)
            async with self._turn:
                name = await submitted(self.api, collected.requests, batch.mark, lambda: self._sought(batch), self.pace)
        except Exception:
            self.store.drop(batch.id)
            raise
        self.store.named(batch.id, name)
        _log.info("%s took batch %s: %d requests to %s", self.provider, name, len(collected.requests), batch.model)
        await self._follow(batch.id, name)

    async def _hold(self, calls: Mapping[str, str]) -> None:
        """Write down what calls hold: for a batch that is handed over, before the first of them can be paid for."""
        if self.state is not None:
            self.store.hold(await held(self.state, calls))

    async def _sought(self, batch: Batch) -> str | None:
        ids = frozenset(self.store.unanswered(batch.id))
        return await self.api.seek(Sought(batch.mark, ids, batch.begun, self.store.names(self.provider)))

    async def _follow(self, batch: int, name: str) -> None:
        """Until the batch has ended, and then its results. It is paid for: who can't look at it now does so later."""
        try:
            await self._followed(batch, name)
        except ProviderError as error:
            raise Withdrawn(f"batch {name} can't be looked at: {error}; the same run goes on with it") from error

    async def _followed(self, batch: int, name: str) -> None:
        """Until the batch has ended, and then its results. Those that are no longer there are none."""
        look = await ended(self.api, name, self.pace)
        try:
            await surely(lambda: self._results(batch, look), self.pace)
        except ModelNotFound:
            _log.warning("%s no longer has the results of batch %s; its requests are made again", self.provider, name)
        status = 429 if look.rest == "later" else 400
        self._put(batch, [Answered(id_, look.rest, status, look.problem) for id_ in self.store.unanswered(batch)])
        self.store.end(batch, self.now())
        _log.info("batch %s of %s has ended", name, self.provider)

    async def _results(self, batch: int, look: Look) -> None:
        """Everything its files say about requests of ours, written down in groups."""
        ours = frozenset(self.store.unanswered(batch))
        group: list[Answered] = []
        async with aclosing(self.api.results(look)) as results:
            async for answered in results:
                if answered.id in ours:
                    group.append(answered)
                if len(group) == GROUP:
                    self._put(batch, group)
                    group = []
        self._put(batch, group)

    def _put(self, batch: int, answers: list[Answered]) -> None:
        """Written down, then handed out."""
        self.store.put(batch, answers)
        for answered in answers:
            waiting = self._waiting.get(answered.id)
            if waiting is not None and not waiting.done():
                waiting.set_result(answered)
