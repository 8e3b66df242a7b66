"""Many words looked for at once, one character at a time (Aho and Corasick, 1975)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Automaton:
    """steps[state].get(byte, 0) is the next state; 0 is the start.

    depths    how many of the last characters could begin a word
    longest   the most of them
    endings   the words that end in a state
    """

    steps: tuple[dict[int, int], ...]
    depths: tuple[int, ...]
    longest: int
    endings: dict[int, tuple[bytes, ...]]


def automaton(words: Iterable[bytes]) -> Automaton:
    """Looks for these words."""
    children, depths, ends = _trie(words)
    steps: list[dict[int, int]] = [{}] * len(children)
    steps[0] = children[0]
    queue = [(child, 0) for child in children[0].values()]
    for state, failure in queue:
        steps[state] = {**steps[failure], **children[state]}
        ends[state] = (*ends.get(state, ()), *ends.get(failure, ()))
        queue.extend((child, steps[failure].get(byte, 0)) for byte, child in children[state].items())
    return Automaton(tuple(steps), tuple(depths), max(depths), {state: found for state, found in ends.items() if found})


def _trie(words: Iterable[bytes]) -> tuple[list[dict[int, int]], list[int], dict[int, tuple[bytes, ...]]]:
    children: list[dict[int, int]] = [{}]
    depths = [0]
    ends: dict[int, tuple[bytes, ...]] = {}
    for word in dict.fromkeys(words):
        state = 0
        for byte in word:
            if byte not in children[state]:
                children[state][byte] = len(children)
                children.append({})
                depths.append(depths[state] + 1)
            state = children[state][byte]
        ends[state] = (word,)
    return children, depths, ends
