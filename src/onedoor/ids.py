"""Names that sort by time and need nobody's leave."""

from __future__ import annotations

import os


def new_id(now: float) -> str:
    """A UUIDv7 (RFC 9562): sorts by time, unique without asking anyone. `now` is seconds since the epoch."""
    random = int.from_bytes(os.urandom(10))
    value = int(now * 1000) << 80 | 0x7 << 76 | (random >> 68) << 64 | 0b10 << 62 | random & (1 << 62) - 1
    text = f"{value:032x}"
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"
