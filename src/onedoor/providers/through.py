"""A provider that stands before another one: what it doesn't do itself the other does."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from onedoor.providers.provider import Provider
from onedoor.types import Call, Reply, ServedModel


@dataclass(frozen=True, slots=True)
class Through:
    """Someone else's provider, made when it is first asked. Closing it is its owner's."""

    find: Callable[[], Provider]

    async def chat(self, call: Call) -> Reply:
        return await self.find().chat(call)

    async def embed(self, call: Call) -> Reply:
        return await self.find().embed(call)

    async def models(self) -> tuple[ServedModel, ...]:
        return await self.find().models()

    async def count_tokens(self, model: str, text: str) -> int:
        return await self.find().count_tokens(model, text)

    async def close(self) -> None:
        """It is its owner's to close."""
