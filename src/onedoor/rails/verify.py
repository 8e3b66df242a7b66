"""An answer that came is not yet one that is right."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Literal

from onedoor.errors import AnswerRejected
from onedoor.output.words import one_line
from onedoor.pipeline import Next
from onedoor.policy.samples import drawn
from onedoor.policy.verdicts import together
from onedoor.rails.setting import setting
from onedoor.trail import Opinion
from onedoor.types import Call, Reply, Verdict, replace
from onedoor.verifiers.verifier import Again, Verifier, kept

SHOWN = 300
"""Most characters of an opinion in a message or on the trail, where it is kept on one line; the ledger has it whole."""


@dataclass(frozen=True, slots=True)
class Verify:
    """Has answers verified, a `sample` of them, and writes every verdict down.

    All verifiers are asked; one rejection rejects. A rejected answer is asked for again with the reason ("repair"),
    sends the call on to the next candidate ("next"), or comes back labelled ("return"). Where no verifier can tell,
    there is nothing to correct: the next candidate is asked, unless `on_unknown` or `on_reject` is "return".
    """

    verifiers: tuple[Verifier, ...] = setting("verify.by", default=())
    sample: float = setting("verify.sample", default=1.0)
    on_reject: Literal["repair", "next", "return"] = setting("verify.on_reject", default="repair")
    on_unknown: Literal["reject", "return"] = setting("verify.on_unknown", default="reject")

    async def __call__(self, call: Call, call_next: Next) -> Reply:
        reply = await call_next(call)
        if not drawn(call.id, self.sample):
            return reply
        told = replace(reply, id=call.id, metadata=call.metadata)
        opinions = [await _opinion(verifier, call, told, call_next) for verifier in (*self.verifiers, *call.verifiers)]
        verdict = together(opinion.verdict for opinion in opinions)
        if verdict == "accepted" or not self._acts(verdict):
            return replace(reply, verdict=verdict)
        correctable = verdict == "rejected" and self.on_reject == "repair"
        raise _rejected(reply, tuple(opinions), verdict, correctable=correctable)

    def _acts(self, verdict: str) -> bool:
        if self.on_reject == "return":
            return False
        return verdict == "rejected" or self.on_unknown == "reject"


async def _opinion(verifier: Verifier, call: Call, reply: Reply, again: Again) -> Opinion:
    """What a verifier thinks, written down at once; whatever goes wrong with it is no opinion, and said."""
    limit = asyncio.timeout(verifier.timeout)
    try:
        async with limit:
            opinion = kept(await verifier(call, reply, again), model=reply.model)
    except Exception as error:  # noqa: BLE001 - a user's verifier may raise anything; it is written down as no verdict
        late = f"no verdict within {verifier.timeout:g} s"
        opinion = _none(verifier, late if limit.expired() else f"{type(error).__name__}: {error}", reply)
    call.trail.opinions.append(opinion)
    call.trail.remark(one_line(str(opinion), SHOWN))
    return opinion


def _none(verifier: Verifier, reason: str, reply: Reply) -> Opinion:
    return kept(Opinion("unknown", verifier.kind, verifier.name, reason), model=reply.model)


def _rejected(reply: Reply, opinions: tuple[Opinion, ...], verdict: Verdict, *, correctable: bool) -> AnswerRejected:
    against = [one_line(str(opinion), SHOWN) for opinion in opinions if opinion.verdict == verdict]
    return AnswerRejected(
        f"{reply.model} ({reply.provider}): {'; '.join(against)}",
        mode=verdict,
        answer=reply.text,
        opinions=opinions,
        correctable=correctable,
        provider=reply.provider,
    )
