"""A pass of a run that kills itself: python victim.py DIRECTORY URL KIND ITEMS MOMENT.

MOMENT is "submitted": the provider has the batch, and nobody has written its name down; or "followed": calls wait for
a batch of an earlier pass, which is looked at again and again.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from desk import configuration, desk

from onedoor.bulk.batch import store


def killed(*_: object) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


async def main(place: Path, url: str, kind: str, items: int) -> None:
    config = configuration(url, str(place / "state.db"), kind=kind)
    async with desk(config, place / "runs" / "night.db") as begun:
        await begun.all([f"item {number}" for number in range(items)])


if __name__ == "__main__":
    if sys.argv[5] == "submitted":
        store.Store.named = killed  # type: ignore[method-assign, assignment]
    else:
        hold = store.Store.hold
        store.Store.hold = lambda *given: (hold(*given), killed())  # type: ignore[method-assign, assignment]
    asyncio.run(main(Path(sys.argv[1]), sys.argv[2], sys.argv[3], int(sys.argv[4])))
