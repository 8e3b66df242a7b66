"""How a model gets a case wrong: the right form, one wrong value."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from typing import Any

from onedoor.sim.dice import Dice
from onedoor.sim.world import CURRENCIES, LABELS, SUPPLIERS


def mistaken(truth: Mapping[str, Any], dice: Dice) -> dict[str, Any]:
    """The truth with one value changed; never the truth itself."""
    name = dice.pick("mistake", [name for name in truth if name in _SLIPS])
    return {**truth, name: _SLIPS[name](truth[name], dice)}


def _another(options: tuple[str, ...]) -> Callable[[str, Dice], str]:
    return lambda value, dice: dice.pick("slip", [option for option in options if option != value])


def _misread(total: float, dice: Dice) -> float:
    """Off by a multiple of 0.90, as when two digits change places."""
    return round(total + 0.9 * dice.between("slip", 1, 9), 2)


def _another_day(day: str, dice: Dice) -> str:
    return (date.fromisoformat(day) + timedelta(days=dice.between("slip", 1, 27))).isoformat()


_SLIPS: Mapping[str, Callable[[Any, Dice], Any]] = {
    "supplier": _another(SUPPLIERS),
    "date": _another_day,
    "currency": _another(CURRENCIES),
    "total": _misread,
    "label": _another(LABELS),
}
