"""Reads one JSON object or array in pieces. Each character is looked at once; what is read is kept in the value."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from onedoor.output.contract import Failure
from onedoor.output.stream.growing import Growing
from onedoor.output.stream.judge import Judge
from onedoor.output.stream.letters import Letters
from onedoor.output.stream.scalars import meant
from onedoor.output.stream.signs import BEGIN_WORD, DIALECT_ITEM, DIALECT_NAME, SHORT, WORD, space

DEEPEST = 128
"""Objects and arrays inside one another; deeper is hopeless."""


class Scanner:
    """The state between two pieces.

    grew    the value did since that was last set back
    begun   the bracket was followed by JSON, so it wasn't prose
    over    nothing more is read, because the value is `whole`, it was `prose`, it is `malformed` or another dialect
    """

    def __init__(self, judge: Judge | None) -> None:
        self.begun = self.over = self.whole = self.grew = self.malformed = self.prose = False
        self.failure: Failure | None = None
        self._judge = judge
        self._growing = Growing()
        self._letters = Letters()
        self._held = self._naming = False
        self._word: list[str] = []
        self._step: Callable[[str, int], int] = self._value

    def feed(self, text: str, at: int) -> int:
        """Read on from `at`; gives where it stopped."""
        while at < len(text) and not self.over:
            at = self._step(text, at)
        return at

    @property
    def inside(self) -> bool:
        """Whether a bracket was read, be it prose or not."""
        return self._growing.root is not None

    def settle(self) -> Any:
        """The value so far, its open string brought up to date."""
        if self._step == self._string and self._letters.fresh and not (self._held or self._naming):
            self._growing.replace(self._letters.text())
        return self._growing.root if self.begun else None

    def _value(self, text: str, at: int) -> int:
        if text[at] in " \t\n\r" and (at := space(text, at)) == len(text):
            return at
        sign = text[at]
        if sign in "}]" or sign not in _VALUES:
            return self._stray(text, at)
        if self._judge is not None and self._growing.listing:
            self._judge.item()
            self._heed()
        return _VALUES[sign](self, text, at)

    def _first(self, text: str, at: int) -> int:
        """The first part of an object or array, or its end."""
        at = space(text, at)
        if at == len(text):
            return at
        if text[at] == ("]" if self._growing.listing else "}"):
            return self._shut(at)
        self._step = self._value if self._growing.listing else self._name
        return at

    def _name(self, text: str, at: int) -> int:
        if text[at] in " \t\n\r" and (at := space(text, at)) == len(text):
            return at
        if text[at] != '"':
            return self._stray(text, at)
        self.grew |= not self.begun
        self.begun = self._naming = True
        short = SHORT.match(text, at)
        if short is None:
            return self._spell(at)
        self._named(short[1])
        return short.end()

    def _named(self, name: str) -> None:
        """The key is whole. The same one twice is left to recovery: the second would change what was shown."""
        self._naming = False
        if self._growing.knows(name):
            self.over = True
            return
        self._growing.key = name
        self._step = self._colon
        if self._judge is not None:
            self._judge.key(name)
            self._heed()

    def _colon(self, text: str, at: int) -> int:
        if text[at] in " \t\n\r" and (at := space(text, at)) == len(text):
            return at
        self._step = self._value
        return at + 1 if text[at] == ":" else self._stray(text, at)

    def _after(self, text: str, at: int) -> int:
        if text[at] in " \t\n\r" and (at := space(text, at)) == len(text):
            return at
        if text[at] == ",":
            self._step = self._value if self._growing.listing else self._name
            return at + 1
        if text[at] == ("]" if self._growing.listing else "}"):
            return self._shut(at)
        self.over = True
        return at

    def _quote(self, text: str, at: int) -> int:
        """A string that is a value begins."""
        self.begun = True
        self._held = self._judge is not None and self._judge.string()
        short = SHORT.match(text, at)
        if short is None:
            if not (self._held or self.over):
                self._put("")
            return self._spell(at)
        self._grown(short[1])
        self._ended(short[1], fresh=True)
        return short.end()

    def _spell(self, at: int) -> int:
        self._letters.clear()
        self._step = self._string
        return at + 1

    def _string(self, text: str, at: int) -> int:
        letters = self._letters
        at, piece = letters.read(text, at)
        if piece and not self._naming:
            self._grown(piece)
            self.grew |= not self._held
        self.over |= letters.wrong
        if letters.closed:
            self._close_string()
        return at

    def _close_string(self) -> None:
        text, rest = self._letters.end()
        if self._naming:
            self._named(text)
            return
        if rest:
            self._grown(rest)
        self._ended(text, fresh=self._held)

    def _grown(self, piece: str) -> None:
        if self._judge is not None and not self.over:
            self._judge.grow(piece)
            self._heed()

    def _ended(self, text: str, *, fresh: bool) -> None:
        if self._judge is not None and not self.over:
            self._judge.end()
            self._heed()
        if self.over:
            return
        if fresh:
            self._put(text)
        else:
            self._growing.replace(text)
        self._step = self._after

    def _begin_word(self, text: str, at: int) -> int:
        self._word.clear()
        self._step = self._read_word
        return self._read_word(text, at)

    def _read_word(self, text: str, at: int) -> int:
        end = WORD.match(text, at).end()  # type: ignore[union-attr]
        self._word.append(text[at:end])
        if end == len(text):
            return end
        try:
            value = meant("".join(self._word))
        except ValueError:
            self.over, self.prose = True, not self.begun
            return at
        if self._judge is not None:
            self._judge.scalar(value)
            self._heed()
        self.begun = True
        self._step = self._after
        if not self.over:
            self._put(value)
        return end

    def _container(self, text: str, at: int) -> int:
        """An object or array begins. The outermost is not shown until JSON follows its bracket."""
        listing = text[at] == "["
        if self._growing.depth == DEEPEST:
            self._fail(f"must have at most {DEEPEST} levels")
        elif self._judge is not None:
            self._judge.open("array" if listing else "object")
            self._heed()
        if not self.over:
            self.begun = self.grew = self._growing.depth > 0
            self._growing.enter([] if listing else {})
            self._step = self._first
        return at + 1

    def _shut(self, at: int) -> int:
        self.grew |= not self.begun
        self.begun = True
        self._growing.leave()
        if self._judge is not None:
            self._judge.close()
        self._step = self._after
        self.over = self.whole = not self._growing.depth
        return at + 1

    def _put(self, value: Any) -> None:
        self.grew = True
        self._growing.put(value)

    def _stray(self, text: str, at: int) -> int:
        """What begins no key and no value. A colon there is read so in no dialect."""
        self.over = True
        if not self.begun:
            self.prose = text[at] not in (DIALECT_ITEM if self._growing.listing else DIALECT_NAME)
        elif text[at] == ":":
            self._fail("must be JSON: a colon stands where a key or value should")
        return at

    def _heed(self) -> None:
        if self._judge is not None and self._judge.failure is not None:
            self.failure = self._judge.failure
            self.over = True

    def _fail(self, rule: str) -> None:
        self.failure = Failure(self._growing.path, rule)
        self.over = self.malformed = True


_VALUES: Mapping[str, Callable[[Scanner, str, int], int]] = {
    "{": Scanner._container,
    "[": Scanner._container,
    '"': Scanner._quote,
    **dict.fromkeys(BEGIN_WORD, Scanner._begin_word),
}
