"""An answer is right when it fulfils its contract well enough."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from onedoor.output.checks import outcomes
from onedoor.output.score import plain
from onedoor.trail import Opinion
from onedoor.types import Call, Reply
from onedoor.verifiers.verifier import Again


@dataclass(frozen=True, slots=True)
class Contract:
    """Accepts an answer whose contract holds with at least this score; the checks that fell short are the reason."""

    least: float
    name: str = "contract"
    timeout: float = 60.0
    kind: Literal["check"] = "check"

    async def __call__(self, call: Call, reply: Reply, again: Again, /) -> Opinion:
        if call.contract is None or reply.score is None:
            return Opinion("unknown", self.kind, self.name, "the call has no contract")
        if reply.score >= self.least:
            return Opinion("accepted", self.kind, self.name, score=reply.score)
        ran = outcomes(call.contract, plain(reply.data), reply.data, reply.text)
        short = [f"{outcome.name}: {outcome.reason}" for outcome in ran if outcome.counts and outcome.score < 1]
        reason = "\n".join([f"scored {reply.score:.2f}, below {self.least:g}", *short])
        return Opinion("rejected", self.kind, self.name, reason, reply.score)
