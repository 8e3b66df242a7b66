"""Words spelled otherwise: letters apart, words run together, leetspeak, letters shuffled, words backwards."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from functools import cache

from onedoor.guard.decoders.blobs import LONGEST_LINE, Blob, new_words, spans, stretches
from onedoor.guard.words import PLAIN, TRIGGERS, plainness

_APART = re.compile(r"(?<!\S)\S(?:[ \n]\S(?!\S)){4,20000}")
_GAP = re.compile(r"\s{2,}")
_DOTTED = re.compile(r"(?<!\w)\w(?:([.\-_*/|,·•~+=:;])\w(?!\w))(?:\1\w(?!\w)){1,200}")
_RUN_ON = re.compile(r"(?<![\w./-])[A-Za-z_]{14,200}(?![\w/])")
_HUMP = re.compile(r"(?<=[a-z])(?=[A-Z])|_")
_TOKEN = re.compile(r"[\w@$!|+€]+")
_LEET = str.maketrans("013456789@$!|+€", "oieasgtbgasiite")
_LEET_L = str.maketrans("013456789@$!|+€", "oleasgtbgaslite")
LEET_SIGN = re.compile(
    r"[013457@$|](?=[A-Za-z])(?<![0-9.,][0-9])(?!(?:st|nd|rd|th|s|x|k|m|g|h|d|b|p|kg|km|cm|mm|ml|pm|am|px|ms|[KMGT]i?B)\b)"
)
_BACKWARDS = re.compile(
    r"\b(?:instructions?|rules|guidelines|directives|commands) "
    r"(?:(?:previous|prior|earlier|above|your|the|my|these|of) ){0,3}(?:all |any )?"
    r"(?:ignore|disregard|forget|override|bypass)\b|\bprompt system (?:your|the|hidden|secret)\b",
    re.I,
)
_LONGEST_RUN = 4_000
_AMBIGUOUS = frozenset(("conversation",))
"""Trigger words that are another word with its letters in another order: conservation."""
_ALPHA = re.compile(r"[A-Za-z]+")


def apart(text: str, original: Callable[[int, int], str]) -> Iterator[Blob]:
    """Letters with blanks between them. A wide gap between two words stands only in the original."""
    for run, _ in zip(_APART.finditer(text), range(20), strict=False):
        written = original(*run.span())[: 2 * LONGEST_LINE]
        split = [part for part in _GAP.split(written) if part]
        parts = ["".join(part.split()) for part in split]
        said = " ".join(parts) if len(parts) > 1 else segmented(parts[0][:_LONGEST_RUN] if parts else "")
        if plainness(said) > 0.3:
            yield Blob(run.start(), run.end(), said, "spaced letters", run.end() - run.start() > LONGEST_LINE)


def dotted(text: str) -> Iterator[Blob]:
    """Letters with dots, hyphens or strokes between them."""
    for start, end in stretches(text, spans(_DOTTED, text)):
        said = _DOTTED.sub(lambda run: run[0].replace(run[1], ""), text[start:end])
        if any(len(word) > 2 for word in new_words(said, text[start:end])):
            yield Blob(start, end, said, "dotted letters")


def run_together(text: str) -> Iterator[Blob]:
    """Words without blanks between them, in lower case, in camel case or with underscores."""
    for run, _ in zip(_RUN_ON.finditer(text), range(50), strict=False):
        said = segmented(run[0]) if _HUMP.search(run[0]) is None else _HUMP.sub(" ", run[0])
        parts = said.lower().split()
        if _is_speech(said, parts) and any(part in TRIGGERS and len(part) > 4 for part in parts):
            yield Blob(run.start(), run.end(), said, "run together")


def _is_speech(said: str, parts: list[str]) -> bool:
    return len(parts) > 3 and len(said) > 4.2 * len(parts) and plainness(said) > 0.7


def segmented(letters: str) -> str:
    """A text without blanks, cut into plain words; what is between them stays in one piece."""
    low = letters.lower()
    if len(low) != len(letters):
        return letters
    least: list[tuple[float, int]] = [(0.0, 0)]
    for end in range(1, len(low) + 1):
        ways = [(least[end - 1][0] + 1.0, end - 1)]
        ways += [
            (least[end - size][0] + 0.4 / size, end - size)
            for size in range(2, min(end, 15) + 1)
            if low[end - size : end] in PLAIN
        ]
        least.append(min(ways))
    return _joined(letters, least)


def _joined(letters: str, least: list[tuple[float, int]]) -> str:
    parts, end, lone = list[str](), len(letters), False
    while end:
        start = least[end][1]
        if end - start == 1 and lone:
            parts[-1] = letters[start] + parts[-1]
        else:
            parts.append(letters[start:end])
        lone, end = end - start == 1, start
    return " ".join(reversed(parts))


def leet(text: str) -> Iterator[Blob]:
    """Digits and signs for letters."""
    for start, end in stretches(text, spans(LEET_SIGN, text)):
        said = _TOKEN.sub(_unleet, text[start:end])
        new = new_words(said, text[start:end])
        if sum(len(word) > 2 for word in new) > 1 or any(len(word) > 4 for word in new):
            yield Blob(start, end, said, "leetspeak")


def _unleet(token: re.Match[str]) -> str:
    word = token[0].rstrip("!|+")
    tail = token[0][len(word) :]
    if word.isalpha() or not word.isascii():
        return token[0]
    ways = [word.lower().translate(table) for table in (_LEET, _LEET_L)]
    plain = next((way for way in ways if way in PLAIN), "")
    if plain or (any(letter.isalpha() for letter in word) and ways[0].isalpha()):
        return (plain or ways[0]) + tail
    return token[0]


@cache
def _shuffles() -> Mapping[str, str]:
    long = [word for word in TRIGGERS if len(word) > 5 and word.isascii() and word not in _AMBIGUOUS]
    return {_shuffle_key(word): word for word in long}


def _shuffle_key(word: str) -> str:
    return word[0] + "".join(sorted(word[1:-1])) + word[-1]


@cache
def shuffle_ends() -> frozenset[tuple[int, int, int]]:
    """First letter, last letter and length of the words that are looked for shuffled."""
    return frozenset((ord(word[0]), ord(word[-1]), len(word)) for word in _shuffles().values())


def shuffled(suspects: list[bytes]) -> dict[str, str]:
    """Those of these words that are a trigger word with its inner letters in disorder."""
    known = _shuffles()
    written = {word.decode("utf-8", "replace") for word in suspects}
    read = {word: known.get(_shuffle_key(word), word) for word in written}
    return {word: right for word, right in read.items() if right != word and word not in PLAIN}


def unshuffled(text: str, wrong: Mapping[str, str]) -> Iterator[Blob]:
    """The lines in which such words stand, with the words put right."""
    places = (found.span() for found in _ALPHA.finditer(text) if found[0].lower() in wrong)
    for start, end in stretches(text, places):
        said = _ALPHA.sub(lambda word: wrong.get(word[0].lower(), word[0]), text[start:end])
        yield Blob(start, end, said, "shuffled letters")


def backwards(text: str) -> Iterator[Blob]:
    """The words of a line in reverse order, where a line ends as a sentence begins."""
    for start, end in stretches(text, spans(_BACKWARDS, text)):
        yield Blob(start, end, " ".join(text[start:end].split()[::-1]), "words backwards")
