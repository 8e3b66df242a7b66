"""Strict JSON, and whether a schema accepts it: what passes both is never touched."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import msgspec

from onedoor.errors import InvalidCall
from onedoor.output.pointers import MISSING
from onedoor.output.reading import NotJson, read
from onedoor.output.words import one_line

Accepts = Callable[[Any], bool]


def strict(text: str) -> Any:
    """The value of a JSON text, MISSING if it isn't one by the letter."""
    try:
        value = msgspec.json.decode(text)
    except (msgspec.DecodeError, UnicodeEncodeError, RecursionError):
        return MISSING
    return value if _every_key_once(text, value) else MISSING


def with_numbers(text: str) -> tuple[Any, dict[int, tuple[float, str]]]:
    """The value of a strict JSON text again, and the text of every fraction in it, by the identity of its object."""
    numbers: dict[int, tuple[float, str]] = {}

    def fraction(written: str) -> float:
        value = float(written)
        numbers[id(value)] = (value, written)
        return value

    return msgspec.json.Decoder(float_hook=fraction).decode(text), numbers


def _every_key_once(text: str, value: Any) -> bool:
    """Of two keys of one name only one is left: then the text has a colon more than the value written again."""
    try:
        alike = text.count(":") == msgspec.json.encode(value).count(b":")
    except OverflowError:  # an integer of more than 64 bits
        alike = False
    return alike or is_json(text)


def is_json(text: str) -> bool:
    """Whether every strict reader takes a text for the same value."""
    try:
        read(text)
    except NotJson:
        return False
    return True


@dataclass(frozen=True, slots=True, eq=False)
class Same:
    """A schema, equal to itself only: looking it up costs nothing. Kept alive, so that its identity stays its own."""

    schema: Mapping[str, Any]

    def __hash__(self) -> int:
        return id(self.schema)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Same) and self.schema is other.schema


@dataclass(frozen=True, slots=True)
class Compiled:
    """A schema as plain JSON, and whether it accepts a value."""

    plain: Mapping[str, Any]
    accepts: Accepts


@lru_cache(maxsize=64)
def compiled(same: Same) -> Compiled:
    """A schema ready for use. Raises InvalidCall."""
    try:
        return _by_text(msgspec.json.encode(dict(same.schema)))
    except (TypeError, ValueError, RecursionError) as error:
        raise InvalidCall(f"this is no valid JSON Schema: {one_line(str(error), 300)}") from error


@lru_cache(maxsize=64)
def _by_text(text: bytes) -> Compiled:
    import jsonschema_rs  # 5 MB, and only for whoever has a schema

    plain = msgspec.json.decode(text)
    is_valid = jsonschema_rs.validator_for(plain, offline=True).is_valid

    def accepts(value: Any) -> bool:
        try:
            return is_valid(value)
        except ValueError:  # nested deeper than it goes
            return False

    return Compiled(plain, accepts)


@lru_cache(maxsize=512)
def _rule(text: bytes) -> Compiled:
    return _by_text.__wrapped__(text)


def keeps(rules: Mapping[str, Any], value: Any) -> bool:
    """Whether a text or number keeps the rules on it: pattern, length, bounds."""
    return _rule(msgspec.json.encode(rules)).accepts(value)
