"""`door.map(…, batch=True)`: the same run, by another transport."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path
from typing import Any

import msgspec
import pytest

import onedoor
from onedoor.bulk import Result, places
from onedoor.bulk.run_file import looked_at
from onedoor.cli.app import run as onedoor_command
from onedoor.errors import InvalidCall
from onedoor.sim import Simulator

from .desk import PRICE, QUICK, configuration, until
from .test_batches import made, run

ITEMS = [{"id": str(number), "text": f"day {number}"} for number in range(12)]


@pytest.fixture
def config(tmp_path: Path, url: str, kind: str) -> dict[str, Any]:
    found: dict[str, Any] = configuration(url, str(tmp_path / "state.db"), kind=kind)
    return found


async def mapped(config: dict[str, Any], items: Any = ITEMS, **more: Any) -> tuple[dict[str, Result], Any]:
    async with onedoor.open_async(config) as door:
        given = {"task": "t", "key": "id", "run": "night", "batch": QUICK, **more}
        async with door.map(items, "say {text}", **given) as begun:
            results = {result.key: result async for result in begun}
    return results, begun


async def test_every_item_has_its_row_at_half_the_price(config: dict[str, Any], simulator: Simulator) -> None:
    results, begun = await mapped(config)
    assert made(simulator) == 1
    assert all(result.ok for result in results.values())
    for result in results.values():
        assert result.nano_usd == (result.input * PRICE["input"] + result.output * PRICE["output"]) * 1e3 / 2
    assert begun.progress.nano_usd == sum(result.nano_usd or 0 for result in results.values())


@pytest.mark.parametrize("kind", ["openai"])
async def test_a_batch_fills_though_nobody_says_how_many_at_once(config: dict[str, Any], simulator: Simulator) -> None:
    items = [{"id": str(number), "text": f"day {number}"} for number in range(150)]
    await mapped(config, items, batch=replace(QUICK, size=150))
    assert [len(batch.items) for batch in simulator.batches._batches.values()] == [150]


async def test_going_on_asks_nothing_twice(config: dict[str, Any], simulator: Simulator) -> None:
    await mapped(config, ITEMS[:7])
    results, begun = await mapped(config)
    assert [len(batch.items) for batch in simulator.batches._batches.values()] == [7, 5]
    assert (len(results), begun.progress.cached) == (12, 7)


@pytest.mark.parametrize("kind", ["openai"])
async def test_failed_items_are_asked_again_when_that_is_wanted(config: dict[str, Any], simulator: Simulator) -> None:
    """What failed is history: the same error isn't read from its batch once more."""
    config["models"]["m"]["name"] = "outage"
    first, _ = await mapped(config)
    await mapped(config)
    assert (run(simulator, "outage"), {result.error for result in first.values()}) == (36, {"server_fault"})
    again, _ = await mapped(config, retry=["server_fault"])
    assert run(simulator, "outage") == 72
    assert not any(result.ok for result in again.values())


@pytest.mark.parametrize("kind", ["openai"])
async def test_a_run_that_was_refused_hasnt_begun(config: dict[str, Any], tmp_path: Path) -> None:
    function = {"kind": "function", "function": "none:none"}
    mixed = {**config, "providers": {**config["providers"], "f": function}, "models": dict(config["models"])}
    mixed["models"]["l"] = {"provider": "f", "name": "l", "price": {"input": 0, "output": 0}}
    mixed["tasks"] = {"t": {**config["tasks"]["t"], "models": ["m", "l"]}}
    with pytest.raises(InvalidCall, match="'l' can't be asked in batches"):
        await mapped(mixed)
    assert not list((tmp_path / "runs").glob("night*"))
    results, _ = await mapped(config)
    assert all(result.ok for result in results.values())


@pytest.mark.parametrize("kind", ["openai"])
async def test_an_interrupted_second_try_pays_for_no_answer_twice(config: dict[str, Any], simulator: Simulator) -> None:
    """Each try is three batches; the second try is left once the answers of its first one were fetched."""
    config["models"]["m"]["name"] = "outage"
    await mapped(config)
    trying = asyncio.create_task(mapped(config, retry=["server_fault"]))
    await until(lambda: run(simulator, "outage") >= 36 + 24)
    trying.cancel()
    await asyncio.wait([trying])
    await mapped(config, retry=["server_fault"])
    assert run(simulator, "outage") == 36 + 36


