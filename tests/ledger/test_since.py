"""Times as people write them."""

from __future__ import annotations

import pytest

from onedoor.ledger.since import moment, span

from .book import NOON

TIMES = {
    "30m": NOON - 1800,
    "24h": NOON - 86400,
    "7d": NOON - 7 * 86400,
    "1.5h": NOON - 5400,
    "2W": NOON - 14 * 86400,
    "2026-11-20": NOON - 43200,
    "2026-11-20T12:00": NOON,
    "2026-11-20T12:00:00Z": NOON,
    "2026-11-20T13:00+01:00": NOON,
}


@pytest.mark.parametrize(("text", "at"), TIMES.items())
def test_a_moment_is_so_long_ago_or_a_date(text: str, at: float) -> None:
    assert moment(text, NOON) == at


@pytest.mark.parametrize("text", ["", "soon", "7", "d", "-7d", "7y", "2026-13-01"])
def test_anything_else_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(ValueError, match="7d"):
        moment(text, NOON)
    with pytest.raises(ValueError, match="7d"):
        span(text)
