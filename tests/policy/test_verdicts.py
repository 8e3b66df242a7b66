"""Of several opinions on one answer, one verdict holds."""

from __future__ import annotations

from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onedoor.policy.verdicts import holds, together
from onedoor.trail import Opinion
from onedoor.types import Verdict

VERDICTS: tuple[Verdict, ...] = ("accepted", "rejected", "unknown")
KINDS: tuple[Literal["check", "judge", "person"], ...] = ("check", "judge", "person")
OPINIONS = st.lists(st.builds(Opinion, st.sampled_from(VERDICTS), st.sampled_from(KINDS), st.sampled_from("ab")))

CASES: list[tuple[str, list[Opinion], Verdict]] = [
    ("nobody said anything", [], "unknown"),
    ("a person over a judge", [Opinion("rejected", "judge", "a"), Opinion("accepted", "person", "p")], "accepted"),
    ("also where it came first", [Opinion("rejected", "person", "p"), Opinion("accepted", "check", "c")], "rejected"),
    ("the latest person", [Opinion("rejected", "person", "p"), Opinion("accepted", "person", "q")], "accepted"),
    ("a person who can't tell", [Opinion("rejected", "person", "p"), Opinion("unknown", "person", "p")], "rejected"),
    ("one rejection rejects", [Opinion("accepted", "judge", "a"), Opinion("rejected", "check", "c")], "rejected"),
    ("in whatever order", [Opinion("rejected", "check", "c"), Opinion("accepted", "judge", "a")], "rejected"),
    ("the latest of one judge", [Opinion("rejected", "judge", "a"), Opinion("accepted", "judge", "a")], "accepted"),
    (
        "a check of that name is no judge",
        [Opinion("rejected", "judge", "a"), Opinion("accepted", "check", "a")],
        "rejected",
    ),
    ("who can't tell doesn't count", [Opinion("accepted", "judge", "a"), Opinion("unknown", "check", "c")], "accepted"),
    (
        "a judge in doubt takes nothing back",
        [Opinion("rejected", "judge", "a"), Opinion("unknown", "judge", "a")],
        "rejected",
    ),
]


@pytest.mark.parametrize(("opinions", "verdict"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_which_verdict_holds(opinions: list[Opinion], verdict: Verdict) -> None:
    assert holds(opinions) == verdict


@given(OPINIONS)
def test_what_nobody_can_tell_changes_nothing(opinions: list[Opinion]) -> None:
    assert holds(opinions) == holds([one for one in opinions if one.verdict != "unknown"])


@given(OPINIONS, st.sampled_from(["accepted", "rejected"]))
def test_the_last_word_is_a_persons(opinions: list[Opinion], said: Verdict) -> None:
    judge = Opinion("rejected", "judge", "z")
    assert holds([*opinions, Opinion(said, "person", "p"), judge]) == said


@given(st.lists(st.sampled_from(VERDICTS)))
def test_together_the_order_does_not_matter(verdicts: list[Verdict]) -> None:
    assert together(verdicts) == together(sorted(verdicts)) == together(verdicts * 2)
