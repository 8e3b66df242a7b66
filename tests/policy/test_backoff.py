"""How long to wait before the next send."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onedoor.errors import ConnectFailed, ServerFault, StreamBroken, Throttled, Transient
from onedoor.policy.backoff import LONGEST_HINT, THROTTLED_BASE, TRANSIENT_BASE, wait

CAP = 20.0


def error(kind: type[Transient], hint: float | None = None) -> Transient:
    return kind("no", retry_after=hint)


@pytest.mark.parametrize(
    ("kind", "hint", "sends", "jitter", "seconds"),
    [
        (ServerFault, None, 1, 0.5, 0.025),
        (ServerFault, None, 2, 0.5, 0.05),
        (ServerFault, None, 3, 0.5, 0.1),
        (ConnectFailed, None, 1, 0.0, 0.0),
        (StreamBroken, None, 100, 0.5, 10.0),
        (Throttled, None, 1, 0.5, 0.5),
        (Throttled, None, 3, 0.5, 2.0),
        (Throttled, 7.0, 1, 0.5, 7.5),
        (Throttled, 0.0, 1, 0.0, 0.0),
        (ServerFault, 60.0, 1, 0.0, 60.0),
        (ServerFault, 60.1, 1, 0.0, None),
    ],
)
def test_the_wait(kind: type[Transient], hint: float | None, sends: int, jitter: float, seconds: float | None) -> None:
    found = wait(error(kind, hint), sends, cap=CAP, jitter=jitter)
    assert found == (None if seconds is None else pytest.approx(seconds))


KINDS = st.sampled_from([ServerFault, ConnectFailed, StreamBroken, Throttled])
SENDS = st.integers(1, 5000)
JITTER = st.floats(0, 1, exclude_max=True)


@given(KINDS, SENDS, JITTER, st.floats(0.01, 100))
def test_full_jitter_stays_between_zero_and_the_cap(
    kind: type[Transient], sends: int, jitter: float, cap: float
) -> None:
    seconds = wait(error(kind), sends, cap=cap, jitter=jitter)
    assert seconds is not None
    assert 0 <= seconds <= cap
    base = THROTTLED_BASE if kind is Throttled else TRANSIENT_BASE
    assert seconds <= base * 2.0 ** min(sends - 1, 1000)


@given(KINDS, SENDS, JITTER, st.floats(0, 1e9))
def test_a_hint_is_a_minimum_or_a_reason_to_go_elsewhere(
    kind: type[Transient], sends: int, jitter: float, hint: float
) -> None:
    seconds = wait(error(kind, hint), sends, cap=CAP, jitter=jitter)
    if hint > LONGEST_HINT:
        assert seconds is None
    else:
        assert seconds is not None
        assert hint <= seconds <= hint + CAP


@given(KINDS, SENDS, JITTER)
def test_the_next_wait_is_never_shorter_at_the_same_jitter(kind: type[Transient], sends: int, jitter: float) -> None:
    first, second = (wait(error(kind), count, cap=CAP, jitter=jitter) for count in (sends, sends + 1))
    assert first is not None
    assert second is not None
    assert second >= first
