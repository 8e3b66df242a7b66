"""Contracts made of a shape and rules on it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any

from onedoor.errors import InvalidCall
from onedoor.output.checks import containing, forbidden, length, own
from onedoor.output.contract import Check, Contract, Said
from onedoor.output.faults import compiled
from onedoor.output.pointers import parts, pointer
from onedoor.output.shapes import shape, wire_name

Length = int | Mapping[str, int] | None


def contract(
    spec: object = None,
    *,
    required: Iterable[str] = (),
    min_length: Length = None,
    max_length: Length = None,
    forbid: Iterable[str] = (),
    must_contain: Iterable[str] = (),
    checks: Iterable[Check | Callable[..., Said]] = (),
    name: str = "",
) -> Contract:
    """What an answer must be. Raises InvalidCall.

    spec          its shape: None for plain text; a Pydantic model, dataclass, TypedDict, Literal, Enum or any other
                  type Pydantic reads; a JSON Schema; re.compile(…) the whole text must match; a list of labels; a
                  Contract to add rules to
    required      what must be there and not null, as paths: "customer.name", "/items/0/price", "items.*.price"
    min_length    fewest characters, of the text or of fields: {"summary": 20}
    max_length    most characters, likewise
    forbid        phrases that must not be said: whole words, any case
    must_contain  phrases that should be said: their share counts in the score
    checks        callables given the data, or the data and the text. They return True or False, a text saying what is
                  wrong, or a number from 0 to 1 that counts in the score. One that raises has failed
    name          what it is called in messages and at the wire
    """
    made = _demanding(shape(spec), tuple(pointer(parts(path)) for path in _texts(required, "required")))
    rules = (
        *_lengths(min_length, max_length),
        *map(forbidden, _texts(forbid, "forbid")),
        *_wanted(_texts(must_contain, "must_contain")),
        *(own(check, place) for place, check in enumerate(_several(checks))),
    )
    return replace(made, checks=made.checks + rules, name=wire_name(name) if name else made.name)


def _texts(given: Iterable[str], what: str) -> tuple[str, ...]:
    texts = (given,) if isinstance(given, str) else tuple(given)
    wrong = next((text for text in texts if not isinstance(text, str) or not text.strip()), None)
    if wrong is not None:
        raise InvalidCall(f"{what} must be texts that aren't blank, not {wrong!r}")
    return texts


def _several(checks: Any) -> tuple[Any, ...]:
    return (checks,) if callable(checks) or isinstance(checks, Check) else tuple(checks)


def _wanted(phrases: tuple[str, ...]) -> tuple[Check, ...]:
    return (containing(phrases),) if phrases else ()


def _lengths(least: Length, most: Length) -> list[Check]:
    low, high = _bounds(least, "min_length"), _bounds(most, "max_length")
    for path in low.keys() & high.keys():
        if low[path] > high[path]:
            where = f" of {path}" if path else ""
            raise InvalidCall(f"min_length{where} is {low[path]}, more than max_length {high[path]}: nothing fits both")
    return [length(path, low.get(path), high.get(path)) for path in dict.fromkeys((*low, *high))]


def _bounds(given: Length, what: str) -> Mapping[str, int]:
    if given is None:
        return {}
    bounds = dict(given) if isinstance(given, Mapping) else {"": given}
    for bound in bounds.values():
        if not isinstance(bound, int) or isinstance(bound, bool) or bound < 0:
            raise InvalidCall(f"{what} must be a number of characters, or a mapping of paths to them, not {given!r}")
    return {pointer(parts(path)): bound for path, bound in bounds.items()}


def _demanding(made: Contract, paths: tuple[str, ...]) -> Contract:
    """The contract with what is required, said in its schema, too, where that can be reached."""
    if not paths:
        return made
    if made.schema is None and made.pattern is None:
        made = replace(made, schema={"type": "object", "properties": {}}, bare=False)
    if made.bare or made.schema is None:
        raise InvalidCall(f"required {paths[0]!r} is a key of an object, and this answer is a text")
    schema = made.schema
    for path in paths:
        schema = _with_key(schema, parts(path))
    judge = compiled(schema, formats=made.build is None)
    return replace(made, schema=schema, judge=judge, required=tuple(dict.fromkeys(made.required + paths)))


def _with_key(schema: Mapping[str, Any], keys: tuple[str, ...]) -> Mapping[str, Any]:
    """A schema whose objects must have a key; past references and alternatives it can't say so."""
    if keys[0] == "*" and isinstance(schema.get("items"), Mapping) and keys[1:]:
        return {**schema, "items": _with_key(schema["items"], keys[1:])}
    known = schema.get("properties")
    if not isinstance(known, Mapping) or keys[0] == "*":
        return schema
    if keys[0] not in known and schema.get("additionalProperties") is False:
        raise InvalidCall(f"required {keys[0]!r} is no key of this schema; it has {', '.join(known) or 'none'}")
    inner = known.get(keys[0], {})
    if keys[1:] and isinstance(inner, Mapping):
        inner = _with_key(inner or {"type": "object", "properties": {}}, keys[1:])
    required = list(dict.fromkeys([*schema.get("required", ()), keys[0]]))
    return {**schema, "properties": {**known, keys[0]: inner}, "required": required}
