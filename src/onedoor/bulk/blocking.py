"""A run for code without an event loop."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Iterator
from dataclasses import dataclass
from typing import Any, Self, TypeVar

from onedoor.bulk.result import Progress, Result
from onedoor.bulk.run import Run

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class BlockingRun:
    """The same run as `Run`: iterate it, inside `with` where you might leave early. `wait` runs a coroutine."""

    run: Run
    wait: Callable[[Coroutine[Any, Any, Any]], Any]

    def __iter__(self) -> Iterator[Result]:
        try:
            while batch := self._take():
                yield from batch
        finally:
            self.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    @property
    def progress(self) -> Progress:
        """How far it is."""
        return self.run.progress

    @property
    def why(self) -> str:
        """The reason it ended before its end, empty where it didn't."""
        return self.run.why

    def close(self) -> None:
        """End the run: cancel what is under way, write down what has come."""
        if not self.run.over:
            self.wait(self.run.close())

    def _take(self) -> list[Result]:
        found: list[Result] = self.wait(self.run.take())
        return found
