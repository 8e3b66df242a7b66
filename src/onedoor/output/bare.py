"""The text of an answer that is a text, out of the forms models give it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from onedoor.output.contract import Contract
from onedoor.output.phrases import bare_letters
from onedoor.output.reading import NotJson, read
from onedoor.output.recovered import Edit
from onedoor.output.words import shortened

Reading = tuple[str, tuple[Edit, ...]]
"""A text and what it took to get there."""


def readings(contract: Contract, text: str) -> Iterator[Reading]:
    """What the answer may say, the plainest first: the text itself, a JSON string, an object with one text in it."""
    for value, edits in _forms(text, structured=contract.schema is not None or contract.pattern is not None):
        label = chosen(contract.choices, value) if contract.choices else None
        if label is None or label == value:
            yield value, edits
        else:
            yield label, (*edits, Edit("enum_case", "", 0.5, f"{shortened(value, 40)!r} became {label!r}"))


def _forms(text: str, *, structured: bool) -> Iterator[Reading]:
    plain = text.strip()
    yield plain, ()
    if not structured or plain[:1] not in {'"', "{"}:
        return
    try:
        value = read(plain)
    except NotJson:
        return
    inner = _only(value)
    if isinstance(inner, str):
        yield inner.strip(), (Edit("unquoted" if isinstance(value, str) else "unwrapped", "", 0.0),)


def _only(value: Any) -> Any:
    return next(iter(value.values())) if isinstance(value, dict) and len(value) == 1 else value


def chosen(choices: tuple[str, ...], text: str) -> str | None:
    """The label a text names: exactly, else the only one that is equal but for case and punctuation."""
    if text in choices:
        return text
    letters = bare_letters(text)
    found = [label for label in choices if letters and bare_letters(label) == letters]
    return found[0] if len(found) == 1 else None


def may_go_on(contract: Contract, text: str) -> bool:
    """Whether a text that fulfils its contract could still be the beginning of another answer."""
    if not contract.choices:
        return True
    said = bare_letters(text)
    return sum(bare_letters(label).startswith(said) for label in contract.choices) > 1
