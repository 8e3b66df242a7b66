"""Admission through the door: what is refused, what waits, what is skipped, and what the ledger says of it."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from onedoor import (
    AsyncDoor,
    AttemptTimeout,
    BadEnvelope,
    BudgetExceeded,
    CircuitOpen,
    ConnectFailed,
    ContentFiltered,
    ContextExceeded,
    CredentialRejected,
    CredentialShut,
    DeadlineExceeded,
    ModelNotFound,
    NotAdmitted,
    OnedoorError,
    PriceUnknown,
    ProviderThrottled,
    QuotaExhausted,
    RateLimited,
    Reply,
    RequestRejected,
    ServerFault,
    SlotsFull,
    StoreError,
    StreamBroken,
    Throttled,
    Usage,
)
from onedoor.policy.breaker import Breaker
from onedoor.policy.budget import Book
from onedoor.policy.gates import CREDENTIAL_PAUSE, Gates
from onedoor.stores.engine import Engine
from onedoor.stores.memory_engine import MemoryEngine
from onedoor.testing import Scripted, Wait

from .rig import InlineSqlite, Rig, Timed, config
from .storm import held_by_anyone

USED = Usage(10, 5)
COST = 10 * 1_000 + 5 * 2_000
FINE = Reply("fine", usage=USED)


def dollars(usd: float, **fields: Any) -> dict[str, Any]:
    return {"budgets": [{"usd": usd, "strict": True, **fields}]}


@pytest.fixture(params=["memory", "sqlite"])
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    if request.param == "memory":
        yield MemoryEngine()
        return
    engine = InlineSqlite(tmp_path / "state.db")
    yield engine
    asyncio.run(engine.close())


@pytest.fixture
def rig(engine: Engine) -> Rig:
    return Rig(engine)


async def errors(door: AsyncDoor, times: int, **ask: Any) -> list[OnedoorError | None]:
    """Ask one after another; what each came to."""
    return [await error_of(door, **ask) for _ in range(times)]


async def error_of(door: AsyncDoor, **ask: Any) -> OnedoorError | None:
    try:
        await door.ask("hi", **{"task": "chat", **ask})
    except OnedoorError as error:
        return error
    return None


# Refusals


FAILS = {"on_limit": "fail"}
REFUSALS: dict[str, tuple[type[NotAdmitted], str, float | None, dict[str, Any], list[Any]]] = {
    "circuit": (CircuitOpen, "hosted/chat/small-1", 15.0, config(), [ServerFault("down")] * 5),
    "throttled": (ProviderThrottled, "provider/hosted", 7.0, config(task=FAILS), [Throttled("slow", retry_after=7)]),
    "credential": (
        CredentialShut,
        "provider/hosted",
        CREDENTIAL_PAUSE,
        config(),
        [CredentialRejected("no", status=401)],
    ),
    "quota": (CredentialShut, "provider/hosted", CREDENTIAL_PAUSE, config(), [QuotaExhausted("no", status=402)]),
    "rate": (RateLimited, "provider/hosted", 60.0, config(provider={"rates": [{"requests": 1}]}, task=FAILS), [FINE]),
    "budget": (BudgetExceeded, "model/small", None, config(model=dollars(0.00023, per="run")), [FINE]),
    "price": (PriceUnknown, "provider/hosted", None, config(provider=dollars(1), model={"price": None}), []),
}


@pytest.mark.parametrize("case", REFUSALS)
def test_each_refusal_is_its_own_error_that_says_which_limit_and_until_when(rig: Rig, case: str) -> None:
    kind, limit, seconds, settings, steps = REFUSALS[case]
    script = Scripted(steps)
    door = rig.door(settings, hosted=script)
    *_, error = rig.run(errors(door, len(steps) + 1))
    assert type(error) is kind
    assert isinstance(error, NotAdmitted)
    assert (error.limit, error.provider, error.call_id is None) == (limit, "hosted", False)
    if seconds is None:
        assert error.until is None
    else:
        assert error.until == pytest.approx(rig.now() + seconds, rel=0, abs=0.25 * seconds)
    assert len(script.calls) == len(steps)
    assert len(rig.attempts) == len(steps)
    assert rig.read(held_by_anyone) == ()


def test_a_full_slot_refuses_at_once_where_waiting_is_off(rig: Rig) -> None:
    door = rig.door(config(task={"slots": 1, **FAILS}), hosted=Scripted([Wait(5), FINE, FINE]))

    async def both() -> tuple[OnedoorError | None, OnedoorError | None]:
        return await asyncio.gather(error_of(door), error_of(door))

    first, second = rig.run(both())
    assert first is None
    assert isinstance(second, SlotsFull)
    assert second.limit == "task/chat"
    assert rig.clock() == 5


def test_a_full_slot_is_waited_for_and_the_wait_is_on_the_trail(rig: Rig) -> None:
    door = rig.door(config(task={"slots": 1}), hosted=Scripted([Wait(5), FINE, FINE]))

    async def both() -> tuple[Reply, Reply]:
        return await asyncio.gather(door.ask("hi", task="chat"), door.ask("hi", task="chat"))

    _, reply = rig.run(both())
    assert 5 <= rig.clock() < 5.1
    assert [note.remark for note in reply.trail or () if note.rail == "admit"] == ["waited 5 s to be admitted"]
    assert [round(row.waited) for row in rig.attempts] == [0, 5]


def test_a_used_up_rate_is_waited_for(rig: Rig) -> None:
    script = Timed([FINE], repeat=True)
    door = rig.door(config(provider={"rates": [{"requests": 1, "per": 20}]}), hosted=script)
    assert rig.run(errors(door, 2)) == [None, None]
    assert script.asked[1] == pytest.approx(20, abs=0.01)


@pytest.mark.parametrize(("most", "kind"), [({"max_wait": 2}, SlotsFull), ({"deadline": 2}, DeadlineExceeded)])
def test_nobody_waits_longer_than_they_may(rig: Rig, most: dict[str, Any], kind: type[OnedoorError]) -> None:
    script = Timed([Wait(30), FINE])
    patient = {"slots": 1, "deadline": 100}
    slow = rig.door(config(task=patient), hosted=script)
    door = rig.door(config(task={**patient, **most}), hosted=script)

    async def both() -> tuple[OnedoorError | None, float]:
        first = asyncio.ensure_future(error_of(slow))
        await asyncio.sleep(0)
        error = await error_of(door)
        ended = rig.clock()
        await first
        return error, ended

    error, ended = rig.run(both())
    assert isinstance(error, kind)
    assert ended == pytest.approx(2, abs=0.01)
    assert len(script.asked) == 1
    assert rig.read(held_by_anyone) == ()


def test_a_wait_that_would_pass_the_deadline_is_refused_at_once(rig: Rig) -> None:
    script = Scripted([FINE])
    limited = {"rates": [{"requests": 1, "per": "minute"}]}
    door = rig.door(config(provider=limited, task={"deadline": 10}), hosted=script)
    first, second = rig.run(errors(door, 2))
    assert first is None
    assert isinstance(second, RateLimited)
    assert rig.clock() < 0.1


# Budgets


def test_over_budget_the_next_candidate_answers_and_the_reply_says_so(rig: Rig) -> None:
    script, spare = Scripted([FINE]), Scripted([FINE], repeat=True)
    door = rig.door(config(provider=dollars(0.00023), spare=True), hosted=script, other=spare)
    assert rig.ask(door).degraded == ()
    reply = rig.ask(door)
    assert reply.model == "spare"
    assert [(why.kind, why.candidate, why.cause) for why in reply.degraded] == [
        ("fallback", "small", "budget_exceeded")
    ]
    assert [row.outcome for row in rig.calls] == ["ok", "degraded"]
    assert [row.model for row in rig.attempts] == ["small", "spare"]


@pytest.mark.parametrize(
    ("level", "settings"),
    [
        ("provider/hosted", config(provider=dollars(0.00023))),
        ("model/small", config(model=dollars(0.00023))),
        ("caller/etl", config(callers={"etl": dollars(0.00023), "web": {}})),
        ("run/nightly", config(runs={"nightly": dollars(0.00023, per="run")})),
    ],
)
def test_every_level_has_its_own_budget(rig: Rig, level: str, settings: dict[str, Any]) -> None:
    script = Scripted([FINE], repeat=True)
    door = rig.door(settings, hosted=script)
    who = {"caller": "etl" if "callers" in settings else "", "run": "nightly" if "runs" in settings else ""}
    first, second = rig.run(errors(door, 2, **who))
    assert first is None
    assert isinstance(second, BudgetExceeded)
    assert second.limit == level
    (book,) = rig.read(lambda rows: dict(rows.scan("budget/", Book))).values()
    assert (book.spent, book.reserved) == (COST, 0)
    if not level.startswith(("provider", "model")):
        rig.ask(door, caller="web" if "callers" in settings else "")


def test_under_a_budget_the_longest_answer_reserved_is_sent_along(rig: Rig) -> None:
    script = Scripted([FINE], repeat=True)
    rig.ask(rig.door(config(provider=dollars(1)), hosted=script))
    rig.ask(rig.door(config(provider=dollars(1)), hosted=script), max_output_tokens=7)
    rig.ask(rig.door(config(), hosted=script))
    assert [call.options.max_output_tokens for call in script.calls] == [100, 7, None]


# Gates


def test_a_429_is_not_met_with_a_request_before_its_time(rig: Rig) -> None:
    """Fifty callers, one 429: the provider's own count is the truth."""
    script = Timed([Throttled("slow down", retry_after=30), FINE], repeat=True)
    door = rig.door(config(task={"retry": {"sends": 3}}), hosted=script)

    async def crowd() -> list[OnedoorError | None]:
        first = asyncio.ensure_future(error_of(door))
        await asyncio.sleep(0.001)
        return await asyncio.gather(first, *(error_of(door) for _ in range(49)))

    assert set(rig.run(crowd())) == {None}
    assert len(script.asked) == 51
    assert all(at >= 30 for at in script.asked[1:])


