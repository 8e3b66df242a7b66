"""The questions a comparison asks: a JSONL file, read and checked whole before anything is spent."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import msgspec
from msgspec import UNSET, UnsetType

from onedoor.asking import Ask
from onedoor.errors import ConfigError, InvalidCall
from onedoor.messages import as_context, as_messages
from onedoor.policy.cache_key import digest
from onedoor.prompt.template import Filled, Template
from onedoor.shape import misfit, nearest
from onedoor.types import Document, Message

Scalar = str | int | float | bool


class Check(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """What a right answer must be: everything given has to hold.

    contains  phrases it must say: whole words, any case
    pattern   a regular expression found in it
    schema    the JSON Schema its value fulfils, damage mended where that needs no guess
    function  "module:callable", given the reply; it says what a verifier's may say
    """

    contains: list[str] = []
    pattern: str = ""
    schema: dict[str, Any] | None = None
    function: str = ""


class Line(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """One line of a file of cases. `prompt` or `messages` or, for a template, `values`."""

    id: str | int | None = None
    prompt: str = ""
    messages: list[dict[str, Any]] = []
    context: str | list[str | dict[str, Any]] = []
    values: dict[str, Scalar] = {}
    expected: Any = UNSET
    check: Check | None = None
    metadata: dict[str, Any] = {}


@dataclass(frozen=True)
class Case:
    """One question, and how a right answer to it is known.

    `expected` is UNSET where none is given: null is an answer. `system` is a system message of the case's own.
    """

    id: str
    messages: tuple[Message, ...] = ()
    system: str = ""
    context: tuple[Document, ...] = ()
    values: Mapping[str, Scalar] = field(default_factory=dict)
    expected: Any | UnsetType = UNSET
    check: Check | None = None
    metadata: Mapping[str, Any] = field(default_factory=dict)

    @property
    def known(self) -> bool:
        """Whether this case itself tells a right answer."""
        return self.expected is not UNSET or self.check is not None

    @cached_property
    def asked(self) -> str:
        """Changes with the question."""
        return digest((self.messages, self.system, self.context, self.values))[:16]

    @cached_property
    def wanted(self) -> str:
        """Changes with what a right answer is."""
        expected = None if self.expected is UNSET else [self.expected]
        return digest((expected, self.check and msgspec.to_builtins(self.check)))[:16]

    def prompt(self, template: Template | None) -> Filled | tuple[Message, ...]:
        """What is asked; a template takes the case's values, and its conversation's last words where it has a gap."""
        return self.messages if template is None else template.fill(**self.values)

    def question(self, template: Template | None = None) -> str:
        """The words of the question, for people."""
        filled = self.prompt(template)
        if isinstance(filled, Filled):
            return filled.text
        return filled[0].text if len(filled) == 1 else "\n\n".join(f"{turn.role}: {turn.text}" for turn in filled)

    def ask(self) -> Ask:
        """The keyword arguments this case brings."""
        own: Ask = {}
        if self.system:
            own["system"] = self.system
        if self.context:
            own["context"] = self.context
        return own


def read(path: str | os.PathLike[str], *, templates: Sequence[Template] = ()) -> tuple[Case, ...]:
    """The cases of a JSONL file; an empty line is none. Raises InvalidCall with the line and the field.

    `templates` are those the cases must fill; without any, each case has a prompt or messages.
    """
    try:
        text = Path(path).read_bytes()
    except OSError as error:
        raise InvalidCall(f"the cases {path} can't be read: {error.strerror}") from error
    lines = ((number, line) for number, line in enumerate(text.split(b"\n"), 1) if line.strip())
    return _checked((_decoded(line, f"{path}:{number}", number) for number, line in lines), str(path), templates)


def given(rows: Iterable[Mapping[str, Any] | Case], *, templates: Sequence[Template] = ()) -> tuple[Case, ...]:
    """The same from mappings. Raises InvalidCall."""
    numbered = enumerate(rows, 1)
    made = ((f"cases[{number - 1}]", _case(row, f"cases[{number - 1}]", number)) for number, row in numbered)
    return _checked(made, "the list", templates)


def _checked(found: Iterable[tuple[str, Case]], source: str, templates: Sequence[Template]) -> tuple[Case, ...]:
    """All of them, each under an id of its own, each with what it is asked by."""
    places: dict[str, str] = {}
    cases = []
    for place, case in found:
        if case.id in places:
            raise InvalidCall(f"{place}: id {case.id!r} is taken by {places[case.id]}; give each case an id of its own")
        places[case.id] = place
        _check_question(case, place, templates)
        cases.append(case)
    if not cases:
        raise InvalidCall(f'{source} holds no case; write one JSON object a line: {{"prompt": "…"}}')
    return tuple(cases)


def _check_question(case: Case, place: str, templates: Sequence[Template]) -> None:
    try:
        if not templates and not case.messages:
            raise InvalidCall("give a prompt or messages, or name a template for its values")
        for template in templates:
            case.prompt(template)
    except InvalidCall as error:
        raise InvalidCall(f"{place}: {error}") from error


def _decoded(line: bytes, place: str, number: int) -> tuple[str, Case]:
    try:
        row = msgspec.json.decode(line.removeprefix(b"\xef\xbb\xbf"))
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise InvalidCall(f"{place} is not valid JSON: {error}") from error
    return place, _case(row, place, number)


def _case(row: object, place: str, number: int) -> Case:
    if isinstance(row, Case):
        return row
    if not isinstance(row, Mapping):
        raise InvalidCall(f"{place} must be a JSON object with a prompt, not {type(row).__name__}")
    line = _line(row, place)
    if bool(line.prompt) + bool(line.messages) > 1:
        raise InvalidCall(f"{place}: give prompt or messages, not both")
    system, messages = _conversation(line, place)
    return Case(
        id=str(number if line.id is None else line.id),
        messages=messages,
        system=system,
        context=_named(lambda: as_context(line.context), place) if line.context else (),
        values=line.values,
        expected=line.expected,
        check=_runnable(line.check, place),
        metadata=line.metadata,
    )


def _line(row: Mapping[str, Any], place: str) -> Line:
    """The fields of a line; a wrong one is named with the nearest right name or what it must be."""
    for key in row:
        if key not in Line.__struct_fields__:
            raise InvalidCall(f"{place}: {key}: unknown key; {nearest(str(key), Line.__struct_fields__)}")
    try:
        return msgspec.convert(row, Line)
    except msgspec.ValidationError as error:
        where, rule = misfit({name: value for name, value in row.items() if name != "expected"}, Line) or (
            "",
            str(error),
        )
        raise InvalidCall(f"{place}: {where}: {rule}" if where else f"{place}: {rule}") from error


def _conversation(line: Line, place: str) -> tuple[str, tuple[Message, ...]]:
    """A system message in front is the case's own."""
    if not line.prompt and not line.messages:
        return "", ()
    turns = _named(lambda: as_messages(line.prompt or line.messages), place)
    if turns[0].role != "system":
        return "", turns
    if len(turns) == 1:
        raise InvalidCall(f"{place}: messages are a system message only: there is nothing to ask")
    return turns[0].text, turns[1:]


