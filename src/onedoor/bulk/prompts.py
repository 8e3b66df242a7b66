"""From an item to what is asked about it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import msgspec

from onedoor.errors import InvalidCall
from onedoor.messages import Prompt
from onedoor.output.score import plain
from onedoor.prompt.template import Template
from onedoor.prompt.template import Value as Filling
from onedoor.shape import nearest
from onedoor.types import Document

Asking = str | Template | Callable[[Mapping[str, Any]], Prompt]
"""A template's text, a configured template's name, or a function from an item's fields to a prompt."""

Keyed = str | Callable[[Mapping[str, Any]], object] | None
"""The field that tells items apart, or a function that does; None goes by the place in the input."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked about one item: the prompt, and the documents it is about."""

    prompt: Prompt
    context: tuple[Document, ...] = ()


@dataclass(frozen=True, slots=True)
class Asker:
    """Makes what is asked out of an item's fields. `context` are the fields that are documents, never orders.

    `names` are the fields it can't do without; of a gap `{name.inner}` it is `name`.
    """

    template: Template | None
    function: Callable[[Mapping[str, Any]], Prompt] | None
    context: tuple[str, ...] = ()
    names: tuple[str, ...] = field(init=False)

    def __post_init__(self) -> None:
        gaps = self.template.variables if self.template else ()
        names = dict.fromkeys((*(gap.partition(".")[0] for gap in gaps), *self.context))
        object.__setattr__(self, "names", tuple(names))

    def __call__(self, fields: Mapping[str, Any]) -> Asked:
        """Raises InvalidCall where the item lacks a field."""
        lacks = [name for name in self.names if fields.get(name) is None]
        if lacks:
            raise InvalidCall(lacking(lacks, fields))
        documents = {name: Document(said(fields[name]), name) for name in self.context}
        if self.template is None:
            assert self.function is not None
            return Asked(self.function(fields), tuple(documents.values()))
        gaps = self.template.variables
        filling: dict[str, Filling] = {name: documents.get(name) or said(reached(fields, name)) for name in gaps}
        return Asked(self.template.fill(**filling), tuple(documents[name] for name in documents if name not in gaps))


def asker(prompt: Asking, templates: Mapping[str, Template], context: Sequence[str]) -> Asker:
    """How items are asked. Raises InvalidCall for a template that would ask the same of all."""
    fields = (context,) if isinstance(context, str) else tuple(context)
    if not all(isinstance(name, str) for name in fields):
        raise InvalidCall("context: name the fields of an item that are documents")
    if not isinstance(prompt, str | Template):
        if not callable(prompt):
            raise InvalidCall(f"prompt must be a template or a function, not {type(prompt).__name__}")
        return Asker(None, prompt, fields)
    template = prompt if isinstance(prompt, Template) else templates.get(prompt) or Template(prompt, "map", paths=True)
    if not template.variables and not fields:
        close = f" ({nearest(template.text, templates)})" if templates and template.text.isidentifier() else ""
        raise InvalidCall(
            f"the prompt {template.text[:60]!r} has no {{field}}, so every item would be asked the same{close}"
        )
    return Asker(template, None, fields)


def key_of(key: Keyed, fields: Mapping[str, Any], place: int) -> str:
    """What tells an item from the others. Raises InvalidCall where it lacks its key."""
    if key is None:
        return f"#{place}"
    found = fields.get(key) if isinstance(key, str) else key(fields)
    if found is None or found == "":
        raise InvalidCall(f"it has no key {key!r}" if isinstance(key, str) else "its key is empty")
    key = said(found)
    try:
        key.encode()
    except UnicodeEncodeError:
        raise InvalidCall(f"its key {key!r} has half a character, which no file can hold") from None
    return key


def reached(fields: Mapping[str, Any], path: str) -> Any:
    """What a gap `{name}` or `{name.inner}` speaks of. Raises InvalidCall where it isn't there."""
    name, *inner = path.split(".")
    value = fields[name]
    for at, part in enumerate(inner):
        found = value.get(part) if isinstance(value, Mapping) else getattr(value, part, None)
        if found is None:
            there = f"; it has {', '.join(map(str, value)) or 'nothing'}" if isinstance(value, Mapping) else ""
            raise InvalidCall(f"its {'.'.join([name, *inner[:at]])} has no {part}{there}")
        value = found
    return value


def lacking(names: Sequence[str], fields: Mapping[str, Any]) -> str:
    """What is wrong with an item of whose fields these are missing, or null."""
    null = [name for name in names if name in fields]
    if null:
        return f"its {', '.join(null)} is null"
    return f"it has no {', '.join(names)}; it has {', '.join(map(str, fields)) or 'nothing'}"


def said(value: object) -> str:
    """A value as a prompt says it: a text as it is, everything else as JSON."""
    return value if isinstance(value, str) else msgspec.json.encode(value, enc_hook=_plain).decode()


def _plain(value: object) -> object:
    """What JSON has no word for: models and dataclasses taken apart, everything else as its text."""
    try:
        return plain(value)
    except Exception:  # noqa: BLE001 - an object of the user's own that can't be taken apart
        return str(value)
