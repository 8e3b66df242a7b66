"""The other ways one value can be read, each towards a type its schema asks for."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from onedoor.output.pointers import MISSING
from onedoor.output.recover.figures import figure
from onedoor.output.recover.fitting import At, Work
from onedoor.output.recover.folding import folded
from onedoor.output.recover.shape import Shape, type_of
from onedoor.output.recover.strict import strict
from onedoor.output.recovered import Edit

_TRUE, _FALSE = frozenset({"true", "yes", "y"}), frozenset({"false", "no", "n"})
_NULL = frozenset({"", "null", "none"})
_SEVERAL = re.compile(r"[,;\n|•]|\band\b|\bor\b|\s[-/]\s", re.I)
_HOLDS = frozenset({"value", "values", "result", "results", "answer", "output", "data", "response", "label", "items"})
_NOT_THE_ANSWER = frozenset({"error", "errors", "draft", "example", "schema", "input", "previous", "original"})


@dataclass(frozen=True, slots=True)
class Reading:
    """A value read otherwise.

    again  it is held against its schema from the start, since it lay one level deeper
    at     its place, where that is no longer the one it had
    """

    value: Any
    edits: tuple[Edit, ...]
    again: bool = False
    at: At | None = None


def readings(work: Work, value: Any, shape: Shape, at: At) -> Iterator[Reading]:
    """Every reading worth trying; which of them fits is for others to say."""
    if isinstance(value, str):
        yield from _of_text(work, value, shape, at)
    elif isinstance(value, dict):
        yield from _of_object(value, shape, at)
    elif isinstance(value, list):
        yield from _of_list(value, shape, at)
    elif value is not None:
        yield from _of_scalar(work, value, shape, at)
    if _may_be_wrapped(value, shape, at):
        yield Reading([value], (at.edit("wrapped"),), at=At(at.path, at.name, wrapped=True))


def _may_be_wrapped(value: Any, shape: Shape, at: At) -> bool:
    """A list is wanted and this may be its only item; a text that may name several isn't."""
    if at.wrapped or shape.types is None or "array" not in shape.types or isinstance(value, list) or value is None:
        return False
    return not isinstance(value, str) or bool(value.strip() and not _SEVERAL.search(value) and value[0] not in "[{(")


def _of_text(work: Work, text: str, shape: Shape, at: At) -> Iterator[Reading]:
    whole = not shape.takes("number")
    if shape.takes("integer"):
        found = figure(text, f"{_spaced(at.name)} {shape.about}", whole=whole)
        if found is not None:
            edits = tuple(at.edit(kind, f"{text!r} became {found.value}") for kind in found.kinds)
            yield Reading(found.value, edits)
    if shape.takes("boolean") and folded(text) in _TRUE | _FALSE:
        yield Reading(folded(text) in _TRUE, (at.edit("boolean_text", repr(text)),))
    if shape.takes("null") and text.strip().casefold() in _NULL:
        yield Reading(None, (at.edit("null_text", repr(text)),))
    if text.lstrip()[:1] in {"{", "["} and (shape.takes("object") or shape.takes("array")):
        yield from _of_json(work, text, shape, at)


def _spaced(name: str) -> str:
    return name.replace("_", " ").replace("-", " ")


def _of_json(work: Work, text: str, shape: Shape, at: At) -> Iterator[Reading]:
    """The JSON in a text. In a list of texts [1] may be one of them."""
    value = strict(text)
    if isinstance(value, list) and not all(isinstance(item, str) for item in value):
        value = MISSING if work.shapes.of(shape.items).takes("string") else value
    if value is not MISSING:
        yield Reading(value, (at.edit("json_text"),), again=True)


def _of_object(value: dict[str, Any], shape: Shape, at: At) -> Iterator[Reading]:
    """What a single key wraps: any one around an object or list, around a text or number only one that says so."""
    if len(value) != 1:
        return
    key, item = next(iter(value.items()))
    name = folded(key)
    if key in shape.properties or name in _NOT_THE_ANSWER:
        return
    if isinstance(item, dict | list) or name in _HOLDS or name == folded(at.name):
        yield Reading(item, (at.edit("wrapper", f"{key!r} taken away"),), again=True)


def _of_list(value: list[Any], shape: Shape, at: At) -> Iterator[Reading]:
    if len(value) == 1 and shape.types is not None and "array" not in shape.types:
        yield Reading(value[0], (at.edit("unwrapped"),), again=True)


def _of_scalar(work: Work, value: Any, shape: Shape, at: At) -> Iterator[Reading]:
    if isinstance(value, bool):
        if shape.takes("string") and shape.options is not None:
            yield Reading("true" if value else "false", (at.edit("text_boolean"),))
        return
    text = str(value) if isinstance(value, int) else work.numbers.get(id(value), (value, ""))[1]
    if text and shape.takes("string"):
        yield Reading(text, (at.edit("text_number", text),))
    if shape.takes("boolean") and type_of(value) == "integer" and value in {0, 1}:
        yield Reading(bool(value), (at.edit("boolean_number", text),))
