"""Calls and replies for verifiers, and one asked directly."""

from __future__ import annotations

from typing import Any

import pytest

from onedoor import Call, Candidate, Limits, Message, Options, Reply, Text, Trail
from onedoor.tap import Silent
from onedoor.trail import Opinion


class Bench:
    """Verifies answers without a road; `again` raises where nothing may be asked again."""

    def call(self, prompt: str = "how much?", **fields: Any) -> Call:
        usual: dict[str, Any] = {
            "id": "call-1",
            "task": "chat",
            "caller": "",
            "messages": (Message("user", (Text(prompt),)),),
            "options": Options(),
            "limits": Limits(),
            "tap": Silent(),
            "trail": Trail(lambda: 0.0),
            "candidate": Candidate("small", "hosted", "small-1"),
        }
        return Call(**usual | fields)

    async def ask(self, verifier: Any, answer: str | Reply, call: Call | None = None) -> Opinion:
        reply = Reply(answer, model="small") if isinstance(answer, str) else answer
        told: Opinion = await verifier(call or self.call(), reply, self._again)
        return told

    async def _again(self, call: Call) -> Reply:
        raise AssertionError("nothing may be asked again")


@pytest.fixture
def bench() -> Bench:
    return Bench()
