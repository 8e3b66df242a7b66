"""A conversation made shorter so that it fits: the oldest turns go first, and what belongs together goes together."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import accumulate, pairwise

from onedoor.prompt.trim import Kept
from onedoor.prompt.trimmed import Trimmed
from onedoor.types import Message

Size = Callable[[Message], int]


def conversation(turns: Sequence[Message], *, room: int, size: Size, slot: str = "conversation") -> Kept[Message]:
    """The newest turns that fit; `size` is what a turn takes in tokens.

    A question goes with its answers, a tool call with its results. System messages, the last user turn and the step
    the conversation ends with stay, even where they alone are too long (`least` says what they take). What is left
    begins with a user turn. After the older exchanges, the oldest steps of the running one go.
    """
    sizes = [size(turn) for turn in turns]
    whole = sum(sizes)
    units = _units(turns)
    left = list(accumulate((-sum(sizes[at] for at in unit) for unit in units), initial=whole))
    going = next((count for count, tokens in enumerate(left) if tokens <= room), len(units))
    gone = {at for unit in units[:going] for at in unit}
    kept = tuple(turn for at, turn in enumerate(turns) if at not in gone)
    told = Trimmed(slot, f"{len(gone)} of {len(turns)} turns", whole, left[going], "oldest turns")
    return Kept(kept, left[going], (told,) if gone else ())


def least(turns: Sequence[Message], *, size: Size) -> int:
    """The tokens a conversation takes when all that may go is gone."""
    gone = {at for unit in _units(turns) for at in unit}
    return sum(size(turn) for at, turn in enumerate(turns) if at not in gone)


def _units(turns: Sequence[Message]) -> list[list[int]]:
    """What may go, in the order in which it goes: places of turns that belong together."""
    together = _together(turns)
    users = [at for at, turn in enumerate(turns) if turn.role == "user"]
    last = users[-1] if users else -1
    exchanges = [at for at in users if not together[at]]
    bounds = [0, *exchanges] if exchanges else []
    if last < 0 or not together[last]:
        steps = (at for at in range(last + 1, len(turns)) if turns[at].role == "assistant" and not together[at])
        return _between(turns, bounds) + _between(turns, [last + 1, *steps])
    return _between(turns, bounds)


def _between(turns: Sequence[Message], bounds: Sequence[int]) -> list[list[int]]:
    """The places from one bound to the next, system messages left out."""
    spans = ([at for at in range(start, end) if turns[at].role != "system"] for start, end in pairwise(bounds))
    return [span for span in spans if span]


def _together(turns: Sequence[Message]) -> list[bool]:
    """For each turn whether a tool result in it or after it answers a call before it."""
    asked: dict[str, int] = {}
    answered = [0] * len(turns)
    for at, turn in enumerate(turns):
        asked.update((call.id, at) for call in turn.tool_calls)
        if turn.role == "tool" and turn.tool_call_id in asked:
            answered[asked[turn.tool_call_id]] = at
    return [reach >= at for at, reach in enumerate(accumulate(answered, max, initial=-1))][: len(turns)]
