"""Batches as the transport of a run: below its rails, beside its rows."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path

from onedoor.bulk.batch.batched import Batched
from onedoor.bulk.batch.holding import take_back
from onedoor.bulk.batch.line import Line
from onedoor.bulk.batch.pace import Pace
from onedoor.bulk.batch.store import Store
from onedoor.bulk.batch.terms import KINDS, batched, check
from onedoor.config import Config
from onedoor.errors import InvalidCall
from onedoor.places import state_path
from onedoor.providers.provider import Provider
from onedoor.state import State


@dataclass(frozen=True, slots=True)
class Batching:
    """The batches of one pass. `config` is what its door is opened with, `ceiling` how many calls may wait at once.

    `providers` are those of the run's own models, `state` the file of the state, None in memory.
    """

    config: Config
    store: Store
    pace: Pace
    providers: frozenset[str]
    state: Path | None
    now: Callable[[], float]
    _lines: dict[str, Line] = field(default_factory=dict)

    @property
    def ceiling(self) -> int:
        """Calls at once, where nobody says otherwise."""
        return self.pace.ceiling

    def wrap(self, find: Callable[[], Provider], name: str) -> Provider:
        """A provider asked in batches, where it has any; what it serves to a judge elsewhere is asked directly."""
        if self.config.providers[name].kind not in KINDS:
            return Batched(find, None)
        self._lines[name] = Line(name, find, self.store, self.pace, self.now)
        return Batched(find, self._lines[name])

    async def begin(self, state: State) -> None:
        """Make sure that the providers have batches, and go on with what is under way. Raises InvalidCall.

        `state` is the one its calls are admitted by: what a pass that died was charged there is taken back. One in
        memory dies with its process.
        """
        try:
            await self._begin(state)
        except BaseException:
            await self.close()
            raise

    async def _begin(self, state: State) -> None:
        self.store.forget()
        if self.state is not None and (held := self.store.held()):
            await take_back(state, self.state, held)
            self.store.release()
        for line in self._lines.values():
            line.state = state if self.state is not None else None
        for name in sorted(self.providers & self._lines.keys()):
            await self._lines[name].begin()

    def stop(self) -> None:
        """Hand over nothing more."""
        for line in self._lines.values():
            line.stop()

    async def close(self) -> None:
        """Let go. Batches under way go on at their providers; the next pass fetches what came of them."""
        for line in self._lines.values():
            await line.close()
        self.store.close()


def batching(
    config: Config,
    file: Path | None,
    *,
    models: Iterable[str],
    pace: Pace | None = None,
    now: Callable[[], float] = time.time,
) -> Batching:
    """The batches of the run in this file. Raises InvalidCall where a model can't be asked so, or nothing is kept."""
    names = tuple(models)
    check(config, names)
    if file is None:
        raise InvalidCall(
            "a batch is paid for whether or not anybody fetches it: name the run, with its state in a file"
        )
    providers = frozenset(config.models[name].provider for name in names)
    return Batching(batched(config), Store(file), pace or Pace(), providers, state_path(config), now)
