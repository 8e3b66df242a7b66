"""A language at hand: its grammar together with the one source of chance."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass

from training.guard.grammar.rules import Grammar


@dataclass(frozen=True, slots=True)
class Speaker:
    """Says things in one language."""

    grammar: Grammar
    rng: random.Random

    def say(self, name: str) -> str:
        """One way to say `name`."""
        return self.grammar.say(self.rng, name)

    def term(self, name: str) -> str:
        """One way to say `name` amid other words: an address, a name."""
        return self.grammar.fill(self.rng, "{" + name + "}")

    def pick(self, ways: Sequence[str]) -> str:
        """One of `ways`."""
        return self.rng.choice(ways)

    def number(self, below: int = 100) -> int:
        """A whole number from 1."""
        return self.rng.randrange(1, below)

    def sentences(self, least: int, most: int) -> str:
        """A paragraph of ordinary prose."""
        return " ".join(self.say("s") for _ in range(self.rng.randint(least, most)))

    def chance(self, share: float) -> bool:
        """True in `share` of the cases."""
        return self.rng.random() < share
