"""A value for any JSON Schema, so that a simulated answer has the form asked for."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from onedoor.sim.dice import Dice
from onedoor.sim.schema import Schema

DEEPEST = 4
"""Below this depth only what is required is filled, so that a schema naming itself comes to an end."""

_FORMATS = {
    "date": "2025-01-01",
    "date-time": "2025-01-01T00:00:00Z",
    "time": "00:00:00Z",
    "email": "simulated@example.com",
    "uri": "https://example.com/simulated",
    "uuid": "00000000-0000-4000-8000-000000000000",
}
_NULL = Schema(type="null")


def fill(schema: Schema, dice: Dice) -> Any:
    """A value of the schema's form. Formats, bounds and choices are kept; patterns are not."""
    return _Filler(schema, dice).value(schema, "$")


@dataclass(frozen=True, slots=True)
class _Filler:
    root: Schema
    dice: Dice

    def value(self, part: Schema | bool, path: str) -> Any:
        schema = self.root.resolve(part)
        if schema.fixed:
            return schema.const
        if schema.enum:
            return self.dice.pick(path, schema.enum)
        options = schema.any_of or schema.one_of or schema.all_of
        if options:
            return self.value(_choose(options, path), path)
        return self._of_kind(schema, path)

    def _of_kind(self, schema: Schema, path: str) -> Any:
        match schema.kind:
            case "object":
                return self._object(schema, path)
            case "array":
                return self._array(schema, path)
            case "integer":
                return self.dice.between(path, *_bounds(schema, 1))
            case "number":
                return self.dice.between(path, *_bounds(schema, 100)) / 100
            case "boolean":
                return self.dice.roll(path) < 0.5
            case "null":
                return None
        return _string(schema)

    def _object(self, schema: Schema, path: str) -> dict[str, Any]:
        names = schema.required if _deep(path) else [*schema.properties, *schema.required]
        return {name: self.value(schema.properties.get(name, True), f"{path}.{name}") for name in names}

    def _array(self, schema: Schema, path: str) -> list[Any]:
        length = schema.min_items or (0 if _deep(path) else 1)
        parts = [*schema.prefix_items, *[schema.items] * (length - len(schema.prefix_items))]
        return [self.value(part, f"{path}.{place}") for place, part in enumerate(parts)]


def _choose(options: list[Schema], path: str) -> Schema:
    """The first option that isn't null, until it gets too deep."""
    solid = [option for option in options if option.type != "null"]
    if _deep(path) and len(solid) < len(options):
        return _NULL
    return (solid or options)[0]


def _bounds(schema: Schema, scale: int) -> tuple[int, int]:
    """The least and the most, in units of 1/scale; ten apart where the schema leaves an end open."""
    low = _least(schema, scale)
    high = _most(schema, scale)
    if low is None:
        low = 0 if high is None else min(0, high - 10 * scale)
    return low, max(low, low + 10 * scale if high is None else high)


def _least(schema: Schema, scale: int) -> int | None:
    if schema.exclusive_minimum is not None:
        return math.floor(schema.exclusive_minimum * scale) + 1
    return None if schema.minimum is None else math.ceil(schema.minimum * scale)


def _most(schema: Schema, scale: int) -> int | None:
    if schema.exclusive_maximum is not None:
        return math.ceil(schema.exclusive_maximum * scale) - 1
    return None if schema.maximum is None else math.floor(schema.maximum * scale)


def _string(schema: Schema) -> str:
    return _FORMATS.get(schema.format, "simulated").ljust(schema.min_length, ".")[: schema.max_length]


def _deep(path: str) -> bool:
    return path.count(".") >= DEEPEST
