"""How a rail's field says which configuration key it comes from, so that `explain` can tell."""

from __future__ import annotations

from dataclasses import field
from typing import Any


def setting(key: str, **options: Any) -> Any:
    """A dataclass field set by the task's key `key`; fields without one are parts, not options, and stay unprinted."""
    return field(metadata={"key": key}, **options)


def part(**options: Any) -> Any:
    """A dataclass field the rail works with: a store, a clock. Not an option."""
    return field(repr=False, compare=False, **options)