def test_a_refused_key_is_tried_again_by_one_call_only(rig: Rig) -> None:
    script = Timed(
        [
            CredentialRejected("bad key", status=401),
            [Wait(1), CredentialRejected("bad key", status=401)],
            Wait(1),
            FINE,
            FINE,
        ]
    )
    spare = Scripted([FINE], repeat=True)
    door = rig.door(config(spare=True), hosted=script, other=spare)

    async def crowd() -> list[str]:
        replies = await asyncio.gather(*(door.ask("hi", task="chat") for _ in range(20)))
        return [reply.model for reply in replies]

    assert rig.ask(door).degraded[0].cause == "credential"
    assert set(rig.run(crowd())) == {"spare"}
    rig.wait(CREDENTIAL_PAUSE + 1)
    assert set(rig.run(crowd())) == {"spare"}
    rig.wait(CREDENTIAL_PAUSE + 1)
    assert sorted(rig.run(crowd())) == ["small"] + ["spare"] * 19
    assert rig.ask(door).model == "small"
    assert len(script.asked) == 4


def test_ten_minutes_of_outage_cost_the_dead_provider_a_few_probes(engine: Engine) -> None:
    """Fifty callers, each asking every six seconds; a fallback answers them all."""
    rig = Rig(engine, chance=0.5)
    dead, spare = Timed([ServerFault("down")], repeat=True), Scripted([FINE], repeat=True)
    door = rig.door(config(spare=True, task={"retry": {"sends": 3}}), hosted=dead, other=spare)

    async def caller() -> int:
        return sum([await one() for _ in range(100)])

    async def one() -> bool:
        reply = await door.ask("hi", task="chat")
        await asyncio.sleep(6)
        return reply.model == "spare"

    async def crowd() -> list[int]:
        return await asyncio.gather(*(caller() for _ in range(50)))

    answered = sum(rig.run(crowd()))
    assert answered == len(spare.calls)
    before = [at for at in dead.asked if at < 5]
    probes = [at for at in dead.asked if at >= 5]
    assert len(before) <= 150
    assert all(later - earlier >= 12 for earlier, later in pairwise(probes))
    assert len(probes) <= 9
    assert len(dead.asked) + len(spare.calls) <= 1.1 * answered


