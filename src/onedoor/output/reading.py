"""JSON read strictly: what the standard leaves open is refused.

Two keys of one name, NaN and infinities, halves of a surrogate pair and numbers of thousands of digits are no JSON
here, since every reader takes them for something else.
"""

from __future__ import annotations

import json
from typing import Any, NoReturn


class NotJson(ValueError):
    """The text isn't JSON. `position` is the character it goes wrong at, None where that can't be said."""

    def __init__(self, reason: str, position: int | None = None) -> None:
        super().__init__(reason)
        self.position = position


def read(text: str) -> Any:
    """The value of a JSON text. Raises NotJson."""
    try:
        value = json.loads(text, parse_constant=_refuse_constant, object_pairs_hook=_object)
        text.encode()
        _refuse_surrogates(text, value)
    except NotJson:
        raise
    except json.JSONDecodeError as error:
        raise NotJson(f"{error.msg} at line {error.lineno}, column {error.colno}", error.pos) from error
    except RecursionError as error:
        raise NotJson("nested too deeply") from error
    except UnicodeEncodeError as error:
        raise NotJson("half of a surrogate pair") from error
    except ValueError as error:
        raise NotJson("a number with thousands of digits") from error
    return value


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise NotJson("an object has two keys of the same name")
    return found


def _refuse_constant(name: str) -> NoReturn:
    raise NotJson(f"{name} is not a JSON number")


def _refuse_surrogates(text: str, value: Any) -> None:
    r"""Escapes such as \ud83d are the only way left for a half pair to come in."""
    if "\\ud" in text or "\\uD" in text:
        json.dumps(value, ensure_ascii=False).encode()
