"""A call may be cancelled at any moment and leaves nothing behind."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from typing import Any

import pytest

import onedoor
from onedoor import AsyncDoor, Call, Reply, ServerFault, StreamBroken
from onedoor.policy.terms import Reservation
from onedoor.providers.openai import OpenAI
from onedoor.providers.transport import Http
from onedoor.standard import Parts
from onedoor.tap import Live, Silent, Tap
from onedoor.testing import FakeClock, Scripted, Wait

from .state.stepped import Stepped


class Switch:
    """A provider that can be exchanged for another."""

    def __init__(self, behind: Scripted) -> None:
        self.behind = behind

    async def chat(self, call: Call) -> Reply:
        return await self.behind.chat(call)

    async def embed(self, call: Call) -> Reply:
        return await self.behind.embed(call)

    async def models(self) -> Any:
        return ()

    async def close(self) -> None:
        """Nothing to let go of."""


CONFIG: dict[str, Any] = {
    "providers": {"hosted": {"kind": "openai"}},
    "models": {"big": {"provider": "hosted", "name": "big-1"}, "small": {"provider": "hosted", "name": "small-1"}},
    "tasks": {
        "chat": {
            "models": ["big", "small"],
            "hold": True,
            "cache": {"ttl": 60},
            "retry": {"sends": 2},
            "deadline": 500,
            "timeout": {"first_token": 30, "stall": 30, "total": 200},
            "last_resort": ["last_good"],
        }
    },
}
# The first candidate fails twice, the second is cut, then stands still for too long, and the last attempt answers.
ROUGH: list[Any] = [
    [Wait(1), ServerFault("broken")],
    [Wait(1), "he", Wait(1), StreamBroken("cut")],
    [Wait(60), "too late"],
    [Wait(1), "hel", Wait(1), "lo"],
]


# The first candidate's answer is hopeless, then ends too soon, then is no label; the second's is cut, then right.
CONTRACT: dict[str, Any] = {
    "schema": {"type": "object", "properties": {"said": {"enum": ["hello", "goodbye"]}, "n": {"type": "integer"}}},
    "must_contain": ["hello"],
}
CHECKED: dict[str, Any] = {
    **CONFIG,
    "tasks": {"chat": {**CONFIG["tasks"]["chat"], "contract": CONTRACT, "min_score": 0.5, "max_output_tokens": 100}},
}
HELLO = '{"said": "hello"}'
WRONG: list[Any] = [
    [Wait(1), '{"said": "he', Wait(1), "y", Wait(1), '"}'],
    Wait(1),
    Reply('{"said": "hel', finish_reason="length"),
    [Wait(1), '{"said": "goodbye"}'],
    [Wait(1), '{"said": ', StreamBroken("cut")],
    [Wait(1), '{"said": ', Wait(1), '"hello"}'],
]


class Case:
    """One door on a rough road, under a fake clock."""

    def __init__(self) -> None:
        self.switch = Switch(Scripted([*ROUGH, "hello"], repeat=True))
        self.parts = Parts()
        self.door: AsyncDoor = onedoor.open_async(CONFIG, providers={"hosted": self.switch}, parts=self.parts)
        self.shown: list[str] = []

    def tap(self, reads: bool) -> Tap:
        return Live(lambda delta: self.shown.append(delta.text)) if reads else Silent()

    def call(self, reads: bool) -> Coroutine[Any, Any, Reply]:
        return self.door.answer("hi", {"task": "chat"}, self.tap(reads))

    @property
    def errors(self) -> list[str]:
        return [row.error for row in self.parts.ledger]  # type: ignore[attr-defined]

    async def assert_nothing_is_left(self) -> None:
        assert asyncio.all_tasks() == {asyncio.current_task()}
        assert self.parts.flights == {}
        assert self.errors == ["cancelled"]
        self.switch.behind = Scripted(["hello"])
        self.shown.clear()
        reply = await self.call(reads=True)
        assert (reply.text, reply.attempts, self.shown) == ("hello", 1, ["hello"])


def steps_of(work: Callable[[], Coroutine[Any, Any, Any]]) -> int:
    """How many steps a call takes when nobody cancels it."""

    async def whole() -> int:
        stepped = Stepped(work())
        await stepped
        return stepped.steps

    return FakeClock().run(whole())


async def drive(work: Coroutine[Any, Any, Any], step: int) -> None:
    await Stepped(work, step)


async def cancelled(work: Coroutine[Any, Any, Any], step: int) -> None:
    """Run a call in a task of its own and cancel it at this step."""

    task = asyncio.ensure_future(drive(work, step))
    await asyncio.wait([task])
    assert task.cancelled()


@pytest.mark.parametrize("reads", [False, True], ids=["ask", "stream"])
def test_a_call_cancelled_at_any_step_leaves_nothing_behind(reads: bool) -> None:
    whole = steps_of(lambda: Case().call(reads))
    assert whole >= 8
    for step in range(1, whole + 1):
        case = Case()

        async def once(case: Case = case, step: int = step) -> None:
            await cancelled(case.call(reads), step)
            await case.assert_nothing_is_left()

        FakeClock().run(once())


def test_the_rough_road_is_as_rough_as_it_says() -> None:
    case = Case()
    reply = FakeClock().run(case.call(reads=True))
    assert (reply.text, reply.model, reply.attempts, reply.retries) == ("hello", "small", 4, 2)
    assert case.shown == ["hel", "lo"]


@pytest.mark.parametrize("moment", [0.1, 0.9, 1.5, 2.5, 3.5, 30, 33, 34.5])
def test_a_reader_who_leaves_at_any_moment_leaves_nothing_behind(moment: float) -> None:
    case = Case()

    async def read() -> None:
        async with case.door.stream("hi", task="chat") as deltas:
            async for _ in deltas:
                raise AssertionError("a held stream shows nothing before its end")

    async def once() -> None:
        task = asyncio.ensure_future(read())
        await asyncio.sleep(moment)
        task.cancel()
        await asyncio.wait([task])
        assert task.cancelled()
        await case.assert_nothing_is_left()

    FakeClock().run(once())


class Checked(Case):
    """The same with a contract on the road: corrections, an early stop and an escalation."""

    def __init__(self) -> None:
        super().__init__()
        self.switch = Switch(Scripted([*WRONG, HELLO], repeat=True))
        self.door = onedoor.open_async(CHECKED, providers={"hosted": self.switch}, parts=self.parts)

    async def assert_nothing_is_left(self) -> None:
        assert asyncio.all_tasks() == {asyncio.current_task()}
        assert self.parts.flights == {}
        assert self.errors == ["cancelled"]
        assert (
            await self.parts.state.read(lambda rows: [key for key, _ in rows.scan("reservation/", Reservation)]) == []
        )
        self.switch.behind = Scripted([HELLO])
        self.shown.clear()
        reply = await self.call(reads=True)
        assert (reply.data, reply.attempts, "".join(self.shown)) == ({"said": "hello"}, 1, HELLO)


def test_a_call_with_a_contract_takes_the_whole_rough_road() -> None:
    case = Checked()
    reply = FakeClock().run(case.call(reads=True))
    assert (reply.data, reply.attempts, "".join(case.shown)) == ({"said": "hello"}, 5, HELLO)
    assert [reason.kind for reason in reply.degraded] == ["escalated"]


@pytest.mark.parametrize("reads", [False, True], ids=["ask", "stream"])
def test_a_call_with_a_contract_cancelled_at_any_step_leaves_nothing_behind(reads: bool) -> None:
    whole = steps_of(lambda: Checked().call(reads))
    assert whole >= 8
    for step in range(1, whole + 1):
        case = Checked()

        async def once(case: Case = case, step: int = step) -> None:
            await cancelled(case.call(reads), step)
            await case.assert_nothing_is_left()

        FakeClock().run(once())


def test_whoever_waits_for_a_cancelled_call_gets_an_answer_at_any_step() -> None:
    whole = steps_of(lambda: Case().call(reads=False))
    for step in range(1, whole + 1):
        case = Case()

        async def once(case: Case = case, step: int = step) -> Reply:
            leader = asyncio.ensure_future(cancelled(case.call(reads=False), step))
            await asyncio.sleep(0)
            await asyncio.sleep(0)
            follower = asyncio.ensure_future(case.call(reads=False))
            await leader
            reply = await follower
            assert asyncio.all_tasks() == {asyncio.current_task()}
            return reply

        reply = FakeClock().run(once())
        assert reply.text in {"hello", "too late"}
        assert case.parts.flights == {}
        assert sorted(case.errors) == ["", "cancelled"]


def test_a_waiting_call_that_is_cancelled_harms_nobody() -> None:
    case = Case()

    async def once() -> Reply:
        leader = asyncio.ensure_future(case.call(reads=False))
        await asyncio.sleep(0.5)
        await cancelled(case.call(reads=False), 1)
        return await leader

    reply = FakeClock().run(once())
    assert (reply.text, reply.attempts) == ("hello", 4)
    assert case.parts.flights == {}
    assert case.errors == ["cancelled", ""]


# Over a real connection


class Server:
    """Says some bytes to every request and holds the line; `closed` is set once the other side hangs up."""

    def __init__(self, answer: bytes) -> None:
        self.answer = answer
        self.asked = asyncio.Event()
        self.closed = asyncio.Event()
        self.handlers: list[Any] = []

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.handlers.append(asyncio.current_task())
        try:
            while await self._request(reader):
                writer.write(self.answer)
                await writer.drain()
                self.asked.set()
        except (ConnectionError, asyncio.IncompleteReadError):
            self.asked.set()
        finally:
            self.closed.set()
            writer.close()

    async def _request(self, reader: asyncio.StreamReader) -> bool:
        head = await reader.readuntil(b"\r\n\r\n")
        length = next(line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:"))
        await reader.readexactly(int(length.partition(b":")[2]))
        return True


SSE = b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n"


def chunk(data: bytes) -> bytes:
    return b"%x\r\n%s\r\n" % (len(data), data)


PIECE = chunk(b'data: {"choices": [{"delta": {"content": "hello"}}]}\n\n')
END = chunk(b'data: {"choices": [{"delta": {}, "finish_reason": "stop"}]}\n\ndata: [DONE]\n\n') + b"0\r\n\r\n"
BODY = b'{"choices": [{"message": {"content": "hello"}, "finish_reason": "stop"}]}'
WHOLE = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: %d\r\n\r\n%s" % (len(BODY), BODY)

UNFINISHED = {
    "before the head": b"",
    "in the head": SSE[:20],
    "after the head": SSE,
    "in a piece": SSE + PIECE[:30],
    "after a piece": SSE + PIECE,
    "in a whole body": WHOLE[:-5],
}
FINISHED = {"stream": SSE + PIECE + END, "whole": WHOLE}


@asynccontextmanager
async def connected(answer: bytes) -> AsyncIterator[tuple[Server, AsyncDoor, Http]]:
    """A server, and a door that asks it over real HTTP."""
    server = Server(answer)
    listening = await asyncio.start_server(server.serve, "127.0.0.1", 0)
    port = listening.sockets[0].getsockname()[1]
    transport = Http("hosted")
    provider = OpenAI("hosted", f"http://127.0.0.1:{port}/v1", transport=transport)
    config = {**CONFIG, "tasks": {"chat": {"models": ["big"], "retry": {"sends": 1}}}}
    async with asyncio.timeout(10):
        async with listening, onedoor.open_async(config, providers={"hosted": provider}, parts=Parts()) as door:
            yield server, door, transport
        if server.handlers:
            await asyncio.wait(server.handlers)


def acquired(transport: Http) -> int:
    """How many connections are in use."""
    session = transport._session
    return len(session.connector._acquired) if session and session.connector else 0


def working() -> set[str]:
    """What the tasks of this loop are doing, the server's left out."""
    names = {getattr(task.get_coro(), "__qualname__", "?") for task in asyncio.all_tasks()}
    return {name for name in names if "Server" not in name and "_accept_connection" not in name}


