"""The one clock of a call: its event loop's, so that timers and measurements agree, also under a fake one."""

from __future__ import annotations

import asyncio
import time


def loop_time() -> float:
    """Seconds on the running loop's monotonic clock."""
    return asyncio.get_running_loop().time()


class LoopWall:
    """Seconds since the epoch that pass as the loop's clock does: the wall clock of what one process keeps to itself.

    What processes share goes by the system's clock, which all of them see.
    """

    def __init__(self) -> None:
        self._epoch: float | None = None

    def __call__(self) -> float:
        if self._epoch is None:
            self._epoch = time.time() - loop_time()
        return self._epoch + loop_time()
