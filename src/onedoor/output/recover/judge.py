"""Whether a value that was read may be taken: what its text lacked, what its schema says, what it all costs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from onedoor.output.recover.coerce import coerce
from onedoor.output.recover.costs import charged, edit, total
from onedoor.output.recover.fitting import At, Fit, Misfit, Work
from onedoor.output.recover.reader import Cut, Parsed
from onedoor.output.recover.shape import Schema, Shapes
from onedoor.output.recover.spans import Found
from onedoor.output.recover.strict import Compiled
from onedoor.output.recovered import Edit

STEPS = 50_000
"""Steps of coercion, and four more for every character."""


@dataclass(frozen=True, slots=True)
class Judge:
    """What values are held against. Without a schema every whole value fits.

    partial  what a cut text leaves of its last item may be left out
    steps    how much work coercion may be
    """

    compiled: Compiled | None
    shapes: Shapes
    most_cost: float
    partial: bool
    steps: int

    def __call__(self, found: Found) -> Fit:
        """The value brought to its schema, with every edit from the text on. Raises Misfit."""
        if found.parsed is None:
            raise Misfit("", found.why)
        around = tuple(edit(kind) for kind in found.edits)
        tail = () if found.parsed.cut is None else self._cut(found.parsed.cut)
        thought = self._thought(found)
        fit = self.fit(found.parsed)
        edits = charged((*around, *thought, *found.parsed.edits, *tail, *fit.edits))
        return self.affordable(Fit(fit.value, edits))

    def fit(self, parsed: Parsed) -> Fit:
        """The value brought to its schema. Raises Misfit."""
        if self.compiled is None:
            if any(one.kind == "not_a_number" for one in parsed.edits):
                raise Misfit("", "has a NaN, and no schema says that null may stand there", reason="number")
            return Fit(parsed.value)
        if self.compiled.accepts(parsed.value):
            return Fit(parsed.value)
        return self._coerced(parsed, self.compiled)

    def _coerced(self, parsed: Parsed, compiled: Compiled) -> Fit:
        work = Work(self.shapes, parsed.numbers, self.steps)
        fit = coerce(work, parsed.value, compiled.plain, At())
        _one_notation(fit.edits)
        if not compiled.accepts(fit.value):
            raise Misfit("", "breaks a rule of its schema")
        return fit

    def affordable(self, fit: Fit) -> Fit:
        """The same, if what it costs isn't too much. Raises Misfit."""
        cost = total(fit.edits)
        if cost > self.most_cost:
            raise Misfit("", f"costs {cost:g}, more than {self.most_cost:g}", torn=True, reason="cost")
        return fit

    def _cut(self, cut: Cut) -> tuple[Edit, ...]:
        """The edits that close an unfinished text, where nothing that is needed went with its end."""
        closed = edit("unclosed_array" if cut.array else "unclosed")
        if not cut.lost:
            return (closed,)
        if self.partial:
            return (closed, edit("dropped_item" if cut.item else "dropped_member", cut.path))
        if cut.item or cut.whole or self.compiled is None:
            raise Misfit(cut.path, "is cut off", reason="truncated")
        return (closed, edit("dropped_member", cut.path))

    def _thought(self, found: Found) -> tuple[Edit, ...]:
        if found.thought and self.compiled is None:
            raise Misfit("", "stands in reasoning that never ended", reason="truncated")
        return (edit("unclosed_reasoning"),) if found.thought else ()

    def attempts(self, value: Any) -> bool:
        """Whether a value that doesn't fit was meant to: it has half the wanted keys, or is a list as wanted."""
        if self.compiled is None:
            return True
        return any(_attempts(self.shapes, schema, value) for schema in self._wanted(self.compiled.plain))

    def _wanted(self, schema: Schema) -> tuple[Schema, ...]:
        shape = self.shapes.of(schema)
        return shape.variants or (schema, shape.items)


def _attempts(shapes: Shapes, schema: Schema, value: Any) -> bool:
    shape = shapes.of(schema)
    if isinstance(value, list):
        return shape.types is not None and "array" in shape.types
    names = shape.required or frozenset(shape.properties)
    return isinstance(value, Mapping) and bool(names) and 2 * len(names & value.keys()) >= len(names)


def _one_notation(edits: tuple[Edit, ...]) -> None:
    """A comma for decimals in one number makes the commas and points of the others doubtful."""
    kinds = {one.kind for one in edits}
    if "decimal_comma" in kinds and kinds & {"thousands_comma", "decimal_point"}:
        raise Misfit("", "has numbers with a comma for decimals and others that may have", torn=True)
