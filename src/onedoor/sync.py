"""The door for code without an event loop: a thin facade over the async one, with one loop of its own."""

from __future__ import annotations

import asyncio
import concurrent.futures
import os
import queue
import threading
import weakref
from collections.abc import Callable, Coroutine, Iterator, Sequence
from typing import TYPE_CHECKING, Any, TypeVar, Unpack

from onedoor.asking import Ask
from onedoor.config import Config
from onedoor.deltas import finished, seen
from onedoor.door import AsyncDoor
from onedoor.errors import WrongContext
from onedoor.jobs import BlockingJobs
from onedoor.messages import Prompt
from onedoor.pipeline import Rail
from onedoor.prompt.built import Built
from onedoor.prompt.template import Filled, Value
from onedoor.prompt.tokens import Count
from onedoor.stores.store import Ledger
from onedoor.tap import Live, Tap
from onedoor.types import Delta, Embeddings, Reply, ServedModel

if TYPE_CHECKING:
    from onedoor.bulk.blocking import BlockingRun
    from onedoor.bulk.items import Items
    from onedoor.bulk.mapping import Mapped
    from onedoor.bulk.prompts import Asking
    from onedoor.bulk.run import Run
    from onedoor.ledger.quality import QualityRow
    from onedoor.quality.comparison import Cases, Comparing, Comparison
    from onedoor.quality.review import Review
    from onedoor.workflow.running import Flowing
    from onedoor.workflow.workflow import Workflow

T = TypeVar("T")


class Door(BlockingJobs):
    """The same door as `AsyncDoor`, for synchronous code. Safe to share between threads, not across a fork."""

    _door: AsyncDoor

    def __init__(self, door: AsyncDoor) -> None:
        self._door = door
        self._pid = os.getpid()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=_run, args=(self._loop,), name="onedoor", daemon=True)
        self._thread.start()
        self._finalizer = weakref.finalize(self, _shut, door, self._loop, self._thread, self._pid)

    def __enter__(self) -> Door:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def close(self) -> None:
        """End what is under way and let go of every connection."""
        self._finalizer()

    @property
    def config(self) -> Config:
        """What this door was opened with."""
        return self._door.config

    @property
    def ledger(self) -> Ledger:
        """Where this door writes its calls; see `AsyncDoor.ledger`."""
        return self._door.ledger

    def stream(self, prompt: Prompt, **ask: Unpack[Ask]) -> Deltas:
        """Ask a question and read the answer as it is written; leaving the block early cancels the call.

        with door.stream("…", task="chat") as deltas:
            for delta in deltas:
                print(delta, end="")
        deltas.reply
        """
        return Deltas(self, lambda tap: self._door.answer(prompt, ask, tap))

    def build(self, prompt: Prompt, **ask: Unpack[Ask]) -> Built:
        """The prompt as it would be sent, counted and fitted; nothing is sent. See `AsyncDoor.build`."""
        return self._wait(self._door.build(prompt, **ask))

    def template(self, name: str, /, **values: Value) -> Filled:
        """A configured template, its places filled; see `AsyncDoor.template`."""
        return self._door.template(name, **values)

    def review(self, prompt: Prompt, *, rounds: int = 1, **ask: Unpack[Ask]) -> Review:
        """Have an answer criticised by another model and revised; see `AsyncDoor.review`."""
        return self._wait(self._door.review(prompt, rounds=rounds, **ask))

    def compare(self, cases: Cases, **comparing: Unpack[Comparing]) -> Comparison:
        """Ask every case of every candidate, and weigh the answers; see `AsyncDoor.compare`."""
        return self._wait(self._door.compare(cases, **comparing))

    def map(self, items: Items, prompt: Asking, **given: Unpack[Mapped]) -> BlockingRun:
        """Ask the same about every item: `for result in door.map(…)`; see `AsyncDoor.map`."""
        from onedoor.bulk.blocking import BlockingRun

        async def made() -> Run:
            return self._door.map(items, prompt, **given)

        return BlockingRun(self._wait(made()), self._wait)

    def run(self, flow: Workflow, items: Items, **given: Unpack[Flowing]) -> BlockingRun:
        """Do the steps of a workflow for every item: `for result in door.run(…)`; see `AsyncDoor.run`."""
        from onedoor.bulk.blocking import BlockingRun

        async def made() -> Run:
            return self._door.run(flow, items, **given)

        return BlockingRun(self._wait(made()), self._wait)

    def verdict(
        self, call: str, *, accepted: bool | None, reason: str = "", by: str = "", score: float | None = None
    ) -> None:
        """Write down what you think of a call's answer; see `AsyncDoor.verdict`."""
        self._wait(self._door.verdict(call, accepted=accepted, reason=reason, by=by, score=score))

    def report(
        self, *, since: float | None = None, until: float | None = None, task: str | None = None
    ) -> tuple[QualityRow, ...]:
        """How good answers were, per task and model; see `AsyncDoor.report`."""
        return self._wait(self._door.report(since=since, until=until, task=task))

    def embed(self, texts: Sequence[str], *, model: str, caller: str = "") -> Embeddings:
        """One vector per text, in order; see `AsyncDoor.embed`."""
        return self._wait(self._door.embed(texts, model=model, caller=caller))

    def models(self) -> dict[str, tuple[ServedModel, ...]]:
        """What every configured provider really serves now, by the provider's name."""
        return self._wait(self._door.models())

    def count_tokens(self, text: str, *, model: str) -> Count:
        """The tokens of a text for a configured model; see `AsyncDoor.count_tokens`."""
        return self._wait(self._door.count_tokens(text, model=model))

    def rails(self, task: str = "", *, model: str = "") -> tuple[Rail, ...]:
        """The rails a call of this task passes, outermost first."""
        return self._door.rails(task, model=model)

    def loop(self) -> asyncio.AbstractEventLoop:
        """The background loop, after checking that it may be used from here. Raises WrongContext."""
        if os.getpid() != self._pid:
            raise WrongContext("this door was opened before a fork; open one in the child process")
        if not self._finalizer.alive:
            raise WrongContext("this door is closed")
        if _inside_loop():
            raise WrongContext("a sync door would block the running event loop; use `onedoor.open_async` here")
        return self._loop

    def _wait(self, work: Coroutine[Any, Any, T]) -> T:
        try:
            loop = self.loop()
        except WrongContext:
            work.close()
            raise
        begun: list[asyncio.Task[T]] = []
        try:
            return asyncio.run_coroutine_threadsafe(_noted(work, begun), loop).result()
        except concurrent.futures.CancelledError:
            raise WrongContext("this door was closed while the call was under way") from None
        except BaseException:  # ctrl-c may come at any moment, also before there is a future to cancel
            if not loop.is_closed():
                loop.call_soon_threadsafe(_cancel, begun)
            raise


