"""Rows in a dict, for decisions that are tested without a store."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeVar

import msgspec

R = TypeVar("R", bound=msgspec.Struct)


class DictRows:
    """Rows of one transaction after another; `writes` counts what was put or deleted."""

    def __init__(self) -> None:
        self.kept: dict[str, msgspec.Struct] = {}
        self.writes = 0

    def get(self, key: str, kind: type[R]) -> R | None:
        row = self.kept.get(key)
        assert row is None or isinstance(row, kind)
        return row

    def put(self, key: str, row: msgspec.Struct) -> None:
        self.writes += 1
        self.kept[key] = row

    def delete(self, key: str) -> None:
        self.writes += 1
        self.kept.pop(key, None)

    def scan(self, prefix: str, kind: type[R]) -> Iterator[tuple[str, R]]:
        for key in sorted(self.kept):
            if key.startswith(prefix):
                row = self.kept[key]
                assert isinstance(row, kind)
                yield key, row