def test_the_only_candidate_is_never_shut_whole() -> None:
    rig = Rig(MemoryEngine(), chance=0.95)
    script = Scripted([ServerFault("down")] * 50 + [FINE], repeat=True)
    door = rig.door(config(), hosted=script)
    rig.run(errors(door, 50))
    assert len(script.calls) == 50
    assert rig.ask(door).text == "fine"


FAULTS: list[tuple[OnedoorError, str, str, bool]] = [
    # what went wrong, what the breaker counts, which gate shuts, whether it may be billed
    (ServerFault("500", status=500), "failed", "", False),
    (ServerFault("529", status=529), "failed", "", False),
    (ServerFault("inside the stream", status=200), "failed", "", True),
    (ConnectFailed("refused"), "failed", "", False),
    (AttemptTimeout("first_token", 5.0), "failed", "", True),
    (AttemptTimeout("stall", 5.0), "failed", "", True),
    (StreamBroken("cut"), "failed", "", True),
    (BadEnvelope("html", status=200), "failed", "", True),
    (RequestRejected("400", status=400), "good", "", False),
    (ContextExceeded("too long", status=400), "good", "", False),
    (ContentFiltered("filtered", status=400), "good", "", False),
    (ModelNotFound("404", status=404), "good", "", False),
    (Throttled("429", status=429, retry_after=9), "nothing", "throttled", False),
    (CredentialRejected("401", status=401), "nothing", "credential", False),
    (QuotaExhausted("402", status=402), "nothing", "credential", False),
]


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: f"{fault[0].code}-{fault[0]}")
def test_the_table_of_faults(rig: Rig, fault: tuple[OnedoorError, str, str, bool]) -> None:
    error, counted, gate, billed = fault
    door = rig.door(config(provider=dollars(1)), hosted=Scripted([error]))
    (raised,) = rig.run(errors(door, 1))
    assert type(raised) is type(error)
    now = rig.now()
    row = rig.read(lambda rows: rows.get("breaker/hosted/chat/small-1", Breaker)) or Breaker()
    totals = [(bucket.total, bucket.failed) for bucket in row.buckets]
    assert totals == {"failed": [(1, 1)], "good": [(1, 0)], "nothing": []}[counted]
    gates = rig.read(lambda rows: rows.get("gates/hosted", Gates)) or Gates()
    assert (gates.throttled_until > now, gates.credential_until > now) == (gate == "throttled", gate == "credential")
    (attempt,) = rig.attempts
    assert (attempt.outcome, attempt.error) == ("failed", error.code)
    assert bool(attempt.nano_usd) == billed
    (book,) = rig.read(lambda rows: dict(rows.scan("budget/", Book))).values()
    assert (book.spent, book.reserved) == (attempt.nano_usd or 0, 0)
    assert rig.read(held_by_anyone) == ()


