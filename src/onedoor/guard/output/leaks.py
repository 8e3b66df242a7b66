"""Runs of words that an answer shares with the system prompt."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import chain, pairwise

from onedoor.guard.inspection import Finding

WORDS = 8
"""Fewer words in a row are shared by chance."""
SOLO_WORDS = 16
"""… where a prompt is written in a script that puts no blanks, and a character counts as a word."""
CERTAIN = 1.5
"""Runs this many times as long are no turn of phrase."""
LONGEST_WORD = 64
GAP = 64
"""More characters than this between two words, and the run is broken."""
_QUAD = 4
_STRIDE = WORDS - _QUAD + 1

_SOLO = r"\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff"
_MARKS = r"\u0300-\u036f\u0591-\u05c7\u0610-\u061a\u064b-\u065f\u0900-\u0963\u0971-\u0df3"
_WORD = re.compile(rf"[{_SOLO}]|(?:[^\W_{_SOLO}]|[{_MARKS}])++")
_ASCII_WORD = re.compile(r"[A-Za-z0-9]+")
_ONE_SOLO = re.compile(f"[{_SOLO}]")
_BLANKED = bytes(code if chr(code).isalnum() or code >= 128 else 32 for code in range(256))


@dataclass(frozen=True, slots=True)
class Prompt:
    """What is kept of a system prompt: hashes of its words, of its pairs and of its runs of `size` words."""

    size: int
    words: frozenset[str]
    pairs: frozenset[int]
    runs: frozenset[int]
    quads: frozenset[int]
    known: tuple[str, ...] = ()

    def tells(self, run: Sequence[str]) -> bool:
        """Whether these words stand in the prompt and in no text that the user gave."""
        key = hash(tuple(run))
        return key in self.runs and key not in _runs(self.known, self.size)


def prompt(system: str, known: tuple[str, ...] = ()) -> Prompt | None:
    """A prompt to look for; None if it is too short to be recognised."""
    found = _prompt(system)
    return replace(found, known=known) if found is not None else None


@lru_cache(maxsize=64)
def _prompt(system: str) -> Prompt | None:
    words = tuple(_words(system))
    alone = sum(_ONE_SOLO.match(word) is not None for word in words)
    size = SOLO_WORDS if 2 * alone > len(words) else WORDS
    if len(words) < size:
        return None
    quads = zip(*(_plain(word for word in words)[at:] for at in range(_QUAD)), strict=False)
    return Prompt(
        size,
        frozenset(words) - {""},
        frozenset(hash(pair) for pair in pairwise(words) if "" not in pair),
        frozenset(_shingles(words, size)),
        frozenset(map(hash, quads)),
    )


def shared(text: str, found: Prompt) -> tuple[Finding, ...]:
    """The runs a text shares with a prompt."""
    if text.isascii() and not _likely(text, found):
        return ()
    return tuple(latest(LeakWatch(found).push(text, 0, 0, final=True)))


def latest(findings: Iterable[Finding]) -> Iterator[Finding]:
    """One finding a start: the one that reaches furthest."""
    furthest: dict[tuple[str, int], Finding] = {}
    for finding in findings:
        known = furthest.get((finding.id, finding.start))
        if known is None or finding.end > known.end:
            furthest[finding.id, finding.start] = finding
    return iter(furthest.values())


def _likely(text: str, found: Prompt) -> bool:
    """Eight words in a row hold four in a row at every fifth word: few hashes rule out most texts."""
    words = text.lower().encode().translate(_BLANKED).split()
    sampled = zip(*(words[at::_STRIDE] for at in range(_QUAD)), strict=False)
    return not found.quads.isdisjoint(map(hash, sampled))


def _plain(words: Iterator[str]) -> list[bytes]:
    return [word.encode("utf-8", "surrogatepass") for word in words]


def _words(text: str) -> Iterator[str]:
    """Words too long to be any end a run, so they become one that occurs nowhere else."""
    for found in (_ASCII_WORD if text.isascii() else _WORD).finditer(text):
        yield found[0].casefold() if len(found[0]) <= LONGEST_WORD else ""


def _shingles(words: Sequence[str], size: int) -> Iterator[int]:
    runs = zip(*(words[at:] for at in range(size)), strict=False)
    return (hash(run) for run in runs if "" not in run)


@lru_cache(maxsize=8)
def _runs(texts: tuple[str, ...], size: int) -> frozenset[int]:
    return frozenset(chain.from_iterable(_shingles(tuple(_words(text)), size) for text in texts))


class LeakWatch:
    """Follows a text word by word. `open` is the place from which on nothing is sure yet."""

    def __init__(self, found: Prompt) -> None:
        self._prompt = found
        self._recent: deque[tuple[str, int, int]] = deque(maxlen=found.size)
        self._chain = 0
        self._at = 0
        self._endless = False
        self._count = 0
        self._run: tuple[int, int, int] | None = None
        self.open = 0

    def push(self, window: str, base: int, fresh: int, *, final: bool) -> list[Finding]:
        """What the words that are now complete show. window[0] is character `base` of the text."""
        found: list[Finding] = []
        at, end = self._at - base, len(window)
        at = self._skipped(window, at) if self._endless else at
        for match in (_ASCII_WORD if window.isascii() else _WORD).finditer(window, at):
            if match.end() == end and not final and self._goes_on(match):
                end = end if self._endless else match.start()
                break
            word = match[0].casefold()
            self._count += 1
            if word in self._prompt.words:
                found += self._step(word, base + match.start(), base + match.end())
            else:
                self._chain = 0
        self._at = base + end
        self.open = base + len(window) if final else self._undecided()
        return found

    def _goes_on(self, word: re.Match[str]) -> bool:
        """Whether the next characters could make a word longer; one that is too long already is no word."""
        if _ONE_SOLO.match(word[0]):
            return False
        self._endless = word.end() - word.start() > LONGEST_WORD
        if self._endless:
            self._chain = 0
            self._count += 1
        return True

    def _skipped(self, window: str, at: int) -> int:
        """Where an endless word ends."""
        found = _WORD.match(window, at)
        if found is None or _ONE_SOLO.match(found[0]):
            self._endless = False
            return at
        self._endless = found.end() == len(window)
        return found.end()

    def _step(self, word: str, start: int, end: int) -> list[Finding]:
        self._chain = self._chained(word, start)
        self._recent.append((word, start, end))
        if self._chain < self._prompt.size or not self._prompt.tells([one for one, _, _ in self._recent]):
            return []
        return [self._told(end)]

    def _chained(self, word: str, start: int) -> int:
        """How many of the last words stand in the prompt pair by pair."""
        if (
            self._chain
            and start - self._recent[-1][2] <= GAP
            and hash((self._recent[-1][0], word)) in self._prompt.pairs
        ):
            return self._chain + 1
        return 1

    def _told(self, end: int) -> Finding:
        """The run that ends here: a new one, or the last one gone on."""
        start, first = self._recent[0][1], self._count - self._prompt.size
        if self._run is not None and start < self._run[1]:
            start, first = self._run[0], self._run[2]
        self._run = (start, end, first)
        certain = self._count - first >= CERTAIN * self._prompt.size
        return Finding("leak.instructions", "leak", "high" if certain else "medium", start, end)

    def _undecided(self) -> int:
        held = min(self._chain, self._prompt.size - 1)
        if not held or self._at - self._recent[-1][2] > GAP:
            return self._at
        return self._recent[-held][1]
