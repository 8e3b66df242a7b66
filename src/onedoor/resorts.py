"""What answers when no candidate can: the last resorts of a task, tried in order."""

from __future__ import annotations

import inspect
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Protocol

from onedoor.policy.cache_key import again, cache_key
from onedoor.stores.store import Answers
from onedoor.types import Call, Candidate, Cost, Reply


class LastResort(Protocol):
    """Answers without a model, or gives None when it can't."""

    @property
    def name(self) -> str:
        """How the reply and its `degraded` call it."""

    async def __call__(self, call: Call, /) -> Reply | None: ...


@dataclass(frozen=True, slots=True)
class LastGood:
    """The last good answer to this very request, however old."""

    shared: bool
    candidates: tuple[Candidate, ...]
    answers: Answers
    name: str = "last_good"

    async def __call__(self, call: Call) -> Reply | None:
        kept = self.answers.get(cache_key(call, self.candidates, shared=self.shared))
        if kept is None:
            return None
        return again(kept[0])


@dataclass(frozen=True, slots=True)
class Template:
    """A fixed text that may name {prompt}, {task} and {caller}."""

    text: str
    name: str = "template"

    async def __call__(self, call: Call) -> Reply:
        prompt = next((turn.text for turn in reversed(call.messages) if turn.role == "user"), "")
        return _free(self.text.format(prompt=prompt, task=call.task, caller=call.caller), self.name)


@dataclass(frozen=True, slots=True)
class Function:
    """A callable, sync or async, that is given the call and returns a text."""

    function: Callable[[Call], str | Awaitable[str]]
    name: str = "function"

    async def __call__(self, call: Call) -> Reply:
        said = self.function(call)
        return _free(await said if inspect.isawaitable(said) else said, self.name)


def _free(text: str, name: str) -> Reply:
    if not isinstance(text, str):
        raise TypeError(f"the last resort {name!r} must return a text, not {type(text).__name__}")
    return Reply(text, model=name, provider="last_resort", cost=Cost(0, "last_resort"))
