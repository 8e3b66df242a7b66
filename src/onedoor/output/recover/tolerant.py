"""A JSON reader that takes what models write for JSON, and stops where it would have to guess."""

from __future__ import annotations

import re
from typing import Any

from onedoor.output.pointers import MISSING
from onedoor.output.recover.atoms import atom, ended, refuse
from onedoor.output.recover.reader import ELLIPSIS, Cut, Parsed, Reader, skip
from onedoor.output.recover.strings import CLOSERS, SURROGATE, Place, string

_PLAIN = re.compile(r"""(?:"([^"\\\x00-\x1f]*)"|'([^'\\\x00-\x1f]*)')(?=[ \t\r\n]*[,:}\]])""")
_NAME = re.compile(r"[^\W\d][\w$-]*|\$[\w$-]*|\d+")
_OPENED_AGAIN = re.compile(r'"\{"[\w -]{1,100}"\s*:')
_CLOSES = {"{": "}", "[": "]", "(": ")"}


def parse(text: str, start: int, most_depth: int, *, opened: bool = True) -> Parsed:
    """The value that begins here. Raises Stuck. With `opened` false it is an object whose first brace is missing."""
    reader = Reader(text, start, most_depth)
    if opened:
        value = _value(reader, "item")
    else:
        reader.note("unopened")
        value = _members(reader, {}, separated=True)
    if value is MISSING:
        reader.stuck("truncated", "the text ends before its first value is whole", begun=True)
    return Parsed(value, reader.pos, reader.all_edits(), reader.numbers, _cut(reader))


def _cut(reader: Reader) -> Cut | None:
    if reader.lost is None:
        return None
    return Cut(reader.lost, reader.lost_item, reader.open_array, reader.maybe_whole, reader.lost_path)


def _value(reader: Reader, place: Place) -> Any:
    """Any value; MISSING if the text ends before it is whole."""
    mark = skip(reader)
    if mark in _CLOSES and mark:
        return _container(reader, mark)
    if mark in CLOSERS and mark:
        return _string(reader, place)
    if mark == "":
        return ended(reader)
    return atom(reader)


def _container(reader: Reader, mark: str) -> Any:
    if len(reader.open) >= reader.most_depth:
        reader.stuck("depth", f"nested more than {reader.most_depth} deep", begun=True)
    if mark == "(" and not reader.open:
        reader.stuck("syntax", "no value begins here")
    reader.open.append(mark)
    reader.pos += 1
    value = _object(reader) if mark == "{" else _array(reader, _CLOSES[mark])
    reader.open.pop()
    return value


def _string(reader: Reader, place: Place) -> Any:
    plain = _PLAIN.match(reader.text, reader.pos)
    if plain is not None and (plain[0].isascii() or not SURROGATE.search(plain[0])):
        reader.pos = plain.end()
        if plain[1] is None:
            reader.note("single_quotes")
        return plain[plain.lastindex or 1]
    value = string(reader, place)
    return ended(reader) if value is None else value


def _object(reader: Reader) -> Any:
    mark = skip(reader)
    if mark == "{" or _OPENED_AGAIN.match(reader.text, reader.pos):
        return _doubled(reader, mark)
    return _members(reader, {}, separated=True)


def _doubled(reader: Reader, mark: str) -> Any:
    """An object that was opened twice, as templates write it; then it may be closed twice, too."""
    reader.note("doubled_brace")
    if mark == "{":
        value = _container(reader, mark)
    else:
        reader.pos += 2
        value = _members(reader, {}, separated=True)
    if reader.lost is None and skip(reader) == "}":
        reader.pos += 1
    return value


def _members(reader: Reader, found: dict[str, Any], *, separated: bool) -> Any:
    while (mark := skip(reader)) not in {"}", "]", ""}:
        if mark == "," and separated:
            reader.note("extra_comma")
            reader.pos += 1
            continue
        if not separated:
            _missing_comma(reader, mark in CLOSERS)
        key = _key(reader, mark)
        if key is MISSING or not _member(reader, found, key):
            return found or MISSING
        separated = _comma(reader)
    if mark == "":
        reader.ended(lost=separated)
        return found or MISSING
    return _closed(reader, found, "}", mark, separated=separated)


