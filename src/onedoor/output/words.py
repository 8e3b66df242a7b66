"""Values said in words: what kind they are, and their beginning."""

from __future__ import annotations

import json
from typing import Any

QUOTE = 60

_KINDS: tuple[tuple[type | tuple[type, ...], str], ...] = (
    (type(None), "null"),
    (bool, "a boolean"),
    (int, "an integer"),
    (float, "a number"),
    (str, "a text"),
    (dict, "an object"),
    ((list, tuple, set, frozenset), "a list"),
)
_TYPES = {
    "null": "null",
    "boolean": "a boolean",
    "integer": "an integer",
    "number": "a number",
    "string": "a text",
    "object": "an object",
    "array": "a list",
}


def kind(value: object) -> str:
    """What a value is, in two words."""
    return next((words for types, words in _KINDS if isinstance(value, types)), type(value).__name__)


def type_words(names: list[str]) -> str:
    """JSON types in words: "an integer or null". Null comes last."""
    known = sorted(names, key=lambda name: name == "null")
    return " or ".join(_TYPES.get(name, name) for name in known)


def quote(value: object) -> str:
    """The beginning of a text, number or boolean as JSON on one line; empty for anything larger."""
    if value is None or not isinstance(value, str | int | float):
        return ""
    return json.dumps(shortened(value, QUOTE) if isinstance(value, str) else value, ensure_ascii=False, default=str)


def listed(values: list[Any], most: int = 10) -> str:
    """Values as JSON, the first few of them."""
    told = [shortened(json.dumps(value, ensure_ascii=False, default=str), QUOTE) for value in values[:most]]
    return ", ".join(told) + (f" … ({len(values)} in all)" if len(values) > most else "")


def shortened(text: str, most: int) -> str:
    """The beginning of a text, at most so many characters long."""
    return text if len(text) <= most else text[: most - 1] + "…"


def one_line(text: str, most: int) -> str:
    """A text without line breaks and control characters, shortened."""
    plain = "".join(letter if letter.isprintable() else " " for letter in text[: most * 4])
    return shortened(" ".join(plain.split()), most)