def _named(make: Callable[[], tuple[Any, ...]], place: str) -> tuple[Any, ...]:
    try:
        return make()
    except InvalidCall as error:
        raise InvalidCall(f"{place}: {error}") from error


def _runnable(check: Check | None, place: str) -> Check | None:
    """A check that can be carried out: its pattern, schema and function are looked at now."""
    if check is None:
        return None
    from onedoor.quality.opinions import made

    if check == Check():
        raise InvalidCall(f"{place}: check is empty; give it contains, pattern, schema or function")
    try:
        made(check)
    except (InvalidCall, ConfigError) as error:
        raise InvalidCall(f"{place}: {error}") from error
    return check


def lines(cases: Iterable[Case]) -> Iterator[bytes]:
    """Cases as a file has them."""
    for case in cases:
        row = Line(
            id=case.id,
            messages=[_turn(turn) for turn in _whole(case)],
            context=[{"text": one.text, "name": one.name, "rank": one.rank} for one in case.context],
            values=dict(case.values),
            expected=case.expected,
            check=case.check,
            metadata=dict(case.metadata),
        )
        yield msgspec.json.encode(row) + b"\n"


def _whole(case: Case) -> Iterator[Message]:
    from onedoor.types import Text

    if case.system:
        yield Message("system", (Text(case.system),))
    yield from case.messages


def _turn(turn: Message) -> dict[str, Any]:
    """A message in the usual role/content form."""
    calls = [{"id": one.id, "function": {"name": one.name, "arguments": one.arguments}} for one in turn.tool_calls]
    row: dict[str, Any] = {"role": turn.role, "content": turn.text}
    if calls:
        row["tool_calls"] = calls
    if turn.tool_call_id:
        row["tool_call_id"] = turn.tool_call_id
    return row
