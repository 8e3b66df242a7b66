"""Fair shares of one pace: a table, and laws that hold whoever tells what and when."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onedoor.policy.pace import BACK, Pace
from onedoor.policy.shares import FRESH, LOST, Back, Heard, Shared, fair, live, told
from onedoor.policy.spans import SLACK

NOW = 1_700_000_000.0
MUCH = 1_000

FAIR: dict[str, tuple[dict[str, int], int, dict[str, int]]] = {
    "one alone has all": ({"a": MUCH}, 9, {"a": 9}),
    "two busy ones have half each": ({"a": MUCH, "b": MUCH}, 10, {"a": 5, "b": 5}),
    "an odd one is somebody's": ({"a": MUCH, "b": MUCH}, 5, {"a": 2, "b": 3}),
    "what one doesn't need is another's": ({"a": 2, "b": MUCH}, 10, {"a": 2, "b": 8}),
    "what nobody needs is room for all": ({"a": 2, "b": 3}, 10, {"a": 4, "b": 6}),
    "one call each, even where that is too many": ({"a": MUCH, "b": 1, "c": MUCH}, 2, {"a": 1, "b": 1, "c": 1}),
}


@pytest.mark.parametrize("name", FAIR)
def test_fair(name: str) -> None:
    asked, most, shares = FAIR[name]
    assert fair(asked, most) == shares


ASKED = st.dictionaries(st.text("abcdef", min_size=1, max_size=2), st.integers(1, 200), min_size=1, max_size=8)


@given(ASKED, st.integers(1, 300))
def test_shares_are_fair(asked: dict[str, int], most: int) -> None:
    """All is given, never more, at least one each; and who has less than another has all it asks for."""
    shares = fair(asked, most)
    assert sum(shares.values()) == max(most, len(asked))
    assert min(shares.values()) >= 1
    for name, share in shares.items():
        assert share >= min(asked[name], max(shares.values()) - 1) or sum(asked.values()) <= most


def heard(flying: int = 0, asks: int = MUCH, ceiling: int = 32, landed: int = 0, *backs: float) -> Heard:
    return Heard(ceiling, flying, asks, landed, [Back(at, 1.0) for at in backs])


def tell(row: Shared | None, process: str, one: Heard, *, at: float = NOW, bears: int | None = None) -> Shared:
    return told(row, process, one, bears=bears, now=at)


def test_the_first_begins_at_its_ceiling() -> None:
    row = tell(None, "a", heard(ceiling=12))
    assert row.members["a"].share == row.pace.now == 12


def test_one_that_comes_gets_its_half_once_the_other_has_let_go() -> None:
    row = tell(tell(None, "a", heard()), "b", heard())
    assert {name: one.share for name, one in row.members.items()} == {"a": 32, "b": 1}
    row = tell(row, "a", heard(flying=32))
    row = tell(row, "b", heard(flying=1))
    assert {name: one.share for name, one in row.members.items()} == {"a": 16, "b": 1}
    row = tell(tell(row, "a", heard(flying=20)), "b", heard(flying=1))
    assert row.members["b"].share == 12
    row = tell(tell(row, "a", heard(flying=16)), "b", heard(flying=12))
    assert row.members["b"].share == 16


def test_one_that_needs_none_is_gone_and_the_other_has_all() -> None:
    row = tell(tell(tell(None, "a", heard()), "b", heard()), "a", heard(asks=0))
    assert tell(row, "b", heard()).members["b"].share == 32
    assert list(row.members) == ["b"]


def test_one_that_is_heard_of_no_more_loses_its_share() -> None:
    row = tell(tell(None, "a", heard()), "b", heard())
    assert tell(row, "b", heard(), at=NOW + LOST - 0.1).members["b"].share == 1
    assert tell(row, "b", heard(), at=NOW + LOST).members["b"].share == 32
    assert tell(row, "b", heard(), at=NOW - SLACK - 1).members["b"].share == 32


def test_a_push_back_is_everybodys_and_once_in_a_round() -> None:
    row = tell(tell(None, "a", heard()), "b", heard())
    row = tell(row, "a", heard(3, MUCH, 32, 0, NOW), at=NOW + 0.1)
    row = tell(row, "b", heard(3, MUCH, 32, 0, NOW + 0.05), at=NOW + 0.2)
    assert row.pace.allowed == pytest.approx(32 * BACK)


def test_the_next_run_begins_where_the_last_one_ended_unless_that_is_long_ago() -> None:
    row = tell(Shared(Pace(32, 7.0), NOW), "a", heard())
    assert tell(row, "b", heard(asks=0)).pace.now == 7
    left = tell(row, "a", heard(asks=0))
    assert tell(left, "b", heard(), at=NOW + FRESH - 1).members["b"].share == 7
    assert tell(left, "b", heard(), at=NOW + FRESH).members["b"].share == 32


def test_nobody_has_more_than_the_provider_bears_or_its_own_ceiling() -> None:
    assert tell(None, "a", heard(), bears=5).members["a"].share == 5
    wide = tell(None, "a", heard(ceiling=64, asks=10))
    assert tell(wide, "b", heard(ceiling=4)).pace.now == 64
    assert tell(None, "b", heard(ceiling=4)).members["b"].share == 4


STEPS = st.lists(
    st.tuples(
        st.sampled_from("abcd"),
        st.integers(0, 20),
        st.integers(0, 40),
        st.booleans(),
        st.floats(0, 2),
        st.integers(0, 40),
    ),
    max_size=60,
)


@given(st.integers(1, 40), STEPS, st.none() | st.integers(1, 20))
def test_nobody_takes_what_another_may_use(
    ceiling: int, steps: list[tuple[str, int, int, bool, float, int]], bears: int | None
) -> None:
    """Whoever takes more than the one call that everybody has leaves all others what they had."""
    row, now = None, NOW
    for process, most, asks, pushed, step, landed in steps:
        now += step
        before = row.members[process].share if row and process in row.members else 1
        one = heard(min(most, before), asks, ceiling, landed, *([now] if pushed else []))
        row = tell(row, process, one, at=now, bears=bears)
        assert 1 <= row.pace.now <= min(ceiling, bears or ceiling)
        assert (process in row.members) is (asks > 0)
        if asks and (share := row.members[process].share) > 1:
            assert share <= ceiling
            others = sum(one.holds for name, one in live(row, now).items() if name != process)
            assert others + share <= row.pace.now


@given(st.lists(st.integers(1, 60), min_size=1, max_size=6), st.integers(1, 60))
def test_after_some_beats_all_have_their_fair_share(wants: list[int], ceiling: int) -> None:
    row = None
    names = [f"p{number}" for number in range(len(wants))]
    for _ in range(len(wants) + 2):
        for name, want in zip(names, wants, strict=True):
            share = row.members[name].share if row and name in row.members else 0
            row = tell(row, name, heard(min(want, share), want, ceiling))
    assert row is not None
    assert {name: one.share for name, one in row.members.items()} == fair(dict(zip(names, wants, strict=True)), ceiling)
