"""A hundred support tickets at once, held against the truth."""

import asyncio
from collections import Counter

import onedoor
from onedoor.sim import is_right, tickets

CONFIG = {
    "state": {"path": "memory"},  # nothing of this goes into your own ledger
    "providers": {"sim": {"kind": "sim", "speed": 10.0}},
    "models": {
        "flaky": {"provider": "sim", "name": "flaky", "price": {"input": 0.1, "output": 0.4}},
        "careful": {"provider": "sim", "name": "careful", "price": {"input": 3.0, "output": 15.0}},
    },
    "tasks": {"label": {"models": ["flaky", "careful"], "temperature": 0.0, "retry": {"sends": 2}}},
}


async def main() -> None:
    cases = tickets(100)
    async with onedoor.open_async(CONFIG) as door:
        replies = await asyncio.gather(*(door.ask(case.prompt, task="label") for case in cases))
    right = sum(is_right(case, reply.text) for case, reply in zip(cases, replies, strict=True))
    cost = sum(reply.cost.nano_usd for reply in replies) / 1e9
    print(f"{right} of {len(cases)} right, ${cost:.5f}")
    print("answered by", dict(Counter(reply.model for reply in replies)))
    print(
        sum(reply.retries for reply in replies), "retries,", sum(bool(reply.degraded) for reply in replies), "degraded"
    )


asyncio.run(main())
