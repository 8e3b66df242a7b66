"""The one clock of a call: its event loop's, so that timers and measurements agree, also under a fake one."""

from __future__ import annotations

import asyncio


def loop_time() -> float:
    """Seconds on the running loop's monotonic clock."""
    return asyncio.get_running_loop().time()
