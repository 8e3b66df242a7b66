"""What answers when no model can."""

from __future__ import annotations

import asyncio
import sys
import types
from typing import Any

import pytest

import onedoor
from onedoor import Call, Cost, Reply, ServerFault
from onedoor.standard import Parts
from onedoor.testing import FakeClock, Scripted

CONFIG: dict[str, Any] = {
    "providers": {"hosted": {"kind": "openai"}},
    "models": {"big": {"provider": "hosted", "name": "big-1"}},
}
DOWN = ServerFault("down")


def ask(last_resort: list[Any], steps: list[Any], *prompts: Any, **task: Any) -> Reply:
    """The last of some questions to a task with these last resorts."""
    config = {
        **CONFIG,
        "tasks": {"chat": {"models": ["big"], "retry": {"sends": 1}, "last_resort": last_resort, **task}},
    }

    async def all_of_them() -> Reply:
        async with onedoor.open_async(config, providers={"hosted": Scripted(steps)}, parts=Parts()) as door:
            replies = [await door.ask(prompt, caller="ann") for prompt in prompts]
        return replies[-1]

    return FakeClock().run(all_of_them())


def shouts(call: Call) -> str:
    return call.messages[-1].text.upper()


async def whispers(call: Call) -> str:
    await asyncio.sleep(1)
    return call.messages[-1].text.lower()


def test_the_last_good_answer_is_given_however_old() -> None:
    reply = ask(["last_good"], ["hello", DOWN], "Hi", "Hi", cache={"ttl": 0})
    assert (reply.text, reply.model, reply.cached) == ("hello", "big", True)
    assert reply.cost == Cost(0, "cache")
    assert reply.degraded[-1].candidate == "last_good"


def test_another_questions_answer_is_no_last_good() -> None:
    with pytest.raises(ServerFault):
        ask(["last_good"], ["hello", DOWN], "Hi", "Ho", cache={"ttl": 0})


def test_a_last_resorts_answer_never_becomes_the_last_good() -> None:
    reply = ask(["last_good", {"template": "sorry"}], [DOWN, DOWN], "Hi", "Hi", cache={"ttl": 60})
    assert (reply.text, reply.cached) == ("sorry", False)


def test_a_template_names_the_prompt_the_task_and_the_caller() -> None:
    reply = ask([{"template": "{caller}/{task}: {prompt}"}], [DOWN], "Hi")
    assert (reply.text, reply.model, reply.provider) == ("ann/chat: Hi", "template", "last_resort")
    assert reply.cost == Cost(0, "last_resort")


def test_a_template_takes_the_users_latest_words() -> None:
    turns = [
        {"role": "user", "content": "first"},
        {"role": "assistant", "content": "said"},
        {"role": "user", "content": "second"},
        {"role": "assistant", "content": "pre-filled"},
    ]
    assert ask([{"template": "{prompt}"}], [DOWN], turns).text == "second"


def test_braces_in_a_prompt_are_only_text() -> None:
    assert ask([{"template": "{{not a field}} {prompt}"}], [DOWN], "{task} {0}").text == "{not a field} {task} {0}"


@pytest.mark.parametrize(("name", "text"), [("shouts", "HI"), ("whispers", "hi")])
def test_a_function_is_given_the_call(name: str, text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    module = types.ModuleType("my_resorts")
    vars(module).update(shouts=shouts, whispers=whispers)
    monkeypatch.setitem(sys.modules, "my_resorts", module)
    reply = ask([{"function": f"my_resorts:{name}"}], [DOWN], "Hi")
    assert (reply.text, reply.model) == (text, f"my_resorts:{name}")
