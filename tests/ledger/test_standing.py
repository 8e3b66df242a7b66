"""How budgets, limits and routes stand, asked of a real state."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest

from onedoor.config import Config
from onedoor.ledger.budgets import budgets
from onedoor.ledger.limits import limits
from onedoor.ledger.nothing import NOTHING
from onedoor.ledger.routes import known, routes
from onedoor.load import load
from onedoor.plan import Plan
from onedoor.policy.budget import Bound
from onedoor.policy.terms import Need, Permit, Settlement
from onedoor.standard import candidates
from onedoor.state import State
from onedoor.stores.sqlite import SqliteEngine
from onedoor.tap import Silent
from onedoor.trail import Trail
from onedoor.types import Call, Limits, Options, Usage

from .book import NOON

CONFIG: dict[str, Any] = {
    "providers": {
        "hosted": {
            "kind": "openai",
            "slots": 3,
            "rates": [{"requests": 60, "algorithm": "fixed"}],
            "budgets": [{"usd": 1.0}, {"tokens": 10_000, "per": "rolling", "hours": 2}],
        }
    },
    "models": {"big": {"provider": "hosted", "name": "big-1", "price": {"input": 1, "output": 2}, "slots": 2}},
    "tasks": {"chat": {"models": ["big"], "slots": 5}},
    "callers": {"etl": {"budgets": [{"usd": 2, "per": "month", "timezone": "Europe/Berlin", "guaranteed": True}]}},
    "runs": {"nightly": {"budgets": [{"usd": 3, "per": "run", "strict": True}]}},
}


@pytest.fixture
def config() -> Config:
    return load(CONFIG)


def need(config: Config, permit: str) -> Need:
    """One attempt of the caller etl in the run nightly."""
    found = candidates(config, ["big"])
    plan = Plan(config, "chat", config.tasks["chat"], found)
    call = Call("c", "chat", "etl", (), Options(), Limits(), Silent(), Trail(lambda: 0.0), run="nightly")
    return Need(
        permit=permit,
        call="c",
        number=1,
        task="chat",
        caller="etl",
        run="nightly",
        model="big",
        bound=Bound(100, 50, 200_000),
        terms=plan.terms(call, found[0]),
        bulk=False,
        since=NOON,
        patience=0.0,
    )


def test_an_attempt_under_way_is_reserved_and_a_settled_one_spent(config: Config, tmp_path: Path) -> None:
    async def story() -> None:
        state = State(lambda: SqliteEngine(tmp_path / "state.db"), now=lambda: NOON, chance=lambda: 0.5)
        first, second = await state.admit(need(config, "p1")), await state.admit(need(config, "p2"))
        assert isinstance(first, Permit)
        assert isinstance(second, Permit)
        await state.settle(first, Settlement("ok", usage=Usage(80, 20), nano_usd=120_000, seconds=2.0))
        lines = await state.read(lambda rows: budgets(config, rows, NOON))
        told = {(line.level, line.metric): (line.spent, line.reserved, line.left, line.ends) for line in lines}
        assert told == {
            ("provider/hosted", "usd"): (120_000, 200_000, 10**9 - 320_000, NOON + 43200),
            ("provider/hosted", "tokens"): (100, 150, 9_750, NOON + 7200),
            ("caller/etl", "usd"): (120_000, 200_000, 2 * 10**9 - 320_000, 1_796_079_600.0),
            ("run/nightly", "usd"): (120_000, 200_000, 3 * 10**9 - 320_000, None),
        }
        found = await state.read(lambda rows: limits(config, rows, NOON))
        assert [(line.group, line.in_use, line.limit) for line in found.slots] == [
            ("provider/hosted", 1, 3),
            ("model/big", 1, 2),
            ("task/chat", 1, 5),
        ]
        assert [(line.free, line.most) for line in found.rates] == [(58, 60)]
        assert found.gates[0].throttled_until is None
        await state.close()

    asyncio.run(story())


def test_windows_are_named_and_a_state_nobody_used_is_empty(config: Config) -> None:
    lines = budgets(config, NOTHING, NOON)
    assert [line.window for line in lines] == ["day UTC", "rolling 2 h", "month Europe/Berlin", "run"]
    assert [(line.strict, line.guaranteed) for line in lines[2:]] == [(False, True), (True, False)]
    assert {line.left for line in lines} == {10**9, 10_000, 2 * 10**9, 3 * 10**9}
    assert lines[1].ends is None


def test_a_throttled_provider_and_a_hand_on_a_breaker_show(config: Config, tmp_path: Path) -> None:
    async def story() -> None:
        state = State(lambda: SqliteEngine(tmp_path / "state.db"), now=lambda: NOON, chance=lambda: 0.5)
        permit = await state.admit(need(config, "p1"))
        assert isinstance(permit, Permit)
        await state.settle(permit, Settlement("throttled", retry_after=30.0, billed=False))
        gate = (await state.read(lambda rows: limits(config, rows, NOON))).gates[0]
        assert (gate.throttled_until, gate.bearable) == (NOON + 30, 1)
        await state.switch("hosted/chat/big-1", "isolated", actor="ann", until=NOON + 600)
        line = {line.route: line for line in await state.read(lambda rows: routes(config, rows, NOON))}[
            "hosted/chat/big-1"
        ]
        assert (line.state, line.until, line.actor) == ("isolated", NOON + 600, "ann")
        await state.close()

    asyncio.run(story())


def test_every_configured_route_is_known(config: Config) -> None:
    assert known(config, NOTHING) == ("hosted", "hosted/chat/big-1")
    assert {line.state for line in routes(config, NOTHING, NOON)} == {"closed"}


def test_enough_failures_open_a_route(config: Config, tmp_path: Path) -> None:
    async def story() -> None:
        state = State(lambda: SqliteEngine(tmp_path / "state.db"), now=lambda: NOON, chance=lambda: 0.5)
        for number in range(5):
            permit = await state.admit(need(config, f"p{number}"))
            assert isinstance(permit, Permit)
            await state.settle(permit, Settlement("failed", error="server_fault", billed=False))
        line = {line.route: line for line in await state.read(lambda rows: routes(config, rows, NOON))}[
            "hosted/chat/big-1"
        ]
        assert (line.state, line.failed, line.total) == ("open", 5, 5)
        assert line.until is not None
        later = await state.read(lambda rows: routes(config, rows, NOON + 60))
        assert {line.state for line in later} == {"closed", "half open"}
        await state.close()

    asyncio.run(story())
