"""A filter that never forgets what it has seen, and hardly ever takes something new for it."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from onedoor.bulk.seen import Seen


@given(st.lists(st.binary(max_size=16) | st.text(max_size=8), max_size=30))
def test_what_was_added_is_in_it(things: list[bytes | str]) -> None:
    seen = Seen()
    for one in things:
        seen.add(one)
    assert all(one in seen for one in things)


def test_hardly_anything_else_is() -> None:
    seen = Seen()
    for number in range(20_000):
        seen.add(str(number))
    assert sum(str(number) in seen for number in range(20_000, 40_000)) < 20
