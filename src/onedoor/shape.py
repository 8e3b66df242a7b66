"""What is wrong with a value that doesn't fit its type, in the words of whoever wrote it."""

from __future__ import annotations

import types
from collections.abc import Callable, Iterable, Mapping
from typing import Annotated, Any, Literal, Union, get_args, get_origin

import msgspec
from msgspec import Meta

Wrong = tuple[str, str]
"""The dotted path of a value and the rule it breaks."""

_WORDS: Mapping[object, str] = {str: "a text", int: "a whole number", float: "a number", bool: "true or false"}
_LISTS: Mapping[object, str] = {str: "texts", int: "whole numbers", float: "numbers"}


def nearest(name: str, names: Iterable[str]) -> str:
    """The end of an error sentence: the nearest right name, or all of them."""
    import difflib  # only for a wrong name, and `import onedoor` should be quick

    known = sorted(names)
    close = difflib.get_close_matches(name, known, n=1)
    if close:
        return f"did you mean {close[0]!r}?"
    return f"there are {', '.join(known)}" if known else "there are none"


def misfit(value: object, kind: Any, path: str = "") -> Wrong | None:
    """The first thing that doesn't fit, or None. A key nobody knows comes before a value that is wrong."""
    struct = _part(kind, _is_struct)
    if struct is not None and isinstance(value, Mapping):
        return _in_table(value, struct, path)
    listed = _part(kind, _is_list)
    if listed is not None and isinstance(value, list | tuple) and value:
        items = (misfit(item, get_args(listed)[0], f"{path}[{place}]") for place, item in enumerate(value))
        return next(filter(None, items), None)
    named = _part(kind, _is_dict)
    if named is not None and isinstance(value, Mapping):
        return _in_names(value, get_args(named)[1], path)
    try:
        msgspec.convert(value, kind)
    except msgspec.ValidationError:
        return path, f"must be {expected(kind)}{_but(value, kind)}"
    return None


def expected(kind: object) -> str:
    """What a type takes: `a number of seconds above 0, or "none"`."""
    origin, parts = get_origin(kind), get_args(kind)
    if origin is Annotated:
        return _bounded(parts[0], [meta for meta in parts[1:] if isinstance(meta, Meta)])
    if origin in {Union, types.UnionType}:
        return " or ".join(expected(part) for part in parts if part is not type(None))
    if origin is Literal:
        return " or ".join(f'"{part}"' for part in parts)
    if origin is list:
        return f"a list of {_LISTS.get(parts[0], 'these: ' + expected(parts[0]))}"
    return _WORDS.get(kind, "a table")


def _in_table(table: Mapping[Any, Any], struct: Any, path: str) -> Wrong | None:
    fields = {field.name: field for field in msgspec.structs.fields(struct)}
    for key in table:
        if key not in fields:
            return _below(path, key), f"unknown key; {nearest(str(key), fields)}"
    for key, value in table.items():
        wrong = misfit(value, fields[key].type, _below(path, key))
        if wrong:
            return wrong
    missing = next((field for field in fields.values() if field.required and field.name not in table), None)
    return None if missing is None else (path, f"{missing.name} is missing; it must be {expected(missing.type)}")


def _in_names(table: Mapping[Any, Any], kind: object, path: str) -> Wrong | None:
    for key, value in table.items():
        if not isinstance(key, str):
            return path, f"{key!r} is not a name; names are texts"
        wrong = misfit(value, kind, _below(path, key))
        if wrong:
            return wrong
    return None


def _below(path: str, key: object) -> str:
    return f"{path}.{key}" if path else str(key)


def _is_struct(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, msgspec.Struct)


def _is_list(kind: Any) -> bool:
    return get_origin(kind) is list


def _is_dict(kind: Any) -> bool:
    return get_origin(kind) is dict


def _is_text(kind: Any) -> bool:
    return kind is str


def _part(kind: Any, fits: Callable[[Any], bool]) -> Any:
    """The part of a type that fits: of `Cache | None` the struct."""
    if fits(kind):
        return kind
    if get_origin(kind) not in {Annotated, Union, types.UnionType}:
        return None
    return next(filter(None, (_part(part, fits) for part in get_args(kind))), None)


def _bounded(kind: object, metas: list[Meta]) -> str:
    words = expected(kind)
    for meta in metas:
        unit = (meta.extra or {}).get("unit")
        words += f" of {unit}" if unit else ""
        words += _bounds(meta)
    return words


def _bounds(meta: Meta) -> str:
    least = f" from {meta.ge:g}" if meta.ge is not None else f" above {meta.gt:g}" if meta.gt is not None else ""
    most = f" to {meta.le:g}" if meta.le is not None else ""
    return least + most + (", not empty" if meta.min_length else "")


def _but(value: object, kind: object) -> str:
    """What was given instead. Where a text belongs the value isn't repeated: it may be a secret."""
    if isinstance(value, str | int | float) and _part(kind, _is_text) is None:
        return f", not {value!r}"
    if isinstance(value, str):
        return ""
    return f", not {_named(value)}"


def _named(value: object) -> str:
    if isinstance(value, Mapping):
        return "a table"
    return {list: "a list", tuple: "a list", type(None): "nothing"}.get(type(value), type(value).__name__)
