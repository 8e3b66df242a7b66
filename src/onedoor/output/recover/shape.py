"""A JSON Schema as coercion needs it: references followed, `allOf` folded together, one view per place."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from onedoor.output.pointers import MISSING, child, parts

Schema = Any
"""A schema as it is written: an object, true or false."""

MOST_PARTS = 64
RULES = frozenset({"pattern", "format", "minLength", "maxLength", "multipleOf"})
RULES |= {"minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"}
_TYPES: Mapping[type, str] = {
    str: "string",
    bool: "boolean",
    int: "integer",
    float: "number",
    type(None): "null",
    list: "array",
    dict: "object",
}


@dataclass(frozen=True, slots=True)
class Shape:
    """What may stand at one place.

    types       JSON types, None for any; "number" takes integers
    options     the only values, None for any
    properties  the schema of each declared key
    required    keys that must be there
    patterns    schemas of keys by pattern
    closed      no other keys
    other       the schema of other keys
    items       the schema of the items after `prefix`
    prefix      the schemas of the first items
    rules       what a text or number must keep, one mapping for each schema that says so
    variants    the alternatives of the first `anyOf` or `oneOf`, everything else folded into each
    default     the declared one, MISSING if none
    about       title and description
    """

    types: frozenset[str] | None
    options: tuple[Any, ...] | None
    properties: Mapping[str, Schema]
    required: frozenset[str]
    patterns: tuple[tuple[re.Pattern[str], Schema], ...]
    closed: bool
    other: Schema
    items: Schema
    prefix: tuple[Schema, ...]
    rules: tuple[Mapping[str, Any], ...]
    variants: tuple[Schema, ...]
    default: Any
    about: str

    def takes(self, kind: str) -> bool:
        """Whether a JSON type may stand here; without a word about types, what the other keywords are for."""
        if self.types is not None:
            return kind in self.types or (kind == "integer" and "number" in self.types)
        if self.options is not None:
            return any(type_of(option) == kind for option in self.options)
        return True


def type_of(value: Any) -> str:
    """The JSON type of a value. 3.0 is an integer there."""
    if isinstance(value, float) and value.is_integer():
        return "integer"
    return _TYPES[type(value)]


@dataclass(frozen=True, slots=True)
class Shapes:
    """The shapes of one schema, each made when it is first needed."""

    root: Mapping[str, Any]
    made: dict[int, tuple[Schema, Shape]] = field(default_factory=dict)

    def of(self, schema: Schema) -> Shape:
        """The shape of a schema that is part of the root, or was put together here."""
        known = self.made.get(id(schema))
        if known is None:
            known = self.made[id(schema)] = (schema, _shape(list(self._parts(schema, set()))))
        return known[1]

    def _parts(self, schema: Schema, seen: set[int]) -> Iterator[Mapping[str, Any]]:
        """The schemas that hold at a place at once: itself, what it refers to, what it is all of."""
        if schema is False:
            yield {"type": []}
        if not isinstance(schema, Mapping) or id(schema) in seen or len(seen) > MOST_PARTS:
            return
        seen.add(id(schema))
        yield schema
        if "$ref" in schema:
            yield from self._parts(self._referred(schema["$ref"]), seen)
        for part in _list(schema, "allOf"):
            yield from self._parts(part, seen)

    def _referred(self, reference: Any) -> Schema:
        """What a reference inside the schema leads to; one that leads elsewhere says nothing."""
        if reference == "#":
            return self.root
        if not isinstance(reference, str) or not reference.startswith("#/"):
            return True
        place: Any = self.root
        for key in parts(reference[1:].replace("%25", "%").replace("%20", " ")):
            place = child(place, key)
        return True if place is MISSING else place


def _list(schema: Mapping[str, Any], key: str) -> list[Schema]:
    found = schema.get(key)
    return found if isinstance(found, list) else []


def _map(schema: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    found = schema.get(key)
    return found if isinstance(found, Mapping) else {}


def _shape(found: list[Mapping[str, Any]]) -> Shape:
    prefixes = [_list(part, "prefixItems") or _list(part, "items") for part in found]
    first = next((part["default"] for part in found if "default" in part), MISSING)
    return Shape(
        types=_types(found),
        options=_options(found),
        properties=_properties(found),
        required=frozenset(key for part in found for key in _list(part, "required")),
        patterns=tuple(_patterns(found)),
        closed=any(part.get(key) is False for part in found for key in _CLOSING),
        other=_together([part["additionalProperties"] for part in found if _maps(part, "additionalProperties")]),
        items=_together([part["items"] for part in found if _maps(part, "items")]),
        prefix=tuple(next(filter(None, prefixes), ())),
        rules=tuple({key: part[key] for key in RULES if key in part} for part in found if part.keys() & RULES),
        variants=_variants(found),
        default=first,
        about=" ".join(str(part[key]) for part in found for key in ("title", "description") if key in part),
    )


_CLOSING = ("additionalProperties", "unevaluatedProperties")


def _maps(part: Mapping[str, Any], key: str) -> bool:
    return isinstance(part.get(key), Mapping)


def _together(schemas: list[Schema]) -> Schema:
    """One schema for several that hold at once."""
    return (schemas[0] if len(schemas) == 1 else {"allOf": schemas}) if schemas else True


def _types(found: list[Mapping[str, Any]]) -> frozenset[str] | None:
    held: frozenset[str] | None = None
    for part in found:
        if "type" in part:
            said = part["type"]
            named = frozenset(said if isinstance(said, list) else [said])
            held = named if held is None else _both(held, named)
    return held


def _both(left: frozenset[str], right: frozenset[str]) -> frozenset[str]:
    whole = ("number" in left and "integer" in right) or ("integer" in left and "number" in right)
    return (left & right) | ({"integer"} if whole else set())


def _options(found: list[Mapping[str, Any]]) -> tuple[Any, ...] | None:
    lists = [part["enum"] for part in found if isinstance(part.get("enum"), list)]
    lists += [[part["const"]] for part in found if "const" in part]
    if not lists:
        return None
    return tuple(one for one in lists[0] if all(one in other for other in lists[1:]))


def _properties(found: list[Mapping[str, Any]]) -> Mapping[str, Schema]:
    gathered: dict[str, list[Schema]] = {}
    for part in found:
        for name, schema in _map(part, "properties").items():
            gathered.setdefault(name, []).append(schema)
    return {name: _together(schemas) for name, schemas in gathered.items()}


def _patterns(found: list[Mapping[str, Any]]) -> Iterator[tuple[re.Pattern[str], Schema]]:
    for part in found:
        for pattern, schema in _map(part, "patternProperties").items():
            try:
                yield re.compile(pattern), schema
            except re.error:  # the validator knows the pattern; here its keys are left as they are
                yield re.compile(""), True


def _variants(found: list[Mapping[str, Any]]) -> tuple[Schema, ...]:
    for place, part in enumerate(found):
        for key in ("anyOf", "oneOf"):
            if _list(part, key):
                own = {name: said for name, said in part.items() if name not in {key, "$ref", "allOf"}}
                rest = [_bare(other) for other in (*found[:place], *found[place + 1 :])]
                return tuple({"allOf": [own, *rest, branch]} for branch in part[key])
    return ()


def _bare(part: Mapping[str, Any]) -> Mapping[str, Any]:
    """A part without what its own parts already say."""
    return {name: said for name, said in part.items() if name not in {"$ref", "allOf"}}
