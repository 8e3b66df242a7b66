"""Calls that go in batches come out as calls do: each its own answer, at half the price, and all else the same."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from onedoor.bulk.batch import batching
from onedoor.errors import (
    AttemptTimeout,
    ContextExceeded,
    InvalidCall,
    ModelNotFound,
    RequestRejected,
    ServerFault,
    Throttled,
)
from onedoor.load import load
from onedoor.sim import Simulator, tickets
from onedoor.types import Reply

from .desk import PRICE, QUICK, configuration, desk, until

ITEMS = [f"item {number}" for number in range(12)]


def run(simulator: Simulator, model: str = "fast") -> int:
    """The requests a model was really run for."""
    return simulator.counts.get(model, {}).get("requests", 0)


def made(simulator: Simulator) -> int:
    """The batches that were made."""
    return len(simulator.batches._batches)


def answers_cost(simulator: Simulator, model: str) -> int:
    """Half the price of everything a model was really run for, in nano-dollars."""
    counts = simulator.counts[model]
    return round((counts["input"] * PRICE["input"] + counts["output"] * PRICE["output"]) * 1e3 / 2)


async def test_each_item_gets_its_own_answer_though_results_come_in_any_order(
    url: str, kind: str, simulator: Simulator, tmp_path: Path
) -> None:
    async with desk(configuration(url, kind=kind, model="echo"), tmp_path / "night.db") as begun:
        await begun.all(ITEMS)
    assert begun.texts == {item: f"say {item}" for item in ITEMS}
    assert (made(simulator), run(simulator, "echo")) == (1, len(ITEMS))


async def test_half_the_price_is_billed_and_booked(url: str, kind: str, tmp_path: Path) -> None:
    async with desk(configuration(url, kind=kind), tmp_path / "night.db") as begun:
        await begun.all(ITEMS)
        booked = await begun.booked()
    reply = begun.replies[ITEMS[0]]
    assert isinstance(reply, Reply)
    full = reply.usage.input * PRICE["input"] * 1e3 + reply.usage.output * PRICE["output"] * 1e3
    assert reply.cost is not None
    assert reply.cost.nano_usd == full / 2
    assert booked == (begun.billed, 0)


@pytest.mark.parametrize(("size", "batches"), [(12, 1), (11, 2), (5, 3)])
async def test_a_batch_is_handed_over_when_it_is_full(
    size: int, batches: int, url: str, simulator: Simulator, tmp_path: Path
) -> None:
    async with desk(configuration(url), tmp_path / "night.db", pace=replace(QUICK, size=size)) as begun:
        await begun.all(ITEMS)
    assert (len(begun.texts), made(simulator)) == (12, batches)


async def test_each_model_has_batches_of_its_own(url: str, simulator: Simulator, tmp_path: Path) -> None:
    config = configuration(url, model="outage")
    config["models"]["other"] = {"provider": "p", "name": "fast", "price": PRICE}
    config["tasks"]["t"]["models"] = ["m", "other"]
    async with desk(config, tmp_path / "night.db") as begun:
        await begun.all(ITEMS[:3])
    models = [{body["model"] for _, body in batch.items} for batch in simulator.batches._batches.values()]
    assert models == [{"outage"}, {"outage"}, {"outage"}, {"fast"}]
    assert len(begun.texts) == 3


async def test_what_fails_for_a_moment_goes_into_the_next_batch(
    url: str, kind: str, simulator: Simulator, tmp_path: Path
) -> None:
    async with desk(configuration(url, kind=kind, model="flaky"), tmp_path / "night.db") as begun:
        await begun.all(ITEMS)
        booked = await begun.booked()
    assert len(begun.texts) == len(ITEMS)
    assert made(simulator) == 3
    assert simulator.counts["flaky"]["answered"] == len(ITEMS)
    assert booked == (begun.billed, 0)


@pytest.mark.parametrize(("kind", "model"), [("openai", "cut"), ("anthropic", "outage")])
async def test_after_three_batches_it_is_an_error(
    model: str, url: str, kind: str, simulator: Simulator, tmp_path: Path
) -> None:
    async with desk(configuration(url, kind=kind, model=model), tmp_path / "night.db") as begun:
        await begun.all(ITEMS[:2])
    assert [type(found) for found in begun.replies.values()] == [ServerFault] * 2
    assert made(simulator) == 3


async def test_each_item_has_its_own_error(url: str, kind: str, simulator: Simulator, tmp_path: Path) -> None:
    async with desk(configuration(url, kind=kind), tmp_path / "night.db") as begun:
        await begun.ask("a good one")
        await begun.ask("a bad one" + " too long" * 20_000)
    assert isinstance(begun.replies["a good one"], Reply)
    bad = next(found for item, found in begun.replies.items() if item != "a good one")
    assert isinstance(bad, RequestRejected | ContextExceeded)
    assert "more than the 32768 of fast" in str(bad)


async def test_a_model_that_isnt_there(url: str, kind: str, tmp_path: Path) -> None:
    """OpenAI refuses the batch as a whole and says why; Anthropic answers each request."""
    async with desk(configuration(url, kind=kind, model="nobody"), tmp_path / "night.db") as begun:
        await begun.all(ITEMS[:2])
        assert begun.batching.store.open() == []
    assert [type(found) for found in begun.replies.values()] == [ModelNotFound] * 2
    assert "no model 'nobody'" in str(begun.replies[ITEMS[0]])


async def test_what_a_batch_had_no_time_for_goes_into_the_next_one(
    url: str, kind: str, simulator: Simulator, tmp_path: Path
) -> None:
    simulator.batches.window = 20.0
    async with desk(configuration(url, kind=kind), tmp_path / "night.db") as begun:
        asked = asyncio.ensure_future(begun.all(ITEMS))
        await until(lambda: bool(made(simulator)))
        simulator.batches.window = 60.0
        await asked
        booked = await begun.booked()
    assert len(begun.texts) == run(simulator) == len(ITEMS)
    assert [len(batch.items) for batch in simulator.batches._batches.values()] == [12, 4]
    assert booked == (begun.billed, 0)


async def test_what_three_batches_have_no_time_for_is_an_error(url: str, simulator: Simulator, tmp_path: Path) -> None:
    simulator.batches.window = 0.001
    async with desk(configuration(url, kind="openai"), tmp_path / "night.db") as begun:
        await begun.all(ITEMS[:2])
        booked = await begun.booked()
    assert [type(found) for found in begun.replies.values()] == [AttemptTimeout] * 2
    assert (made(simulator), run(simulator), booked) == (3, 0, (0, 0))


async def test_a_correction_is_a_request_of_the_next_batch(url: str, simulator: Simulator, tmp_path: Path) -> None:
    cases = tickets(12)
    async with desk(configuration(url, kind="openai", model="missing_field"), tmp_path / "night.db") as begun:
        replies: list[Reply | BaseException] = await asyncio.gather(
            *(begun.door.ask(case.prompt, task="t", schema=LABEL, run="night") for case in cases),
            return_exceptions=True,
        )
        booked = await begun.booked()
    good = [reply for reply in replies if isinstance(reply, Reply)]
    assert made(simulator) == 3
    assert good
    assert all(reply.attempts > 1 for reply in good)
    assert booked == (answers_cost(simulator, "missing_field"), 0)


LABEL = {"type": "object", "properties": {"label": {"type": "string"}}, "required": ["label"]}


async def test_too_much_in_the_queue_waits_for_room(url: str, simulator: Simulator, tmp_path: Path) -> None:
    """OpenAI refuses a batch when its queue for a model is full; the requests are handed over again."""
    async with desk(configuration(url), tmp_path / "night.db") as begun:
        group = asyncio.ensure_future(begun.all(ITEMS[:3]))
        await until(lambda: bool(made(simulator)))
        first = next(iter(simulator.batches._batches.values()))
        first.problem = {"code": "token_limit_exceeded", "message": "simulated: the queue is full"}
        await group
    assert len(begun.texts) == 3
    assert made(simulator) == 2


async def test_a_queue_that_is_never_free_is_an_error(url: str, simulator: Simulator, tmp_path: Path) -> None:
    full = {"code": "token_limit_exceeded", "message": "simulated: the queue is full"}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("onedoor.sim.batches._problem", lambda items: full)
        async with desk(configuration(url), tmp_path / "night.db") as begun:
            await begun.all(ITEMS[:2])
    assert [type(found) for found in begun.replies.values()] == [Throttled] * 2


async def test_a_judge_elsewhere_is_asked_directly(url: str, simulator: Simulator, tmp_path: Path) -> None:
    config = configuration(url, model="echo")
    config["providers"]["local"] = {"kind": "function", "function": "none:none"}
    line = batching(load(config), _file(tmp_path), models=["m"])
    asked: list[str] = []

    class Local:
        async def chat(self, call: Any) -> Reply:
            asked.append(call.id)
            return Reply("here")

    await line.wrap(lambda: Local(), "local").chat(type("Call", (), {"id": "x"})())  # type: ignore[arg-type]
    await line.close()
    assert asked == ["x"]


async def test_a_server_without_batches_is_found_out_before_anything_is_spent(
    url: str, kind: str, simulator: Simulator, tmp_path: Path
) -> None:
    nowhere = url.replace("/v1", "/elsewhere/v1")
    with pytest.raises(InvalidCall, match=r"^p has no batch API: .*ask without batch"):
        async with desk(configuration(nowhere, kind=kind), tmp_path / "night.db"):
            raise AssertionError("it began")
    assert run(simulator) == 0


@pytest.mark.parametrize("kind", ["ollama", "function"])
def test_kinds_without_batches_are_refused(kind: str, tmp_path: Path) -> None:
    table = {"function": "none:none"} if kind == "function" else {}
    config = load(configuration("http://127.0.0.1:1", kind=kind, provider=table))
    with pytest.raises(InvalidCall, match=f"provider 'p' is of kind {kind}, and only openai and anthropic"):
        batching(config, tmp_path / "night.db", models=["m"])


def test_a_run_nobody_keeps_is_refused() -> None:
    with pytest.raises(InvalidCall, match="name the run"):
        batching(load(configuration("http://127.0.0.1:1")), None, models=["m"])


def _file(place: Path) -> Path:
    file = place / "empty.db"
    file.touch()
    return file
