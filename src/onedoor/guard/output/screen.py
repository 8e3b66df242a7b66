"""An answer that is inspected while it is written: what is found is never shown."""

from __future__ import annotations

from typing import Literal, Protocol

from onedoor.guard.inspection import Finding
from onedoor.guard.output.canary import Canary, watching
from onedoor.guard.output.candidates import BEFORE
from onedoor.guard.output.leaks import LeakWatch, prompt
from onedoor.guard.output.rules import MARKS, OutputRules, candidates, in_order, worst_first
from onedoor.guard.output.watch import CandidateWatch

Mode = Literal["redact", "stop"]

HELD = 2080
"""The most characters held back, inside a URL of that length; elsewhere none or those of a word that has just begun."""


SPARE = 4 * BEFORE
"""The window is cut when it is longer: seldom, so that a piece isn't copied for each next one."""


class Watch(Protocol):
    """Looks for one kind of thing. `open` is the place from which on nothing is sure yet."""

    open: int

    def push(self, window: str, base: int, fresh: int, *, final: bool) -> list[Finding]: ...


class Screen:
    """Takes an answer in pieces and says what may be shown of it.

    Mode "redact" puts a mark in place of each finding: all pieces together are `redacted(text, …)` of the whole.
    Mode "stop" does so, too, but shows nothing more after a finding of severity "high".
    """

    def __init__(self, rules: OutputRules, *, mode: Mode = "redact") -> None:
        self._rules = rules
        self._watches = _watches(rules)
        self._stops = mode == "stop"
        self._window = ""
        self._base = 0
        self._shown = 0
        self._covered = 0
        self._found: dict[tuple[str, int], Finding] = {}
        self._pending: list[Finding] = []
        self.stopped = False

    @property
    def findings(self) -> tuple[Finding, ...]:
        """What was found so far, the worst first, placed in the text as it was pushed."""
        return worst_first(self._found.values())

    @property
    def settled(self) -> int:
        """How many characters of the text were shown or replaced; what is beyond is held back."""
        return self._shown

    def push(self, piece: str) -> str:
        """What may be shown now."""
        return self._look(piece, final=False)

    def finish(self) -> str:
        """The rest, when no more comes."""
        return self._look("", final=True)

    def _look(self, piece: str, *, final: bool) -> str:
        if self.stopped:
            return ""
        fresh = len(self._window)
        self._window += piece
        sure = self._base + len(self._window)
        for watch in self._watches:
            found = watch.push(self._window, self._base, fresh, final=final)
            if found:
                self._note(self._rules.counted(found))
            sure = min(sure, watch.open)
        return self._release(sure)

    def _note(self, found: list[Finding]) -> None:
        self._found |= {(finding.id, finding.start): finding for finding in found}
        self._pending += found
        self._pending.sort(key=in_order)
        self.stopped = self._stops and any(finding.severity == "high" for finding in self._pending)

    def _release(self, sure: int) -> str:
        if self.stopped:
            sure = min(sure, *(finding.start for finding in self._pending if finding.severity == "high"))
        pieces = self._redacted(sure) if self._pending else []
        if sure > self._shown:
            pieces.append(self._text(sure))
        self._forget()
        return "".join(pieces)

    def _redacted(self, sure: int) -> list[str]:
        """The text up to the last finding that begins where all is sure."""
        pieces: list[str] = []
        for finding in self._pending:
            if finding.start >= sure and finding.start >= self._covered:
                break
            if finding.start >= self._covered:
                pieces += [self._text(finding.start), MARKS[finding.family]]
            self._shown = self._covered = max(self._covered, finding.end)
        self._pending = [finding for finding in self._pending if finding.start >= self._covered]
        return pieces

    def _text(self, end: int) -> str:
        start, self._shown = self._shown, end
        return self._window[start - self._base : end - self._base]

    def _forget(self) -> None:
        """Watches look back BEFORE characters from what isn't sure yet."""
        if len(self._window) > SPARE:
            spare = max(0, min([self._shown, *(watch.open for watch in self._watches)]) - BEFORE - self._base)
            self._window = self._window[spare:]
            self._base += spare


def _watches(rules: OutputRules) -> tuple[Watch, ...]:
    table = candidates(rules)
    told = prompt(rules.system, rules.known) if rules.system else None
    return tuple(
        watch
        for watch in (
            CandidateWatch(table.rules) if table.rules else None,
            watching(Canary(rules.canary)) if rules.canary else None,
            LeakWatch(told) if told is not None else None,
        )
        if watch is not None
    )
