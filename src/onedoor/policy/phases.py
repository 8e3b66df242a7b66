"""Which models a server should hold: as long as one has something to do it stays, so that work goes by model."""

from __future__ import annotations

from collections.abc import Mapping


def held(holds: tuple[str, ...], waiting: Mapping[str, int], flying: Mapping[str, int], limit: int) -> tuple[str, ...]:
    """The models a server that has room for `limit` should hold now, those loaded first in front.

    `holds` are those it holds, `waiting` the calls that want each model, `flying` those under way. A model with neither
    gives way to the one most calls wait for; loading one takes many seconds, so nothing is swapped for less.
    """
    wanted = sorted((one for one in waiting if waiting[one] and one not in holds), key=lambda one: -waiting[one])
    busy = [model for model in holds if waiting.get(model) or flying.get(model)]
    idle = [model for model in holds if model not in busy]
    while wanted and len(busy) + len(idle) >= limit and idle:
        idle.pop(0)
        busy.append(wanted.pop(0))
    room = max(0, limit - len(busy) - len(idle))
    return (*idle, *busy, *wanted[:room])
