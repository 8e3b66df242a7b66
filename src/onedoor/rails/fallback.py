"""When a candidate can't answer, the next one does, and the reply says so."""

from __future__ import annotations

from dataclasses import dataclass

from onedoor.errors import CandidateFailed
from onedoor.pipeline import Next
from onedoor.rails.setting import setting
from onedoor.resorts import LastResort
from onedoor.tap import replay
from onedoor.types import Call, Candidate, Degrade, Degraded, Reply, replace


@dataclass(frozen=True, slots=True)
class Fallback:
    """Asks the candidates in order until one answers, then the last resorts in order.

    `reply.degraded` says who could not answer and why. `degrade="never"` asks the first candidate only. When nobody
    can answer, the last error comes out unchanged. A reader who has seen part of an answer ends the search.
    """

    candidates: tuple[Candidate, ...] = setting("models")
    last_resorts: tuple[LastResort, ...] = setting("last_resort", default=())
    degrade: Degrade = setting("degrade", default="label")

    async def __call__(self, call: Call, call_next: Next) -> Reply:
        lost: list[Degraded] = []
        for place, candidate in enumerate(self.candidates, 1):
            try:
                reply = await call_next(replace(call, candidate=candidate))
            except CandidateFailed as error:
                lost.append(Degraded("fallback", candidate.name, error.code, str(error)))
                last = place == len(self.candidates)
                if self._never(call) or not call.rewind() or (last and not self.last_resorts):
                    raise
                failure = error
            else:
                return replace(reply, degraded=(*lost, *reply.degraded)) if lost else reply
        return await self._resort(call, lost, failure)

    def _never(self, call: Call) -> bool:
        return "never" in (call.degrade, self.degrade)

    async def _resort(self, call: Call, lost: list[Degraded], failure: CandidateFailed) -> Reply:
        for resort in self.last_resorts:
            reply = await _tried(call, resort, lost)
            if reply is not None:
                replay(call.tap, reply)
                answered = Degraded("last_resort", resort.name, failure.code, "answered in place of a model")
                return replace(reply, degraded=(*lost, answered))
        raise failure


async def _tried(call: Call, resort: LastResort, lost: list[Degraded]) -> Reply | None:
    """What a last resort answers; when it can't, that is noted and the next one is tried."""
    try:
        reply = await resort(call)
    except Exception as error:  # noqa: BLE001 - a user's callable may raise anything; it is recorded and skipped
        lost.append(Degraded("last_resort", resort.name, type(error).__name__, f"failed: {error}"))
        call.trail.remark(f"{resort.name} failed: {error}")
        return None
    if reply is None:
        lost.append(Degraded("last_resort", resort.name, "none", "had no answer"))
        call.trail.remark(f"{resort.name} had no answer")
    return reply
