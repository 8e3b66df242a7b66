"""The wake filter: a cheap classifier says which events deserve the dear call; sampled drops tell what it misses."""

import asyncio
import random
from pathlib import Path

import onedoor
from onedoor.policy.intervals import wilson
from onedoor.sim import LABELS, Case, tickets

QUIET = {"feedback", "shipping", "returns"}  # nobody need be woken for these
SAMPLE = 0.4  # the share of drops that is looked at all the same


async def drops(door: onedoor.AsyncDoor, case: Case) -> bool:
    """Biased to wake: dropped only where two answers agree that it can wait."""
    asked = [door.classify(case.prompt, LABELS, task="filter", temperature=0.7, seed=seed) for seed in (1, 2)]
    return all(reply.data in QUIET for reply in await asyncio.gather(*asked))


async def main() -> None:
    dice, cases = random.Random(4711), tickets(250)
    async with onedoor.open_async(Path(__file__).with_suffix(".toml")) as door:
        dropped = await asyncio.gather(*(drops(door, case) for case in cases))
        asleep = [case for case, gone in zip(cases, dropped, strict=True) if gone]
        sampled = [case for case in asleep if dice.random() < SAMPLE]
        woken = [case for case, gone in zip(cases, dropped, strict=True) if not gone]
        asked = [*woken, *sampled]
        replies = await asyncio.gather(*(door.classify(case.prompt, LABELS, task="handle") for case in asked))
        spent = sum(row.nano_usd or 0 for row in door.ledger) / 1e9
    mattered = [reply.data not in QUIET for reply in replies]
    missed, n, found = sum(mattered[len(woken) :]), len(sampled), sum(mattered[: len(woken)])
    low, high = (share * len(asleep) for share in wilson(missed, n))
    estimate = missed / n * len(asleep)
    truth = sum(case.truth["label"] not in QUIET for case in asleep)
    print(f"woken for {len(woken)} of {len(cases)}; of {len(asleep)} drops {n} were looked at, {missed} mattered")
    rates = [lost / (lost + found) for lost in (estimate, low, high, truth)]
    print("miss rate {:.1%} (95 % interval {:.1%} to {:.1%}), in truth {:.1%}".format(*rates))
    each = sum(reply.cost.nano_usd for reply in replies) / len(replies) / 1e9
    print(f"${spent:.4f} spent, ${each * len(cases):.4f} without a filter")


if __name__ == "__main__":
    asyncio.run(main())
