"""Where in an answer the value begins: the first `{` or `[` outside of a reasoning block."""

from __future__ import annotations

import re

_MARK = re.compile(r"[{\[<]")
_NAME = re.compile(r"[A-Za-z/_]*")
_REASONING = frozenset(
    {"think", "thinking", "thought", "thoughts", "reasoning", "reflection", "scratchpad", "analysis"}
)
_LONGEST = 12


class Start:
    """Looks for the beginning piece by piece; a tag cut in two is still seen."""

    __slots__ = ("_tag", "_thinking")

    def __init__(self) -> None:
        self._tag = ""
        self._thinking = False

    def find(self, text: str, at: int) -> int:
        """The place of the opening bracket in `text` from `at` on, or its length."""
        while at < len(text):
            if self._tag:
                at = self._read(text, at)
            elif (found := _MARK.search(text, at)) is None:
                return len(text)
            elif found[0] == "<":
                self._tag, at = "<", found.end()
            elif not self._thinking:
                return found.start()
            else:
                at = found.end()
        return at

    def _read(self, text: str, at: int) -> int:
        """Go on with a tag that was begun."""
        end = _NAME.match(text, at, at + _LONGEST).end()  # type: ignore[union-attr]
        self._tag += text[at:end]
        if end == len(text) and len(self._tag) <= _LONGEST:
            return end
        name = self._tag[1:].lower()
        if text[end : end + 1] == ">" and name.strip("/") in _REASONING:
            self._thinking = not name.startswith("/")
        self._tag = ""
        return end
