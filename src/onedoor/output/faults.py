"""What a JSON Schema finds wrong with a value, said in plain words that don't repeat the value."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from itertools import chain, islice
from typing import Any

from onedoor.output.contract import Failure, Judge
from onedoor.output.pointers import pointer
from onedoor.output.words import kind, listed, one_line, quote, type_words

MOST = 20
"""So many failures are looked for at most."""

_RULES: Mapping[str, Callable[[Mapping[str, Any]], str]] = {
    "type": lambda said: f"must be {type_words(said['types'])}",
    "enum": lambda said: f"must be one of {listed(said['options'])}",
    "const": lambda said: f"must be {listed([said['expected_value']])}",
    "minimum": lambda said: f"must be at least {said['limit']}",
    "maximum": lambda said: f"must be at most {said['limit']}",
    "exclusiveMinimum": lambda said: f"must be more than {said['limit']}",
    "exclusiveMaximum": lambda said: f"must be less than {said['limit']}",
    "multipleOf": lambda said: f"must be a multiple of {said['multiple_of']}",
    "minLength": lambda said: f"must have at least {said['limit']} characters",
    "maxLength": lambda said: f"must have at most {said['limit']} characters",
    "minItems": lambda said: f"must have at least {said['limit']} items",
    "maxItems": lambda said: f"must have at most {said['limit']} items",
    "minProperties": lambda said: f"must have at least {said['limit']} keys",
    "maxProperties": lambda said: f"must have at most {said['limit']} keys",
    "uniqueItems": lambda said: "must have no two equal items",
    "pattern": lambda said: f"must match the pattern {one_line(said['pattern'], 100)}",
    "format": lambda said: f"must be a valid {said['format']}",
    "contains": lambda said: "must have an item of the kind its schema asks for",
    "propertyNames": lambda said: "has a key whose name its schema forbids",
    "not": lambda said: "must not be what its schema excludes",
    "additionalItems": lambda said: f"must have at most {said['limit']} items",
    "falseSchema": lambda said: "must not be there",
}


def compiled(schema: Mapping[str, Any], *, formats: bool) -> Judge:
    """The schema as a function. Formats are checked only where nothing else does. Raises ValueError."""
    import jsonschema_rs

    validator = jsonschema_rs.validator_for(dict(schema), validate_formats=formats, offline=True)

    def judge(value: Any) -> tuple[Failure, ...]:
        try:
            if validator.is_valid(value):
                return ()
            return tuple(islice(_failures(validator.iter_errors(value)), MOST))
        except ValueError as error:
            return (Failure("", f"can't be checked: {one_line(str(error), 100)}", kind(value)),)

    return judge


def _failures(errors: Iterator[Any]) -> Iterator[Failure]:
    for error in errors:
        yield from _of(error)


def _of(error: Any) -> Iterator[Failure]:
    name, said = error.kind.name, error.kind.as_dict()
    if name == "required":
        yield Failure(pointer([*error.instance_path, said["property"]]), "must be there", "nothing")
    elif name in {"additionalProperties", "unevaluatedProperties"}:
        for key in said["unexpected"]:
            yield Failure(pointer([*error.instance_path, key]), "is a key its schema doesn't know")
    elif name == "falseSchema" and error.schema_path[-1:] == ["additionalProperties"]:
        yield Failure(pointer(error.instance_path), "must have no keys its schema doesn't know")
    elif name in {"anyOf", "oneOf"} and "context" in said:
        yield from _alternatives(error, said["context"])
    else:
        yield _failure(error, _RULES[name](said) if name in _RULES else f"breaks the rule {name!r} of its schema")


def _failure(error: Any, rule: str) -> Failure:
    return Failure(pointer(error.instance_path), rule, kind(error.instance), quote(error.instance))


def _alternatives(error: Any, branches: list[list[Any]]) -> Iterator[Failure]:
    """The failures of the branch that was meant, where that can be told; otherwise the types it may have."""
    here = list(error.instance_path)
    own = [[one for one in branch if list(one.instance_path) == here] for branch in branches]
    types = [one.kind.as_dict()["types"] for branch in own for one in branch if one.kind.name == "type"]
    if len(types) == len(branches):
        yield _failure(error, f"must be {type_words(list(dict.fromkeys(chain.from_iterable(types))))}")
        return
    meant = [branch for branch in branches if not _another(branch, here)]
    if not meant:
        yield _failure(error, f"must fit one of its {len(branches)} alternatives")
        return
    nearest: list[Any] = min(meant, key=len)
    yield from _failures(iter(nearest))


def _another(branch: list[Any], here: list[Any]) -> bool:
    """Whether a branch speaks of something else: another type, or another value of a constant one level down."""
    return any(
        (one.kind.name == "type" and list(one.instance_path) == here)
        or (one.kind.name == "const" and len(one.instance_path) <= len(here) + 1)
        for one in branch
    )
