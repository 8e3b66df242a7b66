"""What a batch shares with direct calls: how a request is written, an answer read, and a fault named."""

from __future__ import annotations

from collections.abc import Callable

from onedoor.errors import ProviderError
from onedoor.providers.batches import Answered
from onedoor.providers.client import Client
from onedoor.tap import Silent
from onedoor.types import Call, Reply, replace


class Direct:
    """`body` and `reply` are the dialect of direct calls."""

    def __init__(self, client: Client, body: Callable[[Call], object], reply: Callable[[Call, bytes], Reply]) -> None:
        self._client, self._body, self._reply = client, body, reply

    def write(self, call: Call) -> bytes:
        return self._client.written(self._body(replace(call, stream=False)))

    def read(self, call: Call, answer: bytes) -> Reply:
        return self._reply(replace(call, stream=False, tap=Silent()), answer)

    def fault(self, answered: Answered) -> ProviderError:
        return self._client.fault(answered.body, status=answered.status)
