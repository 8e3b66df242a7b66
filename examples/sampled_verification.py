"""Cheap bulk with sampled premium verification: what a fifth of the answers says of all, held against the truth.

The judge stands for a premium model: it knows the right label.
"""

import asyncio
import json
import re
from collections import Counter
from pathlib import Path

import onedoor
from onedoor.policy.intervals import wilson
from onedoor.sim import is_right, tickets

CASES = {case.id: case for case in tickets(200)}


def judge(call: onedoor.Call) -> str:
    """Whether the answer is the truth; question and answer come as documents."""
    told = dict(re.findall(r'"(question|answer)">\n(.*?)\n</document', call.messages[-1].text, re.S))
    case = CASES[re.search(r"TCK-\d+-S\d+", told["question"])[0]]
    right = is_right(case, told["answer"])
    verdict = {"verdict": "accepted" if right else "rejected", "score": float(right)}
    return json.dumps({"reason": "" if right else f"it is {case.truth['label']}", **verdict})


async def main() -> None:
    async with onedoor.open_async(Path(__file__).with_suffix(".toml")) as door:
        replies = await asyncio.gather(*(door.ask(case.prompt, task="bulk") for case in CASES.values()))
        spent = Counter({row.task: 0 for row in door.ledger})
        for row in door.ledger:
            spent[row.task] += row.nano_usd or 0
    verdicts = Counter(reply.verdict for reply in replies)
    accepted, judged = verdicts["accepted"], verdicts["accepted"] + verdicts["rejected"]
    low, high = wilson(accepted, judged)
    right = sum(is_right(case, reply.text) for case, reply in zip(CASES.values(), replies, strict=True))
    print(f"{judged} of {len(replies)} judged, {accepted} accepted")
    print(f"right {accepted / judged:.1%} (95 % interval {low:.1%} to {high:.1%}), in truth {right / len(replies):.1%}")
    print(f"${spent['bulk'] / 1e9:.4f} for the answers, ${spent['judging'] / 1e9:.4f} for the judge")


if __name__ == "__main__":
    asyncio.run(main())
