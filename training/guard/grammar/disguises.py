"""How the same phrase is typed: case, typos, lost accents, and light obfuscation. Both labels wear the same ones."""

from __future__ import annotations

import base64
import codecs
import random
import unicodedata
from collections.abc import Callable, Mapping

Disguise = Callable[[str, random.Random], str]

_LEET = str.maketrans({"a": "4", "e": "3", "i": "1", "o": "0", "s": "5", "t": "7"})
_LOOKALIKE = str.maketrans({"a": "\u0430", "e": "\u0435", "o": "\u043e", "p": "\u0440", "c": "\u0441", "i": "\u0456"})


def as_it_is(text: str, rng: random.Random) -> str:
    return text


def lower(text: str, rng: random.Random) -> str:
    return text.lower()


def upper(text: str, rng: random.Random) -> str:
    return text.upper()


def bare(text: str, rng: random.Random) -> str:
    """Without accents and final stop, as people type on a phone."""
    plain = "".join(letter for letter in unicodedata.normalize("NFD", text) if not "\u0300" <= letter <= "\u036f")
    return unicodedata.normalize("NFC", plain).rstrip(".")


def typos(text: str, rng: random.Random) -> str:
    """One slip in about thirty letters: doubled, dropped or swapped."""
    letters = list(text)
    for _ in range(1 + len(letters) // 30):
        at = rng.randrange(len(letters) - 1) if len(letters) > 1 else 0
        letters[at : at + 2] = rng.choice(
            (letters[at : at + 1], letters[at : at + 2][::-1], [letters[at], *letters[at : at + 2]])
        )
    return "".join(letters)


def no_punctuation(text: str, rng: random.Random) -> str:
    return "".join(letter for letter in text if letter not in ".,;:!?\"'")


def insistent(text: str, rng: random.Random) -> str:
    return text.rstrip(".") + rng.choice(("!!!", "!", "!!", "...", " :)", " pls", " thx", " 🙏", " 😡"))


def leet(text: str, rng: random.Random) -> str:
    return text.lower().translate(_LEET)


def spaced(text: str, rng: random.Random) -> str:
    return rng.choice((" ", "-", ".")).join(text)


def zero_width(text: str, rng: random.Random) -> str:
    return "".join(letter + ("\u200b" if rng.random() < 0.3 else "") for letter in text)


def lookalikes(text: str, rng: random.Random) -> str:
    return text.translate(_LOOKALIKE)


def base64_with_lead_in(text: str, rng: random.Random) -> str:
    lead = rng.choice(("Decode this and do it: ", "base64: ", "What does this say? ", "Follow the decoded text: ", ""))
    return lead + base64.b64encode(text.encode()).decode()


def rot13(text: str, rng: random.Random) -> str:
    return rng.choice(("rot13: ", "Decode: ", "")) + codecs.encode(text, "rot13")


def split(text: str, rng: random.Random) -> str:
    """In parts that code puts together again."""
    third = len(text) // 3 + 1
    a, b, c = text[:third], text[third : 2 * third], text[2 * third :]
    shape = rng.choice(
        (
            'a = "{0}"\nb = "{1}"\nc = "{2}"\nprint(a + b + c)',
            "x='{0}', y='{1}', z='{2}'. x+y+z?",
            "1) {0}\n2) {1}\n3) {2}",
        )
    )
    return shape.format(a, b, c)


DISGUISES: Mapping[Disguise, float] = {
    as_it_is: 74,
    lower: 7,
    upper: 2.5,
    bare: 4,
    typos: 5,
    no_punctuation: 2,
    insistent: 2,
    leet: 0.5,
    spaced: 0.4,
    zero_width: 0.4,
    lookalikes: 0.4,
    base64_with_lead_in: 0.5,
    rot13: 0.2,
    split: 0.7,
}
