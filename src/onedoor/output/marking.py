"""Text of others put into a prompt so that it can't pass for the prompt."""

from __future__ import annotations

import hashlib


def mark(*texts: str) -> str:
    """A word that doesn't occur in these texts and that their authors couldn't know.

    It is made of their hash: the same texts give the same prompt, which can be cached, and no text holds its own hash.
    """
    digest = hashlib.sha256("\x1f".join(texts).encode("utf-8", "surrogatepass")).hexdigest()
    return next(word for word in _words(digest) if not any(word in text for text in texts))


def _words(digest: str) -> tuple[str, ...]:
    return tuple(digest[:size] for size in (16, 32, 64))


def fenced(text: str, marker: str, *, what: str = "data") -> str:
    """A text between two lines that carry the marker; the marker itself is taken out of it."""
    inner = text.replace(marker, "…") if marker else text
    return f"<{what} {marker}>\n{inner}\n</{what} {marker}>"
