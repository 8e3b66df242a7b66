"""Candidates followed while a text is being written."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import lru_cache

from onedoor.guard.inspection import Finding
from onedoor.guard.output.automaton import Automaton, automaton
from onedoor.guard.output.candidates import Reading, Rule, begins, end_of, folded, opened, settle


class CandidateWatch:
    """Finds in pieces what `search` finds in the whole. `open` is the place from which on nothing is sure yet.

    Of a rule, one candidate at a time is looked at, the earliest; those that begin inside it are none.
    """

    def __init__(self, rules: Sequence[Rule]) -> None:
        self._rules = tuple(rules)
        self._looking, self._users = _looked_for(tuple(rule.openings for rule in self._rules))
        self._state = 0
        self._waiting: dict[int, deque[Reading]] = {}
        self._growing: dict[int, Finding] = {}
        self._from: dict[int, int] = {}
        self.open = 0

    def push(self, window: str, base: int, fresh: int, *, final: bool) -> list[Finding]:
        """What the characters from `fresh` on settle. window[0] is character `base` of the text."""
        steps, endings, state = self._looking.steps, self._looking.endings, self._state
        for end, byte in enumerate(folded(window[fresh:]), fresh + 1):
            state = steps[state].get(byte, 0)
            if state in endings:
                self._wait(window, base, end, endings[state])
        self._state = state
        found = self._settle(window, base, final=final) if self._waiting or self._growing else []
        end = base + len(window)
        self.open = (
            end
            if final
            else min([end - self._looking.depths[state], *(line[0].cuts[0] for line in self._waiting.values())])
        )
        return found

    def _wait(self, window: str, base: int, end: int, openings: tuple[bytes, ...]) -> None:
        for opening in openings:
            start = end - len(opening)
            for user in self._users[opening]:
                if begins(self._rules[user], window, start, end):
                    self._waiting.setdefault(user, deque()).append(opened(base + start, base + end))

    def _settle(self, window: str, base: int, *, final: bool) -> list[Finding]:
        found = [self._grown(user, window, base, final=final) for user in tuple(self._growing)]
        for user in tuple(self._waiting):
            found += self._settled(user, window, base, final=final)
            if not self._waiting[user]:
                del self._waiting[user]
        return found

    def _grown(self, user: int, window: str, base: int, *, final: bool) -> Finding:
        pattern, finding = self._rules[user].rest, self._growing[user]
        assert pattern is not None
        end = base + end_of(pattern, window, finding.end - base)
        self._growing[user] = finding = replace(finding, end=end)
        self._from[user] = end
        if end < base + len(window) or final:
            del self._growing[user]
        return finding

    def _settled(self, user: int, window: str, base: int, *, final: bool) -> list[Finding]:
        rule, line, found = self._rules[user], self._waiting[user], list[Finding]()
        while line:
            if line[0].cuts[0] >= self._from.get(user, 0):
                settled = settle(rule, window, line[0].moved(-base), final=final)
                if isinstance(settled, Reading):
                    line[0] = settled.moved(base)
                    break
                self._from[user] = base + settled.end
                if settled.finding is not None:
                    found.append(
                        replace(settled.finding, start=base + settled.finding.start, end=base + settled.finding.end)
                    )
                if settled.growing:
                    self._growing[user] = found[-1]
            line.popleft()
        return found


@lru_cache(maxsize=8)
def _looked_for(openings: tuple[tuple[str, ...], ...]) -> tuple[Automaton, Mapping[bytes, tuple[int, ...]]]:
    """The openings of all rules at once, and which rules each belongs to."""
    users: dict[bytes, tuple[int, ...]] = {}
    for index, own in enumerate(openings):
        for opening in own:
            key = opening.lower().encode()
            users[key] = (*users.get(key, ()), index)
    return automaton(users), users
