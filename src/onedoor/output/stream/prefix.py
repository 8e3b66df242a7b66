"""The value of an answer while it is being written: only what is certain, and whether it can still come right."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from onedoor.output.contract import Failure
from onedoor.output.stream.judge import Judge
from onedoor.output.stream.scan import Scanner
from onedoor.output.stream.start import Start


class Prefix:
    """Reads a JSON object or array out of an answer piece by piece, each character once.

    The value begins at the first `{` or `[` outside of a reasoning block (`<think>` and the like); a bracket that no
    JSON follows is prose. It ends with its own bracket; what comes after is not read. Where the text is not strict
    JSON, or names a key twice, reading stops: `lost`.

    `value` only ever grows. Strings grow by whole characters; keys come once complete; numbers, true, false, null,
    and strings an enum or const limits come once something follows them.

    `hopeless` is the first thing recovery could not mend: a wrong type inside the value, no member of an enum begins
    so, maxItems, maxLength or maxProperties passed, six unknown keys in an object that may have none, more than 128
    levels, a colon where a key or value should be. Missing keys, bounds, patterns and formats are left to the
    validation of the whole.
    """

    __slots__ = ("_judge", "_scanner", "_start")

    def __init__(self, schema: Mapping[str, Any] | None = None) -> None:
        self._judge = None if schema is None else Judge(schema)
        self.reset()

    def reset(self) -> None:
        """Forget all pieces: the answer begins again."""
        self._start = Start()
        self._scan()

    def feed(self, piece: str) -> bool:
        """Take the next piece; whether the value grew."""
        at, scanner = 0, self._scanner
        while at < len(piece) and not scanner.over:
            if not scanner.inside and (at := self._start.find(piece, at)) == len(piece):
                break
            at = scanner.feed(piece, at)
            if scanner.prose:
                scanner = self._scan()
        grew = scanner.grew and scanner.begun
        scanner.grew = False
        return grew

    @property
    def value(self) -> Any:
        """The committed value, None before it begins. It is the same object throughout and grows: copy what you keep.

        Costs the length of the string still open, nothing else.
        """
        return self._scanner.settle()

    @property
    def done(self) -> bool:
        """Whether the value is whole."""
        return self._scanner.whole

    @property
    def lost(self) -> bool:
        """Whether reading stopped before the value was whole; the rest is for recovery."""
        return self._scanner.over and not self._scanner.whole

    @property
    def hopeless(self) -> Failure | None:
        """Why the whole answer can't fulfil the schema any more; None while it can."""
        return self._scanner.failure

    @property
    def malformed(self) -> bool:
        """Whether it is hopeless by its form, whatever the schema."""
        return self._scanner.malformed

    def _scan(self) -> Scanner:
        if self._judge is not None:
            self._judge.reset()
        self._scanner = Scanner(self._judge)
        return self._scanner
