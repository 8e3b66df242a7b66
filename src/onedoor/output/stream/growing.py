"""The value being built: the containers open, and where the next part goes."""

from __future__ import annotations

from typing import Any

from onedoor.output.pointers import pointer


class Growing:
    """A JSON value that only gets more. `listing` says whether the innermost container open is an array."""

    __slots__ = ("_box", "_open", "key", "listing", "root")

    def __init__(self) -> None:
        self.root: Any = None
        self.key = ""
        self.listing = False
        self._box: Any = None
        self._open: list[Any] = []

    @property
    def depth(self) -> int:
        return len(self._open)

    @property
    def path(self) -> str:
        """Where the innermost container is, as a JSON Pointer."""
        return pointer(len(box) - 1 if type(box) is list else next(reversed(box)) for box in self._open[:-1])

    def knows(self, key: str) -> bool:
        """Whether the innermost object has that key already."""
        return key in self._box

    def put(self, value: Any) -> None:
        """Append to the array, or set the current key."""
        if self.listing:
            self._box.append(value)
        else:
            self._box[self.key] = value

    def replace(self, text: str) -> None:
        """The string put last, longer."""
        self._box[-1 if self.listing else self.key] = text

    def enter(self, box: list[Any] | dict[str, Any]) -> None:
        """A container begins; the first is the root."""
        if self.root is None:
            self.root = box
        else:
            self.put(box)
        self._open.append(box)
        self._top()

    def leave(self) -> None:
        """The innermost container is over."""
        self._open.pop()
        self._top()

    def _top(self) -> None:
        self._box = self._open[-1] if self._open else None
        self.listing = type(self._box) is list
