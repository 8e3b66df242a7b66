"""The keys and values of an object brought to its schema: nothing invented, nothing that may be needed left out."""

from __future__ import annotations

from collections.abc import Mapping
from difflib import SequenceMatcher
from typing import Any

from onedoor.output.pointers import MISSING, pointer
from onedoor.output.recover.fitting import At, Coerce, Fit, Misfit, Work
from onedoor.output.recover.folding import folded
from onedoor.output.recover.shape import Schema, Shape
from onedoor.output.recovered import Edit

NONE = False
"""The schema nothing fits."""
CLOSE = 0.7
"""Keys this similar may be one another's misspelling."""


def members(work: Work, value: Mapping[str, Any], shape: Shape, at: At, inner: Coerce) -> Fit:
    """An object that fits. Raises Misfit."""
    edits: list[Edit] = []
    keys = _keys(value, shape, at)
    found: dict[str, Any] = {}
    for key, item in value.items():
        if key not in keys and work.fine(item, shape.properties.get(key, NONE)):
            found[key] = item
            continue
        name = keys.get(key, key)
        fit = _named(work, key, name, item, shape, at, inner)
        if fit.value is not MISSING:
            found[name] = fit.value
        edits.extend(fit.edits)
    _whole(value, found, shape, at)
    return Fit(found, tuple(edits)) if edits else Fit(value)


def _named(work: Work, key: str, name: str, item: Any, shape: Shape, at: At, inner: Coerce) -> Fit:
    below = At(at.path + pointer([name]), name)
    fit = _member(work, name, item, shape, below, inner, closed=at.closed)
    return fit if name == key else fit.after(below.edit("key_case", f"{key!r} became {name!r}"))


def _whole(value: Mapping[str, Any], found: Mapping[str, Any], shape: Shape, at: At) -> None:
    lacking = sorted(shape.required - found.keys())
    if lacking:
        raise Misfit(at.path + pointer([lacking[0]]), "must be there")
    left = value.keys() - found.keys() - shape.properties.keys()
    if value and not found and left:
        raise at.misfit("has no key its schema knows")
    for key in left:
        near = next((name for name in shape.properties if name not in found and _near(key, name)), None)
        if near is not None:
            raise at.misfit(f"has a key {key[:40]!r} that may mean {near!r}", torn=True)


def _near(key: str, name: str) -> bool:
    one, other = folded(key), folded(name)
    part = min(len(one), len(other)) > 3 and (one in other or other in one)
    return one == other or part or SequenceMatcher(None, one, other).ratio() >= CLOSE


def _keys(value: Mapping[str, Any], shape: Shape, at: At) -> Mapping[str, str]:
    """Keys spelt otherwise than declared, where that is what is wrong with the object."""
    strange = [key for key in value if _schema(key, shape) is MISSING]
    absent = [name for name in shape.properties if name not in value]
    wanted = absent if shape.closed else [name for name in absent if name in shape.required]
    if not strange or not wanted:
        return {}
    spelt: dict[str, list[str]] = {}
    for key in strange:
        spelt.setdefault(folded(key), []).append(key)
    named = [folded(name) for name in shape.properties]
    return dict(_pair(name, spelt, named, at) for name in wanted if folded(name) in spelt and folded(name))


def _pair(name: str, spelt: Mapping[str, list[str]], named: list[str], at: At) -> tuple[str, str]:
    keys = spelt[folded(name)]
    if len(keys) > 1 or named.count(folded(name)) > 1:
        raise at.misfit(f"has several keys that may mean {name!r}", torn=True)
    return keys[0], name


def _schema(key: str, shape: Shape) -> Schema:
    """The schema of a key; MISSING where none is declared for it."""
    if key in shape.properties:
        return shape.properties[key]
    return next((schema for pattern, schema in shape.patterns if pattern.search(key)), MISSING)


def _member(work: Work, name: str, item: Any, shape: Shape, at: At, inner: Coerce, *, closed: bool) -> Fit:
    schema = _schema(name, shape)
    if schema is MISSING and shape.closed:
        if closed:
            raise at.misfit("is a key its schema doesn't know")
        return Fit(MISSING, (at.edit("extra_key", f"{item!r:.60}"),))
    if schema is MISSING:
        schema = shape.other
    try:
        return inner(work, item, schema, at)
    except Misfit:
        if item is not None or name in shape.required or name not in shape.properties:
            raise
    return _without(work, schema, at)


def _without(work: Work, schema: Schema, at: At) -> Fit:
    """A null where none may be: an optional key that wasn't given, or its declared default."""
    default = work.shapes.of(schema).default
    if default is MISSING:
        return Fit(MISSING, (at.edit("null_member"),))
    return Fit(default, (at.edit("default", f"null became {default!r}"),))
