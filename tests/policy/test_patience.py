"""How long a call may wait for its turn."""

from __future__ import annotations

import pytest

from onedoor.policy.patience import GRACE, latest, pause


@pytest.mark.parametrize(
    ("on_limit", "deadline", "moment"),
    [
        ("fail", None, 100.0),
        ("fail", 200.0, 100.0),
        ("wait", None, 160.0),
        ("wait", 130.0, 130.0),
        ("wait", 900.0, 160.0),
    ],
)
def test_a_call_waits_as_long_as_it_may(on_limit: object, deadline: float | None, moment: float) -> None:
    assert latest(on_limit, 60.0, deadline=deadline, now=100.0) == moment  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("until", "left", "seconds"),
    [
        (None, 60.0, None),
        (1_005.0, 60.0, 5.0),
        (1_060.0, 60.0, 60.0),
        (1_060.0, 60.0 - GRACE, 60.0),
        (1_060.0, 59.0, None),
        (990.0, 60.0, 0.001),
        (1_000.01, 0.0, None),
        (990.0, 0.0, None),
    ],
)
def test_it_waits_only_where_its_turn_comes_in_time(until: float | None, left: float, seconds: float | None) -> None:
    assert pause(until, now=1_000.0, left=left) == (None if seconds is None else pytest.approx(seconds))
