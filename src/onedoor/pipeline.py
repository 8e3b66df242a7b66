"""The one abstraction: a rail takes a call and the rest of the road, and gives back a reply."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import Protocol

from onedoor.types import Call, Reply

Next = Callable[[Call], Awaitable[Reply]]


class Rail(Protocol):
    """A frozen dataclass with one `__call__`: its fields are its options, its docstring is its rule."""

    def __call__(self, call: Call, call_next: Next, /) -> Awaitable[Reply]: ...


def compose(rails: Sequence[Rail], provider: Next) -> Next:
    """Nest the rails around the provider, outermost first, each noted on the call's trail."""
    road = _attempt(provider, len(rails))
    for depth, rail in reversed(list(enumerate(rails))):
        road = _step(rail, road, depth)
    return road


def rail_name(rail: Rail) -> str:
    """What a rail is called on the trail and in `onedoor explain`."""
    return type(rail).__name__.lower()


def _step(rail: Rail, call_next: Next, depth: int) -> Next:
    name, ride = rail_name(rail), rail.__call__

    async def step(call: Call) -> Reply:
        trail = call.trail
        span = trail.enter(name, depth)
        try:
            reply = await ride(call, call_next)
        except BaseException as error:
            trail.leave(span, error)
            raise
        trail.leave(span, reply)
        return reply

    return step


def _attempt(provider: Next, depth: int) -> Next:
    async def attempt(call: Call) -> Reply:
        trail = call.trail
        span = trail.enter("attempt", depth, call.candidate.name if call.candidate else "?")
        try:
            reply = await provider(call)
        except BaseException as error:
            trail.leave(span, error)
            raise
        trail.leave(span, reply)
        return reply

    return attempt
