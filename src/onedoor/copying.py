"""Frozen, slotted dataclasses copied, and made, at a quarter of the cost.

A frozen class makes each of its fields cost a call. Its twin has the same slots and isn't frozen: a record is written
as one of those, and becomes what it is at the end. None of this runs a `__post_init__`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import MISSING, fields
from functools import cache, update_wrapper
from typing import Any, TypeVar

T = TypeVar("T")


def changed(record: Any, changes: dict[str, Any]) -> Any:
    """A copy of a record with some fields changed."""
    kind: Any = type(record)
    copy: Any = _copier(kind)(record)
    for name, value in changes.items():
        setattr(copy, name, value)
    copy.__class__ = kind
    return copy


def quick(kind: type[T]) -> type[T]:
    """Give a dataclass a quicker `__init__` with the same parameters; a class derived from it keeps the plain one."""
    known: Any = kind
    plain, names = known.__init__, [field.name for field in fields(known)]
    given = dict(zip(reversed(names), reversed(plain.__defaults__), strict=False))
    made = {field.name: field.default_factory for field in fields(known) if field.default_factory is not MISSING}
    scope = {"kind": kind, "Twin": _twin(kind), "become": object.__setattr__, "plain": plain}
    scope |= {f"make_{name}": factory for name, factory in made.items()}
    scope |= {f"no_{name}": given[name] for name in made}
    lines = [
        f"def __init__(self, {', '.join(names)}):",
        f"    if type(self) is not kind: return plain(self, {', '.join(names)})",
        "    become(self, '__class__', Twin)",
        *(f"    self.{name} = make_{name}() if {name} is no_{name} else {name}" for name in made),
        *(f"    self.{name} = {name}" for name in names if name not in made),
        "    self.__class__ = kind",
    ]
    known.__init__ = update_wrapper(_written(lines, "__init__", scope), plain)
    known.__init__.__defaults__ = plain.__defaults__
    return kind


@cache
def _copier(kind: Any) -> Callable[[Any], Any]:
    """A function that makes a twin of any record of one class, written out field by field."""
    lines = [
        "def twin_of(record):",
        "    copy = Twin()",
        *(f"    copy.{name} = record.{name}" for name in kind.__slots__),
        "    return copy",
    ]
    twin_of: Callable[[Any], Any] = _written(lines, "twin_of", {"Twin": _twin(kind)})
    return twin_of


def _twin(kind: Any) -> Any:
    return type(kind.__name__, (), {"__slots__": kind.__slots__})


def _written(lines: list[str], name: str, scope: dict[str, Any]) -> Any:
    """The function that these lines define, as `dataclasses` makes its own."""
    exec("\n".join(lines), scope)
    return scope[name]
