"""Runs over a real llama.cpp server: it is killed in the middle, and the run goes on with a new one."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest

import onedoor
from onedoor import Workflow

from .conftest import Server, StartServer

pytestmark = pytest.mark.real

ITEMS = [{"id": str(number), "text": f"text number {number}"} for number in range(6)]


def config(url: str, state: Path) -> dict[str, Any]:
    quiet = {"consecutive": 1000, "minimum": 1000}
    return {
        "providers": {"local": {"kind": "openai", "base_url": url, "slots": 1, "breaker": quiet}},
        "models": {"tiny": {"provider": "local", "name": "tiny", "context": 4096, "price": {"input": 1, "output": 1}}},
        "tasks": {"chat": {"models": ["tiny"], "max_output_tokens": 12, "retry": {"sends": 1}}},
        "state": {"path": str(state / "state.db")},
    }


def flow() -> Workflow:
    found = Workflow("letters")
    found.ask("draft", "Draft {text}", task="chat", temperature=0.0)

    @found.step
    async def critique(door: Any, draft: str) -> str:
        return str((await door.ask(f"Critique {draft}", task="chat", temperature=0.0)).text)

    return found


@pytest.fixture(autouse=True)
def own_state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ONEDOOR_STATE", str(tmp_path / "state.db"))


async def test_a_workflow_goes_on_where_the_server_died(start_server: StartServer, tmp_path: Path) -> None:
    with start_server() as first:
        async with onedoor.open_async(config(first.url, tmp_path)) as door:
            seen = 0
            async with door.run(flow(), ITEMS, key="id", run="letters", shard=2) as run:
                async for result in run:
                    seen += result.ok
                    if seen == 2:
                        await asyncio.to_thread(first.kill)
        assert 2 <= seen < len(ITEMS)
    with start_server(port=first.port) as second:
        found = await finished(second, tmp_path)
    assert not [result.message for result in found if not result.ok]
    assert sum(result.cached for result in found) >= 2
    assert {tuple(result.data) for result in found} == {("draft", "critique")}


async def finished(server: Server, tmp_path: Path) -> list[Any]:
    retry = ["connect", "stream_broken", "server_fault", "bad_envelope"]
    async with onedoor.open_async(config(server.url, tmp_path)) as door:
        return [result async for result in door.run(flow(), ITEMS, key="id", run="letters", retry=retry)]
