"""Strings as models write them: any quotes, raw line breaks, escapes and quotes that were forgotten."""

from __future__ import annotations

import re
from typing import Literal

from onedoor.output.recover.reader import Reader

Place = Literal["key", "member", "item"]

CLOSERS = {'"': '"', "'": "'", "“": '“”"', "”": '“”"', "„": '“”"', "\u2018": "\u2018\u2019'", "\u2019": "\u2018\u2019'"}
"""What may close a string that this opens."""

SURROGATE = re.compile("[\ud800-\udfff]")
_CONTROL = re.compile(r"[\x00-\x1f]")
_ESCAPE = re.compile(r"\\(u[0-9a-fA-F]{4}|.)", re.S)
_STOPS = {opener: re.compile(rf"\\.?|[{closers}]", re.S) for opener, closers in CLOSERS.items()}
LONGEST_KEY = 200
"""A key with quotes in it is no longer than this."""
_PLAIN = {"b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", '"': '"', "\\": "\\", "/": "/", "'": "'"}
_CLOSED = re.compile(r"\s*(?:[,:}\])]|\Z|//|#|/\*|```)")
_ENDED = re.compile(r"\s*(?:\Z|```)")
_NEXT: dict[Place, re.Pattern[str]] = {
    "key": re.compile(r"(?!)"),
    "member": re.compile(r"""\s*(?:"[^"\n]{1,100}"|'[^'\n]{1,100}'|[“„][^”\n]{1,100}[”“])\s*:"""),
    "item": re.compile(r"""[^\S\n]*\n\s*["'“„{\[\d-]|\s*[{\[]"""),
}
"""What follows a string whose comma was forgotten."""
_CERTAIN: dict[Place, re.Pattern[str]] = {
    "key": re.compile(r"\s*:"),
    "member": re.compile(r"""\s*(?:\}|,\s*(?:"[^"\n]{0,200}"|'[^'\n]{0,200}'|[“„][^”\n]{0,200}[”“])\s*:)"""),
    "item": re.compile(r"""\s*(?:\]|,\s*["'“„{\[\d-])"""),
}
"""What only the end of a string has behind it."""


def string(reader: Reader, place: Place) -> str | None:
    """The string that opens here, None if the text ends inside it."""
    opener, start = reader.text[reader.pos], reader.pos + 1
    if opener != '"':
        reader.note("single_quotes" if opener == "'" else "smart_quotes")
    end = _end(reader, opener, start, place)
    if end is None:
        reader.pos = len(reader.text)
        return None
    value = _unescaped(reader, reader.text[start:end])
    reader.pos = end + 1
    return value


def _end(reader: Reader, opener: str, start: int, place: Place) -> int | None:
    """Where the string closes. A quote inside it is one only if it can't be anything else."""
    inner: list[int] = []
    for found in _STOPS[opener].finditer(reader.text, start):
        after = found.end()
        if found[0][0] == "\\":
            continue
        if _CLOSED.match(reader.text, after) or _NEXT[place].match(reader.text, after):
            return _sure(reader, found.start(), start, inner, opener, place)
        inner.append(found.start())
        if place == "key" and after > start + LONGEST_KEY:
            break
    if place == "key" and inner:
        reader.pos = inner[-1]
        reader.stuck("syntax", "a key has no colon")
    return None


def _sure(reader: Reader, end: int, start: int, inner: list[int], opener: str, place: Place) -> int | None:
    if not inner:
        return None if _may_go_on(reader, end, opener) else end
    if not _CERTAIN[place].match(reader.text, end + 1) or not _paired(reader.text, inner, start, opener):
        reader.stuck("ambiguous", "it can't be told which quote ends a string", begun=True)
    reader.note("inner_quotes")
    return end


def _may_go_on(reader: Reader, end: int, opener: str) -> bool:
    """Whether a quote at the very end may be one inside a string that was cut off."""
    doubtful = opener != '"' or any(one.kind == "inner_quotes" for one in reader.edits)
    reader.maybe_whole = doubtful and bool(reader.open) and _ENDED.match(reader.text, end + 1) is not None
    return reader.maybe_whole


def _paired(text: str, inner: list[int], start: int, opener: str) -> bool:
    """Whether the quotes inside a string open and close words in turn; apostrophes don't count."""
    quotes = [at for at in inner if opener == '"' or not _apostrophe(text, at)]
    if quotes[:2] == [start, start + 1] or len(quotes) % 2:
        return False
    opens = all(not text[at - 1].isalnum() and not text[at + 1].isspace() for at in quotes[::2])
    return opens and all(not text[at - 1].isspace() and not text[at + 1].isalnum() for at in quotes[1::2])


def _apostrophe(text: str, at: int) -> bool:
    return text[at - 1].isalpha() and text[at + 1 : at + 2].isalpha()


def _unescaped(reader: Reader, raw: str) -> str:
    if _CONTROL.search(raw):
        reader.note("raw_control")
    value = _escapes(reader, raw) if "\\" in raw else raw
    if not value.isascii() and SURROGATE.search(value):
        reader.stuck("surrogate", "half of a surrogate pair", begun=True)
    return value


def _escapes(reader: Reader, raw: str) -> str:
    found = set(_ESCAPE.findall(raw))
    bad = {one for one in found if one not in _PLAIN and len(one) == 1}
    if bad:
        _keep_backslashes(reader, bad, found)
    if "'" in found:
        reader.note("quote_escape")
    value = _ESCAPE.sub(lambda escape: _unescape(escape[1]), raw)
    if SURROGATE.search(value):
        value = value.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "surrogatepass")
    return value


def _keep_backslashes(reader: Reader, bad: set[str], found: set[str]) -> None:
    r"""A backslash before a letter that is no escape stands for itself, unless the \n of C:\new is there, too."""
    if not all(one.isascii() and one.isalpha() for one in bad) or bad & {"x"}:
        reader.stuck("ambiguous", "it can't be told what a backslash stands for", begun=True)
    if found & {"b", "f", "n", "r", "t"} or any(len(one) > 1 for one in found):
        reader.stuck("ambiguous", "it can't be told which backslashes are escapes", begun=True)
    reader.note("bad_escape", "\\" + min(bad))


def _unescape(escaped: str) -> str:
    if len(escaped) > 1:
        return chr(int(escaped[1:], 16))
    return _PLAIN.get(escaped, "\\" + escaped)
