"""What onedoor makes of a real llama.cpp server (llama-cpp-python's), its good answers and its odd ones."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import pytest

import onedoor
from onedoor.errors import ConnectFailed, ContextExceeded, ServerFault, StreamBroken

from .conftest import Server, StartServer

pytestmark = pytest.mark.real

WATCHED = {"connect": 5, "first_token": 30, "stall": 20, "total": 60}
WHOLE = {"connect": 5, "total": 60}
CONTEXT = 4096
TOO_LONG = "Q " * CONTEXT
ENDLESS = 3000
SCHEMA = {
    "type": "object",
    "properties": {"ok": {"type": "boolean"}, "colour": {"enum": ["red", "blue"]}},
    "required": ["ok", "colour"],
    "additionalProperties": False,
}


def config(url: str, *, name: str = "tiny", timeout: Mapping[str, float] = WHOLE, sends: int = 1) -> dict[str, Any]:
    """One model at this address, asked once unless told otherwise: a fault comes out as it is."""
    return {
        "providers": {"local": {"kind": "openai", "base_url": url}},
        "models": {
            "tiny": {"provider": "local", "name": name, "context": CONTEXT, "price": {"input": 1.0, "output": 2.0}}
        },
        "tasks": {
            "chat": {"models": ["tiny"], "max_output_tokens": 32, "timeout": dict(timeout), "retry": {"sends": sends}}
        },
    }


async def read(door: onedoor.AsyncDoor, *, meanwhile: Callable[[], Awaitable[object]]) -> None:
    """Read a long stream to its end, doing something after every piece."""
    async with door.stream("hello", max_output_tokens=ENDLESS) as stream:
        async for _ in stream:
            await meanwhile()


async def test_a_whole_answer_says_what_it_used(server: Server) -> None:
    async with onedoor.open_async(config(server.url)) as door:
        reply = await door.ask("hello")

    assert reply.text
    assert (reply.model, reply.provider, reply.served) == ("tiny", "local", "tiny")
    assert reply.finish_reason == "length"
    assert (reply.usage.input > 0, reply.usage.output, reply.usage.estimated) == (True, 32, False)
    assert reply.cost is not None
    assert reply.cost.nano_usd == 1000 * reply.usage.input + 2000 * reply.usage.output


async def test_the_same_seed_gives_the_same_answer(server: Server) -> None:
    async with onedoor.open_async(config(server.url)) as door:
        first = await door.ask("hello", seed=7)
        again = await door.ask("hello", seed=7)

    assert first.text == again.text


async def test_a_stop_word_ends_the_answer_and_is_left_out(server: Server) -> None:
    async with onedoor.open_async(config(server.url)) as door:
        free = await door.ask("hello", seed=7)
        word = free.text.split()[3]
        reply = await door.ask("hello", seed=7, stop=[word])

    assert reply.finish_reason == "stop"
    assert free.text.startswith(reply.text)
    assert word not in reply.text


async def test_a_stream_joined_is_the_reply(server: Server) -> None:
    async with onedoor.open_async(config(server.url)) as door, door.stream("hello") as stream:
        pieces = [delta.text async for delta in stream]
        reply = stream.reply

    assert len(pieces) > 10
    assert "".join(pieces) == reply.text
    assert reply.first_token is not None
    assert 0 < reply.first_token <= reply.duration
    assert reply.finish_reason == "length"


async def test_a_stream_carries_no_usage_so_it_is_estimated(server: Server) -> None:
    async with onedoor.open_async(config(server.url, timeout=WATCHED)) as door:
        reply = await door.ask("hello")

    assert reply.usage.estimated
    assert reply.usage.output > 0


async def test_an_answer_follows_a_schema_sent_the_servers_own_way(server: Server) -> None:
    own_way = {"response_format": {"type": "json_object", "schema": SCHEMA}}
    async with onedoor.open_async(config(server.url)) as door:
        reply = await door.ask("hello", options=own_way, max_output_tokens=64)

    answer = json.loads(reply.text)
    assert reply.finish_reason == "stop"
    assert set(answer) == {"ok", "colour"}
    assert isinstance(answer["ok"], bool)
    assert answer["colour"] in {"red", "blue"}


async def test_json_schema_is_refused_as_if_the_server_had_failed(server: Server) -> None:
    async with onedoor.open_async(config(server.url)) as door:
        with pytest.raises(ServerFault, match="'text' or 'json_object'") as caught:
            await door.ask("hello", json_schema=SCHEMA)

    assert caught.value.status == 500


async def test_a_whole_answer_to_a_prompt_too_long_names_the_cause(server: Server) -> None:
    async with onedoor.open_async(config(server.url)) as door:
        with pytest.raises(ContextExceeded) as caught:
            await door.ask(TOO_LONG)

    assert caught.value.status == 400


async def test_a_stream_of_a_prompt_too_long_just_ends(server: Server) -> None:
    """The server says 200 first and finds out afterwards."""
    async with onedoor.open_async(config(server.url, timeout=WATCHED)) as door:
        with pytest.raises(StreamBroken):
            await door.ask(TOO_LONG)


async def test_a_connection_the_server_closed_behind_our_back_costs_a_retry_at_most(server: Server) -> None:
    """It hangs up after a failed stream without having said so."""
    async with onedoor.open_async(config(server.url, timeout=WATCHED, sends=2)) as door:
        with pytest.raises(StreamBroken):
            await door.ask(TOO_LONG)
        reply = await door.ask("hello")

    assert reply.text
    assert reply.retries <= 1


async def test_an_answer_longer_than_the_window_stops_at_its_edge(start_server: StartServer) -> None:
    with start_server("--n_ctx", "512") as small:
        async with onedoor.open_async(config(small.url)) as door:
            reply = await door.ask("hello", max_output_tokens=ENDLESS)

    assert reply.finish_reason == "length"
    assert reply.usage.total <= 512


async def test_an_unknown_model_is_answered_by_the_servers_own_under_the_name_asked_for(server: Server) -> None:
    async with onedoor.open_async(config(server.url, name="no-such-model")) as door:
        reply = await door.ask("hello")

    assert reply.text
    assert reply.served == "no-such-model"


async def test_nobody_at_the_address_is_a_failed_connection(free_port: int) -> None:
    async with onedoor.open_async(config(f"http://127.0.0.1:{free_port}/v1")) as door:
        with pytest.raises(ConnectFailed):
            await door.ask("hello")


async def test_a_server_killed_while_it_writes_breaks_the_stream(start_server: StartServer) -> None:
    with start_server() as doomed:
        async with onedoor.open_async(config(doomed.url)) as door:
            with pytest.raises(StreamBroken):
                await read(door, meanwhile=lambda: asyncio.to_thread(doomed.kill))
            with pytest.raises(ConnectFailed):
                await door.ask("hello")


async def test_a_server_that_comes_back_is_used_again(start_server: StartServer) -> None:
    with start_server() as first:
        async with onedoor.open_async(config(first.url)) as door:
            assert (await door.ask("hello")).text
            first.kill()
            with pytest.raises((ConnectFailed, StreamBroken)):
                await door.ask("hello")
            with start_server(port=first.port):
                assert (await door.ask("hello")).text


async def test_leaving_a_stream_early_frees_the_server(start_server: StartServer) -> None:
    """The server doesn't interrupt by itself here, so only the closed connection can have stopped it."""
    with start_server("--interrupt_requests", "false") as patient:
        async with onedoor.open_async(config(patient.url)) as door:
            async with door.stream("hello", max_output_tokens=ENDLESS) as stream:
                async for _ in stream:
                    break
            begun = time.monotonic()
            reply = await door.ask("hello")

    assert reply.text
    assert time.monotonic() - begun < 2.0


