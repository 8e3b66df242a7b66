"""The simulator's batch APIs take what the real ones take, and answer one request after the other."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest

from onedoor.sim import Simulator, serve

Post = Any


@pytest.fixture
def clock() -> list[float]:
    return [0.0]


@pytest.fixture
def simulator(clock: list[float]) -> Simulator:
    return Simulator(now=lambda: clock[0])


@pytest.fixture
async def ask(simulator: Simulator) -> AsyncIterator[Post]:
    async with serve(simulator) as url, aiohttp.ClientSession() as session:

        async def asked(path: str, body: object = None, *, method: str = "") -> tuple[int, Any]:
            async with session.request(
                method or ("GET" if body is None else "POST"), url + path, json=body
            ) as response:
                kind = response.headers["content-type"]
                return response.status, await (response.json() if kind.endswith("/json") else response.text())

        yield asked


def message(id_: str, model: str = "fast", **more: object) -> dict[str, object]:
    params = {"model": model, "max_tokens": 50, "messages": [{"role": "user", "content": "hello"}], **more}
    return {"custom_id": id_, "params": params}


@pytest.mark.parametrize(
    "requests",
    [[message("a b")], [message("")], [message("x" * 65)], [message("a"), message("a")], [{"custom_id": "a"}], 7],
)
async def test_a_batch_that_makes_no_sense_is_refused(requests: object, ask: Post) -> None:
    status, said = await ask("/messages/batches", {"requests": requests})
    assert (status, said["error"]["code"]) == (400, "invalid_request_error")


async def test_a_batch_of_no_file_is_refused(ask: Post) -> None:
    assert (await ask("/batches", {"input_file_id": "none"}))[0] == 400


@pytest.mark.parametrize("path", ["/batches/none", "/messages/batches/none", "/files/none/content"])
async def test_what_isnt_there_is_a_404(path: str, ask: Post) -> None:
    assert (await ask(path))[0] == 404


async def test_a_batch_is_answered_bit_by_bit_and_given_up_in_the_end(
    ask: Post, clock: list[float], simulator: Simulator
) -> None:
    simulator.batches.seconds, simulator.batches.window = 40.0, 35.0
    _, made = await ask("/messages/batches", {"requests": [message(str(number)) for number in range(4)]})
    counts = []
    for clock[0] in (9.0, 10.0, 34.0, 35.0):
        _, batch = await ask(f"/messages/batches/{made['id']}")
        counts.append((batch["processing_status"], simulator.counts.get("fast", {}).get("answered", 0)))
    assert counts == [("in_progress", 0), ("in_progress", 1), ("in_progress", 3), ("ended", 3)]
    assert batch["request_counts"] == {"processing": 0, "succeeded": 3, "errored": 0, "canceled": 0, "expired": 1}


async def test_results_come_once_it_has_ended(ask: Post, clock: list[float]) -> None:
    tool = {"name": "look", "description": "", "input_schema": {"type": "object"}}
    requests = [message("a", "tools", tools=[tool], system="be brief"), message("b", "outage")]
    _, made = await ask("/messages/batches", {"requests": requests})
    assert (await ask(f"/messages/batches/{made['id']}/results"))[0] == 404
    clock[0] = 30.0
    _, lines = await ask(f"/messages/batches/{made['id']}/results")
    assert '"type":"tool_use"' in lines
    assert '"type":"overloaded_error"' in lines


async def test_cancelled_it_is_what_it_was(ask: Post, clock: list[float]) -> None:
    _, made = await ask("/messages/batches", {"requests": [message("a"), message("b")]})
    clock[0] = 20.0
    _, batch = await ask(f"/messages/batches/{made['id']}/cancel", {})
    clock[0] = 100.0
    _, later = await ask(f"/messages/batches/{made['id']}")
    assert batch["request_counts"] == later["request_counts"]
    assert (batch["request_counts"]["succeeded"], batch["request_counts"]["canceled"]) == (1, 1)


async def test_half_the_price_is_billed(ask: Post, clock: list[float], simulator: Simulator) -> None:
    body = {"model": "fast", "messages": [{"role": "user", "content": "hello"}]}
    await ask("/messages/batches", {"requests": [message("a", max_tokens=4_096)]})
    clock[0] = 30.0
    await ask("/messages/batches")
    half = simulator.counts["fast"]["nano_usd"]
    simulator._speed = float("inf")
    await ask("/chat/completions", body)
    assert simulator.counts["fast"]["nano_usd"] == half + 2 * half