class Deltas:
    """An answer being written: iterate it inside `with`; `reply` is the whole once it is there."""

    def __init__(self, door: Door, run: Callable[[Tap], Coroutine[Any, Any, Reply]]) -> None:
        self._door = door
        self._run = run
        self._task: asyncio.Task[Reply] | None = None
        self._queue: queue.SimpleQueue[Delta | None] = queue.SimpleQueue()
        self._ended = threading.Event()

    def __enter__(self) -> Deltas:
        loop = self._door.loop()
        self._task = asyncio.run_coroutine_threadsafe(self._start(), loop).result()
        return self

    def __exit__(self, *error: object) -> None:
        if self._task is not None and not self._ended.is_set():
            self._task.get_loop().call_soon_threadsafe(self._task.cancel)
            self._ended.wait()

    def __iter__(self) -> Iterator[Delta]:
        while (delta := self._queue.get()) is not None:
            yield delta
        self._queue.put(None)
        _ = self.reply

    @property
    def reply(self) -> Reply:
        """The whole reply. Raises what the call raised, or WrongContext while it isn't there yet."""
        if self._task is None:
            raise WrongContext("a stream begins with its block: `with door.stream(…) as deltas`")
        return finished(self._task)

    async def _start(self) -> asyncio.Task[Reply]:
        task = asyncio.create_task(self._run(Live(self._queue.put)))
        task.add_done_callback(self._end)
        return task

    def _end(self, task: asyncio.Task[Reply]) -> None:
        seen(task)
        self._ended.set()
        self._queue.put(None)


async def _noted(work: Coroutine[Any, Any, T], begun: list[asyncio.Task[T]]) -> T:
    """The work, whose task can be cancelled from the moment it begins."""
    task = asyncio.current_task()
    if task is not None:
        begun.append(task)
    return await work


def _cancel(tasks: list[asyncio.Task[T]]) -> None:
    for task in tasks:
        task.cancel()


def _inside_loop() -> bool:
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return False
    return True


def _run(loop: asyncio.AbstractEventLoop) -> None:
    """Run until it is stopped. A task that ends with SystemExit ends the loop, too, and its caller waits to be told."""
    while True:
        try:
            loop.run_forever()
        except (SystemExit, KeyboardInterrupt):
            continue
        return


def _shut(door: AsyncDoor, loop: asyncio.AbstractEventLoop, thread: threading.Thread, pid: int) -> None:
    """Stop the background loop; a forked child inherits the object but not the thread."""
    if os.getpid() != pid:
        return
    if threading.current_thread() is thread:  # the garbage collector may run anywhere, and a loop can't wait for itself
        threading.Thread(target=_shut, args=(door, loop, thread, pid), name="onedoor-shut").start()
        return
    asyncio.run_coroutine_threadsafe(_finish(door), loop).result()
    loop.call_soon_threadsafe(loop.stop)
    thread.join()
    loop.close()


async def _finish(door: AsyncDoor) -> None:
    """Cancel every call under way, wait for its clean-up, then close."""
    others = asyncio.all_tasks() - {asyncio.current_task()}
    for task in others:
        task.cancel()
    if others:
        await asyncio.wait(others)
    await door.close()
