"""The road of a task, rail by rail. This is the architecture: change it here when it changes."""

from __future__ import annotations

from typing import Any

import pytest

import onedoor
from onedoor import Call, Candidate, InvalidCall, Limits, Options, Reply, Trail
from onedoor.guard.source import Source
from onedoor.load import load
from onedoor.pipeline import rail_name
from onedoor.plan import Plan
from onedoor.prompt.build import Layout
from onedoor.rails.abort import Abort
from onedoor.rails.build import Build
from onedoor.rails.cache import Cache
from onedoor.rails.deadline import Deadline
from onedoor.rails.fallback import Fallback
from onedoor.rails.guard import Guard
from onedoor.rails.limit import Limit
from onedoor.rails.repair import Repair
from onedoor.rails.retry import Retry
from onedoor.rails.screen import Screen
from onedoor.rails.timeout import Timeout
from onedoor.rails.validate import Validate
from onedoor.rails.verify import Verify
from onedoor.resorts import Function, LastGood, Template
from onedoor.standard import Parts, candidates, embedding_road, price
from onedoor.tap import Silent
from onedoor.testing import FakeClock, Scripted
from onedoor.types import Price

CONFIG: dict[str, Any] = {
    "providers": {"hosted": {"kind": "openai", "structured": "vllm"}, "local": {"kind": "ollama"}},
    "models": {
        "big": {
            "provider": "hosted",
            "name": "big-1",
            "lab": "someone",
            "context": 8192,
            "reasoning": "low",
            "options": {"top_k": 3},
            "price": {"input": 0.15, "output": 0.6, "cached": 0.075},
            "max_output": 2048,
            "system": "developer",
        },
        "small": {"provider": "local", "name": "small:3b", "keep_alive": "5m"},
    },
    "tasks": {
        "full": {
            "models": ["big", "small"],
            "deadline": 60,
            "hold": True,
            "cache": {"ttl": 3600, "shared": True},
            "degrade": "never",
            "last_resort": ["last_good", {"template": "sorry"}, {"function": "os.path:basename"}],
            "retry": {"sends": 2, "per_call": 4, "max_wait": 5},
            "timeout": {"connect": 1, "first_token": 2, "stall": 3, "total": 4},
        },
        "minimal": {"models": ["small"]},
        "guarded": {
            "models": ["big", "small"],
            "hold": True,
            "cache": {"ttl": 3600},
            "contract": {"choices": ["yes", "no"]},
            "on_limit": "fail",
            "max_wait": 5,
            "prompt": {"marking": "datamark", "trim": False, "keep": "middle", "stable": True},
            "guard": {
                "user": {"action": "mark", "threshold": 0.5, "allow": ["override"]},
                "documents": "drop",
                "output": {"action": "block", "personal": True, "hosts": ["example.com"]},
                "longest": 9,
                "semantic": "off",
                "on_error": "pass",
                "dry_run": True,
            },
            "verify": {
                "by": [{"contract": 0.5}, {"function": "os.path:basename", "name": "mine"}],
                "sample": 0.25,
                "on_reject": "next",
                "on_unknown": "return",
            },
        },
        "checked": {"models": ["small"], "contract": {"choices": ["yes", "no"]}},
        "everything": {
            "models": ["big", "small"],
            "hold": True,
            "cache": {"ttl": 3600},
            "contract": {"choices": ["yes", "no"]},
            "repair": {"corrections": 5, "recover": False},
            "abort": False,
            "min_score": 0.7,
            "on_low_score": "return",
        },
    },
}


def names(task: str) -> list[str]:
    return [rail_name(rail) for rail in onedoor.open_async(CONFIG, parts=Parts()).rails(task)]


def test_a_task_with_everything_takes_every_rail_in_this_order() -> None:
    call = ["record", "deadline", "limit", "hold", "guard", "cache"]
    answer = ["repair", "verify", "build", "validate", "abort", "screen"]
    assert names("guarded") == [*call, "fallback", *answer, "retry", "admit", "timeout"]


def test_a_task_without_contract_guard_or_verifier_has_none_of_their_rails() -> None:
    rails = ["record", "deadline", "limit", "hold", "cache", "fallback", "build", "retry", "admit", "timeout"]
    assert names("full") == rails


@pytest.mark.parametrize(
    ("table", "more"),
    [
        ({"guard": {}}, {"guard", "screen"}),
        ({"guard": {"output": "off"}}, {"guard"}),
        ({"verify": {"by": [{"function": "os.path:basename"}]}}, {"repair", "verify"}),
        ({"contract": {"choices": ["yes", "no"]}}, {"repair", "validate", "abort"}),
    ],
)
def test_each_table_brings_its_rails(table: dict[str, Any], more: set[str]) -> None:
    config = {**CONFIG, "tasks": {"t": {"models": ["small"], **table}}}
    rails = {rail_name(rail) for rail in onedoor.open_async(config, parts=Parts()).rails("t")}
    assert rails - set(names("minimal")) == more


def test_a_task_that_says_nothing_takes_these() -> None:
    assert names("minimal") == ["record", "deadline", "limit", "fallback", "build", "retry", "admit", "timeout"]


