"""Every place in a text where a value stands: in prose, in fences, behind a reasoning block, several in a row."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from onedoor.output.recover.reader import Parsed, Stuck
from onedoor.output.recover.tolerant import parse

MOST_CANDIDATES = 4096
WORK = 3
"""So often, on average, is a character looked at before the search is given up."""
FAILED = 32
"""So many characters a beginning that comes to nothing counts for, besides its own."""

_THOUGHT = "think|thinking|thought|thoughts|reasoning|reflection|scratchpad|analysis"
_OBJECT = r"""\{(?=\s*(?:["'“„\u2018{},/#]|[\w$-]{1,100}\s*:|\Z))"""
_ARRAY = r"""\[(?=\s*(?:["'“„\u2018{\[(\]/#\d+-]|\.\d|true|false|null|none|undefined|nan|\Z))"""
_MARK = re.compile(rf"```|{_OBJECT}|{_ARRAY}|<(?P<shut>/?)(?:{_THOUGHT})>", re.I)
_SHUT = re.compile(rf"</(?:{_THOUGHT})>", re.I)
_UNOPENED = re.compile(r'\s*(?:```\w*\s*)?(?="[^"\n{}]{1,100}"\s*:)')
_MEMBER_BEFORE = re.compile(r"""["'”]\s*:\s*\Z""")
_GOES_ON = re.compile(r"""\s*(?::|,\s*(?:["'“]|[\w$]{1,60}\s*:))""")
_STRAY = re.compile(r"\s*[}\]][\s}\]]*")
_OVER = re.compile(r"\s*(?:\Z|```)")


class Hopeless(Exception):
    """The whole text is refused, whatever else stands in it."""

    def __init__(self, reason: str, message: str, position: int) -> None:
        super().__init__(message)
        self.reason = reason
        self.position = position


@dataclass(frozen=True, slots=True)
class Found:
    """A place where a value stands, or where one began and can't be read.

    parsed   the value, None if it can't be read: then `reason` and `why` say what stopped it, at `stop`
    fenced   it stands in a Markdown fence
    thought  it stands in a reasoning block that was never closed
    edits    what was left aside around it, by kind
    """

    start: int
    end: int
    parsed: Parsed | None = None
    fenced: bool = False
    thought: bool = False
    edits: tuple[str, ...] = ()
    reason: str = ""
    why: str = ""
    stop: int = 0


@dataclass(slots=True)
class Search:
    """How far a text has been looked through."""

    text: str
    most_depth: int
    pos: int = 0
    fenced: bool = False
    thought: bool = False
    reasoned: bool = False
    endless: bool = False
    work: int = 0


def candidates(text: str, most_depth: int) -> list[Found]:
    """The values of a text in order. Raises Hopeless."""
    search = Search(text, most_depth)
    found: list[Found] = []
    unopened = _unopened(search)
    if unopened is not None:
        return [unopened]
    while (mark := _MARK.search(text, search.pos)) is not None:
        if mark["shut"] == "/":
            found.clear()
        if mark[0] in {"{", "["}:
            found.extend(_attempt(search, mark.start()))
        else:
            _pass(search, mark)
        if len(found) > MOST_CANDIDATES:
            raise Hopeless("size", f"more than {MOST_CANDIDATES} values", mark.start())
    return found


def _pass(search: Search, mark: re.Match[str]) -> None:
    """Go past a fence, a reasoning block, or the tag that opens or closes one."""
    search.pos = mark.end()
    if mark[0] == "```":
        search.fenced = not search.fenced
        return
    search.reasoned = True
    shut = None if mark["shut"] or search.endless else _SHUT.search(search.text, mark.end())
    search.endless = shut is None and not mark["shut"]
    search.thought = shut is None and not mark["shut"]
    if shut is not None:
        search.pos = shut.end()


def _unopened(search: Search) -> Found | None:
    """A text that begins with a key: an object whose first brace was left out, or said by the prompt."""
    start = _UNOPENED.match(search.text)
    if start is None:
        return None
    try:
        parsed = parse(search.text, start.end(), search.most_depth, opened=False)
    except Stuck:
        return None
    if parsed.cut or not _OVER.match(search.text, parsed.end):
        return None
    return Found(start.end(), parsed.end, parsed, fenced="`" in start[0])


def _attempt(search: Search, start: int) -> Iterator[Found]:
    """The value that begins at a bracket, if one does."""
    try:
        parsed = parse(search.text, start, search.most_depth)
    except Stuck as stuck:
        _charge(search, start, stuck.position + FAILED)
        if stuck.reason == "depth":
            raise Hopeless(stuck.reason, str(stuck), stuck.position) from stuck
        search.pos = _beyond(search.text, start) if stuck.begun else start + 1
        if stuck.begun:
            yield _unread(search, start, stuck.reason, str(stuck), stuck.position)
        return
    _charge(search, start, parsed.end)
    search.pos = parsed.end
    yield _placed(search, start, parsed)


def _charge(search: Search, start: int, stop: int) -> None:
    search.work += stop - start
    if search.work > WORK * len(search.text) + 4096:
        raise Hopeless("work", "too many beginnings of a value", start)


def _unread(search: Search, start: int, reason: str, why: str, stop: int) -> Found:
    return Found(start, search.pos, fenced=search.fenced, thought=search.thought, reason=reason, why=why, stop=stop)


def _placed(search: Search, start: int, parsed: Parsed) -> Found:
    """The value with what stands around it; a part of something larger can't be taken for the whole."""
    text, end, edits = search.text, parsed.end, ["reasoning"] * search.reasoned + ["fence"] * search.fenced
    line = text[max(0, start - 200) : start].rpartition("\n")[2]
    stray = _STRAY.match(text, end)
    if search.thought and not _OVER.match(text, end):
        return _unread(search, start, "truncated", "it stands in reasoning that never ended", end)
    if stray is not None and not line.strip() and _OVER.match(text, stray.end()):
        edits.append("stray_bracket")
        search.pos = stray.end()
    elif stray or _GOES_ON.match(text, end) or _MEMBER_BEFORE.search(line):
        search.pos = len(text)
        return _unread(search, start, "syntax", "only a part of something larger can be read", end)
    return Found(start, search.pos, parsed, search.fenced, search.thought, tuple(edits))


_BRACKET = re.compile(r'"(?:[^"\\]|\\.)*(?:"|\\?\Z)|[{}\[\]]', re.S)
_NAKED = re.compile(r"[{}\[\]]")


def _beyond(text: str, start: int) -> int:
    """Where a value that can't be read is over: at its last bracket if that is beyond doubt, else never."""
    ends = {_balanced(text, start, _BRACKET), _balanced(text, start, _NAKED)}
    return ends.pop() if len(ends) == 1 else len(text)


def _balanced(text: str, start: int, pattern: re.Pattern[str]) -> int:
    depth = 0
    for found in pattern.finditer(text, start):
        depth += (found[0] in {"{", "["}) - (found[0] in {"}", "]"})
        if depth == 0:
            return found.end()
    return len(text)
