"""Programs that share a state with a test: `python program.py COMMAND ARGUMENT …`, the file in ONEDOOR_STATE.

Each says what it does line by line, and goes on when it is told to by a line of its stdin.
"""

from __future__ import annotations

import asyncio
import os
import resource
import sys
import threading
import time
from typing import Any

import onedoor
from onedoor import AsyncDoor, Call, Cost, OnedoorError, Reply, StoreError, Usage, WrongContext
from onedoor.standard import Parts
from onedoor.state import State
from onedoor.state_ledger import StateLedger
from onedoor.stores.sqlite import SqliteEngine

ANSWER = Reply(
    "Yes.", model="small", provider="hosted", served="small-1", usage=Usage(10, 5), cost=Cost(20_000, "configured")
)
CONFIG: dict[str, Any] = {
    "providers": {
        "hosted": {"kind": "openai", "slots": 1, "budgets": [{"usd": 1.0, "per": "month", "strict": True}]},
    },
    "models": {"small": {"provider": "hosted", "name": "small-1", "price": {"input": 1.0, "output": 2.0}}},
    "tasks": {
        "chat": {"models": ["small"], "retry": {"sends": 1}, "max_wait": 20},
        "night": {"models": ["small"], "retry": {"sends": 1}, "max_wait": 20, "priority": "bulk"},
    },
}


class Told:
    """A provider that says when it is asked, and answers when it is told to."""

    def __init__(self, *, waits: bool = True) -> None:
        self._waits = waits

    async def chat(self, call: Call) -> Reply:
        if self._waits:
            say("asked", call.messages[-1].text)
            await told()
        return ANSWER

    async def embed(self, call: Call) -> Reply:
        return ANSWER

    async def models(self) -> tuple[()]:
        return ()

    async def close(self) -> None:
        """Nothing to let go of."""


def say(*words: object) -> None:
    print(*words, flush=True)  # noqa: T201 - the test reads it


async def told() -> str:
    """The next line of stdin; the loop goes on meanwhile."""
    loop = asyncio.get_running_loop()
    line: asyncio.Future[str] = loop.create_future()

    def read() -> None:
        text = sys.stdin.readline().strip()
        loop.call_soon_threadsafe(line.set_result, text)

    threading.Thread(target=read, daemon=True).start()
    return await line


def door_of(now: float = 0.0, *, waits: bool = True) -> tuple[AsyncDoor, State]:
    """A door on the shared file; its clock runs `now` seconds ahead."""
    state = State(lambda: SqliteEngine(os.environ["ONEDOOR_STATE"]), now=lambda: time.time() + now)
    parts = Parts(state=state, ledger=StateLedger(state))
    return onedoor.open_async(CONFIG, providers={"hosted": Told(waits=waits)}, parts=parts), state


async def ask(task: str, *prompts: str) -> None:
    """Ask at once what is to be asked, and say what came of it; then be told to end."""
    door, state = door_of()
    state.engine  # noqa: B018 - opened now, not when it is needed
    say("ready")
    await asyncio.gather(*(_asked(door, task, prompt) for prompt in prompts))
    await told()
    await state.close()


async def _asked(door: AsyncDoor, task: str, prompt: str) -> None:
    try:
        await door.ask(prompt, task=task)
        say("answered", prompt)
    except OnedoorError as error:
        say(error.code, error)


async def fork() -> None:
    """Fork in the middle of a call: the child may not use the door, the parent goes on."""
    door, state = door_of()
    asking = asyncio.ensure_future(_asked(door, "chat", "parent"))
    await asyncio.sleep(0.2)
    child = os.fork()
    if not child:
        _live_as_child(door)
    _reap(child)
    say("child ended")
    await asking
    await state.close()


def _reap(child: int) -> None:
    os.waitpid(child, 0)


def _live_as_child(door: AsyncDoor) -> None:
    try:
        asyncio.run(_ask_as_child(door))
    finally:
        os._exit(0)


async def _ask_as_child(door: AsyncDoor) -> None:
    try:
        await door.ask("child", task="chat")
        say("the child was answered")
    except WrongContext as error:
        say("refused", error)


async def fill() -> None:
    """Let the disk be full while a call is under way; then make room."""
    door, state = door_of()
    asking = asyncio.ensure_future(_asked(door, "chat", "costly"))
    await asyncio.sleep(0.2)
    _limit(_log_size())
    say("full")
    await asking
    try:
        await door.ask("refused", task="chat")
    except StoreError as error:
        say("store", error)
    _limit(resource.RLIM_INFINITY)
    say("room")
    await _asked(door, "chat", "after")
    await state.close()


def _log_size() -> int:
    return os.path.getsize(os.environ["ONEDOOR_STATE"] + "-wal")


def _limit(size: int) -> None:
    """No file may grow beyond this size."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))


async def http(port: str) -> None:
    """Ask a provider over HTTP each time it is told to."""
    hosted = {"kind": "openai", "base_url": f"http://127.0.0.1:{port}/v1"}
    async with onedoor.open_async({**CONFIG, "providers": {"hosted": hosted}}) as door:
        say("ready")
        while await told():
            try:
                await door.ask("http:1 is it quiet?", task="chat")
                say("answered")
            except OnedoorError as error:
                say(error.code)


COMMANDS = [ask, fork, fill, http]

if __name__ == "__main__":
    run = {command.__name__: command for command in COMMANDS}[sys.argv[1]]
    asyncio.run(run(*sys.argv[2:]))  # type: ignore[operator]
