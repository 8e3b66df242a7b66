"""One schema in, the part of it a server takes out, and a list of everything it can't be told."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from onedoor.output.forms import Forms, may_lack
from onedoor.output.legal import RULES, Rules, Target
from onedoor.output.rewrite import Dropped, Inexpressible, rewritten
from onedoor.output.sizes import oversized

KEY = "value"
"""What a value is wrapped in where a server takes objects only."""


@dataclass(frozen=True, slots=True)
class Dialect:
    """A schema as one kind of server takes it.

    target       the kind of server
    schema       what goes to the wire; None where the schema can't be sent
    strict       OpenAI: whether it may be sent as strict. Without, the server only tries
    dropped      what the server is not told, each checked here after the answer
    prompt_copy  the schema as text for the prompt, where the server doesn't show it to the model; empty where it does
    notes        limits of the server this schema passes
    wrapped      whether the answer is to come as {"value": …}
    forms        adds and removes nulls for keys that may be left out; None where nothing is to be added
    """

    target: Target
    schema: Mapping[str, Any] | None
    strict: bool = False
    dropped: tuple[Dropped, ...] = ()
    prompt_copy: str = ""
    notes: tuple[str, ...] = ()
    wrapped: bool = False
    forms: Forms | None = None

    @property
    def changes(self) -> bool:
        """Whether an answer has another form than the caller's schema gives it."""
        return self.wrapped or self.forms is not None

    def transform(self, value: Any) -> Any:
        """A value of the caller's schema in the form the server is asked for."""
        filled = value if self.forms is None else self.forms.fill(value)
        return {KEY: filled} if self.wrapped else filled

    def undo(self, value: Any) -> Any:
        """A value as the server gave it in the form of the caller's schema; one already in that form stays as it is."""
        if self.wrapped and isinstance(value, dict) and value.keys() == {KEY}:
            value = value[KEY]
        return value if self.forms is None else self.forms.strip(value)


def dialect(schema: Mapping[str, Any], target: Target) -> Dialect:
    """The schema as `target` takes it. A key that may be left out and may be null comes back as null."""
    rules = RULES[target]
    wrapped = rules.root_object and not _is_object(inlined(schema))
    if not rules.sent:
        return _unsent(schema, rules, target, (Dropped("", "schema", "this mode takes no schema"),), wrapped)
    dropped: list[Dropped] = []
    try:
        found = rewritten(inlined(schema), rules, dropped)
    except Inexpressible as error:
        return _unsent(schema, rules, target, (error.dropped,), wrapped)
    sent = _wrapped(found) if wrapped else found
    return Dialect(
        target,
        sent,
        strict=rules.strict,
        dropped=tuple(dropped),
        prompt_copy="" if rules.shown else _copy(schema, wrapped),
        notes=oversized(sent, rules.limits),
        wrapped=wrapped,
        forms=Forms(schema) if rules.all_required and may_lack(schema) else None,
    )


def _unsent(
    schema: Mapping[str, Any], rules: Rules, target: Target, dropped: tuple[Dropped, ...], wrapped: bool
) -> Dialect:
    """What is left where the server can't hold a model to the schema: to show it to the model."""
    whole = _wrapped(schema) if wrapped else schema
    sent = whole if rules.lenient else None
    return Dialect(target, sent, dropped=dropped, prompt_copy=_copy(schema, wrapped), wrapped=wrapped)


def inlined(schema: Mapping[str, Any]) -> Mapping[str, Any]:
    """A schema whose root isn't a mere reference to one of its definitions: several servers trip over that."""
    reference = schema.get("$ref")
    if not isinstance(reference, str):
        return schema
    for key in ("$defs", "definitions"):
        found = schema.get(key, {}).get(reference.removeprefix(f"#/{key}/"))
        if isinstance(found, Mapping):
            return {**found, key: schema[key]}
    return schema


def _is_object(schema: Mapping[str, Any]) -> bool:
    return schema.get("type") == "object" and not {"anyOf", "oneOf", "allOf", "enum", "const"} & schema.keys()


def _wrapped(schema: Mapping[str, Any]) -> Mapping[str, Any]:
    definitions = {key: schema[key] for key in ("$defs", "definitions") if key in schema}
    inner = {key: part for key, part in schema.items() if key not in definitions and key != "$schema"}
    root = {"type": "object", "properties": {KEY: inner}, "required": [KEY], "additionalProperties": False}
    return {**root, **definitions}


def _copy(schema: Mapping[str, Any], wrapped: bool) -> str:
    """Compact JSON of the whole schema, nothing left out: it costs tokens, and dropped rules are told nowhere else."""
    return json.dumps(_wrapped(schema) if wrapped else schema, ensure_ascii=False, separators=(",", ":"))
