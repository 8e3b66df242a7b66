"""JSON Pointers (RFC 6901), and the dotted paths people write for them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any


class _Missing:
    """Where a path leads to nothing."""

    def __repr__(self) -> str:
        return "MISSING"


MISSING = _Missing()


def pointer(parts: Iterable[object]) -> str:
    """The pointer of these keys and places."""
    return "".join("/" + str(part).replace("~", "~0").replace("/", "~1") for part in parts)


def parts(path: str) -> tuple[str, ...]:
    """The keys of a pointer or a dotted path: "/a/0/b" and "a.0.b" are the same."""
    if not path.startswith("/"):
        return tuple(path.split(".")) if path else ()
    return tuple(part.replace("~1", "/").replace("~0", "~") for part in path[1:].split("/"))


def at(value: Any, keys: tuple[str, ...]) -> Iterator[tuple[str, Any]]:
    """Every value a path leads to, with its own pointer; MISSING where it leads nowhere. `*` is every item."""
    yield from _at(value, keys, ())


def _at(value: Any, keys: tuple[str, ...], done: tuple[object, ...]) -> Iterator[tuple[str, Any]]:
    if not keys:
        yield pointer(done), value
    elif keys[0] == "*" and isinstance(value, list):
        for place, item in enumerate(value):
            yield from _at(item, keys[1:], (*done, place))
    else:
        found = child(value, keys[0])
        if found is MISSING:
            yield pointer((*done, *keys)), MISSING
        else:
            yield from _at(found, keys[1:], (*done, keys[0]))


def child(value: Any, key: str) -> Any:
    """What stands under a key or place, or MISSING."""
    if isinstance(value, Mapping):
        return value.get(key, MISSING)
    if isinstance(value, list) and key.isdecimal() and int(key) < len(value):
        return value[int(key)]
    return MISSING


def leaves(value: Any, done: tuple[object, ...] = ()) -> Iterator[tuple[str, Any]]:
    """Every text, number, boolean, null and empty container in a value, with its pointer."""
    inner: Iterable[tuple[object, Any]] = ()
    if isinstance(value, Mapping):
        inner = value.items()
    elif isinstance(value, list):
        inner = enumerate(value)
    empty = True
    for key, item in inner:
        empty = False
        yield from leaves(item, (*done, key))
    if empty:
        yield pointer(done), value
