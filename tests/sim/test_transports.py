from __future__ import annotations

from math import inf

import pytest

from onedoor.errors import (
    ModelNotFound,
    OnedoorError,
    RequestRejected,
    ServerFault,
    StreamBroken,
    Throttled,
)
from onedoor.providers.openai import OpenAI
from onedoor.sim import PROFILES, SimTransport, Simulator, invoices, is_right, provider
from onedoor.types import Call, Tool

CASE = invoices(1)[0]
CHATTING = [name for name, profile in PROFILES.items() if not profile.embeds]


async def _outcome(provider: OpenAI, call: Call) -> tuple[object, ...]:
    try:
        reply = await provider.chat(call)
    except OnedoorError as error:
        return type(error), getattr(error, "status", None), getattr(error, "retry_after", None)
    return reply.text, reply.tool_calls, reply.finish_reason, reply.usage, reply.fingerprint


@pytest.mark.parametrize("model", CHATTING)
@pytest.mark.parametrize("stream", [False, True], ids=["plain", "streamed"])
async def test_both_ways_give_the_same(reaches, ask, model: str, stream: bool) -> None:
    """In process and over HTTP, a request repeated three times has one story."""
    call = ask(model, CASE.prompt, stream=stream, max_output_tokens=200, tools=(Tool("look"),))
    stories = []
    for reach in reaches:
        async with reach(Simulator(speed=inf)) as sim:
            stories.append([await _outcome(sim, call) for _ in range(3)])
    assert stories[0] == stories[1]


@pytest.mark.parametrize("model", [name for name in CHATTING if name not in {"outage", "cut", "throttled", "flaky"}])
async def test_streamed_is_plain(reach, ask, simulator: Simulator, model: str) -> None:
    async with reach(simulator) as sim:
        plain = await sim.chat(ask(model, CASE.prompt, max_output_tokens=200))
        streamed = await sim.chat(ask(model, CASE.prompt, max_output_tokens=200, stream=True))
    assert (plain.text, plain.usage, plain.finish_reason) == (streamed.text, streamed.usage, streamed.finish_reason)


@pytest.mark.parametrize("stream", [False, True], ids=["plain", "streamed"])
@pytest.mark.parametrize(
    ("model", "kind"),
    [("cut", StreamBroken), ("outage", ServerFault), ("throttled", Throttled), ("nobody", ModelNotFound)],
)
async def test_a_failing_profile_raises_its_error(
    reach, ask, simulator: Simulator, model: str, kind: type[OnedoorError], stream: bool
) -> None:
    async with reach(simulator) as sim:
        with pytest.raises(kind):
            await sim.chat(ask(model, "hello", stream=stream))


async def test_throttled_says_when_to_come_back_and_then_lets_through(reach, ask, simulator: Simulator) -> None:
    call = ask("throttled", "hello")
    async with reach(simulator) as sim:
        for _ in range(2):
            with pytest.raises(Throttled, match="simulated") as caught:
                await sim.chat(call)
            assert caught.value.retry_after == 1
        assert (await sim.chat(call)).simulated


async def test_careful_is_right_and_says_that_it_is_simulated(reach, ask, simulator: Simulator) -> None:
    async with reach(simulator) as sim:
        reply = await sim.chat(ask("careful", CASE.prompt))
    assert is_right(CASE, reply.text)
    assert reply.simulated
    assert reply.served == "careful"


@pytest.mark.parametrize("stream", [False, True], ids=["plain", "streamed"])
async def test_tools_calls_the_tool_offered(reach, ask, simulator: Simulator, stream: bool) -> None:
    schema = {"type": "object", "properties": {"city": {"type": "string"}}}
    async with reach(simulator) as sim:
        reply = await sim.chat(ask("tools", "hello", stream=stream, tools=(Tool("weather", "", schema),)))
    assert reply.finish_reason == "tool_calls"
    assert [(call.name, call.arguments) for call in reply.tool_calls] == [("weather", '{"city": "simulated"}')]


async def test_embeddings_come_in_order(reach, ask, simulator: Simulator) -> None:
    async with reach(simulator) as sim:
        reply = await sim.embed(ask("embed", texts=("a parcel", "a lamp", "a parcel")))
        with pytest.raises(RequestRejected, match="simulated"):
            await sim.embed(ask("fast", texts=("a parcel",)))
    assert reply.data[0] == reply.data[2] != reply.data[1]
    assert reply.usage.input > 0


async def test_models_are_the_profiles(reach, simulator: Simulator) -> None:
    async with reach(simulator) as sim:
        assert [model.name for model in await sim.models()] == list(PROFILES)


async def test_the_provider_needs_no_server(ask) -> None:
    sim = provider("mine", speed=inf, seed=3)
    reply = await sim.chat(ask("careful", CASE.prompt))
    await sim.close()
    assert (reply.provider, reply.simulated) == ("mine", True)


async def test_headers_are_found_in_any_case(simulator: Simulator) -> None:
    from onedoor.providers.transport import HttpRequest

    async with SimTransport(simulator).send(HttpRequest("GET", "sim://in-process/v1/models")) as response:
        assert response.headers["X-Onedoor-Simulated"] == response.headers.get("x-onedoor-simulated") == "true"
        assert "Nothing" not in response.headers
