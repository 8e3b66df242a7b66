"""What the simulator does about one request, decided in whole before the first byte goes out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from onedoor.types import Price


@dataclass(frozen=True, slots=True)
class Piece:
    """Bytes sent `delay` seconds after the piece before; `tokens` of output are billed once it is begun."""

    delay: float
    body: bytes
    tokens: int = 0


@dataclass(frozen=True, slots=True)
class Script:
    """An answer's status, headers (names in lower case) and pieces, at least one.

    With `cut` the connection is lost after the last piece. Billed at `price`: `input` tokens, and those of the pieces.
    """

    status: int
    headers: Mapping[str, str]
    pieces: tuple[Piece, ...]
    cut: bool = False
    input: int = 0
    price: Price | None = None
