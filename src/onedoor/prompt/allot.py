"""Who gets how much of a prompt: slots in strict priority, and nothing that must be whole is cut silently."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, Literal, TypeVar, cast

from onedoor.prompt.trim import Count, Kept
from onedoor.prompt.trimmed import Trimmed

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)

Rule = Literal["whole", "optional"]
"""Granted whole or the prompt is refused; or each piece granted whole or dropped."""


@dataclass(frozen=True, slots=True)
class Piece(Generic[T_co]):
    """Something for a slot: what it is, and the text it becomes in the prompt, which is what is counted."""

    of: T_co
    text: str
    name: str = ""


@dataclass(frozen=True, slots=True)
class Slot(Generic[T_co]):
    """A place in the prompt for pieces that are never cut."""

    name: str
    pieces: tuple[Piece[T_co], ...]
    rule: Rule = "whole"


@dataclass(frozen=True, slots=True)
class Elastic(Generic[T_co]):
    """A place in the prompt for what can be made shorter.

    cut    what stays of it in so many tokens, as `trim.documents` and `turns.conversation` say it
    least  tokens below which it can't be cut; they are kept for it whatever its priority
    """

    name: str
    cut: Callable[[int], Kept[T_co]]
    least: int = 0


@dataclass(frozen=True, slots=True)
class Allotment:
    """What every slot was granted, and what had to go."""

    kept: Mapping[str, Kept[object]]
    room: int

    def of(self, slot: Slot[T] | Elastic[T]) -> tuple[T, ...]:
        """What a slot was granted."""
        return cast("tuple[T, ...]", self.kept[slot.name].pieces)

    @property
    def tokens(self) -> dict[str, int]:
        """The tokens of every slot, in the order of priority."""
        return {name: kept.tokens for name, kept in self.kept.items()}

    @property
    def trimmed(self) -> tuple[Trimmed, ...]:
        """What was left out or made shorter."""
        return tuple(one for kept in self.kept.values() for one in kept.trimmed)

    @property
    def left(self) -> int:
        """The tokens nobody needed."""
        return self.room - sum(kept.tokens for kept in self.kept.values())


@dataclass(frozen=True, slots=True)
class TooLong:
    """What must be whole doesn't fit: the tokens of each such slot, and the room there is."""

    tokens: Mapping[str, int]
    room: int

    def __str__(self) -> str:
        needs = [f"{name} {tokens:,}" for name, tokens in self.tokens.items() if tokens]
        total = f" = {sum(self.tokens.values()):,}" if len(needs) > 1 else ""
        return f"{' + '.join(needs) or 'nothing'}{total} tokens, and there is room for {max(self.room, 0):,}"


def text_slot(name: str, *texts: str, rule: Rule = "whole") -> Slot[str]:
    """A slot of plain texts; empty ones are left out."""
    return Slot(name, tuple(Piece(text, text) for text in texts if text), rule)


def allot(slots: Sequence[Slot[object] | Elastic[object]], *, room: int, count: Count) -> Allotment | TooLong:
    """Share `room` tokens among the slots, the first one first.

    What must be whole is placed before all else, and so is what an elastic slot can't do without. Then optional and
    elastic slots take what is left, in their order: a slot never takes room a slot before it could use. The tokens of
    a slot are the sum over its pieces.
    """
    needed = {slot.name: _needed(slot, count) for slot in slots}
    if len(needed) < len(slots):
        raise ValueError(f"slots need names of their own, not {[slot.name for slot in slots]}")
    left = room - sum(needed.values())
    if left < 0:
        return _too_long(needed, room)
    kept: dict[str, Kept[object]] = {}
    for slot in slots:
        least = needed[slot.name]
        kept[slot.name] = granted = _granted(slot, left + least, least, count)
        left -= granted.tokens - least
        if left < 0:
            return _too_long({**needed, slot.name: granted.tokens}, room)
    return Allotment(kept, room)


def _too_long(needed: Mapping[str, int], room: int) -> TooLong:
    return TooLong({name: tokens for name, tokens in needed.items() if tokens}, room)


def _needed(slot: Slot[object] | Elastic[object], count: Count) -> int:
    if isinstance(slot, Elastic):
        return slot.least
    return sum(count(piece.text) for piece in slot.pieces) if slot.rule == "whole" else 0


def _granted(slot: Slot[object] | Elastic[object], room: int, needed: int, count: Count) -> Kept[object]:
    if isinstance(slot, Elastic):
        return slot.cut(room)
    if slot.rule == "whole":
        return Kept(tuple(piece.of for piece in slot.pieces), needed)
    return _optional(slot, room, count)


def _optional(slot: Slot[object], room: int, count: Count) -> Kept[object]:
    """Every piece that fits into what those before it left."""
    pieces: list[object] = []
    trimmed: list[Trimmed] = []
    used = 0
    for place, piece in enumerate(slot.pieces, 1):
        tokens = count(piece.text)
        if used + tokens <= room:
            used += tokens
            pieces.append(piece.of)
        else:
            trimmed.append(Trimmed(slot.name, piece.name or str(place), tokens, 0, "dropped"))
    return Kept(tuple(pieces), used, tuple(trimmed))
