"""What must not reach a model doesn't."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Literal

from onedoor.detectors import Detector
from onedoor.errors import InputBlocked
from onedoor.guard.inspection import Inspection
from onedoor.guard.look import Look, look
from onedoor.guard.source import Part, Source, parts_of
from onedoor.pipeline import Next
from onedoor.rails.setting import part, setting
from onedoor.types import Call, Document, Reply, replace

LARGE = 50_000
"""Characters of all texts together from which on they are looked at in another thread, so that nobody else waits."""

DONE = {"block": "blocked", "drop": "dropped", "mark": "marked", "log": "logged"}


@dataclass(frozen=True, slots=True)
class Guard:
    """Looks at every text from outside before anything else is done with it: users' turns, documents, tools' results.

    What is blocked raises InputBlocked and reaches no model, cache or judge; a document may be left out instead. What
    is marked goes on, and the model is told. Everything found stands on the trail, the reply and in the ledger. A
    second layer that fails or is too slow counts as `on_error` says. With `dry_run` everything is recorded and passes.
    """

    user: Source = setting("guard.user", default=Source("block"))
    documents: Source = setting("guard.documents", default=Source("mark"))
    longest: int = setting("guard.longest", default=1_000_000)
    most_tokens: int | None = setting("guard.most_tokens", default=None)
    semantic: str = setting("guard.semantic", default="off")
    on_error: Literal["block", "pass"] = setting("guard.on_error", default="block")
    timeout: float = setting("guard.timeout", default=2.0)
    dry_run: bool = setting("guard.dry_run", default=False)
    detector: Detector | None = part(default=None)

    async def __call__(self, call: Call, call_next: Next) -> Reply:
        dropped: set[int] = set()
        flagged = False
        texts = parts_of(call)
        apart = sum(len(text.text) for text in texts) >= LARGE
        for text in texts:
            source = self.user if text.kind == "user" else self.documents
            if source.action == "off":
                continue
            inspection = await self._inspect(call, text, source, apart=apart)
            action = self._noted(call, text, source, inspection)
            if action == "block":
                raise blocked(call, text, inspection)
            if action == "drop":
                dropped.add(text.place)
            flagged = flagged or (action == "mark" and text.kind == "user")
        return await call_next(_passed(call, dropped, flagged=flagged))

    def _noted(self, call: Call, text: Part, source: Source, inspection: Inspection) -> str:
        """What becomes of a text; all that was found in one that isn't clean is on the trail."""
        if not inspection.blocked:
            return "pass"
        action = "log" if self.dry_run else source.action
        action = "block" if action == "drop" and text.place < 0 else action
        call.trail.found += [
            finding.told(text.source, inspection.score, DONE[action]) for finding in inspection.findings
        ]
        return action

    async def _inspect(self, call: Call, text: Part, source: Source, *, apart: bool) -> Inspection:
        first = await self._look(text, source, apart=apart)
        if self.detector is None or not first.uncertain or "semantic" in source.allow:
            return first.inspection
        try:
            async with asyncio.timeout(self.timeout):
                return first.resolved(await self.detector(call, first.views))
        except Exception as error:  # noqa: BLE001 - whatever a detector raises, the guard acts as it was told
            call.trail.remark(f"the second layer failed: {type(error).__name__}: {error}")
            return first.unresolved() if self.on_error == "block" else first.inspection

    async def _look(self, text: Part, source: Source, *, apart: bool) -> Look:
        def looked() -> Look:
            return look(
                text.text,
                kind=text.kind,
                threshold=source.threshold,
                allow=source.allow,
                longest=self.longest,
                most_tokens=self.most_tokens,
            )

        return await asyncio.to_thread(looked) if apart else looked()


def blocked(call: Call, text: Part, inspection: Inspection) -> InputBlocked:
    """The refusal, in words that name what was found and how to let it pass."""
    found = tuple(found for found in call.trail.found if found.source == text.source and found.action == "blocked")
    names = ", ".join(dict.fromkeys(finding.id for finding in inspection.findings)) or "nothing it can name"
    key = "user" if text.kind == "user" else "documents"
    return InputBlocked(
        f"the guard blocked {_called(text)}: {names} (score {inspection.score:.2f}, threshold "
        f"{inspection.threshold:.2f}); where that is wrong, allow the finding in guard.{key}.allow",
        findings=found,
    )


def _called(text: Part) -> str:
    return {"user": "the user's words", "tool": "a tool's result"}.get(text.source, text.source)


def _passed(call: Call, dropped: set[int], *, flagged: bool) -> Call:
    """The call without the documents that were left out."""
    if not dropped and not flagged:
        return call
    context: tuple[Document, ...] = tuple(one for place, one in enumerate(call.context) if place not in dropped)
    return replace(call, context=context, flagged=flagged)
