"""How many calls at once: a table of what happens, and laws."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onedoor.bulk.concurrency import Pace, after, full

CASES: dict[str, tuple[Pace, dict[str, float], float]] = {
    "all well at the ceiling stays there": (full(32), {}, 32),
    "all well below it grows by one in a round": (Pace(32, 10.0), {}, 10.1),
    "pushed back takes three in ten away": (full(32), {"pushed_back": True}, 22.4),
    "a second push in the same round takes nothing more": (
        Pace(32, 22.4, calm=5.0),
        {"pushed_back": True, "now": 4.9},
        22.4,
    ),
    "a push in the next round does": (Pace(32, 22.4, calm=5.0), {"pushed_back": True, "now": 5.1}, 15.68),
    "one call is always allowed": (Pace(32, 1.0), {"pushed_back": True}, 1.0),
    "one slow answer is chance": (Pace(32, 20.0, best=1.0, usual=1.0, seen=50), {"seconds": 9.0}, 20.05),
    "answers that became slow are growth": (Pace(32, 20.0, best=1.0, usual=3.1, seen=50), {"seconds": 9.0}, 14.0),
}


@pytest.mark.parametrize("name", CASES)
def test_cases(name: str) -> None:
    pace, told, allowed = CASES[name]
    found = after(
        pace,
        pushed_back=bool(told.get("pushed_back")),
        seconds=told.get("seconds", 1.0),
        now=told.get("now", 0.0),
    )
    assert found.allowed == pytest.approx(allowed)


TOLD = st.lists(st.tuples(st.booleans(), st.floats(0.001, 100), st.floats(0, 10)), max_size=200)


@given(st.integers(1, 500), TOLD)
def test_it_is_never_below_one_nor_above_its_ceiling(ceiling: int, told: list[tuple[bool, float, float]]) -> None:
    pace, now = full(ceiling), 0.0
    for pushed_back, seconds, step in told:
        now += step
        pace = after(pace, pushed_back=pushed_back, seconds=seconds, now=now)
        assert 1 <= pace.now <= ceiling


def test_after_trouble_it_finds_back_to_its_ceiling() -> None:
    pace = after(full(16), pushed_back=True, seconds=1.0, now=0.0)
    for number in range(100):
        pace = after(pace, pushed_back=False, seconds=1.0, now=1.0 + number)
    assert pace.now == 16
