"""Two processes share the two slots of one GPU: sixteen calls, never more than two at once, nobody refused."""

import asyncio
import json
import multiprocessing
import tempfile
from pathlib import Path

import onedoor


def config(folder: str) -> dict:
    return {
        "state": {"path": f"{folder}/state.db"},  # the file that both processes share
        "providers": {"gpu": {"kind": "sim", "speed": 5.0, "log": f"{folder}/log.jsonl", "slots": 2}},
        "models": {"fast": {"provider": "gpu", "name": "fast"}},
        "tasks": {"bulk": {"models": ["fast"], "priority": "bulk"}},
    }


async def work(folder: str) -> float:
    async with onedoor.open_async(config(folder)) as door:
        replies = await asyncio.gather(*(door.ask(f"Question {number}", task="bulk") for number in range(8)))
    return max(reply.duration for reply in replies)


def process(folder: str, start: multiprocessing.Barrier) -> None:
    start.wait()
    longest = asyncio.run(work(folder))
    print(f"{multiprocessing.current_process().name}: 8 answers, the last after {longest:.2f} s")


def most_at_once(log: Path) -> int:
    """From the simulator's own log: how many requests were under way together."""
    entries = [json.loads(line) for line in log.read_text().splitlines()]
    return max(sum(one["started"] <= other["started"] < one["ended"] for one in entries) for other in entries)


if __name__ == "__main__":
    spawn = multiprocessing.get_context("spawn")  # a fork must not inherit an open state
    with tempfile.TemporaryDirectory() as folder:
        start = spawn.Barrier(2)
        processes = [spawn.Process(target=process, args=(folder, start), name=name) for name in ("one", "two")]
        [each.start() for each in processes]
        [each.join() for each in processes]
        print(f"never more than {most_at_once(Path(folder, 'log.jsonl'))} at once")
