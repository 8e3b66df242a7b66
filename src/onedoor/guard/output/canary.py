"""A random word in the system prompt: an answer that holds it, in whatever spelling, has leaked its instructions."""

from __future__ import annotations

import codecs
from base64 import b32encode, b64encode
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from random import Random
from string import ascii_letters, ascii_lowercase, digits
from unicodedata import normalize

from onedoor.errors import ConfigError
from onedoor.guard.inspection import Finding
from onedoor.guard.output.automaton import Automaton, automaton

SIZE = 26
"""Letters and digits of a new canary: 134 bits."""
LEAST = 8
GAP = 8
"""More characters than this between two of its letters, and it is another text."""
_KEPT = frozenset((ascii_lowercase + digits).encode())
_DROPPED = bytes(code for code in range(256) if chr(code) not in ascii_letters + digits)


def new_canary(random: Random) -> str:
    """A word to put into a system prompt that occurs nowhere else."""
    return random.choice(ascii_lowercase) + "".join(random.choices(ascii_lowercase + digits, k=SIZE - 1))


@dataclass(frozen=True, slots=True)
class Canary:
    """A word that only the system prompt holds. Raises ConfigError if it has fewer than 8 letters and digits."""

    word: str

    def __post_init__(self) -> None:
        if len(squeezed(self.word)) < LEAST:
            raise ConfigError(f"a canary needs {LEAST} letters and digits, {self.word!r} has fewer; take new_canary()")

    def found(self, text: str) -> tuple[Finding, ...]:
        """Where a text holds it: as it is, spaced, over lines, backwards, rot13, base64, base32, hex, %XX."""
        letters = squeezed(text)
        if not any(form in letters for form in forms(self.word)):
            return ()
        return tuple(watching(self).push(text, 0, 0, final=True))


def squeezed(text: str) -> bytes:
    """The letters and digits alone, small; compatibility forms as what they stand for."""
    plain = text if text.isascii() else normalize("NFKD", text)
    return plain.encode("ascii", "ignore").translate(None, _DROPPED).lower()


@lru_cache(maxsize=64)
def forms(word: str) -> tuple[bytes, ...]:
    """Every spelling looked for, squeezed; %XX and hex are the same then."""
    spellings = [way for plain in dict.fromkeys((word, word.lower(), word.upper())) for way in (plain, plain[::-1])]
    texts = [text for plain in spellings for text in (plain, codecs.encode(plain, "rot13"), *_encoded(plain.encode()))]
    return tuple(dict.fromkeys(form for form in map(squeezed, texts) if len(form) >= LEAST))


def _encoded(data: bytes) -> Iterator[str]:
    """Base64 at its three offsets, without the letters that share bits with a neighbour; the rest spell each byte."""
    for offset in range(3):
        whole = b64encode(bytes(offset) + data).decode().rstrip("=")
        yield whole[(0, 2, 3)[offset] : len(whole) - bool((offset + len(data)) % 3)]
    yield b32encode(data).decode().rstrip("=")[: len(data) * 8 // 5]
    yield data.hex()
    yield from ("".join(style.format(byte) for byte in data) for style in ("x{:02x}", "0x{:02x}", "u00{:02x}", "{}"))


@lru_cache(maxsize=64)
def _automaton(word: str) -> Automaton:
    return automaton(forms(word))


def watching(canary: Canary) -> CanaryWatch:
    """Looks for it in a text that is being written."""
    return CanaryWatch(_automaton(canary.word))


class CanaryWatch:
    """Follows a text letter by letter. `open` is the place from which on nothing is sure yet."""

    def __init__(self, looking: Automaton) -> None:
        self._looking = looking
        self._state = 0
        self._last = -1
        self._places: deque[int] = deque(maxlen=looking.longest)
        self.open = 0

    def push(self, window: str, base: int, fresh: int, *, final: bool) -> list[Finding]:
        """What the characters from `fresh` on complete. window[0] is character `base` of the text."""
        found: list[Finding] = []
        steps, endings = self._looking.steps, self._looking.endings
        state, last = self._state, self._last
        for place, byte in _letters(window[fresh:], base + fresh):
            state = steps[state if place - last <= GAP + 1 else 0].get(byte, 0)
            last = place
            if state:
                self._places.append(place)
            if state in endings:
                starts = [self._places[-len(form)] for form in endings[state]]
                found += [Finding("leak.canary", "leak", "high", start, place + 1) for start in starts]
        self._state, self._last = state, last
        self.open = self._undecided(base + len(window), final=final)
        return found

    def _undecided(self, end: int, *, final: bool) -> int:
        depth = self._looking.depths[self._state]
        if final or not depth or end - self._last > GAP + 1:
            return end
        return self._places[-depth]


def _letters(piece: str, at: int) -> list[tuple[int, int]]:
    if piece.isascii():
        return [(place, byte) for place, byte in enumerate(piece.lower().encode(), at) if byte in _KEPT]
    return [(place, byte) for place, letter in enumerate(piece, at) for byte in squeezed(letter)]
