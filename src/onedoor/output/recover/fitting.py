"""What coercion hands up: a value that fits its place with the edits that took, or why none does."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import msgspec

from onedoor.output.recover.costs import charged, edit, total
from onedoor.output.recover.shape import Schema, Shapes, type_of
from onedoor.output.recovered import Edit
from onedoor.output.words import kind as in_words


class Misfit(Exception):
    """A value can't be brought to its schema. `torn` says there is more than one way, so no other reading counts."""

    def __init__(self, path: str, rule: str, *, torn: bool = False, reason: str = "") -> None:
        super().__init__(f"{path or 'the value'} {rule}")
        self.path = path
        self.torn = torn
        self.reason = reason or ("ambiguous" if torn else "schema")


@dataclass(frozen=True, slots=True)
class Fit:
    """A value that fits, and the edits it took."""

    value: Any
    edits: tuple[Edit, ...] = ()

    @property
    def cost(self) -> float:
        return total(charged(self.edits))

    def after(self, *edits: Edit) -> Fit:
        """The same with edits made before."""
        return Fit(self.value, (*edits, *self.edits))


@dataclass(frozen=True, slots=True)
class At:
    """A place in the value.

    name     the key it stands under, a list's items under that of the list
    wrapped  it was put into a list a moment ago, and isn't put into another
    closed   keys its schema doesn't know may not be taken away: that would choose between alternatives
    """

    path: str = ""
    name: str = ""
    wrapped: bool = False
    closed: bool = False

    def edit(self, kind: str, note: str = "") -> Edit:
        return edit(kind, self.path, note)

    def misfit(self, rule: str, *, torn: bool = False) -> Misfit:
        return Misfit(self.path, rule, torn=torn)


@dataclass(slots=True)
class Work:
    """One run of coercion: the schema, the text of fractions, what was settled already, and steps left.

    settled  containers by identity and schema; kept with the container, so that its identity stays its own
    """

    shapes: Shapes
    numbers: dict[int, tuple[float, str]]
    steps: int
    settled: dict[tuple[int, int, bool, bool], tuple[Any, Fit | Misfit]] = field(default_factory=dict)

    def step(self) -> None:
        self.steps -= 1
        if self.steps < 0:
            raise Misfit("", "is too much work to bring to its schema", torn=True, reason="work")

    def fine(self, value: Any, schema: Schema) -> bool:
        """Whether a text, number, boolean or null plainly fits: most do, and need no more than this."""
        if isinstance(value, dict | list):
            return False
        shape = self.shapes.of(schema)
        plain = not shape.variants and shape.options is None and not shape.rules
        return plain and shape.takes(type_of(value))


Coerce = Callable[[Work, Any, Schema, At], Fit]


def written(value: Any) -> bytes:
    """A value as JSON, the same for equal values."""
    try:
        return msgspec.json.encode(value, order="sorted")
    except OverflowError:
        return repr(value).encode()


def cheapest(fits: list[Fit], at: At) -> Fit:
    """The cheapest; two different ones of the same cost are two readings."""
    best = min(fits, key=lambda fit: fit.cost)
    level = [fit for fit in fits if fit.cost <= best.cost + 1e-9]
    if len(level) > 1 and len({written(fit.value) for fit in level}) > 1:
        raise at.misfit("can be read in two ways", torn=True)
    return best


def wrong_type(value: Any, at: At) -> Misfit:
    return at.misfit(f"can't be {in_words(value)}")
