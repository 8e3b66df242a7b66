"""Where a command finds what is kept: the ledger, and how things stand."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import click

from onedoor.config import Config
from onedoor.config import State as StateTable
from onedoor.ledger.ledger import Ledger
from onedoor.ledger.nothing import NOTHING
from onedoor.load import find, load
from onedoor.places import NO_FILE, make_room, place, state_path
from onedoor.policy.rows import Rows
from onedoor.state import State

if TYPE_CHECKING:
    from onedoor.stores.sqlite import Durability

T = TypeVar("T")


def state_table(config: str | None) -> StateTable:
    """The [state] of the configuration there is; the usual one where there is none. Nothing is looked for."""
    source = config or find()
    return load(source).state if source else StateTable()


def file_of(config: str | None) -> Path:
    """The state's file, which must be there."""
    path = _named(place(state_table(config)))
    if not path.exists():
        raise click.ClickException(f"nothing is kept yet: {path} isn't there; the first call makes it")
    return path


def ledger(config: str | None) -> Ledger:
    """The ledger of the configuration there is."""
    return Ledger(file_of(config))


def standing(config: Config, question: Callable[[Rows], T]) -> T:
    """Ask the state how things stand; one that isn't there yet knows nothing."""
    path = _named(state_path(config))
    if not path.exists():
        return question(NOTHING)
    return with_state(path, lambda state: state.read(question), durability=config.state.durability)


def changing(config: Config, change: Callable[[State], Awaitable[T]]) -> T:
    """Change the state, making its file where there is none."""
    path = _named(state_path(config))
    make_room(path)
    return with_state(path, change, durability=config.state.durability)


def with_state(path: Path, work: Callable[[State], Awaitable[T]], *, durability: Durability) -> T:
    """Open a state, do one thing, close it."""
    from onedoor.stores.sqlite import SqliteEngine

    async def do() -> T:
        state = State(lambda: SqliteEngine(path, durability=durability))
        try:
            return await work(state)
        finally:
            await state.close()

    return asyncio.run(do())


def _named(path: Path | None) -> Path:
    if path is None:
        raise click.ClickException(NO_FILE)
    return path