def test_a_task_with_a_contract_takes_three_rails_more_for_each_answer() -> None:
    answer = ["repair", "build", "validate", "abort"]
    assert names("checked") == ["record", "deadline", "limit", "fallback", *answer, "retry", "admit", "timeout"]
    assert names("everything") == [
        "record",
        "deadline",
        "limit",
        "hold",
        "cache",
        "fallback",
        *answer,
        "retry",
        "admit",
        "timeout",
    ]


def test_a_call_that_brings_a_contract_takes_them_too() -> None:
    """A task without one is asked with `schema=…`, one with its own is asked without."""
    script = Scripted(["3", "hello"])
    door = onedoor.open_async(CONFIG, providers={"hosted": script, "local": script}, parts=Parts())

    async def both() -> list[set[str]]:
        replies = [await door.ask("hi", task="minimal", schema=int), await door.ask("hi", task="checked", schema=None)]
        return [{note.rail for note in reply.trail or ()} for reply in replies]

    checked, plain = FakeClock().run(both())
    assert checked - plain == {"repair", "validate", "abort"}
    assert "build" in plain


def test_a_call_that_brings_a_verifier_is_verified() -> None:
    script = Scripted(["yes"])
    door = onedoor.open_async(CONFIG, providers={"hosted": script, "local": script}, parts=Parts())
    reply = FakeClock().run(door.ask("hi", task="minimal", verify=[lambda reply: reply.text == "yes"]))
    assert {"repair", "verify"} <= {note.rail for note in reply.trail or ()}
    assert reply.verdict == "accepted"


def test_an_answer_nobody_verified_is_not_given_to_a_call_that_wants_it_verified() -> None:
    """What a call's own verifiers are is part of the question; the same ones share an answer."""
    config = {**CONFIG, "tasks": {"t": {"models": ["small"], "cache": {"ttl": 60}}}}
    script = Scripted(["yes"], repeat=True)
    door = onedoor.open_async(config, providers={"local": script}, parts=Parts())

    def right(reply: Reply) -> bool:
        return reply.text == "yes"

    asks: list[Any] = [{}, {"verify": [right]}, {"verify": [right]}, {"verify": [lambda reply: True]}, {}]

    async def all_of_them() -> list[bool]:
        return [(await door.ask("hi", **ask)).cached for ask in asks]

    assert FakeClock().run(all_of_them()) == [False, False, True, False, True]


def test_every_setting_of_an_answer_reaches_its_rail() -> None:
    parts = Parts()
    rails = {rail_name(rail): rail for rail in onedoor.open_async(CONFIG, parts=parts).rails("everything")}
    assert rails["repair"] == Repair(5)
    build, validate, fallback = rails["build"], rails["validate"], rails["fallback"]
    assert isinstance(build, Build)
    assert isinstance(validate, Validate)
    assert isinstance(fallback, Fallback)
    assert build.targets == {"hosted": "vllm", "local": "ollama"}
    assert (validate.recovers, validate.enforcement) == (False, parts.enforcement)
    assert rails["abort"] == Abort(enabled=False)
    assert (fallback.min_score, fallback.on_low_score) == (0.7, "return")


def test_every_setting_of_the_guard_the_prompt_and_the_verifiers_reaches_its_rail() -> None:
    parts = Parts()
    rails = {rail_name(rail): rail for rail in onedoor.open_async(CONFIG, parts=parts).rails("guarded")}
    guard, screen, build, verify, limit = (rails[name] for name in ("guard", "screen", "build", "verify", "limit"))
    assert isinstance(guard, Guard)
    assert (guard.user, guard.documents) == (Source("mark", 0.5, frozenset({"override"})), Source("drop"))
    assert (guard.longest, guard.semantic, guard.on_error, guard.dry_run) == (9, "off", "pass", True)
    assert isinstance(screen, Screen)
    assert (screen.action, screen.personal, screen.hosts, screen.dry_run) == ("block", True, ("example.com",), True)
    assert isinstance(build, Build)
    assert build.layout == Layout("datamark", trim=False, keep="middle", stable=True)
    assert (build.counters, build.key, screen.key) == (parts.counters, parts.secret, parts.secret)
    assert isinstance(verify, Verify)
    assert [verifier.name for verifier in verify.verifiers] == ["contract", "mine"]
    assert (verify.sample, verify.on_reject, verify.on_unknown) == (0.25, "next", "return")
    assert isinstance(limit, Limit)
    assert (limit.on_limit, limit.max_wait, limit.state) == ("fail", 5, parts.state)


def test_a_pinned_model_takes_the_contract_of_the_defaults() -> None:
    config = {**CONFIG, "defaults": {"contract": {"choices": ["yes", "no"]}}}
    rails = onedoor.open_async(config, parts=Parts()).rails(model="small")
    assert "validate" in [rail_name(rail) for rail in rails]


def test_a_task_without_a_pinned_model_needs_a_name() -> None:
    with pytest.raises(InvalidCall, match="checked, everything, full, guarded, minimal"):
        FakeClock().run(onedoor.open_async(CONFIG, parts=Parts()).ask("hi"))


