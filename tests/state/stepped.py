"""Cancelling a coroutine at a chosen step."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Generator
from typing import Any


class Stepped:
    """Awaits a coroutine, counting its steps; at step number `last` the task it runs in is cancelled."""

    def __init__(self, work: Coroutine[Any, Any, Any], last: int = 0) -> None:
        self.steps = 0
        self._work = work
        self._last = last

    def __await__(self) -> Generator[Any, Any, Any]:
        step: Callable[[], Any] = lambda: self._work.send(None)  # noqa: E731 - each step is one of two
        while True:
            try:
                waited_for = step()
            except StopIteration as end:
                return end.value
            self.steps += 1
            if self.steps == self._last:
                task = asyncio.current_task()
                assert task is not None
                task.cancel()
            step = yield from self._hand_up(waited_for)

    def _hand_up(self, waited_for: Any) -> Generator[Any, Any, Callable[[], Any]]:
        try:
            yield waited_for
        except BaseException as error:  # noqa: BLE001 - whatever the loop throws belongs to the coroutine
            thrown = error
            return lambda: self._work.throw(thrown)
        return lambda: self._work.send(None)
