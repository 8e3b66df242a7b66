"""A line about something under way: it changes at a terminal, and comes now and then elsewhere."""

from __future__ import annotations

import sys
import time

from onedoor.cli import out

WIDTH = 24
OFTEN, SELDOM = 0.1, 10.0
"""Seconds between two changes at a terminal, and between two lines where nobody looks on."""


class Live:
    """The line, on stderr."""

    def __init__(self) -> None:
        self.terminal = sys.stderr.isatty()
        self._put_at = 0.0 if self.terminal else time.monotonic()

    def due(self) -> bool:
        """Whether it is time to say something again."""
        return time.monotonic() - self._put_at >= (OFTEN if self.terminal else SELDOM)

    def put(self, line: str) -> None:
        """Say it, in place of what was said before where that can be."""
        self._put_at = time.monotonic()
        if self.terminal:
            sys.stderr.write(f"\r\x1b[K{line}")
            sys.stderr.flush()
        else:
            out.say(line)

    def leave(self) -> None:
        """Let the line stand; what is said next begins below it."""
        if self.terminal:
            out.say()


def bar(share: float) -> str:
    """How much of it is done."""
    filled = min(WIDTH, round(share * WIDTH))
    return f"{'█' * filled}{'░' * (WIDTH - filled)}"


def left(seconds: float | None) -> list[str]:
    """How long it takes still, where that is known."""
    if not seconds:
        return []
    return [f"{seconds / 60:.0f} min left" if seconds >= 120 else f"{seconds:.0f} s left"]
