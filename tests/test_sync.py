"""The door for code without an event loop."""

from __future__ import annotations

import asyncio
import gc
import os
import signal
import subprocess
import sys
import textwrap
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

import onedoor
from onedoor import Call, Delta, Door, Reply, ServerFault, StreamBroken, WrongContext
from onedoor.standard import Parts
from onedoor.testing import Function, Scripted

CONFIG: dict[str, Any] = {
    "providers": {"hosted": {"kind": "openai"}},
    "models": {"big": {"provider": "hosted", "name": "big-1"}},
    "tasks": {"chat": {"models": ["big"], "retry": {"sends": 1}}},
}


class Hanging:
    """A provider that says one piece and then waits until it is cancelled."""

    def __init__(self) -> None:
        self.begun = threading.Event()
        self.ended = threading.Event()

    async def __call__(self, call: Call) -> str:
        call.tap.push(Delta("hel"))
        self.begun.set()
        try:
            await asyncio.Event().wait()
        finally:
            self.ended.set()
        raise AssertionError("unreachable")


@pytest.fixture
def hanging() -> Hanging:
    return Hanging()


@pytest.fixture
def door() -> Iterator[Door]:
    with a_door(Scripted(["hello"], repeat=True)) as opened:
        yield opened


def a_door(provider: Any) -> Door:
    return onedoor.open(CONFIG, providers={"hosted": provider}, parts=Parts())


def rows(door: Door) -> list[str]:
    return [row.error for row in door.ledger]  # type: ignore[attr-defined]


def test_it_does_what_the_async_door_does(door: Door) -> None:
    assert door.ask("hi").text == "hello"
    assert list(door.embed(["a", "bb"], model="big")) == [(1.0,), (2.0,)]
    assert list(door.models()) == ["hosted"]
    assert door.rails("chat")
    assert door.config.tasks.keys() == {"chat"}
    assert rows(door) == ["", ""]


def test_an_error_comes_out_as_it_is() -> None:
    fault = ServerFault("broken")
    with a_door(Scripted([fault])) as door, pytest.raises(ServerFault) as raised:
        door.ask("hi")
    assert raised.value is fault
    assert fault.call_id


def test_threads_can_share_it() -> None:
    together = threading.Barrier(4, timeout=10)

    def meets(call: Call) -> str:
        together.wait()
        return call.messages[-1].text.upper()

    with a_door(Function(meets)) as door, ThreadPoolExecutor(4) as pool:
        replies = list(pool.map(door.ask, [f"question {place}" for place in range(4)]))
    assert [reply.text for reply in replies] == [f"QUESTION {place}" for place in range(4)]
    assert len({reply.id for reply in replies}) == 4


# Streams


def test_a_stream_is_read_piece_by_piece() -> None:
    with a_door(Scripted([["hel", "lo"]])) as door:
        with door.stream("hi") as deltas:
            assert [str(delta) for delta in deltas] == ["hel", "lo"]
            assert list(deltas) == []
        assert deltas.reply.text == "hello"


def test_leaving_a_stream_early_ends_the_call_before_going_on(hanging: Hanging) -> None:
    with a_door(Function(hanging)) as door:
        with door.stream("hi") as deltas:
            assert next(iter(deltas)).text == "hel"
        assert hanging.ended.is_set()
        assert rows(door) == ["cancelled"]
        with pytest.raises(WrongContext, match="left before its end"):
            _ = deltas.reply


def test_a_failed_stream_raises_where_it_is_read() -> None:
    with a_door(Scripted([["hel", StreamBroken("cut")]])) as door:
        with door.stream("hi") as deltas:
            pieces = iter(deltas)
            assert next(pieces).text == "hel"
            with pytest.raises(StreamBroken):
                next(pieces)
        with pytest.raises(StreamBroken):
            _ = deltas.reply


def test_a_stream_nobody_reads_leaves_nothing_behind(caplog: pytest.LogCaptureFixture) -> None:
    with a_door(Scripted([ServerFault("broken")])) as door, door.stream("hi") as deltas:
        while not rows(door):
            threading.Event().wait(0.001)
    del deltas, door
    gc.collect()
    assert caplog.records == []


def test_a_stream_begins_with_its_block(door: Door) -> None:
    with pytest.raises(WrongContext, match="begins with its block"):
        _ = door.stream("hi").reply


# Where it may not be used


def test_inside_a_running_loop_it_says_what_to_use_instead(door: Door) -> None:
    async def inside() -> None:
        with pytest.raises(WrongContext, match=r"onedoor\.open_async"):
            door.ask("hi")
        with pytest.raises(WrongContext, match=r"onedoor\.open_async"), door.stream("hi"):
            raise AssertionError("unreachable")

    asyncio.run(inside())
    assert door.ask("hi").text == "hello"


def test_another_thread_of_a_running_loop_may_use_it(door: Door) -> None:
    async def inside() -> Reply:
        return await asyncio.to_thread(door.ask, "hi")

    assert asyncio.run(inside()).text == "hello"


@pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning")
def test_after_a_fork_the_child_is_refused_and_the_parent_goes_on(door: Door) -> None:
    read, write = os.pipe()
    child = os.fork()
    if child == 0:
        signal.alarm(10)
        try:
            door.ask("hi")
        except WrongContext as error:
            os.write(write, str(error).encode())
        door.close()
        os.write(write, b" - closed")
        os._exit(0)
    os.close(write)
    with open(read, "rb") as told:
        said = told.read().decode()
    assert os.waitpid(child, 0)[1] == 0
    assert said == "this door was opened before a fork; open one in the child process - closed"
    assert door.ask("hi").text == "hello"


# Close


