"""What a run in batches goes by: half the price, budgets that hold, and nothing that is about seconds."""

from __future__ import annotations

import re
import time
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onedoor.bulk.batch.asking import asking, next_id
from onedoor.bulk.batch.terms import batched, halved
from onedoor.config import Config
from onedoor.load import load
from onedoor.plan import Plan
from onedoor.standard import candidates
from onedoor.tap import Silent
from onedoor.trail import Trail
from onedoor.types import Call, Candidate, Cost, Limits, Options, Reply

CONFIG: dict[str, Any] = {
    "providers": {
        "hosted": {
            "kind": "anthropic",
            "slots": 4,
            "rates": [{"requests": 60}],
            "budgets": [{"usd": 5.0}],
            "breaker": {"consecutive": 2},
        },
        "local": {"kind": "ollama", "slots": 1},
    },
    "models": {
        "big": {
            "provider": "hosted",
            "name": "b-1",
            "price": {"input": 3.0, "output": 15.0, "cached": 0.3, "cache_write": 3.75},
            "slots": 2,
            "rates": [{"tokens": 1_000}],
        },
        "free": {"provider": "hosted", "name": "b-0"},
        "small": {"provider": "local", "name": "s-1", "price": {"input": 1.0, "output": 1.0}, "slots": 3},
    },
    "tasks": {
        "quick": {
            "models": ["big", "small"],
            "deadline": 60,
            "timeout": {"total": 30, "stall": 5, "connect": 3},
            "retry": {"sends": 5},
            "slots": 3,
            "hold": True,
        },
        "slow": {"models": ["big"], "deadline": 200_000},
    },
}


@pytest.fixture
def terms() -> Config:
    return batched(load(CONFIG))


def test_prices_are_halved_where_there_are_batches(terms: Config) -> None:
    price = terms.models["big"].price
    assert price is not None
    assert (price.input, price.output, price.cached, price.cache_write) == (1.5, 7.5, 0.15, 1.875)
    assert terms.models["free"].price is None
    assert terms.models["small"] == load(CONFIG).models["small"]


def test_slots_rates_and_breakers_are_those_of_direct_calls(terms: Config) -> None:
    hosted = terms.providers["hosted"]
    assert (hosted.slots, hosted.rates, terms.models["big"].slots, terms.models["big"].rates) == (None, [], None, [])
    assert hosted.breaker.consecutive > 1_000
    assert terms.providers["local"] == load(CONFIG).providers["local"]


def test_budgets_stay(terms: Config) -> None:
    assert terms.providers["hosted"].budgets == load(CONFIG).providers["hosted"].budgets


def test_nothing_ends_before_a_batch_can(terms: Config) -> None:
    quick = terms.tasks["quick"]
    assert (quick.deadline, quick.slots, quick.retry.sends) == ("none", None, 1)
    assert (quick.timeout.total, quick.timeout.stall, quick.timeout.connect) == ("none", "none", 3)
    assert terms.tasks["slow"].deadline == "none"


def test_a_whole_answer_is_neither_held_back_nor_stopped(terms: Config) -> None:
    assert (terms.tasks["quick"].hold, terms.tasks["quick"].abort) == (False, False)


def test_a_batch_holds_no_slot_and_has_a_breaker_of_its_own(terms: Config) -> None:
    """Other processes' calls to the same model go on while thousands wait for a batch."""
    big, small = candidates(terms, ["big", "small"])
    plan = Plan(terms, "quick", terms.settings("quick"), (big, small))
    call = made()
    assert plan.terms(call, big).slots == ()
    assert plan.terms(call, big).route == "hosted/batch/b-1"
    assert plan.terms(call, big).bills_lost is False
    assert next(group.key for group in plan.terms(call, small).slots) == "provider/local"


@pytest.mark.parametrize(
    ("cost", "listed", "halves"),
    [
        (Cost(101, "genai-prices@1"), True, Cost(51, "genai-prices@1")),
        (Cost(100, "configured"), False, Cost(100, "configured")),
        (Cost(100, "reported"), True, Cost(100, "reported")),
        (None, True, None),
    ],
)
def test_what_a_reply_costs(cost: Cost | None, listed: bool, halves: Cost | None) -> None:
    """A configured price is halved in the terms; what a provider states itself is what it bills."""
    assert halved(Reply("", cost=cost), listed=listed).cost == halves


def made(model: str = "m", *, task: str = "t", parent: str = "", id_: str = "call") -> Call:
    candidate = Candidate(model, "p", model)
    return Call(
        id_, task, "", (), Options(), Limits(), Silent(), Trail(time.monotonic), parent=parent, candidate=candidate
    )


def ids(*calls: Call, question: bytes = b"0123456789abcdef") -> list[str]:
    with asking(question):
        return [next_id(call) for call in calls]


def test_the_same_way_leads_to_the_same_ids() -> None:
    """Calls have other ids in every pass; the requests of a question don't."""
    way = (made(), made(), made(parent="x", task="judge"), made("other"))
    again = tuple(replace(call, id="another") for call in way)
    assert ids(*way) == ids(*again)
    assert len(set(ids(*way))) == len(way)


def test_a_judge_never_gets_an_answers_result() -> None:
    answer, judge = made(), made(parent="call")
    assert ids(answer, judge) == list(reversed(ids(judge, answer)))


def test_another_question_has_other_ids() -> None:
    assert not set(ids(made(), made())) & set(ids(made(), made(), question=b"another"))


def test_a_call_of_no_question_has_an_id_of_its_own() -> None:
    assert len({next_id(made()), next_id(made()), *ids(made())}) == 3


@given(st.binary(max_size=80), st.text(max_size=40), st.text(max_size=80), st.integers(1, 30))
def test_every_id_is_one_the_providers_take(question: bytes, model: str, task: str, number: int) -> None:
    found = ids(*[made(model, task=task)] * number, question=question)
    assert all(re.fullmatch("[a-zA-Z0-9_-]{1,64}", id_) for id_ in found)
    assert len(set(found)) == number
