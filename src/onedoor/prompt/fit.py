"""What a prompt is made of, counted and fitted to the room there is; imported where something must be counted."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

from msgspec import structs

from onedoor.errors import ContextExceeded
from onedoor.prompt.allot import Allotment, Elastic, Piece, Slot, TooLong, allot, text_slot
from onedoor.prompt.build import MARGIN, PER_TURN, Layout, Parts
from onedoor.prompt.marking import wrap_untrusted
from onedoor.prompt.tokens import Counter
from onedoor.prompt.trim import Kept
from onedoor.prompt.trim import documents as fitted_documents
from onedoor.prompt.turns import conversation, least
from onedoor.types import Call, Candidate, Document, Message, replace

PLENTY = 10**9


def fitted(
    parts: Parts,
    call: Call,
    candidate: Candidate,
    counter: Counter,
    layout: Layout,
    *,
    reserved: int,
    room: int | None,
) -> tuple[Parts, Allotment]:
    """What stays of the parts, and who gets what of the room; None is room for all of it.

    Raises ContextExceeded where what must be whole doesn't fit.
    """
    told = _allotted(parts, call, counter, layout, PLENTY if room is None else room)
    if isinstance(told, TooLong):
        raise ContextExceeded(_too_long(told, candidate, reserved), provider=candidate.provider)
    return parts if room is None else _kept(parts, told), told


def _allotted(parts: Parts, call: Call, counter: Counter, layout: Layout, room: int) -> Allotment | TooLong:
    """Who gets what of the room, in strict priority."""

    def count(text: str) -> int:
        return counter.count(text).tokens + PER_TURN

    def size(turn: Message) -> int:
        return counter.count_messages((turn,)).tokens

    tools = counter.count_messages((), call.options.tools).tokens if call.options.tools else 0
    slots = (
        text_slot("system", "\n\n".join(parts.system)),
        text_slot("constraints", parts.required),
        text_slot("hint", parts.hint),
        Slot("examples", tuple(Piece(one, f"{one.question}\n{one.answer}") for one in parts.examples), "optional"),
        _context(parts, layout, count),
        _conversation(parts, layout, size),
    )
    told = allot(slots, room=room - tools - MARGIN, count=count)
    return (
        told if isinstance(told, TooLong) or not tools else replace(told, kept={**told.kept, "tools": Kept((), tools)})
    )


def _context(parts: Parts, layout: Layout, count: Callable[[str], int]) -> Slot[object] | Elastic[object]:
    def write(document: Document) -> str:
        return wrap_untrusted(document, parts.mark, marking=layout.marking)

    if not layout.trim:
        return Slot("context", tuple(Piece(one, write(one), one.name) for one in parts.context))
    return Elastic(
        "context",
        lambda room: fitted_documents(parts.context, room=room, count=count, write=write, keep=layout.keep),
    )


def _conversation(parts: Parts, layout: Layout, size: Callable[[Message], int]) -> Slot[object] | Elastic[object]:
    turns = parts.turns
    sizes = sum(map(size, turns))
    needed = least(turns, size=size) if layout.trim else sizes
    return Elastic("conversation", lambda room: conversation(turns, room=room, size=size), needed)


def _kept(parts: Parts, told: Allotment) -> Parts:
    kept = {name: cast("Any", of.pieces) for name, of in told.kept.items()}
    context = _in_order(parts.context, kept["context"])
    return structs.replace(parts, examples=kept["examples"], context=context, turns=kept["conversation"])


def _in_order(given: tuple[Document, ...], kept: tuple[Document, ...]) -> tuple[Document, ...]:
    """The documents that stay, best first as they were chosen, in the order they were given."""
    ranked = sorted(range(len(given)), key=lambda place: -given[place].rank)
    chosen = dict(zip(ranked, kept, strict=False))
    return tuple(chosen[place] for place in sorted(chosen))


def _too_long(told: TooLong, candidate: Candidate, reserved: int) -> str:
    return (
        f"{candidate.name}: {told} in its window of {candidate.context:,} with {reserved:,} kept for the answer; "
        "shorten it, lower max_output_tokens, or add a model with a larger window"
    )