def _member(reader: Reader, found: dict[str, Any], key: str) -> bool:
    """Read the value of a key; False if the text ended on the way."""
    reader.path.append(key)
    value = _value(reader, "member")
    if value is not MISSING:
        _add(reader, found, key, value)
    reader.path.pop()
    return reader.lost is None


def _add(reader: Reader, found: dict[str, Any], key: str, value: Any) -> None:
    if key in found:
        if not same(found[key], value):
            reader.stuck("duplicate", f"two different values of one key: {key[:60]!r}", begun=True)
        reader.note("duplicate_key", key)
    found[key] = value


def same(left: Any, right: Any) -> bool:
    """Whether two values are the same JSON."""
    return type(left) is type(right) and repr(left) == repr(right)


def _key(reader: Reader, mark: str) -> Any:
    key = _string(reader, "key") if mark in CLOSERS else _name(reader)
    if key is MISSING:
        return key
    if (mark := skip(reader)) != ":":
        return ended(reader) if mark == "" else reader.stuck("syntax", "a key has no colon")
    reader.begun = True
    reader.pos += 1
    return key


def _name(reader: Reader) -> str:
    name = _NAME.match(reader.text, reader.pos)
    if name is None or ELLIPSIS.match(reader.text, reader.pos):
        refuse(reader)
    reader.note("unquoted_key")
    reader.pos = name.end()
    return name[0]


def _array(reader: Reader, closer: str) -> Any:
    items: list[Any] = []
    separated, start = True, reader.pos - 1
    while (mark := skip(reader)) not in {closer, "}", "]", ""}:
        if not separated:
            _missing_comma(reader, mark in "{[")
        _item(reader, items)
        if reader.lost is not None:
            return _cut_item(reader, items)
        separated = _comma(reader)
        reader.begun = True
    if mark == "":
        reader.ended(lost=separated)
        return _cut_item(reader, items)
    if closer == ")":
        _tuple(reader, items, start, separated=separated)
    return _closed(reader, items, closer, mark, separated=separated)


def _item(reader: Reader, items: list[Any]) -> None:
    """Read one more item; of one that was cut nothing is kept."""
    reader.path.append(len(items))
    value = _value(reader, "item")
    if value is not MISSING and not reader.lost:
        items.append(value)
    reader.path.pop()


def _cut_item(reader: Reader, items: list[Any]) -> Any:
    reader.lost_item = reader.lost_item or bool(reader.lost)
    reader.open_array = True
    return items or MISSING


def _tuple(reader: Reader, items: list[Any], start: int, *, separated: bool) -> None:
    if len(items) == 1 and not separated:
        reader.pos = start
        reader.stuck("ambiguous", "a value in parentheses, not a tuple", begun=True)
    reader.note("tuple")


def _comma(reader: Reader) -> bool:
    if skip(reader) != ",":
        return False
    reader.pos += 1
    return True


def _missing_comma(reader: Reader, sure: bool) -> None:
    """A comma may be missing before a quoted key, before a container, or between items on lines of their own."""
    before = reader.text[max(0, reader.pos - 200) : reader.pos]
    own_line = "\n" in before[len(before.rstrip()) :]
    in_array = bool(reader.open) and reader.open[-1] != "{"
    if not sure and not (in_array and own_line):
        refuse(reader)
    reader.note("missing_comma")


def _closed(reader: Reader, found: Any, closer: str, mark: str, *, separated: bool) -> Any:
    if separated and found:
        reader.note("trailing_comma")
    if mark == closer:
        reader.pos += 1
    elif len(reader.open) > 1 and _CLOSES[reader.open[-2]] == mark:
        reader.note("missing_bracket", f"{closer} before {mark}")
    else:
        reader.stuck("syntax", f"{mark} closes what {closer} should")
    return found
