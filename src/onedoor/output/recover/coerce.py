"""A value brought to its schema, towards it only, one recorded edit at a time."""

from __future__ import annotations

from typing import Any

from onedoor.output.recover.fitting import At, Coerce, Fit, Misfit, Work, cheapest, wrong_type
from onedoor.output.recover.folding import alike
from onedoor.output.recover.members import members
from onedoor.output.recover.readings import Reading, readings
from onedoor.output.recover.shape import Schema, Shape, type_of
from onedoor.output.recover.strict import keeps


def coerce(work: Work, value: Any, schema: Schema, at: At) -> Fit:
    """What a value becomes at its place. Raises Misfit."""
    if not isinstance(value, dict | list):
        return _coerced(work, value, schema, at)
    key = (id(value), id(schema), at.wrapped, at.closed)
    if key not in work.settled:
        work.settled[key] = (value, _settled(work, value, schema, at))
    found = work.settled[key][1]
    if isinstance(found, Misfit):
        raise found
    return found


def _settled(work: Work, value: Any, schema: Schema, at: At) -> Fit | Misfit:
    try:
        return _coerced(work, value, schema, at)
    except Misfit as misfit:
        return misfit


def _coerced(work: Work, value: Any, schema: Schema, at: At) -> Fit:
    work.step()
    shape = work.shapes.of(schema)
    if shape.variants:
        return _variant(work, value, shape, at)
    try:
        direct = as_it_is(work, value, shape, at)
    except Misfit as misfit:
        return _read(work, value, shape, schema, at, misfit)
    return direct


def _variant(work: Work, value: Any, shape: Shape, at: At) -> Fit:
    """The alternative that costs least; what is left out to fit one might have belonged to another."""
    objects = [one for one in shape.variants if work.shapes.of(one).takes("object")]
    inner = At(at.path, at.name, at.wrapped, at.closed or len(objects) > 1)
    fits, first = _tried(work, value, shape.variants, inner)
    if not fits:
        raise first or wrong_type(value, at)
    return cheapest(fits, at)


def _tried(work: Work, value: Any, variants: tuple[Schema, ...], at: At) -> tuple[list[Fit], Misfit | None]:
    fits: list[Fit] = []
    misfits: list[Misfit] = []
    for variant in variants:
        try:
            fits.append(coerce(work, value, variant, at))
        except Misfit as misfit:
            misfits.append(misfit)
    torn = [misfit for misfit in misfits if misfit.torn]
    if torn and all(fit.edits for fit in fits):
        raise torn[0]
    return fits, max(misfits, key=lambda one: len(one.path), default=None)


def _read(work: Work, value: Any, shape: Shape, schema: Schema, at: At, misfit: Misfit) -> Fit:
    """The cheapest other way to read a value that doesn't fit as it is."""
    if misfit.torn:
        raise misfit
    fits = [fit for one in readings(work, value, shape, at) if (fit := _as(work, one, shape, schema, at)) is not None]
    if not fits:
        raise misfit
    return cheapest(fits, at)


def _as(work: Work, reading: Reading, shape: Shape, schema: Schema, at: At) -> Fit | None:
    try:
        if reading.again:
            fit = coerce(work, reading.value, schema, at)
        else:
            fit = as_it_is(work, reading.value, shape, reading.at or at)
    except Misfit as misfit:
        if misfit.torn:
            raise
        return None
    return fit.after(*reading.edits)


def as_it_is(work: Work, value: Any, shape: Shape, at: At) -> Fit:
    """A value of the right type, what is in it brought to its schema. Raises Misfit."""
    if not shape.takes(type_of(value)):
        raise wrong_type(value, at)
    if shape.options is not None:
        return _option(value, shape.options, at)
    if isinstance(value, dict):
        return members(work, value, shape, at, coerce)
    if isinstance(value, list):
        return _items(work, value, shape, at, coerce)
    if not all(keeps(rules, value) for rules in shape.rules):
        raise at.misfit("breaks a rule of its schema")
    return Fit(value)


def _option(value: Any, options: tuple[Any, ...], at: At) -> Fit:
    """One of the values a schema names, or the only one that is spelt alike."""
    if any(value == one and isinstance(value, bool) == isinstance(one, bool) for one in options):
        return Fit(value)
    labels = [one for one in options if isinstance(one, str)]
    label = alike(value, labels) if isinstance(value, str) else None
    if label is None:
        raise at.misfit("is none of the values its schema names")
    return Fit(label, (at.edit("enum_case", f"{value!r} became {label!r}"),))


def _items(work: Work, value: list[Any], shape: Shape, at: At, inner: Coerce) -> Fit:
    found: list[Any] = []
    edits: list[Any] = []
    for place, item in enumerate(value):
        schema = shape.prefix[place] if place < len(shape.prefix) else shape.items
        if work.fine(item, schema):
            found.append(item)
            continue
        fit = inner(work, item, schema, At(f"{at.path}/{place}", at.name))
        found.append(fit.value)
        edits.extend(fit.edits)
    return Fit(found, tuple(edits)) if edits else Fit(value)
