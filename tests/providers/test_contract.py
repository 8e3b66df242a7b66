"""What every adapter promises, run over all of them against a real server."""

from __future__ import annotations

from dataclasses import replace

import pytest

from onedoor.errors import InvalidCall
from onedoor.providers.provider import Provider
from onedoor.tap import Silent
from onedoor.types import Cost, Delta, Image, Message, Options, Price, Text, Tool, ToolCall, ToolCallDelta, Usage

from .asking import MODEL, asking, user
from .dialects import Dialect, Said, encode
from .wire import Answer, Wire

ARGUMENTS = '{"city":"Köln \\"Süd\\"","n":12345678901234567890,"x":1.0}'
TOOLS = (ToolCall("call_a", "weather", ARGUMENTS), ToolCall("call_b", "clock", "{}"))

both = pytest.mark.parametrize("stream", [False, True], ids=["plain", "streamed"])


def answer(dialect: Dialect, said: Said, stream: bool) -> Answer:
    return dialect.streamed(said) if stream else dialect.plain(said)


@both
async def test_an_answer_comes_back_whole(dialect: Dialect, provider: Provider, wire: Wire, stream: bool) -> None:
    wire.says(answer(dialect, Said(), stream))
    reply = await provider.chat(asking(stream=stream))
    assert reply.text == "Good morning ✓"
    assert (reply.model, reply.provider, reply.served) == ("mine", "p", "served-1")
    assert reply.finish_reason == "stop"
    assert reply.usage == Usage(30, 7)
    assert [request.path for request in wire.requests] == [dialect.path]
    assert wire.sent["model"] == "served-0"
    assert wire.sent.get("stream", False) is stream


async def test_the_deltas_joined_are_the_reply(dialect: Dialect, provider: Provider, wire: Wire) -> None:
    wire.says(dialect.streamed(Said(reasoning=("let ", "me see"), tools=TOOLS, finish="tool_calls")))
    seen: list[Delta] = []
    reply = await provider.chat(asking(seen=seen))
    assert "".join(delta.text for delta in seen) == reply.text == "Good morning ✓"
    assert "".join(delta.reasoning for delta in seen) == reply.reasoning == "let me see"
    assert joined(seen) == reply.tool_calls
    assert [delta for delta in seen if delta == Delta()] == []


def joined(seen: list[Delta]) -> tuple[ToolCall, ...]:
    """What a reader of the stream makes of the tool calls."""
    calls: dict[int, ToolCall] = {}
    for piece in (delta.tool_call for delta in seen if delta.tool_call):
        before = calls.get(piece.index, ToolCall("", "", ""))
        calls[piece.index] = grown(before, piece)
    assert list(calls) == list(range(len(calls)))
    return tuple(replace(tool, arguments=tool.arguments or "{}") for tool in calls.values())


def grown(tool: ToolCall, piece: ToolCallDelta) -> ToolCall:
    return ToolCall(tool.id or piece.id, tool.name or piece.name, tool.arguments + piece.arguments)


@both
async def test_a_stream_arrives_however_it_is_cut_into_packets(
    dialect: Dialect, provider: Provider, wire: Wire, stream: bool
) -> None:
    whole = answer(dialect, Said(tools=TOOLS, finish="tool_calls"), stream)
    body = b"".join(whole.chunks)
    wire.says(replace(whole, chunks=tuple(body[place : place + 7] for place in range(0, len(body), 7))))
    reply = await provider.chat(asking(stream=stream))
    assert reply.text == "Good morning ✓"
    assert [tool.arguments for tool in reply.tool_calls] == [ARGUMENTS, "{}"]


@both
async def test_tool_calls_come_back_as_the_model_wrote_them(
    dialect: Dialect, provider: Provider, wire: Wire, stream: bool
) -> None:
    wire.says(answer(dialect, Said(text=(), tools=TOOLS, finish="tool_calls"), stream))
    weather = Tool("weather", "tells it", {"type": "object", "properties": {"city": {"type": "string"}}})
    reply = await provider.chat(asking(stream=stream, options=Options(tools=(weather, Tool("clock")))))
    assert reply.finish_reason == "tool_calls"
    assert [(tool.name, tool.arguments) for tool in reply.tool_calls] == [("weather", ARGUMENTS), ("clock", "{}")]
    ids = [tool.id for tool in reply.tool_calls]
    assert len(set(ids)) == 2
    assert all(ids)
    assert len(wire.sent["tools"]) == 2


async def test_a_tool_conversation_goes_back_without_loss(dialect: Dialect, provider: Provider, wire: Wire) -> None:
    wire.says(dialect.plain(Said(text=("one moment",), tools=TOOLS, finish="tool_calls")), dialect.plain(Said()))
    first = await provider.chat(asking(user("weather?")))
    results = [Message("tool", (Text(f"{tool.name}: 4°"),), tool_call_id=tool.id) for tool in first.tool_calls]
    await provider.chat(asking(user("weather?"), first.message, *results))
    sent = wire.requests[1].body.decode()
    assert sent.count("weather: 4°") == sent.count("clock: 4°") == 1
    assert "one moment" in sent
    as_text = encode(ARGUMENTS).decode()
    assert ARGUMENTS in sent or as_text in sent


