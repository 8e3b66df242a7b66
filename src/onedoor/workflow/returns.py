"""Whether a step gave what its function promises."""

from __future__ import annotations

import inspect
import types
import typing
from collections.abc import Callable, Iterator
from typing import Any

import msgspec

from onedoor.output.score import plain
from onedoor.types import Reply

_LONGEST = 60


def promised(function: Callable[..., Any]) -> Callable[[object], str]:
    """What is wrong with a value by the function's return annotation; without one, only what no file can keep."""
    try:
        kind = typing.get_type_hints(function).get("return", Any)
    except Exception:  # noqa: BLE001 - an annotation of names that aren't there says nothing
        kind = Any
    if not _known(kind):
        return unkept
    shown = inspect.formatannotation(kind)
    return lambda value: unkept(value) if _is(value, kind) else f"it returned {_short(value)}, and promises {shown}"


def truth(value: object) -> str:
    """A filter says yes or no."""
    return "" if isinstance(value, bool) else f"it returned {_short(value)}; a filter returns True or False"


def unkept(value: object) -> str:
    """Why a value can't be kept, empty where it can."""
    if isinstance(value, Reply):
        return "it returned the reply; return its text or its data"
    if isinstance(value, Iterator):
        return f"it returned {_short(value)}, which can be read only once; return a list"
    try:
        plain(value)
    except Exception:  # noqa: BLE001 - any object of the user's may fail in its own way
        return (
            f"it returned {_short(value)}, which can't be kept; return text, numbers, lists, mappings, dataclasses or "
            "models"
        )
    return ""


def _known(kind: object) -> bool:
    """Whether a type can be checked: its own and those of its parts are plain."""
    if kind is None or kind is type(None):
        return True
    parts = typing.get_args(kind)
    if typing.get_origin(kind) is typing.Literal:
        return True
    return kind is not Any and (isinstance(kind, type) or bool(parts)) and all(map(_known, parts))


def _is(value: object, kind: Any) -> bool:
    """Whether a value is of a type: of its class, or of a shape that JSON can have."""
    origin, parts = typing.get_origin(kind), typing.get_args(kind)
    if kind is None:
        return value is None
    if origin in {typing.Union, types.UnionType}:
        return any(_is(value, part) for part in parts)
    try:
        if origin is None and isinstance(kind, type) and kind is not float and not typing.is_typeddict(kind):
            return isinstance(value, kind) and not (kind is int and isinstance(value, bool))
        msgspec.convert(value, kind, strict=True)
    except msgspec.ValidationError:
        return False
    except TypeError:
        return True
    return True


def _short(value: object) -> str:
    try:
        shown = repr(value)
    except Exception:  # noqa: BLE001 - any object of the user's may fail in its own way
        shown = ""
    return f"{type(value).__name__} {shown if len(shown) <= _LONGEST else shown[:_LONGEST] + '…'}"
