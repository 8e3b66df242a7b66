"""What is collected for the next batch."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

from onedoor.providers.batches import Request

AROUND = 200
"""Bytes that are written around a request's body, at most."""


@dataclass(slots=True)
class Collected:
    """Requests to one model that wait to be handed over, and their ids by call; `timer` hands them over."""

    requests: list[Request] = field(default_factory=list)
    calls: dict[str, str] = field(default_factory=dict)
    size: int = 0
    timer: asyncio.TimerHandle | None = None

    def add(self, call: str, request: Request) -> None:
        """One more; the wait for another begins anew."""
        self.requests.append(request)
        self.calls[call] = request.id
        self.size += size_of(request)
        self.wait()

    def wait(self) -> None:
        """Hand over nothing for now."""
        if self.timer is not None:
            self.timer.cancel()


def size_of(request: Request) -> int:
    """Bytes of its line."""
    return len(request.body) + AROUND
