"""An answer that can no longer come right is not paid for to its end."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from itertools import chain, repeat
from typing import Any, NoReturn

from onedoor.errors import InvalidAnswer
from onedoor.output.contract import Diagnosis
from onedoor.output.dialects import KEY
from onedoor.output.stream.prefix import Prefix
from onedoor.output.stream.runaway import Runaway
from onedoor.output.stream.watch import Guarded
from onedoor.pipeline import Next
from onedoor.policy.tokens import estimate
from onedoor.rails.setting import setting
from onedoor.tap import Tap
from onedoor.types import Call, Delta, Reply, replace


@dataclass(frozen=True, slots=True)
class Abort:
    """Reads along while an answer is written and stops it as soon as it runs away or can't fulfil its contract.

    Streams from the provider to see it, whether anyone reads along or not. A reader gets the value's certain part as
    `delta.value`. What stopping saved is on the error and the trail.
    """

    enabled: bool = setting("abort", default=True)

    async def __call__(self, call: Call, call_next: Next) -> Reply:
        if not self.enabled or call.contract is None:
            return await call_next(call)
        reader = _Reader(call)
        reply = await call_next(replace(call, stream=True, tap=reader.tap()))
        reader.show_whole()
        return reply


class _Reader:
    """One answer read along. Raising from a push ends the provider's stream where it stands."""

    def __init__(self, call: Call) -> None:
        self._call = call
        self._kept = _Kept(call.tap)
        self._prefix = _prefix(call)
        self._forms = call.dialect.forms if call.dialect else None

    def tap(self) -> Tap:
        """What reads along. Not kept here: each would hold the other until the collector comes."""
        partials = self._show if self._call.stream else None
        return Guarded(self._kept, stop=self._stop, prefix=self._prefix, runaway=Runaway(), partials=partials)

    def show_whole(self) -> None:
        """At the end it is certain which nulls stand for keys that were left out; until then none is shown."""
        if self._call.stream and self._forms and self._prefix and self._prefix.done:
            whole = self._forms.strip(self._unwrapped(self._prefix.value))
            if whole != self._kept.shown:
                self._call.tap.push(Delta(value=whole))

    def _show(self, value: Any) -> None:
        inner = self._unwrapped(value)
        if inner is not None:
            self._kept.shown = _grown(inner, self._kept.shown, nulls=self._forms is None)
            self._call.tap.push(Delta(value=self._kept.shown))

    def _unwrapped(self, value: Any) -> Any:
        wrapped = self._call.dialect is not None and self._call.dialect.wrapped
        return value.get(KEY) if wrapped and isinstance(value, dict) else value

    def _stop(self, told: Diagnosis) -> NoReturn:
        answer = "".join(self._kept.said)
        cap = self._call.options.max_output_tokens
        saved = max(0, cap - estimate(answer + "".join(self._kept.thought))) if cap else 0
        self._call.trail.remark(f"stopped early: {told.mode}{f', at most {saved} tokens saved' if saved else ''}")
        candidate = self._call.candidate
        raise InvalidAnswer(
            f"{candidate.name if candidate else '?'}: {told}",
            mode=told.mode,
            answer=answer,
            failures=told.failures,
            provider=candidate.provider if candidate else "",
            saved=saved,
        )


class _Kept:
    """Keeps the words and thoughts that pass, and the value shown last."""

    __slots__ = ("_tap", "said", "shown", "thought")

    def __init__(self, tap: Tap) -> None:
        self._tap = tap
        self.said: list[str] = []
        self.thought: list[str] = []
        self.shown: Any = None

    def push(self, delta: Delta) -> None:
        self.said.append(delta.text)
        self.thought.append(delta.reasoning)
        self._tap.push(delta)

    def rewind(self) -> bool:
        self.said.clear()
        self.thought.clear()
        self.shown = None
        return self._tap.rewind()


def _grown(value: Any, before: Any, *, nulls: bool) -> Any:
    """A copy of what grew out of `before`, with or without keys that are null; what was whole then is shared with it.

    A whole copy each time would make a long answer's cost the square of its length.
    """
    if isinstance(value, dict):
        old = before if isinstance(before, dict) else {}
        open_key = next(reversed(old), None)
        return {
            key: old[key] if key in old and key != open_key else _grown(part, old.get(key), nulls=nulls)
            for key, part in value.items()
            if nulls or part is not None
        }
    if isinstance(value, list):
        *whole, opened = before if isinstance(before, list) and before else [None]
        grow = partial(_grown, nulls=nulls)
        return [*whole, *map(grow, value[len(whole) :], chain([opened], repeat(None)))]
    return value


def _prefix(call: Call) -> Prefix | None:
    """Judged by the schema only where the model answers in the caller's own form."""
    contract, dialect = call.contract, call.dialect
    if contract is None or contract.schema is None or contract.bare:
        return None
    return Prefix(None if dialect is not None and dialect.changes else contract.schema)
