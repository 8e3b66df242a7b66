"""Numbers and words in a damaged text: JSON's own, Python's and JavaScript's."""

from __future__ import annotations

import re
from typing import Any, NoReturn

from onedoor.output.pointers import MISSING
from onedoor.output.recover.reader import ELLIPSIS, Reader

_WORD = re.compile(r"[A-Za-z_$][\w$]*")
_NUMBER = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")
_HALVES = frozenset({"", "e", "E", "e+", "e-", "E+", "E-"})
_SIGNS = frozenset({"-", "+", ".", "-.", "+."})
_STANDARD = re.compile(r"-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?")
_DELIMITED = re.compile(r"[\s,}\]):/#`]")
_LITERALS: dict[str, Any] = {"true": True, "false": False, "null": None, "none": None}
_VOID = {"undefined": "undefined", "nan": "not_a_number"}
MOST_DIGITS = 4300


def refuse(reader: Reader) -> NoReturn:
    """Give up at a character that fits nowhere."""
    if ELLIPSIS.match(reader.text, reader.pos):
        reader.stuck("placeholder", "an ellipsis stands where a value was left out")
    reader.stuck("syntax", f"unexpected {reader.text[reader.pos : reader.pos + 20]!r}")


def ended(reader: Reader) -> Any:
    """What a value is that the text ends in."""
    reader.ended(lost=True)
    return MISSING


def atom(reader: Reader) -> Any:
    number = _NUMBER.match(reader.text, reader.pos)
    if reader.open and _half(reader, number):
        reader.maybe_whole = number is not None
        reader.pos = len(reader.text)
        return ended(reader)
    if number is not None:
        return _number(reader, number[0], number.end())
    word = _WORD.match(reader.text, reader.pos)
    return refuse(reader) if word is None else _literal(reader, word[0], word.end())


def _half(reader: Reader, number: re.Match[str] | None) -> bool:
    """Whether the text ends in a number that may have more digits."""
    if number is None:
        return reader.text[reader.pos : reader.pos + 3] in _SIGNS
    return reader.text[number.end() : number.end() + 3] in _HALVES


def _number(reader: Reader, text: str, end: int) -> Any:
    if end < len(reader.text) and not _DELIMITED.match(reader.text, end):
        refuse(reader)
    if len(text) > MOST_DIGITS:
        reader.stuck("number", f"a number of more than {MOST_DIGITS} digits", begun=True)
    if _STANDARD.fullmatch(text) is None:
        _loose(reader, text)
    reader.pos = end
    return int(text) if text.lstrip("+-").isdigit() else _fraction(reader, text)


def _loose(reader: Reader, text: str) -> None:
    digits = text.lstrip("+-")
    if len(digits) > 1 and digits[0] == "0" and digits[1].isdigit():
        reader.stuck("ambiguous", "a number with leading zeros may be a code", begun=True)
    reader.note("number_form")


def _fraction(reader: Reader, text: str) -> float:
    value = float(text)
    if value in {float("inf"), float("-inf")}:
        reader.stuck("number", "a number out of range", begun=True)
    reader.numbers[id(value)] = (value, text)
    return value


def _literal(reader: Reader, word: str, end: int) -> Any:
    folded = word.casefold()
    if end == len(reader.text) and folded not in _LITERALS and _may_go_on(folded):
        reader.pos = end
        return ended(reader)
    if folded not in _LITERALS and folded not in _VOID:
        refuse(reader)
    if word not in {"true", "false", "null"}:
        reader.note(_VOID.get(folded, "literal"))
    reader.pos = end
    return _LITERALS.get(folded)


def _may_go_on(word: str) -> bool:
    return any(name.startswith(word) for name in (*_LITERALS, *_VOID, "infinity"))
