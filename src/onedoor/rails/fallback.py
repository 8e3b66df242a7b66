"""When a candidate can't answer, the next one does, and the reply says so."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from onedoor.errors import CandidateFailed, ProviderError, RequestRejected
from onedoor.pipeline import Next
from onedoor.rails.setting import setting
from onedoor.resorts import LastResort
from onedoor.tap import replay
from onedoor.types import Call, Candidate, Degrade, Degraded, Reply, replace


@dataclass(frozen=True, slots=True)
class Fallback:
    """Asks the candidates in order until one answers well enough, then the last resorts in order.

    `reply.degraded` says who could not answer, or not well enough, and why. Below `min_score` the next candidate is
    asked; when none does better, or with `on_low_score = "return"` at once, the best answer comes back and says so.
    `degrade="never"` asks the first candidate only. When nobody can answer, the last error comes out unchanged. A
    reader who has seen part of an answer ends the search.
    """

    candidates: tuple[Candidate, ...] = setting("models")
    last_resorts: tuple[LastResort, ...] = setting("last_resort", default=())
    degrade: Degrade = setting("degrade", default="label")
    min_score: float | None = setting("min_score", default=None)
    on_low_score: Literal["escalate", "return"] = setting("on_low_score", default="escalate")

    async def __call__(self, call: Call, call_next: Next) -> Reply:
        search = _Search(self.min_score if call.min_score is None else call.min_score)
        for candidate in self.candidates:
            try:
                reply = await call_next(replace(call, candidate=candidate))
            except CandidateFailed as error:
                search.failed(candidate, error)
            except RequestRejected as error:
                if search.best is None:
                    raise
                search.failed(candidate, error)
            else:
                if search.enough(reply):
                    return search.labelled(reply)
                if self.on_low_score == "return":
                    return search.best_of_all()
            if self._never(call) or not call.rewind():
                return search.best_of_all()
        return await self._last(call, search)

    def _never(self, call: Call) -> bool:
        return "never" in (call.degrade, self.degrade)

    async def _last(self, call: Call, search: _Search) -> Reply:
        """No candidate is left: the best answer there was, else a last resort, else the last error."""
        if search.best is not None:
            replay(call.tap, search.best)
            return search.best_of_all()
        for resort in self.last_resorts:
            reply = await _tried(call, resort, search.lost)
            if reply is not None:
                replay(call.tap, reply)
                return search.resorted(reply, resort)
        return search.best_of_all()


class _Search:
    """What the candidates came to so far."""

    def __init__(self, min_score: float | None) -> None:
        self.lost: list[Degraded] = []
        self.best: Reply | None = None
        self._failure: ProviderError | None = None
        self._min_score = min_score

    def failed(self, candidate: Candidate, error: ProviderError) -> None:
        """A candidate could not answer."""
        self.lost.append(Degraded("fallback", candidate.name, error.code, str(error)))
        self._failure = error

    def enough(self, reply: Reply) -> bool:
        """Whether an answer is good enough; one that isn't is kept if it is the best so far."""
        if self._min_score is None or reply.score is None or reply.score >= self._min_score:
            return True
        why = f"scored {reply.score:.2f}, below {self._min_score:g}"
        self.lost.append(Degraded("escalated", reply.model, "low_score", why))
        if self.best is None or reply.score > (self.best.score or 0.0):
            self.best = reply
        return False

    def labelled(self, reply: Reply) -> Reply:
        """An answer, and why it isn't an earlier candidate's."""
        return replace(reply, degraded=(*self.lost, *reply.degraded)) if self.lost else reply

    def best_of_all(self) -> Reply:
        """The best answer, labelled as too low; raises the last error where there is none."""
        if self.best is None:
            assert self._failure is not None
            raise self._failure
        lost = [reason for reason in self.lost if reason.kind != "escalated" or reason.candidate != self.best.model]
        why = f"scored {self.best.score or 0.0:.2f}, below {self._min_score:g}"
        return replace(self.best, degraded=(*lost, Degraded("low_score", self.best.model, "low_score", why)))

    def resorted(self, reply: Reply, resort: LastResort) -> Reply:
        """A last resort's answer in place of a model's."""
        cause = self._failure.code if self._failure else ""
        answered = Degraded("last_resort", resort.name, cause, "answered in place of a model")
        return replace(reply, degraded=(*self.lost, answered))


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
