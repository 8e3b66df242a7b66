"""The rows of a state nobody has used yet."""

from __future__ import annotations

from collections.abc import Iterator

from onedoor.policy.rows import R, Rows


class Nothing:
    """Rows of which there are none."""

    def get(self, key: str, kind: type[R]) -> R | None:
        return None

    def put(self, key: str, row: object) -> None:
        raise TypeError("what isn't there can't be changed")

    def delete(self, key: str) -> None:
        raise TypeError("what isn't there can't be changed")

    def scan(self, prefix: str, kind: type[R]) -> Iterator[tuple[str, R]]:
        return iter(())


NOTHING: Rows = Nothing()
