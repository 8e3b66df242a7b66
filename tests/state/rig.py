"""A door on a state whose clock is faked, over either engine, and what was written down."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Generator, Mapping, Sequence
from pathlib import Path
from typing import Any, Generic, TypeVar

import msgspec

import onedoor
from onedoor import AsyncDoor, Call, OnedoorError, Reply
from onedoor.clock import LoopWall, loop_time
from onedoor.ledger.rows import json_columns
from onedoor.policy.ledger import AttemptRow, CallRow
from onedoor.standard import Parts
from onedoor.state import State
from onedoor.state_ledger import StateLedger
from onedoor.stores.engine import Engine, Transaction
from onedoor.stores.memory_engine import MemoryEngine
from onedoor.stores.sqlite_file import SqliteFile
from onedoor.stores.sqlite_read import open_readonly
from onedoor.testing import FakeClock, Scripted

T = TypeVar("T")
R = TypeVar("R", bound=msgspec.Struct)


class Told(Generic[T]):
    """One work, done at once, and what came of it."""

    loop: asyncio.AbstractEventLoop

    def __init__(self, work: Callable[[Transaction], T]) -> None:
        self._work = work
        self._values: list[T] = []
        self._error: BaseException | None = None

    def run(self, transaction: Transaction) -> bool:
        try:
            self._values.append(self._work(transaction))
        except BaseException as error:  # noqa: BLE001 - it belongs to the one who waits
            self._error = error
        return self._error is None

    def fail(self, error: BaseException) -> None:
        self._error = self._error or error

    def answer(self) -> None:
        """Nobody has to be woken."""

    def unheard(self) -> None:
        """Somebody always listens."""

    def __await__(self) -> Generator[None, None, T]:
        if self._error is not None:
            raise self._error
        return self._values[0]
        yield


class InlineSqlite:
    """The SQLite engine without its thread, so that it can run under a faked clock."""

    def __init__(self, file: Path) -> None:
        self.file = file
        self._file = SqliteFile(file, durability="process", busy_seconds=5.0)

    @property
    def owner(self) -> str:
        return self._file.owners.name

    def transact(self, work: Callable[[Transaction], T]) -> Awaitable[T]:
        told = Told(work)
        self._file.run([told])
        return told

    async def close(self) -> None:
        self._file.close(True)


class Slow:
    """An engine whose answers take two turns of the loop; the work is done before the first or after it."""

    def __init__(self, engine: Engine, *, late: bool) -> None:
        self.engine = engine
        self._late = late

    @property
    def owner(self) -> str:
        return self.engine.owner

    def transact(self, work: Callable[[Transaction], T]) -> asyncio.Future[T]:
        loop = asyncio.get_running_loop()
        answer: asyncio.Future[T] = loop.create_future()
        if self._late:
            loop.call_soon(lambda: _answer(answer, self.engine.transact(work)))
        else:
            loop.call_soon(_answer, answer, self.engine.transact(work))
        return answer

    async def close(self) -> None:
        await self.engine.close()


def _answer(future: asyncio.Future[T], told: Awaitable[T]) -> None:
    """A told work is there to be awaited without waiting."""
    try:
        told.__await__().send(None)
    except StopIteration as end:
        value, error = end.value, None
    except BaseException as raised:  # noqa: BLE001 - it belongs to the one who waits
        value, error = None, raised
    if future.done():
        return
    if error is not None:
        future.set_exception(error)
    else:
        future.set_result(value)


class Timed(Scripted):
    """A script that notes when it was asked, on the loop's clock."""

    def __init__(self, steps: Any, *, repeat: bool = False) -> None:
        super().__init__(steps, repeat=repeat)
        self.asked: list[float] = []

    async def chat(self, call: Call) -> Reply:
        self.asked.append(loop_time())
        return await super().chat(call)


class Rig:
    """One state under one faked clock. `chance` is what every throw of the dice gives."""

    def __init__(self, engine: Engine, *, chance: float = 0.0) -> None:
        self.clock = FakeClock()
        self.engine = engine
        self.state = State(lambda: engine, now=LoopWall(), chance=lambda: chance)
        self.parts = Parts(state=self.state, ledger=StateLedger(self.state), jitter=lambda: 0.5)

    def door(self, config: Mapping[str, Any], **scripts: Scripted) -> AsyncDoor:
        return onedoor.open_async(config, providers=scripts, parts=self.parts)

    def run(self, main: Coroutine[Any, Any, T]) -> T:
        return self.clock.run(main)

    def wait(self, seconds: float) -> None:
        self.clock.advance(seconds)

    def now(self) -> float:
        async def asked() -> float:
            return self.state.now

        return self.run(asked())

    def ask(self, door: AsyncDoor, prompt: str = "hi", **ask: Any) -> Reply:
        return self.run(door.ask(prompt, **{"task": "chat", **ask}))

    def read(self, question: Callable[[Transaction], T]) -> T:
        return self.run(self.state.read(question))

    @property
    def attempts(self) -> Sequence[AttemptRow]:
        """The ledger's attempts, oldest first."""
        return rows_of(self.engine, AttemptRow, "attempts")

    @property
    def calls(self) -> Sequence[CallRow]:
        """The ledger's calls, oldest first."""
        return rows_of(self.engine, CallRow, "calls")


def rows_of(engine: Engine, kind: type[R], table: str) -> Sequence[R]:
    """A ledger table, whatever keeps it."""
    if isinstance(engine, Slow):
        return rows_of(engine.engine, kind, table)
    if isinstance(engine, MemoryEngine):
        return engine.ledger(kind)
    assert isinstance(engine, InlineSqlite)
    names = kind.__struct_fields__
    reader = open_readonly(engine.file)
    rows = [dict(zip(names, row, strict=True)) for row in reader.query(f"SELECT {', '.join(names)} FROM {table}")]
    reader.close()
    for row in rows:
        for name in json_columns(kind):
            row[name] = msgspec.json.decode(str(row[name]))
    return [msgspec.convert(row, kind, strict=False) for row in rows]


def code(error: OnedoorError | None) -> str:
    """An error's code, "ok" without one."""
    return error.code if error else "ok"


def config(*, provider: Any = None, model: Any = None, task: Any = None, **more: Any) -> dict[str, Any]:
    """One candidate, or with `spare=True` two of different providers; nothing is sent twice."""
    spare = more.pop("spare", False)
    price = {"input": 1.0, "output": 2.0}
    models = {"small": {"provider": "hosted", "name": "small-1", "price": price, "max_output": 100, **(model or {})}}
    if spare:
        models["spare"] = {"provider": "other", "name": "spare-1", "price": price}
    providers = {"hosted": {"kind": "openai", **(provider or {})}, "other": {"kind": "openai"}}
    chat = {"models": list(models), "retry": {"sends": 1}, **(task or {})}
    return {"providers": providers, "models": models, "tasks": {"chat": chat}, **more}
