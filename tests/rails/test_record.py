"""Every call is written down, whatever becomes of it."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest

import onedoor
from onedoor import Document, InputBlocked, Reply, ServerFault, Throttled, compose
from onedoor.ledger.ledger import Ledger as Kept
from onedoor.rails.deadline import Deadline
from onedoor.rails.fallback import Fallback
from onedoor.rails.record import Record
from onedoor.rails.retry import Retry
from onedoor.stores.memory import MemoryLedger
from onedoor.testing import Scripted, Wait
from onedoor.types import Candidate, Usage

BIG = Candidate("big", "hosted", "big-1")
SMALL = Candidate("small", "local", "small-1")


@pytest.fixture
def ledger() -> MemoryLedger:
    return MemoryLedger()


def record(ledger: MemoryLedger) -> Record:
    return Record(ledger, now=lambda: 1_700_000_000.0)


def test_a_reply_is_one_row(road: Any, ledger: MemoryLedger) -> None:
    call = road.call(caller="nightly", metadata={"ticket": 7})
    reply = road.take([record(ledger)], [Wait(2), "hello"], call)
    (row,) = ledger
    assert (row.id, row.at, row.task, row.caller) == ("call-1", 1_700_000_000.0, "chat", "nightly")
    assert (row.seconds, row.error, row.message, row.attempts) == (2, "", "", 1)
    assert row.reply is reply
    assert row.trail is call.trail
    assert row.metadata == {"ticket": 7}


def test_a_reply_comes_out_with_the_story_of_its_call(road: Any, ledger: MemoryLedger) -> None:
    reply = road.take(
        [record(ledger), Fallback((BIG, SMALL)), Retry(sends=2)],
        [ServerFault("a"), ServerFault("b"), ServerFault("c"), Wait(1), "hello"],
        road.call(metadata={"ticket": 7}),
    )
    assert (reply.id, reply.attempts, reply.retries) == ("call-1", 4, 2)
    assert reply.duration == road.clock()
    assert reply.metadata == {"ticket": 7}
    assert reply.trail is road.trail


def test_the_first_token_counts_from_the_begin_of_the_call(road: Any, ledger: MemoryLedger) -> None:
    steps = [Wait(3), Throttled("busy", retry_after=10), [Wait(2), "hello"]]
    reply = road.take([record(ledger), Retry(jitter=lambda: 0.0)], steps, road.read())
    assert reply.first_token == 3 + 10 + 2


def test_without_a_stream_the_first_token_cannot_be_seen(road: Any, ledger: MemoryLedger) -> None:
    assert road.take([record(ledger)], ["hello"]).first_token is None


def test_an_error_is_one_row_and_carries_the_story(road: Any, ledger: MemoryLedger) -> None:
    fault = ServerFault("broken")
    with pytest.raises(ServerFault) as raised:
        road.take([record(ledger), Retry(sends=2)], [fault, fault])
    assert raised.value is fault
    assert (fault.call_id, fault.trail) == ("call-1", road.trail)
    (row,) = ledger
    assert (row.reply, row.error, row.message, row.attempts) == (None, "server_fault", "broken", 2)


@pytest.mark.parametrize(("error", "code"), [(KeyError("bug"), "KeyError"), (KeyboardInterrupt(), "KeyboardInterrupt")])
def test_what_is_not_an_onedoor_error_is_a_row_too(
    road: Any, ledger: MemoryLedger, error: BaseException, code: str
) -> None:
    call = road.call()

    async def walk() -> None:
        with pytest.raises(type(error)):
            await compose([record(ledger)], Scripted([error]).chat)(call)

    road.clock.run(walk())
    assert [row.error for row in ledger] == [code]


def test_a_cancelled_call_is_a_row(road: Any, ledger: MemoryLedger) -> None:
    call = road.call()

    async def leave() -> None:
        task = asyncio.ensure_future(compose([record(ledger)], Scripted([Wait(9), "hello"]).chat)(call))
        await asyncio.sleep(2)
        task.cancel()
        await asyncio.wait([task])

    road.clock.run(leave())
    assert [(row.error, row.seconds, row.attempts) for row in ledger] == [("cancelled", 2, 1)]


def test_a_call_past_its_deadline_is_a_row(road: Any, ledger: MemoryLedger) -> None:
    with pytest.raises(Exception, match="deadline"):
        road.take([record(ledger), Deadline(1.0)], [Wait(9), "hello"])
    assert [(row.error, row.attempts) for row in ledger] == [("deadline", 1)]


def test_usage_the_provider_reported_stays(road: Any, ledger: MemoryLedger) -> None:
    reply = road.take([record(ledger)], [Reply("hello", usage=Usage(input=3, output=5))])
    assert (reply.usage.total, reply.usage.estimated) == (8, False)


def test_a_call_is_one_line_in_the_log_whatever_the_ledger(
    road: Any, ledger: MemoryLedger, caplog: pytest.LogCaptureFixture
) -> None:
    road.take([record(ledger)], ["hello"])
    assert caplog.records == []
    with caplog.at_level("INFO", "onedoor.calls"):
        road.take([record(ledger)], ["hello"], road.call(id="call-2"))
        with pytest.raises(ServerFault):
            road.take([record(ledger)], [ServerFault("broken")], road.call(id="call-3"))
    said = [(line.getMessage(), line.__dict__["call_id"], line.__dict__["attempt"]) for line in caplog.records]
    assert said == [("call ok", "call-2", 1), ("call failed (server_fault)", "call-3", 1)]


def test_a_memory_ledger_keeps_the_latest_rows(road: Any) -> None:
    ledger = MemoryLedger(most=2)
    for place in range(3):
        road.take([record(ledger)], ["hello"], road.call(id=f"call-{place}"))
    assert [row.id for row in ledger] == ["call-1", "call-2"]
    assert len(ledger) == 2


@pytest.mark.parametrize("bodies", [False, True])
def test_a_text_that_is_no_unicode_costs_neither_the_answer_nor_the_row(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, bodies: bool
) -> None:
    path = tmp_path / "state.db"
    monkeypatch.setenv("ONEDOOR_STATE", str(path))
    config = {
        "providers": {"hosted": {"kind": "openai", "base_url": "http://127.0.0.1:1/v1"}},
        "models": {"small": {"provider": "hosted", "name": "small-1"}},
        "tasks": {"chat": {"models": ["small"]}, "guarded": {"models": ["small"], "guard": {}}},
        "state": {"bodies": bodies},
    }
    with onedoor.open(config, providers={"hosted": Scripted(["half \udfff"])}) as door:
        assert door.ask("half \ud800", task="chat", context=Document("\ud800", "\ud800")).text == "half \udfff"
        with pytest.raises(InputBlocked):
            door.ask("half \ud800", task="guarded")
    with Kept(path) as kept:
        blocked, answered = kept.calls()
        assert (answered.outcome, blocked.outcome) == ("ok", "failed")
        assert [found["id"] for found in blocked.found] == ["shape.surrogates"]
        assert (kept.show(answered.id).body is not None) is bodies
