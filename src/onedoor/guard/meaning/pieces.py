"""What a token is made of, so that an inflected, misspelt or foreign word still means something."""

from __future__ import annotations

from collections.abc import Iterator

SHORTEST_PIECE, LONGEST_PIECE = 3, 5


def pieces(token: str) -> Iterator[str]:
    """The token, then a word's runs of three to five letters, edges included, or the beginnings of an unspaced one."""
    yield token
    if token[0] == " ":
        last = min(LONGEST_PIECE, len(token) - 1)
        for size in range(SHORTEST_PIECE, last + 1):
            yield from (token[at : at + size] for at in range(len(token) - size + 1))
    else:
        yield from (token[:end] for end in range(2, len(token)))
