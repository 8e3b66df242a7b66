"""Programs that share a store with a test: `python program.py COMMAND FILE …`."""

from __future__ import annotations

import asyncio
import fcntl
import gc
import os
import resource
import sys
import threading
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
from rows import add, attempt, count

from onedoor.errors import StoreError, WrongContext
from onedoor.stores.engine import Transaction
from onedoor.stores.sqlite import SqliteEngine, open_readonly


def say(*words: object) -> None:
    print(*words, flush=True)  # noqa: T201 - the test reads it


async def add_many(file: str, times: str) -> None:
    """Add to one count, some at a time."""
    engine = SqliteEngine(file, busy_seconds=20)
    for _ in range(int(times) // 10):
        await asyncio.gather(*(engine.transact(add("count")) for _ in range(10)))
    await engine.close()


async def storm(file: str, name: str) -> None:
    """Write without end, and say what was answered."""
    engine = SqliteEngine(file)
    await asyncio.gather(*(_write(engine, f"{name}-{n}") for n in range(8)))


async def _write(engine: SqliteEngine, name: str) -> None:
    for n in range(1_000_000):
        await engine.transact(lambda transaction, n=n: _both(transaction, f"{name}-{n}"))  # type: ignore[misc]
        say(f"{name}-{n}")


def _both(transaction: Transaction, name: str) -> None:
    add("total")(transaction)
    transaction.append(attempt(name))


async def hold(file: str) -> None:
    """Be an owner until killed."""
    engine = SqliteEngine(file)
    await engine.transact(add("count"))
    say(engine.owner)
    await asyncio.sleep(60)


async def lock(file: str) -> None:
    """Hold the store's lock until told to go."""
    held = os.open(f"{file}.lock", os.O_RDWR | os.O_CREAT)
    fcntl.flock(held, fcntl.LOCK_EX)
    say("locked")
    sys.stdin.readline()


async def leave_open(file: str) -> None:
    """End without closing, and without waiting for what was begun."""
    engine = SqliteEngine(file)
    for _ in range(1000):
        engine.transact(add("count"))


async def leave_thread(file: str) -> None:
    """End the main thread while another one goes on using the store."""
    engine = SqliteEngine(file)
    threading.Thread(target=lambda: asyncio.run(_later(engine))).start()


async def _later(engine: SqliteEngine) -> None:
    for _ in range(5):
        await asyncio.sleep(0.02)
        say(await engine.transact(add("count")))


async def fork(file: str) -> None:
    """Fork while the store is busy; the child may not use it and outlives the parent."""
    engine = SqliteEngine(file)
    busy = [engine.transact(add("count")) for _ in range(100)]
    child = os.fork()
    if not child:
        _as_child(engine, file)
        return
    _reap(child)
    await asyncio.gather(*busy)
    say(await engine.transact(count("count")), engine.query("PRAGMA integrity_check")[0][0])
    await engine.close()


def _reap(child: int) -> None:
    os.waitpid(child, 0)


def _status(child: int) -> int:
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def _as_child(engine: SqliteEngine, file: str) -> None:
    for use in (
        lambda: engine.transact(count("count")),
        lambda: engine.query("SELECT 1"),
        engine.close,
        lambda: SqliteEngine(file),
        lambda: open_readonly(file),
    ):
        try:
            used = use()
            if asyncio.iscoroutine(used):
                used.send(None)
        except WrongContext as error:
            say(error)
    gc.collect()
    os._exit(0)


async def fork_in_a_turn(file: str) -> None:
    """Fork before the turn is over, and go on in both processes."""
    engine = SqliteEngine(file)
    begun = engine.transact(add("count"))
    child = os.fork()
    if not child:
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        os._exit(begun.done())
    say(await begun, _status(child))
    await engine.close()


def outlive(file: str) -> None:
    """Fork a child that stays when the parent is killed."""
    engine = SqliteEngine(file)
    child = os.fork()
    if child:
        say(engine.owner, child)
    else:
        os.close(1)
    time.sleep(60)


def exit_child(file: str) -> None:
    """Fork a child that ends in good order, finalisers and all."""
    engine = SqliteEngine(file)
    asyncio.run(_count(engine))
    if not os.fork():
        sys.exit(0)
    os.wait()
    asyncio.run(_count(engine))


def fork_after_closing(file: str) -> None:
    """Open the store before and after a fork, but not across it."""
    asyncio.run(_open_and_count(file))
    if not os.fork():
        asyncio.run(_open_and_count(file))
        return
    os.wait()
    asyncio.run(_open_and_count(file))


async def _open_and_count(file: str) -> None:
    engine = SqliteEngine(file)
    await _count(engine)
    await engine.close()


async def _count(engine: SqliteEngine) -> None:
    say(await engine.transact(add("count")))


async def fill(file: str) -> None:
    """Write until the file may not grow, then make room and go on."""
    engine = SqliteEngine(file)
    limit = 1_000_000
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, resource.RLIM_INFINITY))
    done = 0
    try:
        for n in range(1000):
            await engine.transact(lambda transaction, n=n: _big(transaction, n))  # type: ignore[misc]
            done += 1
    except StoreError as error:
        say(error)
    resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    say(done, await engine.transact(count("total")), len(engine.query("SELECT 1 FROM attempts")))
    await engine.close()


def _big(transaction: Transaction, n: int) -> None:
    add("total")(transaction)
    transaction.append(attempt(f"big-{n}", served="x" * 5000))


COMMANDS = [
    add_many,
    storm,
    hold,
    lock,
    leave_open,
    leave_thread,
    fork,
    fork_in_a_turn,
    outlive,
    exit_child,
    fork_after_closing,
    fill,
]

if __name__ == "__main__":
    run = {command.__name__: command for command in COMMANDS}[sys.argv[1]]
    begun = run(*sys.argv[2:])  # type: ignore[operator]
    if asyncio.iscoroutine(begun):
        asyncio.run(begun)