def test_every_setting_reaches_its_rail() -> None:
    rails = {rail_name(rail): rail for rail in onedoor.open_async(CONFIG, parts=Parts()).rails("full")}
    chain = candidates(load(CONFIG), ["big", "small"])
    assert rails["deadline"] == Deadline(60.0)
    cache, fallback = rails["cache"], rails["fallback"]
    assert isinstance(cache, Cache)
    assert (cache.ttl, cache.shared, cache.candidates) == (3600, True, chain)
    assert isinstance(fallback, Fallback)
    assert (fallback.candidates, fallback.degrade) == (chain, "never")
    assert [type(resort) for resort in fallback.last_resorts] == [LastGood, Template, Function]
    assert rails["retry"] == Retry(2, 4, 5.0)
    assert rails["timeout"] == Timeout(Limits(1, 2, 3, 4))


def test_what_a_task_does_not_say_is_built_in() -> None:
    rails = {rail_name(rail): rail for rail in onedoor.open_async(CONFIG, parts=Parts()).rails("minimal")}
    assert rails["deadline"] == Deadline(None)
    assert rails["retry"] == Retry(3, 6, 20.0)
    assert rails["timeout"] == Timeout(Limits(connect=10, total=600))
    assert rails["fallback"] == Fallback(candidates(load(CONFIG), ["small"]))


def test_a_pinned_model_takes_the_tasks_road_alone() -> None:
    rails = {rail_name(rail): rail for rail in onedoor.open_async(CONFIG, parts=Parts()).rails("full", model="small")}
    fallback = rails["fallback"]
    assert isinstance(fallback, Fallback)
    assert [candidate.name for candidate in fallback.candidates] == ["small"]
    assert rails["deadline"] == Deadline(60.0)


def test_a_pinned_model_without_a_task_takes_the_defaults() -> None:
    config = {**CONFIG, "defaults": {"deadline": 7, "cache": {"ttl": 5}}}
    rails = onedoor.open_async(config, parts=Parts()).rails(model="small")
    assert [rail_name(rail) for rail in rails] == [
        "record",
        "deadline",
        "limit",
        "cache",
        "fallback",
        "build",
        "retry",
        "admit",
        "timeout",
    ]
    assert rails[1] == Deadline(7.0)


def test_an_embedding_is_not_cached_held_or_watched_for_tokens() -> None:
    config = load({**CONFIG, "defaults": {"deadline": 7, "cache": {"ttl": 5}, "hold": True, "timeout": {"stall": 1}}})
    rails = embedding_road(Plan(config, "", config.defaults, candidates(config, ["small"]), "embeddings"), Parts())
    assert [rail_name(rail) for rail in rails] == [
        "record",
        "deadline",
        "limit",
        "fallback",
        "retry",
        "admit",
        "timeout",
    ]
    assert rails[-1] == Timeout(Limits(connect=10, total=600))


def test_a_model_becomes_a_candidate() -> None:
    counted = {**CONFIG["models"], "big": {**CONFIG["models"]["big"], "tokenizer": "o200k"}}
    config = load({**CONFIG, "models": counted})
    big, small = candidates(config, ["big", "small"])
    assert big == Candidate(
        "big",
        "hosted",
        "big-1",
        lab="someone",
        context=8192,
        price=Price(150_000_000, 600_000_000, cached=75_000_000),
        reasoning="low",
        extra={"top_k": 3},
        longest=2048,
        system="developer",
        tokenizer="o200k",
    )
    assert small == Candidate("small", "local", "small:3b", keep_alive="5m", longest=4096)


@pytest.mark.parametrize("usd", [0.0, 0.1, 0.07, 2.5, 75.0, 0.000001])
def test_prices_are_exact_to_the_nano_dollar(usd: float) -> None:
    config = load(
        {
            **CONFIG,
            "models": {**CONFIG["models"], "big": {**CONFIG["models"]["big"], "price": {"input": usd, "output": 0}}},
        }
    )
    found = price(config.models["big"])
    assert found is not None
    assert found.input == round(usd * 10**9)


def test_the_rails_of_one_door_share_their_parts() -> None:
    """Two tasks of one door have one ledger and one retry quota."""
    script = Scripted(["a", "b"])
    door = onedoor.open_async({**CONFIG}, providers={"hosted": script, "local": script}, parts=Parts())

    async def both() -> None:
        await door.ask("hi", task="minimal")
        await door.ask("hi", task="full")

    FakeClock().run(both())
    assert [row.task for row in door.ledger] == ["minimal", "full"]  # type: ignore[attr-defined]


def test_calls_of_ever_new_runs_leave_nothing_behind() -> None:
    config, clock = load(CONFIG), FakeClock()
    plan = Plan(config, "minimal", config.settings("minimal"), candidates(config, ["big"]))
    for number in range(3_000):
        call = Call("1", "minimal", "", (), Options(), Limits(), Silent(), Trail(clock), run=f"run {number}")
        assert plan.terms(call, plan.candidates[0]).provider == "hosted"
    assert len(plan._known) <= 1_000
