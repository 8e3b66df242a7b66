"""Calls and replies for verifiers, and one asked directly."""

from __future__ import annotations

from typing import Any

import pytest
from tests.calls import a_call

from onedoor import Call, Reply
from onedoor.trail import Opinion


class Bench:
    """Verifies answers without a road; `again` raises where nothing may be asked again."""

    def call(self, prompt: str = "how much?", **fields: Any) -> Call:
        return a_call(prompt, lambda: 0.0, **fields)

    async def ask(self, verifier: Any, answer: str | Reply, call: Call | None = None) -> Opinion:
        reply = Reply(answer, model="small") if isinstance(answer, str) else answer
        told: Opinion = await verifier(call or self.call(), reply, self._again)
        return told

    async def _again(self, call: Call) -> Reply:
        raise AssertionError("nothing may be asked again")


@pytest.fixture
def bench() -> Bench:
    return Bench()
