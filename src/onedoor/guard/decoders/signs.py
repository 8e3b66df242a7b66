"""What can be seen of a text at little cost, so that only codes that may be there are looked for."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from onedoor.guard.decoders.ciphers import encoded_words
from onedoor.guard.decoders.spellings import shuffle_ends
from onedoor.guard.words import PLAIN

_LOWER = bytes(ord(chr(byte).lower()) if chr(byte).isalnum() and byte < 128 else 32 for byte in range(256))
_NOT_A_SIGN = bytes(byte for byte in range(256) if byte > 127 or chr(byte).isalpha() or chr(byte) in " \n\t,?'()!\"")
_LONG = 14


@cache
def _plain() -> frozenset[bytes]:
    return frozenset(word.encode() for word in PLAIN)


@dataclass(frozen=True, slots=True)
class Signs:
    """The look of a text.

    words    its words in lower case, cut at everything that is neither letter nor digit
    lengths  how long each of them is, as a byte
    longest  how long the longest of them is
    others   its digits and rarer signs
    """

    words: list[bytes]
    lengths: bytes
    longest: int
    others: bytes

    @property
    def encoded(self) -> list[bytes]:
        """Words that are a plain word in a known cipher."""
        known = encoded_words()
        return [] if known.keys().isdisjoint(self.words) else [word for word in self.words if word in known]

    @property
    def suspects(self) -> list[bytes]:
        """Words with the ends and the length of a trigger word."""
        ends, plain = shuffle_ends(), _plain()
        if self.longest < 6:
            return []
        return [
            word
            for word in self.words
            if len(word) > 5 and (word[0], word[-1], len(word)) in ends and word not in plain
        ]


def signs(text: str) -> Signs:
    octets = text.encode("utf-8", "surrogatepass")
    words = octets.translate(_LOWER).split()
    lengths = [*map(len, words)]
    longest = max(lengths, default=0)
    if longest > 255:
        lengths = [min(255, length) for length in lengths]
    return Signs(words, bytes(lengths), longest, octets.translate(None, _NOT_A_SIGN))
