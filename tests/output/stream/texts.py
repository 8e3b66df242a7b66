"""Texts of several kB: some repeat with reason, some run away."""

from __future__ import annotations

import base64
import json
import random
from collections.abc import Mapping

_DICE = random.Random(20)
_SYLLABLES = ("ra", "lo", "ten", "mi", "sur", "ko", "bel", "ash", "ven", "du", "pri", "on", "gal", "et", "hin", "wo")
WORDS = ["".join(_DICE.choices(_SYLLABLES, k=_DICE.randint(1, 4))) for _ in range(600)]


def prose(count: int) -> str:
    """So many words in sentences."""
    words = _DICE.choices(WORDS, k=count)
    return " ".join(f"{word}." if place % 11 == 10 else word for place, word in enumerate(words))


def _lines(lines: list[str]) -> str:
    return "\n".join(lines) + "\n"


_REFRAIN = "And the river runs to the sea, to the sea,\nand the river comes home to me.\n"
_COLOURS, _SIZES, _THINGS = ("red", "blue", "green", "black"), ("small", "big", "huge"), ("box", "lamp", "chair", "cup")
_ITEMS = [{"id": place, "name": f"Item {place}", "active": True, "note": None} for place in range(120)]
_BOARD = [[{"piece": None} for _ in range(8)] for _ in range(8)]
_CODE = '''def area_{0}(width: float, height: float) -> float:
    """The area of shape {0}."""
    if width < 0 or height < 0:
        raise ValueError("no side is negative")
    return width * height * {0}

'''
_SPACED = [[[round(x * 0.1, 1), 0.0, 0.0] for x in range(8)] for _ in range(20)]

MEANT: Mapping[str, str] = {
    "prose": prose(1_500),
    "markdown table": _lines(
        ["| Month | Open | Closed |", "| --- | --- | --- |"] + [f"| {place} | yes | no |" for place in range(200)]
    ),
    "markdown table of empty cells": _lines([f"| {word} |   |   |   |   |" for word in WORDS[:200]]),
    "wide table rule": _lines(["|" + "---|" * 400, "|" + "   |" * 400]),
    "rows of zeros": _lines(["0 0 0 0 0 0 0 0 0 0"] * 300),
    "matrix of zeros": json.dumps([[0] * 30] * 60),
    "json numbers": json.dumps([1] * 2_000),
    "json small numbers": json.dumps([_DICE.randint(0, 3) for _ in range(2_000)]),
    "json truth values": json.dumps([_DICE.random() < 0.5 for _ in range(900)]),
    "json similar items": json.dumps(_ITEMS),
    "json similar items indented": json.dumps(_ITEMS, indent=2),
    "json empty board": json.dumps(_BOARD),
    "json points": json.dumps(_SPACED),
    "json same price in every item": json.dumps(
        [{"sku": word, "price": {"amount": 0, "currency": "EUR", "taxed": False}} for word in WORDS[:120]]
    ),
    "json deep indent": json.dumps(json.loads("[" * 60 + "1" + "]" * 60), indent=4),
    "json lines": _lines([json.dumps({"event": "ping", "at": place}) for place in range(200)]),
    "code": "".join(_CODE.format(place) for place in range(40)),
    "code of one line repeated": _lines(["    nop"] * 150),
    "switch": _lines([f"        case {place}: return {place * 7};" for place in range(250)]),
    "html rows": _lines(["<tr><td></td><td></td><td></td><td></td></tr>"] * 70),
    "ascii art": _lines(["#" * 80, *["#" + " " * 78 + "#"] * 30, "#" * 80]),
    "ascii wave": _lines([" " * (place % 40) + "*" + "-" * (79 - place % 40) for place in range(100)]),
    "box drawing": _lines(["┌" + "─" * 200 + "┐", *["│" + " " * 200 + "│"] * 12, "└" + "─" * 200 + "┘"]),
    "rules between parts": "\n".join(f"{'=' * 79}\n{word}\n{'=' * 79}\n{prose(12)}" for word in WORDS[:25]),
    "base64": base64.b64encode(_DICE.randbytes(6_000)).decode(),
    "base64 of zeros": base64.b64encode(bytes(6_000)).decode(),
    "hex dump": _lines([f"{place:08x}  " + "00 " * 16 for place in range(0, 2_000, 16)]),
    "csv": _lines([f"{place},open,Berlin,{place * 3}" for place in range(250)]),
    "csv of empty cells": _lines([f"{place},,,,,,," for place in range(400)]),
    "csv of nulls": _lines(["NULL,NULL,NULL,NULL"] * 150),
    "csv of few words": _lines(
        [",".join((_DICE.choice(_COLOURS), _DICE.choice(_SIZES), _DICE.choice(_THINGS))) for _ in range(300)]
    ),
    "poem with a refrain": "".join(f"{prose(28)}\n{_REFRAIN}" for _ in range(20)),
    "song": _lines(["na na na na na na na na"] * 20 + ["hey hey hey, good night"] * 4 + [prose(30)]),
    "counting song": _lines(
        [f"{place} green bottles hanging on the wall, {place} green bottles hanging." for place in range(99, 0, -1)]
    ),
    "every combination": _lines(
        [f"- a {size} {colour} {thing}" for size in _SIZES for colour in _COLOURS for thing in _THINGS * 2]
    ),
    "checklist": _lines([f"- [ ] Check the {word} and write down what you saw" for word in WORDS[:120]]),
    "dna": "".join(_DICE.choices("ACGT", k=5_000)),
    "bits": " ".join(_DICE.choices("01", k=3_000)),
    "log": _lines([f"12:{place // 60:02}:{place % 60:02} INFO request was handled in 3 ms" for place in range(180)]),
    "dialogue": _lines([f"A: Is it {word}?\nB: No, it is not." for word in WORDS[:150]]),
    "chinese": _lines([f"第{place}条 本合同自双方签字之日起生效。" for place in range(200)]),
    "long division": _lines([f"1/7 = 0.{'142857' * 300}"]),
    "blank page": "\n" * 1_500,
}
"""Repetition with a reason: none of it is a runaway."""

