"""Names that sort by time and need nobody's leave."""

from __future__ import annotations

import os


def new_id(now: float) -> str:
    """A UUIDv7 (RFC 9562): sorts by time, unique without asking anyone. `now` is seconds since the epoch."""
    since, random = f"{int(now * 1000):012x}", os.urandom(10)
    digits, variant = random.hex(), "89ab"[random[9] & 0b11]
    return f"{since[:8]}-{since[8:]}-7{digits[:3]}-{variant}{digits[3:6]}-{digits[6:18]}"