async def test_an_interrupted_run_goes_on_with_its_batch(config: dict[str, Any], simulator: Simulator) -> None:
    simulator.batches.seconds = 3_000.0
    task = asyncio.ensure_future(mapped(config))
    await until(lambda: made(simulator) == 1)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    next(iter(simulator.batches._batches.values())).seconds = 1.0
    results, _ = await mapped(config)
    assert (len(results), made(simulator), run(simulator)) == (12, 1, 12)


async def test_one_command_cancels_it_and_the_same_run_goes_on(
    config: dict[str, Any], simulator: Simulator, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    table = tmp_path / "onedoor.toml"
    table.write_text(toml(config))
    simulator.batches.seconds = 3_000.0
    task = asyncio.ensure_future(mapped(config))
    await until(lambda: made(simulator) == 1)
    batch = next(iter(simulator.batches._batches.values()))
    batch.made -= 1_300.0
    code = await asyncio.to_thread(onedoor_command, ["runs", "-c", str(table), "cancel", "night"])
    results, begun = await task
    assert code == 0
    assert "cancelled 1 batches of run 'night'" in capsys.readouterr().err
    assert 0 < len(results) < len(ITEMS)
    assert "cancelled" in begun.why
    simulator.batches.seconds = 1.0
    results, begun = await mapped(config)
    with looked_at(places.known(tmp_path / "state.db", "night")) as rows:
        assert sum(1 for _ in rows.each()) == 12
    assert (run(simulator), begun.why) == (12, "")


@pytest.mark.parametrize("kind", ["openai"])
async def test_a_stopped_run_hands_nothing_more_over(
    config: dict[str, Any], simulator: Simulator, tmp_path: Path
) -> None:
    """Each item would be tried in three batches; the run is stopped while the first is under way."""
    config["models"]["m"]["name"] = "outage"
    simulator.batches.seconds = 300.0
    task = asyncio.ensure_future(mapped(config))
    await until(lambda: made(simulator) == 1)
    assert places.cancel(places.known(tmp_path / "state.db", "night"))
    results, begun = await task
    assert (results, made(simulator)) == ({}, 1)
    assert "cancelled" in begun.why


@pytest.mark.parametrize("kind", ["openai"])
async def test_a_pass_that_is_refused_leaves_the_run_as_it_was(config: dict[str, Any], tmp_path: Path) -> None:
    await mapped(config)
    config["providers"]["p"]["base_url"] = "http://127.0.0.1:9"
    with pytest.raises(onedoor.OnedoorError):
        await mapped(config)
    head = places.head(places.known(tmp_path / "state.db", "night"))
    assert (head.status, head.progress.done) == ("done", 12)


@pytest.mark.parametrize("kind", ["openai"])
async def test_a_replay_has_nothing_to_do_with_batches(config: dict[str, Any], simulator: Simulator) -> None:
    first, _ = await mapped(config)
    config["providers"]["p"]["base_url"] = "http://127.0.0.1:9"
    again, _ = await mapped(config, replay=True)
    assert {key: result.text for key, result in again.items()} == {key: result.text for key, result in first.items()}
    assert made(simulator) == 1


def toml(config: dict[str, Any]) -> str:
    """A nested table as TOML has it: inline, for JSON's scalars are TOML's."""
    return "\n".join(f"{name} = {_inline(table)}" for name, table in config.items())


def _inline(value: object) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{name} = {_inline(inner)}" for name, inner in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_inline, value)) + "]"
    return msgspec.json.encode(value).decode()


@pytest.mark.parametrize(
    ("given", "why"),
    [({"run": ""}, "name the run"), ({"deadline": 60.0}, "deadline"), ({"timeout": 60.0}, "timeout")],
)
async def test_what_makes_no_sense_in_a_batch_is_refused(
    given: dict[str, Any], why: str, config: dict[str, Any], simulator: Simulator
) -> None:
    with pytest.raises(InvalidCall, match=why):
        await mapped(config, **given)
    assert made(simulator) == 0
