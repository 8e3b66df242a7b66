"""Letters as signs: Morse and braille."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from onedoor.guard.decoders.blobs import LONGEST_LINE, Blob
from onedoor.guard.words import plainness

_CODES = (
    ".- -... -.-. -.. . ..-. --. .... .. .--- -.- .-.. -- -. --- .--. --.- .-. ... - ..- ...- .-- -..- -.-- --.. "
    "----- .---- ..--- ...-- ....- ..... -.... --... ---.. ----."
)
_MORSE = dict(zip(_CODES.split(), "abcdefghijklmnopqrstuvwxyz0123456789", strict=True))
_MORSE |= {".-.-.-": ".", "--..--": ",", "..--..": "?", ".----.": "'", "-.-.--": "!", "---...": ":", "-....-": "-"}
_MORSE_RUN = re.compile(r"[.\-](?<![\w.\-].)[.\-]{0,5}(?:[ /|\n]{1,5}[.\-]{1,6}){4,20000}(?![.\-])")
_WORD_GAP = re.compile(r"\s*[/|\n]\s*|\s{2,}")
_SAME_DOT = str.maketrans("·•∙⋅–—−_", "....----")
_DOTS = "⠁⠃⠉⠙⠑⠋⠛⠓⠊⠚⠅⠇⠍⠝⠕⠏⠟⠗⠎⠞⠥⠧⠺⠭⠽⠵⠂⠆⠒⠲⠖⠦⠄⠤⠀"
_BRAILLE = str.maketrans(_DOTS, "abcdefghijklmnopqrstuvwxyz,;:.!?'- ", "⠠⠼")
_BRAILLE_RUN = re.compile(r"[\u2800-\u28ff](?:\s?[\u2800-\u28ff]){3,20000}")


def morse(text: str, original: Callable[[int, int], str]) -> Iterator[Blob]:
    """Morse, with a blank between letters and a stroke or a wide gap between words: the gap stands in the original."""
    plain = text if text.isascii() else text.translate(_SAME_DOT)
    for run, _ in zip(_MORSE_RUN.finditer(plain), range(20), strict=False):
        written = original(*run.span())[:LONGEST_LINE].translate(_SAME_DOT)
        said = " ".join(_letters(word) for word in _WORD_GAP.split(written))
        yield from _blob(run, said, "morse")


def _letters(word: str) -> str:
    return "".join(_MORSE.get(code, "") for code in word.split())


def braille(text: str) -> Iterator[Blob]:
    for run, _ in zip(_BRAILLE_RUN.finditer(text), range(20), strict=False):
        yield from _blob(run, run[0][:LONGEST_LINE].translate(_BRAILLE), "braille")


def _blob(run: re.Match[str], said: str, how: str) -> Iterator[Blob]:
    if plainness(said) > 0.2:
        yield Blob(run.start(), run.end(), said, how, run.end() - run.start() > LONGEST_LINE)
