"""A conversation in the roles a server knows: some chat templates have no system message, or take no two user turns."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from onedoor.types import Message, SystemRole, Text

_GAP = Text("\n\n")


def spoken(turns: Iterable[Message], system: SystemRole) -> Iterator[Message]:
    """The turns, with system messages in front of the next turn of the user where the model has no such role, and turns
    of the user that follow each other as one."""
    waiting: Message | None = None
    for turn in turns:
        turn = replace(turn, role="user") if turn.role == "system" and system == "user" else turn
        if waiting is None:
            waiting = turn
        elif waiting.role == turn.role == "user":
            waiting = replace(turn, parts=(*waiting.parts, _GAP, *turn.parts))
        else:
            yield waiting
            waiting = turn
    if waiting is not None:
        yield waiting
