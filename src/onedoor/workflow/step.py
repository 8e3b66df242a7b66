"""One step of a workflow: what it needs, and what it does with that."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from onedoor.asking import Ask

Kind = Literal["step", "filter", "reduce"]
"""A step has a value for each item, a filter says whether an item goes on, a reduce has one value for all items."""

ITEM, DOOR = "item", "door"
"""What a part may take besides steps: the item's fields, and the door."""


@dataclass(frozen=True, slots=True)
class Need:
    """A name a part takes: a step, the item or the door; of a prompt or condition also a field of the item.

    Where it is `optional`, the part runs without it when that step was skipped.
    """

    name: str
    optional: bool = False
    or_field: bool = False


@dataclass(frozen=True, slots=True)
class Part:
    """A function, or a coroutine function, which is `awaited`, and what it is called with, by name."""

    run: Callable[..., Any]
    needs: tuple[Need, ...] = ()
    awaited: bool = field(init=False)

    def __post_init__(self) -> None:
        found = map(inspect.iscoroutinefunction, (self.run, type(self.run).__call__))
        object.__setattr__(self, "awaited", any(found))

    def takes(self, name: str) -> bool:
        """Whether it is called with this."""
        return any(need.name == name for need in self.needs)


def _anything(value: object) -> str:
    return ""


@dataclass(frozen=True, slots=True)
class Step:
    """One step.

    does     what gives its value
    when     what says whether it is done at all; without that it always is
    by       of a reduce: at most so many values at once, and then so many of what they came to; without it all at once
    thread   a plain function is called in a thread of its own, as it takes its time
    wrong    what is wrong with a value, empty where nothing is
    asks     the task or model it asks, where that is known before
    own      the arguments it always asks with
    other_lab  the step whose author's lab mustn't be that of who is asked here
    says     all that can change its value besides what it needs, as JSON has it
    shows    its condition in the words of its file, for drawings
    """

    name: str
    kind: Kind
    does: Part
    when: Part | None = None
    by: int | None = None
    thread: bool = False
    wrong: Callable[[object], str] = _anything
    asks: str = ""
    own: Ask | None = None
    other_lab: str = ""
    says: Mapping[str, Any] = field(default_factory=dict)
    shows: str = ""

    @property
    def needs(self) -> tuple[Need, ...]:
        """What its parts take."""
        return (*self.does.needs, *(self.when.needs if self.when else ()))
