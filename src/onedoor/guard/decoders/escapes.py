"""Characters written by number in the midst of a text: percent, backslash, entity, quoted-printable."""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from urllib.parse import unquote

from onedoor.guard.decoders.blobs import Blob, spans, stretches


@dataclass(frozen=True, slots=True)
class Escape:
    """A way to write single characters by number.

    least  how many of them make a text that is worth reading
    """

    how: str
    mark: str
    found: re.Pattern[str]
    read: Callable[[str], str]
    least: int = 3


_BACKSLASH = re.compile(
    r"\\(?:u\{([0-9a-fA-F]{1,6})\}|u([0-9a-fA-F]{4})|x([0-9a-fA-F]{2})|U([0-9a-fA-F]{8})|([0-3][0-7]{2}))"
    r"|U\+([0-9A-Fa-f]{4,6}) ?"
)
_QUOTED = re.compile(r"(?<!=)=[0-9A-F]{2}")
_QUOTED_LETTER = re.compile(r"=(?:[0-9A-F][A-F]|[A-F][0-9])")
_QUOTED_RUN = re.compile(r"(?<!=)(?:=[0-9A-F]{2})+|(?<!=)=\n")


def _percent(text: str) -> str:
    return unquote(text.replace("+", " ") if " " not in text else text, errors="replace")


def _backslash(text: str) -> str:
    return _BACKSLASH.sub(_letter, text)


def _letter(found: re.Match[str]) -> str:
    code = int(found[5], 8) if found[5] else int(next(filter(None, found.groups())), 16)
    return chr(code) if code < 0x110000 and not 0xD800 <= code < 0xE000 else "\ufffd"


def _quoted(text: str) -> str:
    """Quoted-printable; where every number is decimal, as in `width=20`, it is none."""
    if _QUOTED_LETTER.search(text) is None:
        return text
    return _QUOTED_RUN.sub(lambda run: bytes.fromhex(run[0].replace("=", "").strip()).decode(errors="replace"), text)


ESCAPES = (
    Escape("percent", "%", re.compile(r"%[0-9a-fA-F]{2}"), _percent),
    Escape(
        "entities", "&", re.compile(r"&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z]{2,8};)"), html.unescape, least=2
    ),
    Escape("backslash", "\\", _BACKSLASH, _backslash),
    Escape("backslash", "U+", _BACKSLASH, _backslash),
    Escape("quoted-printable", "=", _QUOTED, _quoted),
)


def escapes(text: str) -> Iterator[Blob]:
    """Texts with escapes in them, read."""
    for escape in ESCAPES:
        if escape.mark in text:
            yield from _read(text, escape)


def _read(text: str, escape: Escape) -> Iterator[Blob]:
    for start, end in stretches(text, spans(escape.found, text), least=escape.least):
        said = escape.read(text[start:end])
        if said != text[start:end] and _is_text(said):
            yield Blob(start, end, said, escape.how)


def _is_text(said: str) -> bool:
    sample = said[:2000]
    plain = sum(letter.isprintable() or letter.isspace() for letter in sample)
    worded = sum(letter.isalnum() or letter.isspace() for letter in sample)
    return plain > 0.95 * len(sample) and worded > 0.6 * len(sample) and sample.count("\ufffd") < 2
