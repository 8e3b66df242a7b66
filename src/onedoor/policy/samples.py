"""Which calls a sample takes."""

from __future__ import annotations

import hashlib


def drawn(call: str, share: float) -> bool:
    """Whether the call of this id is in the sample: the same for the same id, and a share of all ids."""
    if share >= 1:
        return True
    digest = hashlib.blake2b(call.encode(), digest_size=8, person=b"sample").digest()
    return int.from_bytes(digest) < share * 2**64
