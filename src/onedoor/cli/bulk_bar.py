"""How far a run is: one line that changes at a terminal, a line now and then elsewhere."""

from __future__ import annotations

from onedoor.bulk.result import Progress
from onedoor.cli import out
from onedoor.cli.live import Live, bar, left


class Bar:
    """Told of every result; shows what there is to show on stderr."""

    def __init__(self, *, budget: float | None = None) -> None:
        self._budget = budget
        self._live = Live()

    def __call__(self, progress: Progress) -> None:
        if self._live.due():
            self._put(progress)

    def end(self, progress: Progress) -> None:
        """Leave the last line as it stands."""
        self._put(progress)
        self._live.leave()

    def stop(self, why: str) -> None:
        """It ends before its end."""
        self._live.leave()
        out.say(why, colour="yellow")

    def _put(self, progress: Progress) -> None:
        self._live.put(shown(progress, drawn=self._live.terminal, budget=self._budget))


def shown(progress: Progress, *, drawn: bool = False, budget: float | None = None) -> str:
    """One line: done, failed, cached, retried, money spent and foretold, tokens a second, time left."""
    total = progress.total
    parts = [f"{progress.done}/{total}" if total is not None else f"{progress.done} done"]
    if drawn and total:
        parts.insert(0, bar(progress.done / total))
    counts = {"failed": progress.failed, "cached": progress.cached, "retried": progress.retried}
    parts += [f"{count} {name}" for name, count in counts.items() if count]
    if drawn and progress.flying:
        parts.append(f"{progress.flying} under way")
    parts.append(_money(progress, budget))
    if progress.seconds and progress.tokens:
        parts.append(f"{progress.tokens / progress.seconds:.0f} tokens/s")
    waits = [f"waits: {progress.waits}"] if progress.waits else []
    return "  ".join([*parts, *left(progress.eta), *waits])


def _money(progress: Progress, budget: float | None) -> str:
    spent = f"${progress.nano_usd / 1e9:.4f}"
    of = f" of ${budget:g}" if budget is not None else ""
    expected = progress.expected_nano_usd
    ahead = f", forecast ${expected / 1e9:.4f}" if expected is not None and progress.left else ""
    unpriced = f", {progress.unpriced} unpriced" if progress.unpriced else ""
    return f"{spent}{of}{ahead}{unpriced}"
