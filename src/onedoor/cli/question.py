"""The question of `onedoor ask`: its words, stdin, and the files that go with it."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

from onedoor.errors import InvalidCall
from onedoor.types import Image, Message, Part, Text

PICTURES = ((b"\x89PNG\r\n\x1a\n", "image/png"), (b"\xff\xd8\xff", "image/jpeg"), (b"GIF8", "image/gif"))


def question(words: Sequence[str], files: Sequence[str]) -> Message:
    """One message: the files as context, then the question. Raises InvalidCall for what can't be read."""
    context = [_file(Path(name)) for name in files]
    return Message("user", (*context, Text(_asked(words))))


def _asked(words: Sequence[str]) -> str:
    """The words, stdin in place of each -, or stdin alone."""
    if not words and sys.stdin.isatty():
        raise InvalidCall("there is no question: give one, or pipe one in: echo 'a question' | onedoor ask")
    piped = _stdin() if "-" in (words or "-") else ""
    text = " ".join(piped if word == "-" else word for word in words or ("-",))
    return _utf8(text, "the question")


def _stdin() -> str:
    try:
        return _utf8(sys.stdin.read().strip(), "stdin")
    except UnicodeDecodeError as error:
        raise InvalidCall(f"stdin is not UTF-8 text: {error}") from error


def _utf8(text: str, what: str) -> str:
    """Bytes that are no text come in from outside as lone surrogates."""
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise InvalidCall(f"{what} is not UTF-8 text") from error
    return text


def _file(path: Path) -> Part:
    """A picture as it is, a text under its name; the content tells which."""
    try:
        content = path.read_bytes()
        picture = _picture(content)
        if picture:
            return Image(content, media_type=picture)
        return Text(f"--- {path.name} ---\n{content.decode('utf-8')}\n--- end of {path.name} ---\n\n")
    except UnicodeDecodeError as error:
        raise InvalidCall(f"{path} is neither a picture (PNG, JPEG, GIF, WebP) nor UTF-8 text") from error
    except OSError as error:
        raise InvalidCall(f"{path} can't be read: {error.strerror}") from error


def _picture(content: bytes) -> str:
    """The media type of a picture by its first bytes, else empty."""
    if content.startswith(b"RIFF") and content[8:12] == b"WEBP":
        return "image/webp"
    return next((media_type for mark, media_type in PICTURES if content.startswith(mark)), "")
