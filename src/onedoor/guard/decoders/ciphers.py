"""Letters put for other letters: rot13 and every other shift, atbash, reversal, pig latin, upside down."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache, partial

from onedoor.guard.decoders.blobs import LONGEST_LINE, Blob, around, is_plainer, segments, stretches
from onedoor.guard.words import PLAIN, STOP_WORDS, TRIGGERS, plainness

_LETTERS = "abcdefghijklmnopqrstuvwxyz"
_WORD = re.compile(r"[^\W_]+(?:'[^\W_]+)?")
_PIG = re.compile(r"\b([A-Za-z]{1,20}?)(w|y|[bcdfghjklmnpqrstvwxz]{0,4}u?)ay\b")
_FLIPPED = str.maketrans("ɐqɔpǝɟƃɓɥᴉıɾʞןɯuodbɹsʇnʌʍxʎz", "abcdefgghiijklmnopqrstuvwxyz")
_TURNED = re.compile("[ɐɔǝɟɥɾʞɯɹʇʌʍʎ]")


def _shifted(text: str, shift: int) -> str:
    return text.translate(_shift_table(shift))


@cache
def _shift_table(shift: int) -> dict[int, int]:
    turned = _LETTERS[shift:] + _LETTERS[:shift]
    return str.maketrans(_LETTERS + _LETTERS.upper(), turned + turned.upper())


def _atbash(text: str) -> str:
    return text.translate(str.maketrans(_LETTERS + _LETTERS.upper(), _LETTERS[::-1] + _LETTERS[::-1].upper()))


def _reversed(text: str) -> str:
    return text[::-1]


def _words_reversed(text: str) -> str:
    return _WORD.sub(lambda word: word[0][::-1], text)


def _pig_latin(text: str) -> str:
    return _PIG.sub(_unpigged, text)


def _unpigged(word: re.Match[str]) -> str:
    """The word without its ending; of all the ways to put the head back, the one that gives a word."""
    whole = word[1] + word[2]
    ways = [whole[-size:] + whole[:-size] for size in range(1, min(5, len(whole)))]
    ways += [whole[:-1]] if whole[-1] in "wyh" else [whole]
    return next((way for way in ways if way.lower() in PLAIN), word[2] + word[1])


CIPHERS: Mapping[str, Callable[[str], str]] = {
    **{f"rot{26 - shift}": partial(_shifted, shift=shift) for shift in range(1, 26)},
    "atbash": _atbash,
    "reversal": _reversed,
    "pig latin": _pig_latin,
}


@cache
def encoded_words() -> Mapping[bytes, str]:
    """Plain words as each cipher writes them, and the cipher: what gives an encoded text away."""
    plain = [word for word in PLAIN if len(word) > 3 and word.isascii() and word.isalpha()]
    table = {encode(word): how for how, encode in _ENCODERS.items() for word in plain}
    common = [word for word in plain if word in TRIGGERS or word in STOP_WORDS]
    table |= {_shifted(word, shift): f"rot{shift}" for shift in range(1, 26) for word in common}
    return {word.encode(): how for word, how in table.items() if word not in PLAIN}


def _pigged(word: str) -> str:
    head = re.match("qu|[^aeiou]*", word)
    cluster = head[0] if head else ""
    return word[len(cluster) :] + (cluster or "w") + "ay"


_ENCODERS: Mapping[str, Callable[[str], str]] = {"atbash": _atbash, "reversal": _reversed, "pig latin": _pigged}


def deciphered(text: str, encoded: Iterable[bytes]) -> Iterator[Blob]:
    """The parts of a text that one of these encoded words stands in, read with its cipher."""
    known = encoded_words()
    hits = {word.decode() for word in encoded}
    hows = {known[word.encode()] for word in hits}
    places = {how: _places(text, {word for word in hits if known[word.encode()] == how}) for how in hows}
    for how in sorted(hows, key=lambda how: -len(places[how]))[:3]:
        yield from _read(text, how, places[how])


def _places(text: str, hits: set[str]) -> list[tuple[int, int]]:
    return [found.span() for found in _WORD.finditer(text) if found[0].lower() in hits]


def _read(text: str, how: str, places: list[tuple[int, int]]) -> Iterator[Blob]:
    for start, end in stretches(text, places):
        if said := _plainer(text[start:end], CIPHERS[how]):
            yield Blob(start, end, said, how)
        if how == "reversal" and (said := _plainer(text[start:end], _words_reversed)):
            yield Blob(start, end, said, "reversed words")


def _plainer(text: str, cipher: Callable[[str], str]) -> str:
    """The text deciphered but for the segments that are plain as they stand, "" where no segment gets plainer."""
    old = segments(text)
    if not any(is_plainer(cipher(part), part) for part in old):
        return ""
    new = [part if plainness(part) > 0.2 and not is_plainer(cipher(part), part) else cipher(part) for part in old]
    return " ".join(new) if cipher is _reversed else "".join(new)


def upside_down(text: str) -> Iterator[Blob]:
    """Letters turned upside down, to be read from the end."""
    found = list(_TURNED.finditer(text[: 10 * LONGEST_LINE]))
    if len(found) < 4:
        return
    start, end = around(text, found[0].start(), found[-1].end())
    said = _plainer(text[start:end], lambda part: part.lower().translate(_FLIPPED)[::-1])
    if said:
        yield Blob(start, end, said, "upside down")
