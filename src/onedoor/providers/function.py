"""Any callable as a provider: a local model, a rule, another library."""

from __future__ import annotations

import importlib
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from onedoor.calling import called
from onedoor.errors import ConfigError, RequestRejected
from onedoor.providers.draft import Draft
from onedoor.types import Call, Reply, ServedModel

Answer = str | Reply
Callee = Callable[[Call], Answer | Awaitable[Answer]]


class Function:
    """Calls `function(call)`, sync or async, for a text or a Reply. A sync one runs in a thread, so it may block."""

    def __init__(self, function: Callee, *, name: str = "function") -> None:
        self._function = function
        self._name = name

    async def chat(self, call: Call) -> Reply:
        said = await self._ask(call)
        if isinstance(said, Reply):
            return said
        if not isinstance(said, str):
            raise TypeError(f"{self._name} must return a str or a Reply, not {type(said).__name__}")
        draft = Draft(call, self._name)
        draft.finish = "stop"
        draft.text(said)
        return draft.reply()

    async def embed(self, call: Call) -> Reply:
        raise RequestRejected(f"{self._name} is a function provider: it has no embeddings", provider=self._name)

    async def models(self) -> tuple[ServedModel, ...]:
        return (ServedModel(self._name),)

    async def count_tokens(self, model: str, text: str) -> int:
        raise RequestRejected(f"{self._name} is a function provider: it counts no tokens", provider=self._name)

    async def close(self) -> None:
        """Nothing to let go of."""

    async def _ask(self, call: Call) -> Answer:
        answer: Answer = await called(self._function, call)
        return answer


def build(name: str, base_url: str, *, key: str, headers: Mapping[str, str], function: str) -> Function:
    """The provider for `kind = "function"`; `function` is "module:callable"."""
    return Function(imported(function, f"providers.{name}.function"), name=name)


def imported(reference: str, path: str) -> Callable[..., Any]:
    """The callable behind "module:callable"; ConfigError names `path` when there is none."""
    module, _, attribute = reference.partition(":")
    try:
        found = getattr(importlib.import_module(module), attribute)
    except (ImportError, AttributeError) as error:
        raise ConfigError(f"{path}: {reference!r} can't be imported: {error}") from error
    if not callable(found):
        raise ConfigError(f"{path}: {reference!r} is a {type(found).__name__}, not a callable")
    return found  # type: ignore[no-any-return]
