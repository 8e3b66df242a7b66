"""Stores that live as long as the process."""

from __future__ import annotations

from collections import OrderedDict, deque
from collections.abc import Callable, Iterator

from onedoor.clock import loop_time
from onedoor.stores.store import CallRow
from onedoor.types import Reply


class MemoryLedger:
    """The latest calls, newest last; iterate it to read them."""

    def __init__(self, most: int = 1000) -> None:
        self._rows: deque[CallRow] = deque(maxlen=most)

    async def write(self, row: CallRow) -> None:
        self._rows.append(row)

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
