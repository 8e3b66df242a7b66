"""A run in a process of its own, for whoever wants to kill it: python victim.py DIRECTORY ITEMS.

The provider writes each question into DIRECTORY/log before it answers: that is the truth about what was paid for.
"""

from __future__ import annotations

import asyncio
import os
import sys
from pathlib import Path

import onedoor
from onedoor.providers.function import Function
from onedoor.types import Call

AT_ONCE = 4


def main(place: Path, items: int) -> None:
    log = os.open(place / "log", os.O_WRONLY | os.O_CREAT | os.O_APPEND)

    async def answer(call: Call) -> str:
        os.write(log, f"{call.messages[-1].text}\n".encode())
        os.write(1, b"asked\n")
        await asyncio.sleep(0.002)
        return "an answer"

    config = {
        "providers": {"p": {"kind": "function", "function": "none:none"}},
        "models": {"m": {"provider": "p", "name": "m-1"}},
        "tasks": {"t": {"models": ["m"]}},
    }
    given = [{"id": str(number)} for number in range(items)]
    with onedoor.open(config, providers={"p": Function(answer)}) as door:
        done = sum(1 for _ in door.map(given, "say {id}", task="t", key="id", run="night", concurrency=AT_ONCE))
    os.write(1, f"{done}\n".encode())


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
