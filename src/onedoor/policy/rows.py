"""What a decision may read and change: keyed rows, inside one transaction.

A store loads, locks and saves; it knows no row's meaning. Keys are "kind/rest", so that one kind can be scanned.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol, TypeVar

import msgspec

R = TypeVar("R", bound=msgspec.Struct)


class Rows(Protocol):
    """Keyed rows under one lock: what is put is there for the next reader, or not at all."""

    def get(self, key: str, kind: type[R]) -> R | None:
        """The row at a key; treat it as frozen."""

    def put(self, key: str, row: msgspec.Struct) -> None:
        """Set the row at a key."""

    def delete(self, key: str) -> None:
        """Remove the row at a key, if there is one."""

    def scan(self, prefix: str, kind: type[R]) -> Iterator[tuple[str, R]]:
        """Every row whose key begins with `prefix`, in key order."""
