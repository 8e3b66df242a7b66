"""How far a run is: one line that changes at a terminal, a line now and then elsewhere."""

from __future__ import annotations

import sys
import time

from onedoor.bulk.result import Progress
from onedoor.cli import out

WIDTH = 24
OFTEN, SELDOM = 0.1, 10.0
"""Seconds between two changes at a terminal, and between two lines where nobody looks on."""


class Bar:
    """Told of every result; shows what there is to show on stderr."""

    def __init__(self, *, budget: float | None = None) -> None:
        self._budget = budget
        self._live = sys.stderr.isatty()
        self._shown = time.monotonic() if not self._live else 0.0

    def __call__(self, progress: Progress) -> None:
        now = time.monotonic()
        if now - self._shown >= (OFTEN if self._live else SELDOM):
            self._shown = now
            self._put(shown(progress, bar=self._live, budget=self._budget))

    def end(self, progress: Progress) -> None:
        """Leave the last line as it stands."""
        self._put(shown(progress, bar=self._live, budget=self._budget))
        if self._live:
            out.say()

    def stop(self, why: str) -> None:
        """It ends before its end."""
        if self._live:
            out.say()
        out.say(why, colour="yellow")

    def _put(self, line: str) -> None:
        if self._live:
            sys.stderr.write(f"\r\x1b[K{line}")
            sys.stderr.flush()
        else:
            out.say(line)


def shown(progress: Progress, *, bar: bool = False, budget: float | None = None) -> str:
    """One line: done, failed, cached, retried, money spent and foretold, tokens a second, time left."""
    total = progress.total
    parts = [f"{progress.done}/{total}" if total is not None else f"{progress.done} done"]
    if bar and total:
        filled = min(WIDTH, round(progress.done / total * WIDTH))
        parts.insert(0, f"{'█' * filled}{'░' * (WIDTH - filled)}")
    counts = {"failed": progress.failed, "cached": progress.cached, "retried": progress.retried}
    parts += [f"{count} {name}" for name, count in counts.items() if count]
    parts.append(_money(progress, budget))
    if progress.seconds and progress.tokens:
        parts.append(f"{progress.tokens / progress.seconds:.0f} tokens/s")
    return "  ".join([*parts, *_ahead(progress)])


def _money(progress: Progress, budget: float | None) -> str:
    spent = f"${progress.nano_usd / 1e9:.4f}"
    of = f" of ${budget:g}" if budget is not None else ""
    expected = progress.expected_nano_usd
    ahead = f", forecast ${expected / 1e9:.4f}" if expected is not None and progress.left else ""
    unpriced = f", {progress.unpriced} unpriced" if progress.unpriced else ""
    return f"{spent}{of}{ahead}{unpriced}"


def _ahead(progress: Progress) -> list[str]:
    seconds = progress.eta
    if not seconds:
        return []
    return [f"{seconds / 60:.0f} min left" if seconds >= 120 else f"{seconds:.0f} s left"]
