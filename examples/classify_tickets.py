"""Support tickets under labels, at once: whatever the model writes around a label, what comes back is one of them."""

import asyncio
from collections import Counter

import onedoor
from onedoor.sim import LABELS, tickets

CONFIG = {
    "state": {"path": "memory"},  # nothing of this goes into your own ledger
    "providers": {"sim": {"kind": "sim", "speed": 10.0}},
    "models": {name: {"provider": "sim", "name": name} for name in ("fenced", "refusal", "careful")},
    "tasks": {"route": {"models": ["fenced", "careful"]}},
}


async def main() -> None:
    cases = tickets(24)
    async with onedoor.open_async(CONFIG) as door:
        replies = await asyncio.gather(*(door.classify(case.prompt, LABELS, task="route") for case in cases))
        print("the model wrote:", repr(replies[0].text))
        print("the label is:   ", repr(replies[0].data), "after", [edit.kind for edit in replies[0].edits])
        right = sum(reply.data == case.truth["label"] for case, reply in zip(cases, replies, strict=True))
        print(f"{right} of {len(cases)} right,", dict(Counter(reply.data for reply in replies)))
        try:
            await door.classify(cases[0].prompt, LABELS, model="refusal")
        except onedoor.ModelRefused as error:
            print("no label is made up:", error)


asyncio.run(main())
