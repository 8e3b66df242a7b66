"""A text inside a text: decoded, smuggled or hidden, with where it stands."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class View:
    """Another reading of a part of a text.

    text        what is to be scanned, canonical itself
    how         how it was read: "base64", "base64>rot13", "html comment"
    start, end  the part in the original text, in code points
    cut         whether a bound cut something off here
    """

    text: str
    how: str
    start: int
    end: int
    cut: bool = False
