"""The characters of a JSON string read in pieces: never half an escape, never half a surrogate pair."""

from __future__ import annotations

import re

_PLAIN = re.compile(r'[^"\\]*')
_HEX = re.compile(r"u[0-9a-fA-F]{4}")
_ESCAPES = {'"': '"', "\\": "\\", "/": "/", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t"}


class Letters:
    """A string being read. `closed` once its quote came, `wrong` when an escape is none.

    The first half of a surrogate pair waits in `_half` for the second; `_escaped` says that it was written as an
    escape, the only kind that is joined.
    """

    __slots__ = ("_escape", "_escaped", "_half", "_parts", "closed", "fresh", "wrong")

    def __init__(self) -> None:
        self._parts: list[str] = []
        self.clear()

    def clear(self) -> None:
        """Begin the next string."""
        self._parts.clear()
        self._escape = self._half = ""
        self._escaped = self.closed = self.wrong = self.fresh = False

    def text(self) -> str:
        """What is read so far. Costs its length, once per piece at most."""
        if len(self._parts) > 1:
            self._parts[:] = ["".join(self._parts)]
        self.fresh = False
        return self._parts[0] if self._parts else ""

    def end(self) -> tuple[str, str]:
        """The whole string, and what of it was held back till now."""
        rest = self._half
        self._keep(rest)
        return self.text(), rest

    def read(self, text: str, at: int) -> tuple[int, str]:
        """One run of characters or one escape from `at` on: where it ends, and what came to the string."""
        if self._escape:
            return self._unescape(text, at)
        end = _PLAIN.match(text, at).end()  # type: ignore[union-attr]
        piece = self._whole(text[at:end])
        if end < len(text):
            self.closed = text[end] == '"'
            self._escape = "" if self.closed else "\\"
            end += 1
        return end, piece

    def _unescape(self, text: str, at: int) -> tuple[int, str]:
        """Go on with an escape; one of six characters may come in pieces."""
        end = at + 1 if self._escape == "\\" else min(len(text), at + 6 - len(self._escape))
        escape = self._escape + text[at:end]
        unicode = escape[1] == "u"
        self._escape = escape if unicode and len(escape) < 6 else ""
        if self._escape:
            return end, ""
        if unicode:
            self.wrong = _HEX.fullmatch(escape, 1) is None
            return end, "" if self.wrong else self._unit(int(escape[2:], 16))
        self.wrong = escape[1] not in _ESCAPES
        return end, "" if self.wrong else self._whole(_ESCAPES[escape[1]])

    def _unit(self, code: int) -> str:
        """One escaped UTF-16 unit."""
        if self._escaped and 0xDC00 <= code <= 0xDFFF:
            high, self._half = ord(self._half), ""
            code = 0x10000 + ((high - 0xD800) << 10) + (code - 0xDC00)
        piece = self._whole(chr(code))
        self._escaped = bool(self._half)
        return piece

    def _whole(self, piece: str) -> str:
        """The piece after what was held back, without a half pair at its end."""
        if not piece:
            return ""
        self._escaped = False
        piece, self._half = self._half + piece, ""
        if "\ud800" <= piece[-1] <= "\udbff":
            piece, self._half = piece[:-1], piece[-1]
        self._keep(piece)
        return piece

    def _keep(self, piece: str) -> None:
        if piece:
            self._parts.append(piece)
            self.fresh = True
