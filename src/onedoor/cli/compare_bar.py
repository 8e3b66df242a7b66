"""How far a comparison is: one line that changes at a terminal, a line now and then elsewhere."""

from __future__ import annotations

import time

from onedoor.cli import out
from onedoor.cli.live import Live, bar, left
from onedoor.quality.comparison import Comparison
from onedoor.quality.forecast import Progress


class Bar:
    """Told of every answer; shows what there is to show on stderr."""

    def __init__(self, *, cap: float | None) -> None:
        self._cap = cap
        self._live = Live()
        self._begun: float | None = None
        self._last = Progress(0)
        self._warned = False

    def __call__(self, progress: Progress) -> None:
        self._last = progress
        self._warn(progress)
        first = self._begun is None
        if first or self._live.due() or progress.done >= progress.total:
            self._begun = time.monotonic() if self._begun is None else self._begun
            self._live.put(self._line(progress, self._begun))

    def end(self) -> None:
        """Leave the last line as it stands."""
        if self._live.terminal and self._begun is not None:
            self._live.put(self._line(self._last, self._begun))
            self._live.leave()

    def stop(self, why: str) -> None:
        """It ends before its end."""
        self.end()
        out.say(why, colour="yellow")

    def capped(self, found: Comparison) -> None:
        """What to do when the cap is reached."""
        left = found.ended.progress.total - found.ended.progress.done
        out.say(f"the cap is reached with {left} still to ask: {found.ended.capped}", colour="yellow")
        out.say("go on with the same command and a higher --cap, or bound each answer with --max-tokens (--fresh then)")

    def _line(self, progress: Progress, begun: float) -> str:
        parts = [f"{progress.done}/{progress.total}"]
        if self._live.terminal:
            parts.insert(0, bar(progress.done / progress.total if progress.total else 1.0))
        if progress.failed:
            parts.append(f"{progress.failed} failed")
        parts.append(f"${progress.spent / 1e9:.4f}")
        if progress.unpriced:
            parts.append(f"{progress.unpriced} unpriced")
        expected = progress.forecast
        if expected is not None and progress.done < progress.total:
            parts.append(f"forecast {expected}")
        return "  ".join([*parts, *left(_ahead(progress, begun))])

    def _warn(self, progress: Progress) -> None:
        """Say once that the cap won't do."""
        if self._warned or self._cap is None:
            return
        expected = progress.forecast
        if expected is None or expected.nano_usd <= self._cap * 1e9:
            return
        self._warned = True
        self._live.leave()
        out.say(
            f"this will pass the cap of ${self._cap:g}: the forecast is {expected}; it will end there", colour="yellow"
        )


def _ahead(progress: Progress, begun: float) -> float | None:
    """Seconds it takes still, by what was asked this time."""
    asked = progress.done - progress.resumed
    return (time.monotonic() - begun) / asked * (progress.total - progress.done) if asked else None