async def test_an_interrupted_answer_is_not_taken_for_a_whole_one(server: Server) -> None:
    """A second request makes this server cut the first stream and send its end mark all the same."""
    async with onedoor.open_async(config(server.url)) as door:
        with pytest.raises(StreamBroken):
            await read(door, meanwhile=lambda: door.ask("hello"))


async def test_requests_wait_for_each_other_where_the_server_does_not_interrupt(start_server: StartServer) -> None:
    with start_server("--interrupt_requests", "false") as patient:
        async with onedoor.open_async(config(patient.url, timeout=WATCHED)) as door:
            replies = await asyncio.gather(*(door.ask("hello", max_output_tokens=100) for _ in range(4)))

    assert [reply.finish_reason for reply in replies] == ["length"] * 4


async def test_a_count_is_what_the_server_bills_but_for_the_frame(server: Server) -> None:
    short, long = "hello", "hello, two ships were counted at 12:30 — twice " * 8
    async with onedoor.open_async(config(server.url)) as door:
        counts = [await door.count_tokens(text, model="tiny") for text in (short, long)]
        billed = [(await door.ask(text, max_output_tokens=1)).usage.input for text in (short, long)]

    assert {count.how for count in counts} == {"served"}
    frame = billed[0] - counts[0].tokens
    assert frame > 0
    assert billed[1] - counts[1].tokens == frame


async def test_embeddings_are_one_vector_per_text(start_server: StartServer) -> None:
    with start_server("--embedding", "true") as embedder:
        async with onedoor.open_async(config(embedder.url)) as door:
            vectors = await door.embed(["hello", "hello world", "hello"], model="tiny")

    assert len(vectors) == 3
    assert {len(vector) for vector in vectors} == {64}
    assert vectors[0] == pytest.approx(vectors[2])
    assert vectors[0] != vectors[1]
    assert vectors.reply.usage.input > 0


async def test_embeddings_need_a_server_started_for_them(server: Server) -> None:
    async with onedoor.open_async(config(server.url)) as door:
        with pytest.raises(ServerFault, match="embedding=True"):
            await door.embed(["hello"], model="tiny")
