"""A contract that holds, with a score that is high enough."""

from __future__ import annotations

from typing import Any

import pytest

from onedoor import Reply, contract
from onedoor.trail import Opinion
from onedoor.verifiers.contract import Contract

TOWNS = contract(must_contain=["Lisbon", "Porto"])


@pytest.mark.parametrize(
    ("least", "score", "verdict"), [(0.5, 0.5, "accepted"), (0.5, 1.0, "accepted"), (1.0, 0.5, "rejected")]
)
async def test_the_score_decides(bench: Any, least: float, score: float, verdict: str) -> None:
    reply = Reply("Lisbon.", data="Lisbon.", score=score)
    told = await bench.ask(Contract(least), reply, bench.call(contract=TOWNS))
    assert (told.verdict, told.score, told.by, told.kind) == (verdict, score, "contract", "check")


async def test_the_reason_says_which_checks_fell_short(bench: Any) -> None:
    told = await bench.ask(Contract(1.0), Reply("Lisbon.", data="Lisbon.", score=0.5), bench.call(contract=TOWNS))
    assert told.reason == "scored 0.50, below 1\nmust_contain: must say 'Lisbon', 'Porto'"


async def test_without_a_contract_it_cannot_tell(bench: Any) -> None:
    assert await bench.ask(Contract(0.5), "Lisbon") == Opinion(
        "unknown", "check", "contract", "the call has no contract"
    )