def question(door: AsyncDoor, streamed: bool) -> Coroutine[Any, Any, Reply]:
    return door.answer("hi", {"task": "chat"}, Live(lambda delta: None) if streamed else Silent())


@pytest.mark.parametrize("answer", UNFINISHED.values(), ids=UNFINISHED.keys())
@pytest.mark.parametrize("streamed", [False, True], ids=["ask", "stream"])
async def test_the_server_sees_a_cancelled_call_hang_up(answer: bytes, streamed: bool) -> None:
    async with connected(answer) as (server, door, transport):
        task = asyncio.ensure_future(question(door, streamed))
        await server.asked.wait()
        assert not server.closed.is_set()
        assert acquired(transport) == 1
        task.cancel()
        await asyncio.wait([task])
        assert task.cancelled()
        await server.closed.wait()
        assert acquired(transport) == 0


@pytest.mark.parametrize(("streamed", "answer"), [(False, FINISHED["whole"]), (True, FINISHED["stream"])])
async def test_a_real_call_cancelled_at_any_step_leaves_no_connection_in_use(streamed: bool, answer: bytes) -> None:
    async with connected(answer) as (_, door, _):
        stepped = Stepped(question(door, streamed))
        await stepped
    assert stepped.steps >= 2
    for step in range(1, stepped.steps + 1):
        async with connected(answer) as (_, door, transport):
            task = asyncio.ensure_future(drive(question(door, streamed), step))
            await asyncio.wait([task])
            assert acquired(transport) == 0
            assert working() == {"test_a_real_call_cancelled_at_any_step_leaves_no_connection_in_use"}
            reply = await question(door, streamed)
            assert reply.text == "hello"
            expected = ["cancelled", ""] if task.cancelled() else ["", ""]
            assert [row.error for row in door.ledger] == expected  # type: ignore[attr-defined]
