"""Which SQLite may share a write-ahead log between processes.

From 3.7.0 to 3.51.2 two connections that write and checkpoint at once can lose commits or damage the file (the
WAL-reset bug). It is mended in 3.51.3, in 3.50.7 and 3.44.6 on their branches; 3.52.0 was withdrawn.
"""

from __future__ import annotations

_MENDED = (3, 51, 3)
_BACKPORTS = {(3, 50): 7, (3, 44): 6}
_WITHDRAWN = (3, 52, 0)


def wal_is_safe(version: str) -> bool:
    """Whether this SQLite ("3.51.3") has the WAL-reset bug mended."""
    major, minor, patch = (int(part) for part in version.split(".")[:3])
    if (major, minor, patch) == _WITHDRAWN:
        return False
    return (major, minor, patch) >= _MENDED or patch >= _BACKPORTS.get((major, minor), patch + 1)
