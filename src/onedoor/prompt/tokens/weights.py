"""What each kind of character, and each pattern of kinds, is worth in tokens, as `training/tokens/fit.py` prints it."""

from __future__ import annotations

from collections.abc import Mapping

Weights = tuple[int, int, int]
"""Thousandths of a token in "any", o200k and cl100k."""

EACH: Weights = (202, 161, 217)
"""Every character is worth this much, whatever else it is."""

ASCII: Mapping[bytes, Weights] = {
    b"v": (299, 272, 231),
    b"z": (572, 487, 650),
    b".": (539, 674, 509),
    b"n": (1290, 1369, 1360),
}
DIGITS: Mapping[bytes, Weights] = {
    b"0": (890, 405, 363),
    b" 0": (1075, 1786, 1677),
    b"0c": (1142, 2297, 2041),
    b"0A": (5540, 5485, 5603),
}
CAPITALS: Mapping[bytes, Weights] = {
    b"A": (165, 249, 174),
    b"Ac": (386, 0, 303),
}
PATTERNS = (ASCII, DIGITS, CAPITALS)
"""Patterns of ASCII; the second are looked for where there is a digit, the third where there is a capital."""

SCRIPTS: Mapping[bytes, Weights] = {
    b"s": (1291, 2417, 1074),
    b"l": (1425, 1063, 1472),
    b"g": (901, 376, 883),
    b"k": (635, 276, 622),
    b"h": (1087, 592, 1067),
    b"r": (1028, 473, 1006),
    b"x": (1976, 2027, 1958),
    b"I": (2730, 977, 2711),
    b"G": (2979, 3028, 2754),
    b"S": (1740, 1528, 1725),
    b"K": (822, 576, 805),
    b"H": (1433, 925, 1406),
    b"N": (1191, 672, 1173),
    b"P": (3000, 3000, 3000),
    b"F": (1759, 1488, 1741),
    b"E": (2872, 2923, 2766),
}
FINER: Mapping[bytes, Mapping[str, Weights]] = {
    b"x": {
        "d4 d5": (2327, 856, 2310),
    },
    b"I": {
        "e0a4 e0a5": (1076, 376, 1069),
        "e0b8 e0b9": (877, 389, 858),
        "e0ba e0bb e0bc e0bd e0be": (1992, 2005, 1974),
    },
    b"G": {
        "e180 e181 e182 e183 e19e e19f": (1898, 456, 1880),
        "e1ba e1bb": (996, 0, 763),
    },
    b"S": {
        "e280": (1159, 1145, 1249),
    },
    b"E": {
        "f09f": (2755, 2388, 2741),
    },
}
"""Scripts that share a first byte with others and differ from them, by how they begin: Armenian; Devanagari, Thai, Lao
and Tibetan; Myanmar, Georgian and Khmer, Vietnamese letters; dashes and quotes; emoji."""

LEADS: Mapping[bytes, str] = {
    b"s": "c2",
    b"l": "c3 c4 c5",
    b"g": "ce cf",
    b"k": "d0 d1 d2 d3",
    b"h": "d6 d7",
    b"r": "d8 d9 da db",
    b"I": "e0",
    b"G": "e1",
    b"S": "e2",
    b"K": "e3",
    b"H": "e4 e5 e6 e7 e8 e9",
    b"N": "ea eb ec ed",
    b"P": "ee",
    b"F": "ef",
}
"""The kind of a character beyond ASCII by its first UTF-8 byte: Latin, Greek, Cyrillic, Hebrew, Arabic, Han …"""
