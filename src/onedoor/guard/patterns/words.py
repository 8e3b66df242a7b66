"""Finds the words of the lexicon in a text, with their classes and places, in one pass."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import pairwise
from typing import NamedTuple

from onedoor.guard.patterns.folding import folded
from onedoor.guard.patterns.lexicon import LEXICONS
from onedoor.guard.patterns.lexicon.terms import BIT

STEM = 4
"""Letters a stem is looked up by: no stem of spaced scripts is shorter."""

PAIR = 2
_WORD = re.compile(r"[^\W_]+")
_ASCII_WORD = re.compile(r"[a-z0-9]+")
_UNSPACED = re.compile(r"[\u0590-\u0e7f\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]{2}")
_STOP = re.compile(
    r"[.!?;\n。！？；।۔؟\":`]"  # one class first: the text is walked at its speed
    r"(?:(?<=[.!?;])(?=[\s\"')*])|(?<=\n)\s*|(?<=[。！？；।۔؟])|(?<=\")\s?[:,]|(?<=:) |(?<=`)``)"
)
SENTENCE = 25
"""Characters that the end of a sentence or line counts for."""

_WIDEST = "\u2e80"
"""From here on letters are as wide as two."""

LONGEST = 40
"""Letters of a word that are looked at."""

_MINUTE = 10
_HALF = {": ": _MINUTE, "\n": _MINUTE}

Span = tuple[int, int]
Stems = Mapping[str, tuple[tuple[str, int], ...]]


class Found(NamedTuple):
    """A word of the lexicon in a text.

    place  where it stands for distances: sentence ends count as characters, letters of wide scripts as two
    """

    place: int
    start: int
    end: int
    mask: int


@dataclass(frozen=True, slots=True)
class _Phrase:
    """Words in a row, with the place of the one it is looked up by."""

    words: tuple[str, ...]
    key: int
    rest: frozenset[str]
    mask: int


class Present(NamedTuple):
    """The classes that may occur in a text, never too few; and the words, phrases and stems within words behind them.

    spoken   all its words, in order
    phrases  by the word they are looked up by
    """

    mask: int
    spoken: Sequence[str]
    words: Mapping[str, int]
    phrases: Mapping[str, Sequence[_Phrase]]
    stems: Sequence[tuple[str, int]]


@dataclass(frozen=True, slots=True)
class _Index:
    whole: Mapping[str, int]
    stems: Stems
    pairs: Mapping[tuple[str, ...], tuple[tuple[str, int], ...]]
    phrases: Mapping[str, tuple[_Phrase, ...]]


def present(small: str) -> Present:
    """Which classes and words a folded text may hold."""
    index, every = _index(), 0
    words: dict[str, int] = {}
    spoken = (_ASCII_WORD if small.isascii() else _WORD).findall(small)
    distinct = set(spoken)
    for word in distinct:
        mask = _mask(word[:LONGEST])
        if mask:
            words[word] = mask
            every |= mask
    phrases: dict[str, list[_Phrase]] = {}
    for word in distinct & index.phrases.keys():
        for phrase in index.phrases[word]:
            if phrase.rest <= distinct:
                phrases.setdefault(word, []).append(phrase)
                every |= phrase.mask
    stems = () if small.isascii() else tuple(_clinging(small))
    for _, mask in stems:
        every |= mask
    return Present(every, spoken, words, phrases, stems)


def find(small: str, among: Present, wanted: int) -> list[Found]:
    """The words of these classes in a folded text, by place."""
    known = {word: mask & wanted for word, mask in among.words.items() if mask & wanted}
    phrases = {word: [one for one in many if one.mask & wanted] for word, many in among.phrases.items()}
    found = _spaced(small, among.spoken, known, {word: many for word, many in phrases.items() if many})
    for stem, mask in among.stems:
        if mask & wanted:
            found += ((start, start + len(stem), mask) for start in _starts(small, stem))
    return _placed(small, sorted(found))


@lru_cache(maxsize=1 << 14)
def _mask(word: str) -> int:
    """The classes of a word, however long its ending."""
    index = _index()
    return index.whole.get(word, 0) | _stemmed(index.stems.get(word[:STEM], ()), word)


def _spaced(
    small: str, words: Sequence[str], known: Mapping[str, int], phrases: Mapping[str, Sequence[_Phrase]]
) -> list[tuple[int, int, int]]:
    either = known.keys() | phrases.keys()
    found, end = [], 0
    for here in [here for here, word in enumerate(words) if word in either]:
        word = words[here]
        start = _next(small, word, end)
        end = start + len(word)
        if word in known:
            found.append((start, end, known[word]))
        for phrase in phrases.get(word, ()):
            if _said(phrase, words, here):
                found.append((*_extent(small, words[here - phrase.key :], phrase, start), phrase.mask))
    return found


def _next(small: str, word: str, start: int) -> int:
    """Where a word that is known to follow stands as a whole word."""
    while True:
        start = small.index(word, start)
        end = start + len(word)
        if not (small[start - 1 : start].isalnum() or small[end : end + 1].isalnum()):
            return start
        start += 1


def _said(phrase: _Phrase, words: Sequence[str], here: int) -> bool:
    first = here - phrase.key
    row = words[max(first, 0) : first + len(phrase.words)]
    return first >= 0 and len(row) == len(phrase.words) and all(map(_is, phrase.words, row))


def _extent(small: str, row: Sequence[str], phrase: _Phrase, at: int) -> Span:
    """From the first to the last word of a phrase whose key stands at this place."""
    start = at
    for word in reversed(row[: phrase.key]):
        start = small.rindex(word, 0, start)
    end = at
    for word in row[phrase.key : len(phrase.words)]:
        end = small.index(word, end) + len(word)
    return start, end


def _is(wanted: str, word: str) -> bool:
    return word.startswith(wanted[:-1]) if wanted[-1] == "*" else word == wanted


def _stemmed(stems: Iterable[tuple[str, int]], word: str) -> int:
    mask = 0
    for stem, bit in stems:
        if word.startswith(stem):
            mask |= bit
    return mask


def _clinging(small: str) -> Iterator[tuple[str, int]]:
    """The stems there are of scripts that write no blanks, or whose small words cling to the next."""
    if not _UNSPACED.search(small):
        return
    pairs = _index().pairs
    for pair in set(pairwise(small)) & pairs.keys():
        yield from (stem for stem in pairs[pair] if stem[0] in small)


def _starts(small: str, stem: str) -> Iterator[int]:
    start = small.find(stem)
    while start >= 0:
        yield start
        start = small.find(stem, start + 1)


def _placed(small: str, found: Sequence[tuple[int, int, int]]) -> list[Found]:
    """The words with their places: two walks side by side, over words and over what parts sentences."""
    if not found:
        return []
    between = _STOP.finditer(small, found[0][0], found[-1][0])
    stops = [(match.end(), _cost(match.group())) for match in between]
    placed, passed, shift, last = [], 0, 0, 0
    for start, end, mask in found:
        while passed < len(stops) and stops[passed][0] <= start:
            shift += stops[passed][1]
            passed += 1
        if small[start] >= _WIDEST:
            shift += start - last
        last = start
        placed.append(Found(start + shift, start, end, mask))
    return placed


def _cost(stop: str) -> int:
    return _HALF.get(stop, SENTENCE)


@cache
def _index() -> _Index:
    whole: dict[str, int] = {}
    stems: dict[str, dict[str, int]] = {}
    pairs: dict[str, dict[str, int]] = {}
    phrases: dict[tuple[str, ...], int] = {}
    for word, mask in _entries():
        if _UNSPACED.match(word):
            spelt = word.replace("_", " ")
            _add(pairs.setdefault(spelt[:PAIR], {}), spelt, mask)
        elif "_" in word:
            parts = tuple(word.split("_"))
            phrases[parts] = phrases.get(parts, 0) | mask
        elif word.endswith("*"):
            _add(stems.setdefault(word[:STEM], {}), word[:-1], mask)
        else:
            _add(whole, word, mask)
    return _Index(whole, _frozen(stems), {tuple(pair): many for pair, many in _frozen(pairs).items()}, _keyed(phrases))


def _entries() -> Iterator[tuple[str, int]]:
    for lexicon in LEXICONS:
        for term, words in lexicon.items():
            for word in words.split():
                yield folded(word), BIT[term]


def _add(into: dict[str, int], word: str, mask: int) -> None:
    into[word] = into.get(word, 0) | mask


def _frozen(table: Mapping[str, Mapping[str, int]]) -> dict[str, tuple[tuple[str, int], ...]]:
    return {key: tuple(stems.items()) for key, stems in table.items()}


def _keyed(phrases: Mapping[tuple[str, ...], int]) -> dict[str, tuple[_Phrase, ...]]:
    """Phrases by their longest word, which ordinary texts have least."""
    table: dict[str, list[_Phrase]] = {}
    for words, mask in phrases.items():
        key = max(range(len(words)), key=lambda place: 0 if words[place].endswith("*") else len(words[place]))
        rest = frozenset(word for word in words if not word.endswith("*"))
        table.setdefault(words[key], []).append(_Phrase(words, key, rest, mask))
    return {key: tuple(many) for key, many in table.items()}
