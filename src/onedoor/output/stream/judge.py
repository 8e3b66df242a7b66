"""Follows a value through its schema while it is written. It is hopeless once no alternative is left for it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from onedoor.output.contract import Failure
from onedoor.output.pointers import pointer
from onedoor.output.stream.fits import LONGEST_SCALAR, SLACK, ended, opening, scalar, written
from onedoor.output.stream.rules import FREE, Alternatives, Rules
from onedoor.output.stream.said import said
from onedoor.output.words import kind as kind_of
from onedoor.output.words import quote

MOST_UNKNOWN = 5
"""Keys in one object that its schema doesn't know and recovery would leave out."""
_NULL = frozenset({"null"})
_OF_THE_WHOLE = frozenset({"maxItems", "maxProperties"})


class Option:
    """One alternative for one place.

    below    alternatives left for the part being written
    lone     the rule that more than one part breaks, where recovery would take the one out of its container
    unknown  keys that the schema doesn't know
    """

    __slots__ = ("above", "below", "dead", "lone", "rules", "unknown")

    def __init__(self, rules: Rules, above: Option | None) -> None:
        self.rules = rules
        self.above = above
        self.below = self.unknown = 0
        self.lone: str | None = None
        self.dead = False


class Judge:
    """Told of everything that begins and ends; `failure` is the first thing that left no alternative."""

    def __init__(self, schema: Mapping[str, Any]) -> None:
        self._schema = Alternatives(schema)
        self.reset()

    def reset(self) -> None:
        """Begin again."""
        self.failure: Failure | None = None
        self._due = [Option(rules, None) for rules in self._schema.root()]
        self._left = len(self._due)
        self._open: list[list[Option]] = []
        self._counts: list[int] = []
        self._path: list[str | int] = []

    def open(self, kind: str) -> None:
        """An object or array begins. At the top any may: recovery can unwrap it or put it into a list."""
        for option in self._due:
            option.lone = opening(option.rules, kind) if self._open else None
            if option.rules.kinds == _NULL:
                self._check(option, option.lone, {} if kind == "object" else [])
            elif option.lone is None and not option.rules.allows(kind):
                option.rules = FREE
        self._open.append(self._due)
        self._counts.append(0)
        self._path.append("")

    def close(self) -> None:
        """The object or array is over."""
        self._open.pop()
        self._counts.pop()
        self._path.pop()

    def key(self, name: str) -> None:
        """A property of that name begins."""
        self._path[-1] = name
        self._counts[-1] += 1
        self._due = []
        for option in self._open[-1]:
            if not (option.dead or self._lone(option, {})):
                self._property(option, name)

    def item(self) -> None:
        """Another element of an array begins."""
        self._path[-1] = self._counts[-1]
        self._counts[-1] += 1
        self._due = []
        for option in self._open[-1]:
            if not (option.dead or self._lone(option, [])):
                self._element(option)

    def string(self) -> bool:
        """A string begins; whether it must be held back until it is whole."""
        self._text, self._count = "", 0
        alive = [option.rules for option in self._due if not option.dead]
        self._most = max([LONGEST_SCALAR, *(rules.longest for rules in alive)]) + SLACK
        if any(rules.choices is not None for rules in alive):
            return True
        return not any(rules.allows("string") for rules in alive)

    def grow(self, piece: str) -> None:
        """The string goes on."""
        self._count += len(piece)
        if len(self._text) < self._most:
            self._text += piece[: self._most]
        for option in self._due:
            if not option.dead:
                self._check(option, written(option.rules, self._text, self._count), self._text)

    def end(self) -> None:
        """The string is over."""
        for option in self._due:
            if not option.dead:
                self._check(option, ended(option.rules, self._text), self._text)

    def scalar(self, value: Any) -> None:
        """A number, truth value or null, whole."""
        for option in self._due:
            self._check(option, scalar(option.rules, value), value)

    def _lone(self, option: Option, box: Any) -> bool:
        """Whether the container isn't asked for; the first part in it must be what is."""
        if option.lone is None:
            return False
        if self._counts[-1] == 1:
            self._expect(option, (option.rules,))
        else:
            last = self._path.pop()
            self._check(option, option.lone, box)
            self._path.append(last)
        return True

    def _property(self, option: Option, name: str) -> None:
        part, most = option.rules.part(name), option.rules.most_properties
        if part is False and option.unknown == MOST_UNKNOWN:
            self._check(option, "additionalProperties")
        elif part is False:
            option.unknown += 1
            self._expect(option, (FREE,))
        elif most is not None and self._counts[-1] - option.unknown > most:
            self._check(option, "maxProperties")
        else:
            self._expect(option, self._schema.of(part))

    def _element(self, option: Option) -> None:
        most = option.rules.most_items
        if most is not None and self._counts[-1] > most:
            self._check(option, "maxItems")
        else:
            self._expect(option, self._schema.of(option.rules.items))

    def _expect(self, option: Option, ways: tuple[Rules, ...]) -> None:
        option.below = len(ways)
        self._due += [Option(rules, option) for rules in ways]

    def _check(self, option: Option, rule: str | None, *came: Any) -> None:
        """Strike an option that broke a rule, and with it those above that have no other left."""
        if rule is None:
            return
        option.dead = True
        above = option.above
        while above is not None:
            above.below -= 1
            if above.below:
                return
            above.dead = True
            above = above.above
        self._left -= 1
        if not self._left:
            told = (kind_of(came[0]), quote(came[0])) if came else ()
            path = self._path[:-1] if rule in _OF_THE_WHOLE else self._path
            self.failure = Failure(pointer(path), said(rule, option.rules), *told)