async def test_broken_arguments_do_not_break_the_conversation(dialect: Dialect, provider: Provider, wire: Wire) -> None:
    wire.says(dialect.plain(Said()))
    broken = Message("assistant", (), (ToolCall("x", "weather", '{"city": "Kö'),))
    await provider.chat(asking(user("?"), broken, Message("tool", (Text("not JSON"),), tool_call_id="x"), user("so?")))
    assert "Kö" in wire.requests[0].body.decode()


async def test_ids_the_server_left_out_are_stable_and_differ(dialect: Dialect, provider: Provider, wire: Wire) -> None:
    nameless = tuple(replace(tool, id="") for tool in TOOLS)
    said = Said(text=(), tools=nameless, finish="tool_calls")
    wire.says(dialect.plain(said), dialect.streamed(said))
    plain = await provider.chat(asking())
    streamed = await provider.chat(asking(stream=True))
    assert [tool.id for tool in plain.tool_calls] == [tool.id for tool in streamed.tool_calls]
    assert len({tool.id for tool in plain.tool_calls}) == 2


async def test_pictures_are_sent(dialect: Dialect, provider: Provider, wire: Wire) -> None:
    wire.says(dialect.plain(Said()))
    await provider.chat(asking(Message("user", (Text("what is it?"), Image(b"\x89PNG", media_type="image/png")))))
    assert b"iVBORw==" in wire.requests[0].body
    assert b"what is it?" in wire.requests[0].body


@both
async def test_reasoning_is_kept_apart_from_the_words(
    dialect: Dialect, provider: Provider, wire: Wire, stream: bool
) -> None:
    wire.says(answer(dialect, Said(reasoning=("hm, ", "yes")), stream))
    reply = await provider.chat(asking(stream=stream))
    assert (reply.reasoning, reply.text) == ("hm, yes", "Good morning ✓")


@both
async def test_usage_is_counted_one_way(dialect: Dialect, provider: Provider, wire: Wire, stream: bool) -> None:
    """Input includes what the cache gave and took, output includes reasoning; what the wire can't say is zero."""
    real = Usage(input=100, output=20, cached=60, cache_write=10, reasoning=5)
    wire.says(answer(dialect, Said(usage=real), stream))
    usage = (await provider.chat(asking(stream=stream))).usage
    assert usage == Usage(**{name: getattr(real, name) for name in dialect.keeps})


@both
async def test_usage_left_out_is_estimated_and_says_so(
    dialect: Dialect, provider: Provider, wire: Wire, stream: bool
) -> None:
    wire.says(answer(dialect, Said(tools=TOOLS, finish="tool_calls", usage=None), stream))
    usage = (await provider.chat(asking(stream=stream))).usage
    assert usage.estimated
    assert usage.input >= 1
    assert usage.output > len(ARGUMENTS) // 4


@both
async def test_the_price_is_applied(dialect: Dialect, provider: Provider, wire: Wire, stream: bool) -> None:
    wire.says(answer(dialect, Said(), stream), answer(dialect, Said(), stream))
    priced = replace(MODEL, price=Price(input=1_000_000_000, output=2_000_000_000))
    assert (await provider.chat(asking(candidate=priced, stream=stream))).cost == Cost(44_000, "configured")
    assert (await provider.chat(asking(stream=stream))).cost is None


@both
async def test_every_finish_reason_has_its_meaning(
    dialect: Dialect, provider: Provider, wire: Wire, stream: bool
) -> None:
    for word, meaning in dialect.finishes.items():
        wire.says(answer(dialect, Said(finish=word), stream))
        assert (await provider.chat(asking(stream=stream))).finish_reason == meaning, word


async def test_the_first_token_is_timed_on_a_stream_only(dialect: Dialect, provider: Provider, wire: Wire) -> None:
    wire.says(dialect.plain(Said()), dialect.streamed(Said()))
    assert (await provider.chat(asking())).first_token is None
    first = (await provider.chat(asking(stream=True))).first_token
    assert first is not None
    assert first > 0


async def test_a_stream_leaves_its_connection_for_the_next_call(
    dialect: Dialect, provider: Provider, wire: Wire
) -> None:
    wire.says(*(replace(dialect.streamed(Said()), delay=0.001) for _ in range(3)))
    for _ in range(3):
        await provider.chat(asking(stream=True))
    assert len({request.peer for request in wire.requests}) == 1


@both
async def test_options_of_the_call_are_sent(dialect: Dialect, provider: Provider, wire: Wire, stream: bool) -> None:
    wire.says(answer(dialect, Said(), stream))
    options = Options(temperature=0.5, top_p=0.9, max_output_tokens=77, stop=("END",), extra={"top_k": 5})
    await provider.chat(asking(stream=stream, options=options))
    sent = wire.sent | wire.sent.get("options", {})
    assert (sent["temperature"], sent["top_p"], sent["top_k"]) == (0.5, 0.9, 5)
    assert sent.get("max_tokens", sent.get("num_predict")) == 77
    assert sent.get("stop", sent.get("stop_sequences")) == ["END"]


async def test_text_that_has_no_utf8_is_refused_before_it_is_sent(provider: Provider, wire: Wire) -> None:
    with pytest.raises(InvalidCall, match="surrogate"):
        await provider.chat(asking(user("\ud800")))
    assert wire.requests == []


async def test_nobody_reading_is_fine(dialect: Dialect, provider: Provider, wire: Wire) -> None:
    wire.says(dialect.streamed(Said()))
    assert (await provider.chat(replace(asking(stream=True), tap=Silent()))).text == "Good morning ✓"
