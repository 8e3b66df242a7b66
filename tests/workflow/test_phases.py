"""A server that holds one model at a time is asked everything of one before it is asked anything of the other."""

from __future__ import annotations

import asyncio
from typing import Any

import onedoor
from onedoor import Workflow
from onedoor.providers.function import Function
from onedoor.types import Call, Reply


class OneModel:
    """A server that has to load a model before it answers with it; `swaps` and `served` are the truth."""

    def __init__(self) -> None:
        self.holds = ""
        self.swaps = 0
        self.served: list[str] = []
        self.began = asyncio.Event()

    async def __call__(self, call: Call) -> Reply:
        assert call.candidate is not None
        if self.holds != call.candidate.served:
            self.holds = call.candidate.served
            self.swaps += 1
        self.served.append(call.candidate.served)
        self.began.set()
        await asyncio.sleep(0.001)
        return Reply(f"{call.candidate.name} of {call.messages[-1].text}", model=call.candidate.name)


def configuration(resident: int | None) -> dict[str, Any]:
    return {
        "providers": {
            "box": {"kind": "function", "function": "none:none", "slots": 4}
            | ({} if resident is None else {"resident_models": resident})
        },
        "models": {"writer": {"provider": "box", "name": "w"}, "critic": {"provider": "box", "name": "c"}},
        "tasks": {"draft": {"models": ["writer"]}, "critique": {"models": ["critic"]}},
        "state": {"path": "memory"},
    }


def flow() -> Workflow:
    found = Workflow("letters")
    found.ask("draft", "Draft {text}", task="draft")
    found.ask("critique", "Critique {draft}", task="critique")
    found.ask("revise", "Revise {draft} by {critique}", task="draft")
    return found


async def swaps(resident: int | None, **given: Any) -> tuple[int, int]:
    """How often the server had to load a model, and how many items came right."""
    server = OneModel()
    async with onedoor.open_async(configuration(resident), providers={"box": Function(server.__call__)}) as door:
        items = ({"text": str(number)} for number in range(40))
        results = [result async for result in door.run(flow(), items, **given)]
    assert len(server.served) == 120
    return server.swaps, sum(result.ok for result in results)


async def test_all_drafts_then_all_critiques_then_all_revisions() -> None:
    assert await swaps(1) == (3, 40)


async def test_a_smaller_shard_swaps_once_more_for_each_of_its_phases() -> None:
    found, right = await swaps(1, shard=20)
    assert right == 40
    assert 3 < found <= 6


async def test_without_it_every_item_goes_its_own_way() -> None:
    found, right = await swaps(None)
    assert right == 40
    assert found > 6


async def test_a_call_from_outside_doesnt_wait_for_a_phase_to_end() -> None:
    server = OneModel()
    async with onedoor.open_async(configuration(1), providers={"box": Function(server.__call__)}) as door:
        working = asyncio.create_task(collected(door.run(flow(), ({"text": str(n)} for n in range(200)))))
        await server.began.wait()
        reply = await door.ask("Quick!", task="critique")
        before = len(server.served)
        assert await working == 200
    assert reply.text == "critic of Quick!"
    assert before < 20


async def collected(run: Any) -> int:
    return len([result async for result in run])
