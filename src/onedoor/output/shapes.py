"""From what people write as a shape (a type, a schema, a pattern, a list of labels) to the contract it asks for."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any

from onedoor.errors import InvalidCall
from onedoor.output.contract import Contract, Failure, Unfit
from onedoor.output.faults import compiled
from onedoor.output.pointers import pointer
from onedoor.output.words import kind, one_line, quote

_TEXT_KEYS = frozenset({"minLength", "maxLength", "pattern", "format"})


def shape(spec: object) -> Contract:
    """The contract of a shape alone, without checks. Raises InvalidCall."""
    if spec is None or spec is str:
        return Contract(bare=True)
    if isinstance(spec, Contract):
        return spec
    if isinstance(spec, re.Pattern):
        return _of_pattern(spec)
    if isinstance(spec, Mapping):
        return _of_schema(spec, formats=True)
    if isinstance(spec, list | tuple | set | frozenset):
        return _of_choices(sorted(spec, key=str) if isinstance(spec, set | frozenset) else spec)
    if isinstance(spec, str | bytes | int | float):
        raise InvalidCall(
            f"a contract can't be {one_line(repr(spec), 60)}; a pattern is re.compile(…), labels are a list of texts"
        )
    return _of_type(spec)


def _of_pattern(pattern: re.Pattern[Any]) -> Contract:
    if not isinstance(pattern.pattern, str):
        raise InvalidCall(f"the pattern {pattern.pattern!r} is for bytes; an answer is a text")
    return Contract(bare=True, pattern=pattern, name="text")


def _of_choices(choices: Iterable[object]) -> Contract:
    labels = tuple(choices)
    wrong = next((label for label in labels if not isinstance(label, str) or not label.strip()), None)
    if wrong is not None or not labels:
        found = "an empty list" if not labels else f"{wrong!r}"
        raise InvalidCall(f"choices must be texts that aren't blank, not {found}; any other list is list[…] of a type")
    if len({str(label).strip() for label in labels}) < len(labels):
        raise InvalidCall(f"choices must differ from each other, {', '.join(map(str, labels))} don't")
    return _of_schema({"type": "string", "enum": [str(label).strip() for label in labels]}, formats=False)


def _of_schema(schema: Mapping[str, Any], *, formats: bool) -> Contract:
    """A JSON Schema. One whose values are texts only is answered by a bare text."""
    try:
        plain = json.loads(json.dumps(schema, allow_nan=False))
        judge = compiled(plain, formats=formats)
    except (TypeError, ValueError) as error:
        raise InvalidCall(f"this is no valid JSON Schema: {one_line(str(error), 300)}") from error
    choices = _choices(plain)
    name = plain.get("title") if isinstance(plain.get("title"), str) else ""
    return Contract(
        schema=plain,
        bare=bool(choices) or plain.get("type") == "string",
        choices=choices,
        judge=judge,
        name=wire_name(name or ("label" if choices else "answer")),
    )


def _choices(schema: Mapping[str, Any]) -> tuple[str, ...]:
    found = [schema["const"]] if "const" in schema else schema.get("enum", ())
    plain = all(isinstance(label, str) for label in found) and not _TEXT_KEYS & schema.keys()
    return tuple(found) if plain else ()


def _of_type(spec: Any) -> Contract:
    """Whatever Pydantic can read: a model, a dataclass, a TypedDict, list[…], Literal, an Enum, int …"""
    from pydantic import TypeAdapter
    from pydantic.errors import PydanticUserError

    named = getattr(spec, "__name__", "") or str(spec)
    try:
        adapter = spec if isinstance(spec, TypeAdapter) else TypeAdapter(spec)
        schema = adapter.json_schema()
    except (PydanticUserError, TypeError, NameError) as error:
        why = one_line(str(error).partition("\n")[0], 200)
        raise InvalidCall(
            f"{named} is no type an answer can have: {why} It takes a Pydantic model, a dataclass, a TypedDict, "
            "Literal, an Enum, list[…], a JSON Schema, re.compile(…) or a list of labels"
        ) from error
    found = _of_schema(schema, formats=False)
    given = found.name if "title" in schema or found.choices else wire_name(named)
    return replace(found, build=_builder(adapter), name=given)


def _builder(adapter: Any) -> Callable[[Any], Any]:
    """Builds as from JSON, so that strict models take dates and enumerations as JSON writes them."""
    from pydantic import ValidationError

    def build(value: Any) -> Any:
        try:
            return adapter.validate_json(json.dumps(value, ensure_ascii=False))
        except ValidationError as error:
            raise Unfit(*map(_failure, error.errors(include_url=False))) from error

    return build


def _failure(error: Mapping[str, Any]) -> Failure:
    missing = error["type"] == "missing"
    rule = "must be there" if missing else one_line(f"breaks a rule: {error['msg']}", 200)
    came = error["input"]
    return Failure(pointer(error["loc"]), rule, "nothing" if missing else kind(came), "" if missing else quote(came))


def wire_name(name: str) -> str:
    """A name every provider takes: letters, digits, - and _, at most 64."""
    return re.sub(r"[^a-zA-Z0-9_-]+", "_", name).strip("_")[:64] or "answer"
