"""What onedoor needs of a provider."""

from __future__ import annotations

from typing import Protocol

from onedoor.types import Call, Reply, ServedModel


class Provider(Protocol):
    """Turns one call into one request and its answer into one reply. Never retries, never falls back.

    Every failure comes out as an error of `onedoor.errors`; deltas go to `call.tap` as they arrive.
    """

    async def chat(self, call: Call) -> Reply:
        """Answer `call.messages` with the model `call.candidate.served`."""

    async def embed(self, call: Call) -> Reply:
        """One vector per text of `call.texts`, as `reply.data`."""

    async def models(self) -> tuple[ServedModel, ...]:
        """What this provider really serves now."""

    async def count_tokens(self, model: str, text: str) -> int:
        """The tokens of a text as this provider counts them for what it serves as `model`; nothing is generated.

        Raises RequestRejected where it doesn't count.
        """

    async def close(self) -> None:
        """Let go of connections."""
