"""Stores that live as long as the process."""

from __future__ import annotations

from collections import OrderedDict, deque
from collections.abc import Callable, Iterator

import msgspec

from onedoor.clock import loop_time
from onedoor.stores.engine import Called, the_one
from onedoor.stores.store import CallRow
from onedoor.trail import Opinion
from onedoor.types import Reply


class MemoryLedger:
    """The latest calls, newest last; iterate it to read them. `opinions` are later verdicts, by the call's id."""

    def __init__(self, most: int = 1000) -> None:
        self._rows: deque[CallRow] = deque(maxlen=most)
        self.opinions: dict[str, list[Opinion]] = {}

    async def write(self, row: CallRow) -> None:
        self._rows.append(row)

    async def judge(self, call: str, opinion: Opinion, at: float) -> Called:
        told = [row for row in self._rows if row.id.startswith(call)]
        exact = [row for row in told if row.id == call] or told
        found = the_one(call, [Called(row.id, row.model, row.reply.origin if row.reply else "") for row in exact])
        self.opinions.setdefault(found.id, []).append(msgspec.structs.replace(opinion, model=found.model))
        return found

    def __iter__(self) -> Iterator[CallRow]:
        return iter(tuple(self._rows))

    def __len__(self) -> int:
        return len(self._rows)


class MemoryAnswers:
    """The answers used latest, up to a number of them."""

    def __init__(self, most: int = 10_000, *, clock: Callable[[], float] = loop_time) -> None:
        self._most = most
        self._clock = clock
        self._kept: OrderedDict[str, tuple[Reply, float]] = OrderedDict()

    def get(self, key: str) -> tuple[Reply, float] | None:
        kept = self._kept.get(key)
        if kept is None:
            return None
        self._kept.move_to_end(key)
        reply, since = kept
        return reply, self._clock() - since

    def put(self, key: str, reply: Reply) -> None:
        self._kept[key] = (reply, self._clock())
        self._kept.move_to_end(key)
        if len(self._kept) > self._most:
            self._kept.popitem(last=False)

    def drop(self, origin: str) -> None:
        for key in [key for key, (reply, _) in self._kept.items() if reply.origin == origin]:
            del self._kept[key]