# The ledger


def test_the_ledger_says_how_every_call_ended(rig: Rig) -> None:
    cached = {"cache": {"ttl": 60}}
    script = Scripted([FINE, ServerFault("down", status=503), RequestRejected("bad", status=400), [Wait(9), "late"]])
    door = rig.door(config(spare=True, task=cached), hosted=script, other=Scripted([FINE]))

    async def story() -> None:
        await door.ask("one", task="chat", caller="etl", metadata={"ticket": 7})
        await door.ask("one", task="chat", caller="etl")
        await door.ask("two", task="chat")
        await asyncio.wait([asyncio.ensure_future(door.ask("three", task="chat"))])
        left = asyncio.ensure_future(door.ask("four", task="chat"))
        await asyncio.sleep(2)
        left.cancel()
        await asyncio.wait([left])

    rig.run(story())
    shown = [(row.outcome, row.error, row.model, row.attempts, row.cached, row.nano_usd) for row in rig.calls]
    assert shown == [
        ("ok", "", "small", 1, False, COST),
        ("cached", "", "small", 0, True, 0),
        ("degraded", "", "spare", 2, False, COST),
        ("failed", "request_rejected", "", 1, False, None),
        ("cancelled", "cancelled", "", 1, False, None),
    ]
    assert (rig.calls[0].caller, rig.calls[0].metadata) == ("etl", {"ticket": 7})
    told = [(row.outcome, row.error, row.model, row.status, row.number, row.input, row.output) for row in rig.attempts]
    assert told[:4] == [
        ("ok", "", "small", None, 1, 10, 5),
        ("failed", "server_fault", "small", 503, 1, 0, 0),
        ("ok", "", "spare", None, 2, 10, 5),
        ("failed", "request_rejected", "small", 400, 1, 0, 0),
    ]
    cancelled = rig.attempts[4]
    assert (cancelled.outcome, cancelled.price_source, cancelled.estimated) == ("cancelled", "reserved", True)
    assert cancelled.output == 100
    assert [row.call for row in rig.attempts] == [rig.calls[n].id for n in (0, 2, 2, 3, 4)]


def test_the_prompt_is_in_the_ledger_as_a_hash_only(rig: Rig) -> None:
    door = rig.door(config(), hosted=Scripted([FINE], repeat=True))
    rig.ask(door, "my secret")
    rig.ask(door, "my secret")
    first, second = rig.calls
    assert first.prompt_hash == second.prompt_hash != ""
    assert "my secret" not in repr(rig.calls)


def test_what_could_not_be_booked_is_the_calls_error(rig: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    async def fails() -> None:
        raise StoreError("the disk is full")

    door = rig.door(config(), hosted=Scripted([FINE]))
    monkeypatch.setattr(rig.state, "settle", lambda permit, told: fails())
    with pytest.raises(StoreError) as caught:
        rig.ask(door)
    assert caught.value.call_id == rig.calls[0].id
    assert caught.value.trail is not None