_OBJECT = {"description": "copper kettle", "quantity": 2, "unit_price": 19.5, "note": "as ordered by phone"}
_THOUGHTS = (
    "Wait, let me check that once more. ",
    "I should read the question again. ",
    "Is that what was asked for? ",
)

LOOPS: Mapping[str, tuple[str, int]] = {
    "a sentence": ("I need to check the answer again. ", 1_300),
    "a paragraph": (prose(60), 3_500),
    "a long passage": (prose(250), 12_000),
    "a line of a list": ("- Make sure that the answer is complete\n", 1_300),
    "a reasoning step": ("<step>Now I will look at the next line of it.</step>\n", 1_300),
    "two words": ("very good ", 4_200),
    "one word": ("the ", 4_200),
    "syllables": ("lalo", 4_200),
    "one letter": ("a", 12_200),
    "a mark": ("!", 12_200),
    "a rule": ("-=", 12_200),
    "zeros": ("0, ", 12_200),
    "line ends": ("\n", 4_200),
    "chinese": ("对不起。我不能回答。", 4_200),
    "an emoji": ("\U0001f600", 12_200),
    "escapes in a string": ("\\n", 4_200),
    "an answer": (json.dumps({"label": "billing"}) + "\n", 4_200),
    "an item": (json.dumps(_OBJECT) + ", ", 2_000),
    "an item indented": (json.dumps(_OBJECT, indent=4) + ",\n", 2_000),
    "a function": (_CODE.format(1), 2_000),
}
"""What is repeated without an end, and the characters within which that must be seen."""


def shuffled(count: int) -> str:
    """The same few thoughts in one order or another."""
    return "".join(_DICE.choices(_THOUGHTS, k=count))


def respaced(count: int) -> str:
    """The same object over and over, each time with other white space."""
    return "[" + ",".join(json.dumps(_OBJECT, indent=_DICE.choice([None, 1, 2, 3])) for _ in range(count))
