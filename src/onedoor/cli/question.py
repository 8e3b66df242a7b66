"""The question of `onedoor ask`: its words, stdin, and the files that go with it."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from onedoor.errors import InvalidCall
from onedoor.messages import Prompt
from onedoor.sync import Door
from onedoor.types import Document, Image, Message, Text

PICTURES = ((b"\x89PNG\r\n\x1a\n", "image/png"), (b"\xff\xd8\xff", "image/jpeg"), (b"GIF8", "image/gif"))


@dataclass(frozen=True, slots=True)
class Asked:
    """What a command line asks: words and pictures or a template, and the texts it is about."""

    message: Message | None
    template: str
    values: Mapping[str, str | Document]
    documents: tuple[Document, ...]

    @classmethod
    def of(cls, words: Sequence[str], files: Sequence[str], template: str | None, given: Sequence[str]) -> Asked:
        """Read it all. Raises InvalidCall for what can't be read, or doesn't go together."""
        if given and not template:
            raise InvalidCall("--set fills a template; name it with --template")
        if template and words:
            raise InvalidCall("give the words of a prompt or --template, not both")
        read = [_file(Path(name)) for name in files]
        pictures = [one for one in read if isinstance(one, Image)]
        if template and pictures:
            raise InvalidCall("a template takes no pictures; give them with a prompt")
        message = None if template else Message("user", (*pictures, Text(_asked(words))))
        documents = tuple(one for one in read if isinstance(one, Document))
        return cls(message, template or "", values(given), documents)

    def prompt(self, door: Door) -> Prompt:
        """What the door is asked."""
        return door.template(self.template, **self.values) if self.message is None else [self.message]


def values(given: Sequence[str]) -> dict[str, str | Document]:
    """What fills a template: NAME=TEXT, or NAME=@FILE, which is a document and so never among the orders."""
    return dict(map(_value, given))


def _value(given: str) -> tuple[str, str | Document]:
    name, equals, text = given.partition("=")
    if not equals or not name:
        raise InvalidCall(f"--set {given!r}: write NAME=TEXT, or NAME=@FILE for a document")
    if not text.startswith("@"):
        return name, _utf8(text, f"--set {name}")
    read = _file(Path(text[1:]))
    if isinstance(read, Image):
        raise InvalidCall(f"--set {name}: {text[1:]} is a picture; give it with --file")
    return name, read


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


def _file(path: Path) -> Image | Document:
    """A picture, or a text under its name; the content tells which."""
    try:
        content = path.read_bytes()
        picture = _picture(content)
        if picture:
            return Image(content, media_type=picture)
        return Document(content.decode("utf-8"), path.name)
    except UnicodeDecodeError as error:
        raise InvalidCall(f"{path} is neither a picture (PNG, JPEG, GIF, WebP) nor UTF-8 text") from error
    except OSError as error:
        raise InvalidCall(f"{path} can't be read: {error.strerror}") from error


def _picture(content: bytes) -> str:
    """The media type of a picture by its first bytes, else empty."""
    if content.startswith(b"RIFF") and content[8:12] == b"WEBP":
        return "image/webp"
    return next((media_type for mark, media_type in PICTURES if content.startswith(mark)), "")
