"""Kinds of text that are easier made than found: encodings, identifiers, tables, numbers, emoji, spacing, capitals."""

from __future__ import annotations

import base64
import json
import random
import string
import uuid
from collections.abc import Callable, Mapping

_WORDS = """
the a of to and in is it for on with as was at by an be this that from or have not are but one all were when we
there can more been has time other about its people into only year some could them than first water down day made
part new sound take place live back give most good sentence through great help low line before turn cause same
differ move right old three set air point page letter mother answer found study still learn should country keep
lighthouse harbour counting measurement temperature configuration authentication university responsibilities
"""
WORDS = _WORDS.split()
EMOJI = [
    chr(code)
    for start, end in ((0x1F300, 0x1F650), (0x1F680, 0x1F6D0), (0x1F900, 0x1F9F0))
    for code in range(start, end)
]
SIGNS = "←→↑↓∀∂∃∅∇∈∑−√∞∫≈≠≤≥⊂■□▲△○●★☆♠♥✓✗─│┌┐└┘├┤═║"
RARE = {
    "armenian": (0x561, 0x587),
    "lao": (0xE81, 0xEC0),
    "tibetan": (0xF40, 0xF6C),
    "ethiopic": (0x1200, 0x1350),
    "cherokee": (0x13A0, 0x13F4),
    "mongolian": (0x1820, 0x1878),
    "syriac": (0x710, 0x72F),
    "thaana": (0x780, 0x7A5),
    "mathematical": (0x1D400, 0x1D7FF),
    "wide": (0xFF01, 0xFF5E),
}
"""Letters of scripts that are seldom among a machine's catalogues, drawn at random: dearer than any text in them."""


def _size(rng: random.Random, unit: int) -> range:
    return range(max(2, int(40 * 100 ** rng.random()) // unit))


def _word(rng: random.Random) -> str:
    return rng.choice(WORDS)


def _hex(rng: random.Random, size: int) -> str:
    return rng.randbytes(size).hex()


def _base64(rng: random.Random) -> str:
    return base64.b64encode(rng.randbytes(3 * len(_size(rng, 4)))).decode()


def _hexes(rng: random.Random) -> str:
    text = rng.choice([" ", "\n", "", ":"]).join(_hex(rng, rng.choice([1, 2, 4, 16, 32])) for _ in _size(rng, 16))
    return text.upper() if rng.random() < 0.3 else text


def _uuids(rng: random.Random) -> str:
    return rng.choice(["\n", ", ", " "]).join(str(uuid.UUID(int=rng.getrandbits(128))) for _ in _size(rng, 37))


def _number(rng: random.Random) -> str:
    made: list[Callable[[], str]] = [
        lambda: str(rng.randrange(10 ** rng.randint(1, 9))),
        lambda: f"{rng.uniform(0, 1000):.{rng.randint(1, 6)}f}",
        lambda: f"{rng.randrange(10**7):,}",
        lambda: f"-{rng.random():.3e}",
    ]
    return rng.choice(made)()


def _numbers(rng: random.Random) -> str:
    return rng.choice([" ", ", ", "\n", "\t", ";"]).join(_number(rng) for _ in _size(rng, 7))


def _digits(rng: random.Random) -> str:
    return "".join(rng.choice(string.digits) for _ in _size(rng, 1))


def _times(rng: random.Random) -> str:
    def one() -> str:
        day = f"{rng.randint(1990, 2030)}-{rng.randint(1, 12):02}-{rng.randint(1, 28):02}"
        return f"{day}{rng.choice('T ')}{rng.randrange(24):02}:{rng.randrange(60):02}:{rng.randrange(60):02}"

    return "\n".join(
        f"{one()} {rng.choice(['INFO', 'WARN', 'ERROR'])} {_word(rng)} {_word(rng)}" for _ in _size(rng, 35)
    )


def _table(rng: random.Random) -> str:
    edge, width = rng.choice(["|", ",", "\t", ";", " | "]), rng.randint(2, 8)
    cells = [[rng.choice([_word, _number])(rng) for _ in range(width)] for _ in _size(rng, 6 * width)]
    return "\n".join(edge.join(row) for row in cells)


def _json(rng: random.Random) -> str:
    def one(depth: int) -> object:
        if depth == 0 or rng.random() < 0.3:
            return rng.choice(
                [rng.randrange(10**5), rng.random(), True, None, _word(rng), f"{_word(rng)} {_word(rng)}"]
            )
        if rng.random() < 0.4:
            return [one(depth - 1) for _ in range(rng.randint(1, 5))]
        return {f"{_word(rng)}_{_word(rng)}": one(depth - 1) for _ in range(rng.randint(1, 5))}

    return json.dumps([one(3) for _ in _size(rng, 60)], indent=rng.choice([None, 2, 4]))


def _emoji(rng: random.Random) -> str:
    return rng.choice(["", "", " "]).join(rng.choice(EMOJI) for _ in _size(rng, 4))


def _signs(rng: random.Random) -> str:
    return rng.choice(["", " "]).join(rng.choice(SIGNS) for _ in _size(rng, 3))


def _spaced(rng: random.Random) -> str:
    gaps = [" ", "  ", "    ", "\t", "\n", "\n\n", "\r\n", " " * 12, "\n\t\t", " \n"]
    return "".join(_word(rng) + rng.choice(gaps) for _ in _size(rng, 8))


def _capitals(rng: random.Random) -> str:
    return rng.choice([" ", "_", "\n"]).join(_word(rng).upper() for _ in _size(rng, 6))


def _camels(rng: random.Random) -> str:
    return " ".join("".join(_word(rng).title() for _ in range(rng.randint(2, 4))) for _ in _size(rng, 15))


def _nonsense(rng: random.Random) -> str:
    return "".join(rng.choice(string.ascii_letters + string.digits + "+/-_ ") for _ in _size(rng, 1))


def _punctuation(rng: random.Random) -> str:
    return "".join(rng.choice(string.punctuation) for _ in _size(rng, 1))


def _addresses(rng: random.Random) -> str:
    def one() -> str:
        tail = rng.choice([f"?{_word(rng)}={_hex(rng, 3)}", f"/{_number(rng)}", ".html", f"#{_word(rng)}"])
        return f"https://{_word(rng)}.{_word(rng)}.{rng.choice(['org', 'com', 'io'])}/{_word(rng)}-{_word(rng)}{tail}"

    return "\n".join(one() for _ in _size(rng, 45))


def _rare(first: int, last: int) -> Callable[[random.Random], str]:
    def made(rng: random.Random) -> str:
        return " ".join("".join(chr(rng.randint(first, last)) for _ in range(rng.randint(2, 8))) for _ in _size(rng, 8))

    return made


_MADE: Mapping[str, Callable[[random.Random], str]] = {
    "base64": _base64,
    "hex": _hexes,
    "uuid": _uuids,
    "numbers": _numbers,
    "digits": _digits,
    "times": _times,
    "tables": _table,
    "json made": _json,
    "emoji": _emoji,
    "signs": _signs,
    "spacing": _spaced,
    "capitals": _capitals,
    "camel case": _camels,
    "nonsense": _nonsense,
    "punctuation": _punctuation,
    "addresses": _addresses,
    **{f"letters {name}": _rare(*span) for name, span in RARE.items()},
}
KINDS = tuple(_MADE)


def invented(kind: str, rng: random.Random) -> str:
    """A text of one of `KINDS`."""
    return _MADE[kind](rng)
