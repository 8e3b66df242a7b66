"""Times on the command line: "24h" and dates in, local times and "in 3 h" out."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime

import click

from onedoor.ledger.since import moment, span


class _Time(click.ParamType):  # type: ignore[type-arg]  # generic from click 8.2 on
    def __init__(self, name: str, read: Callable[[str], float]) -> None:
        self.name = name
        self._read = read

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> float:
        if isinstance(value, float):
            return value
        try:
            return self._read(str(value))
        except ValueError as error:
            self.fail(str(error), param, ctx)


SPAN = _Time("span", span)
"""Seconds: 30m, 24h, 7d."""

MOMENT = _Time("time", lambda text: moment(text, time.time()))
"""Epoch seconds: so long ago, or a date."""


def shown(at: float) -> str:
    """A moment in local time."""
    return f"{datetime.fromtimestamp(at):%Y-%m-%d %H:%M:%S}"


def ahead(until: float | None, now: float) -> str:
    """How far a moment is ahead: "in 3 h"."""
    if until is None or until <= now:
        return "-"
    seconds = until - now
    for size, unit in ((86400.0, "d"), (3600.0, "h"), (60.0, "min")):
        if seconds >= 2 * size:
            return f"in {seconds / size:.0f} {unit}"
    return f"in {seconds:.0f} s"
