"""The kind of every character of a text: a vowel, a digit, a Han character …"""

from __future__ import annotations

from onedoor.prompt.tokens.weights import LEADS

HARD = "fghjkqwxz"
"""Consonants that are seldom inside the words a vocabulary has whole."""

INNER = bytes(range(0x80, 0xC0))


def written(text: str) -> bytes:
    """A text's bytes, also where it holds half a surrogate pair."""
    return text.encode("utf-8", "surrogatepass")


def kinds_of(text: str) -> bytes:
    """A byte for each character: its kind."""
    data = written(text)
    return data.translate(KINDS) if len(data) == len(text) else data.translate(KINDS, INNER)


def _kind(char: str) -> int:
    if char.isalnum():
        lower = "v" if char in "aeiouy" else "z" if char in HARD else "c"
        return ord("0" if char.isdigit() else "A" if char.isupper() else lower)
    return ord("n" if char in "\n\r\t" else " " if char == " " else ".")


def _kinds() -> bytes:
    """The kind of every byte, as a table for `bytes.translate`."""
    table = bytearray(map(_kind, map(chr, range(0x80)))) + b"x" * 0x60 + b"E" * 0x20
    for kind, leads in LEADS.items():
        for lead in bytes.fromhex(leads):
            table[lead] = kind[0]
    return bytes(table)


KINDS = _kinds()
