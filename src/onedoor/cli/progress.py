"""How far a comparison is: one line that changes at a terminal, a line now and then elsewhere."""

from __future__ import annotations

import sys
import time

from onedoor.cli import out
from onedoor.quality.comparison import Comparison
from onedoor.quality.forecast import Progress

WIDTH = 24
OFTEN = 0.1
"""Seconds between two changes at a terminal."""

SELDOM = 10.0
"""Seconds between two lines where nobody looks on."""


class Bar:
    """Told of every answer; shows what there is to show on stderr."""

    def __init__(self, *, cap: float | None) -> None:
        self._cap = cap
        self._live = sys.stderr.isatty()
        self._begun = time.monotonic()
        self._shown = 0.0
        self._last = Progress(0)
        self._warned = False

    def __call__(self, progress: Progress) -> None:
        self._last, now = progress, time.monotonic()
        self._warn(progress)
        if now - self._shown < (OFTEN if self._live else SELDOM) and progress.done < progress.total:
            return
        if not self._shown:
            self._begun = now
        self._shown = now
        self._put(self._line(progress, now))

    def end(self) -> None:
        """Leave the last line as it stands."""
        if self._live and self._shown:
            self._put(self._line(self._last, time.monotonic()))
            out.say()

    def stop(self, why: str) -> None:
        """It ends before its end."""
        self.end()
        out.say(why, colour="yellow")

    def capped(self, found: Comparison) -> None:
        """What to do when the cap is reached."""
        left = found.ended.progress.total - found.ended.progress.done
        out.say(f"the cap is reached with {left} still to ask: {found.ended.capped}", colour="yellow")
        out.say("go on with the same command and a higher --cap, or bound each answer with --max-tokens (--fresh then)")

    def _put(self, line: str) -> None:
        if self._live:
            sys.stderr.write(f"\r\x1b[K{line}")
            sys.stderr.flush()
        else:
            out.say(line)

    def _line(self, progress: Progress, now: float) -> str:
        share = progress.done / progress.total if progress.total else 1.0
        filled = round(share * WIDTH)
        parts = [f"{progress.done}/{progress.total}"]
        if self._live:
            parts.insert(0, f"{'█' * filled}{'░' * (WIDTH - filled)}")
        if progress.failed:
            parts.append(f"{progress.failed} failed")
        parts.append(f"${progress.spent / 1e9:.4f}")
        if progress.unpriced:
            parts.append(f"{progress.unpriced} unpriced")
        expected = progress.forecast
        if expected is not None and progress.done < progress.total:
            parts.append(f"forecast {expected}")
        return "  ".join([*parts, *self._ahead(progress, now)])

    def _ahead(self, progress: Progress, now: float) -> list[str]:
        """How long it takes still, by what was asked this time."""
        asked, left = progress.done - progress.resumed, progress.total - progress.done
        if not asked or not left:
            return []
        seconds = (now - self._begun) / asked * left
        return [f"{seconds / 60:.0f} min left" if seconds >= 120 else f"{seconds:.0f} s left"]

    def _warn(self, progress: Progress) -> None:
        """Say once that the cap won't do."""
        if self._warned or self._cap is None:
            return
        expected = progress.forecast
        if expected is None or expected.nano_usd <= self._cap * 1e9:
            return
        self._warned = True
        if self._live:
            out.say()
        out.say(
            f"this will pass the cap of ${self._cap:g}: the forecast is {expected}; it will end there", colour="yellow"
        )