def test_a_closed_door_says_so() -> None:
    door = a_door(Scripted([]))
    door.close()
    door.close()
    with pytest.raises(WrongContext, match="closed"):
        door.ask("hi")
    with pytest.raises(WrongContext, match="closed"), door.stream("hi"):
        raise AssertionError("unreachable")


def test_closing_ends_what_is_under_way(hanging: Hanging) -> None:
    door = a_door(Function(hanging))
    errors: list[BaseException] = []

    def waits() -> None:
        try:
            door.ask("hi")
        except WrongContext as error:
            errors.append(error)

    thread = threading.Thread(target=waits)
    thread.start()
    assert hanging.begun.wait(10)
    door.close()
    thread.join(10)
    assert hanging.ended.is_set()
    assert [str(error) for error in errors] == ["this door was closed while the call was under way"]
    assert rows(door) == ["cancelled"]


def test_closing_ends_a_stream_that_is_being_read(hanging: Hanging) -> None:
    door = a_door(Function(hanging))
    with door.stream("hi") as deltas:
        pieces = iter(deltas)
        next(pieces)
        door.close()
        with pytest.raises(WrongContext):
            next(pieces)


def test_closing_leaves_no_thread_behind() -> None:
    before = set(threading.enumerate())
    door = a_door(Scripted(["hello"]))
    door.ask("hi")
    door.close()
    assert set(threading.enumerate()) <= before


def test_a_door_nobody_holds_any_more_closes_itself() -> None:
    before = set(threading.enumerate())
    door = a_door(Scripted(["hello"]))
    door.ask("hi")
    del door
    gc.collect()
    assert set(threading.enumerate()) <= before


def test_a_door_collected_on_its_own_thread_closes_all_the_same() -> None:
    """The garbage collector may run on the door's loop, which can't wait for itself."""
    door = a_door(Scripted([]))
    loop = door.loop()
    threads = [thread for thread in threading.enumerate() if thread.name == "onedoor"]
    holder: dict[str, Any] = {"door": door}
    holder["itself"] = holder
    gc.disable()
    try:
        del door, holder
        loop.call_soon_threadsafe(gc.collect)
        for thread in threads:
            thread.join(10)
            assert not thread.is_alive()
    finally:
        gc.enable()
    while any(thread.name == "onedoor-shut" for thread in threading.enumerate()):
        threading.Event().wait(0.001)
    assert loop.is_closed()


# Interruption


def test_an_interrupted_caller_leaves_nothing_running(hanging: Hanging) -> None:
    """Ctrl-C while an answer is awaited cancels the call."""
    with a_door(Function(hanging)) as door:

        def interrupt() -> None:
            if hanging.begun.wait(10):
                os.kill(os.getpid(), signal.SIGINT)

        thread = threading.Thread(target=interrupt)
        thread.start()
        with pytest.raises(KeyboardInterrupt):
            door.ask("hi")
        thread.join()
        assert hanging.ended.wait(10)
        while not rows(door):
            threading.Event().wait(0.001)
        assert rows(door) == ["cancelled"]


SCRIPTS = {
    "never used": "door = onedoor.open(CONFIG, providers={'hosted': Scripted(['hello'])})",
    "used": """
        door = onedoor.open(CONFIG, providers={'hosted': Scripted(['hello'])})
        assert door.ask('hi').text == 'hello'
    """,
    "under way in another thread": """
        import threading
        door = onedoor.open(CONFIG, providers={'hosted': Scripted([Wait(60), 'hello'])})
        begun = threading.Thread(target=lambda: door.ask('hi'), daemon=True)
        threading.excepthook = lambda args: None
        begun.start()
        while not door._door.provider('hosted').calls: pass
    """,
    "a stream left open": """
        door = onedoor.open(CONFIG, providers={'hosted': Scripted([['hel', Wait(60), 'lo']])})
        deltas = door.stream('hi').__enter__()
        assert next(iter(deltas)).text == 'hel'
    """,
    "two doors": """
        doors = [onedoor.open(CONFIG, providers={'hosted': Scripted(['hello'])}) for _ in range(2)]
        assert [door.ask('hi').text for door in doors] == ['hello', 'hello']
    """,
    "real connections": """
        door = onedoor.open(CONFIG)
        try:
            door.ask('hi')
        except onedoor.ConnectFailed:
            pass
        else:
            raise AssertionError
    """,
}


# The development mode also reports every step of the loop over 0.1 s, and the first request imports its HTTP client.
QUIET = "import logging; logging.getLogger('asyncio').setLevel(logging.ERROR)\n"


@pytest.mark.parametrize("script", SCRIPTS.values(), ids=SCRIPTS.keys())
def test_a_program_may_end_without_closing(script: str) -> None:
    """No hang, no warning, nothing written to stderr."""
    config = {**CONFIG, "providers": {"hosted": {"kind": "openai", "base_url": "http://127.0.0.1:9/v1"}}}
    head = f"{QUIET}import onedoor\nfrom onedoor.testing import Scripted, Wait\nCONFIG = {config!r}\n"
    ended = subprocess.run(
        [sys.executable, "-W", "error", "-X", "dev", "-c", head + textwrap.dedent(script)],
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
        env={**os.environ, "ONEDOOR_STATE": "memory"},
    )
    assert (ended.returncode, ended.stdout, ended.stderr) == (0, "", "")


def test_a_provider_that_ends_the_program_tells_who_waits_for_it_and_no_one_else() -> None:
    async def leaves(call: Call) -> str:
        if call.messages[-1].text == "leave":
            raise SystemExit(3)
        return "still here"

    with a_door(Function(leaves)) as door:
        with pytest.raises(SystemExit):
            door.ask("leave", task="chat")
        assert door.ask("stay", task="chat").text == "still here"
