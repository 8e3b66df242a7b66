"""Numbers written as texts: separators, currencies, units. What has two readings has none."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

_NUMBER = r"(?P<sign>[+\-\u2212]?)\s?(?P<digits>[0-9.][0-9.,'\u2019 \u00a0\u202f]*(?:[eE][+-]?[0-9]+)?)"
_SIGNS = {"$": "usd", "€": "eur", "£": "gbp", "¥": "jpy", "₹": "inr", "₩": "krw", "₽": "rub"}
_MONEY = {
    "usd": "usd dollar dollars",
    "eur": "eur euro euros",
    "gbp": "gbp pound pounds",
    "jpy": "jpy yen",
    "inr": "inr rupee rupees",
    "krw": "krw won",
    "chf": "chf franc francs",
    "cny": "cny yuan",
    "cent": "cent cents pence ct",
}
_UNITS = {
    "kg": "kg kilogram kilograms kilo kilos",
    "g": "g gram grams",
    "mg": "mg milligram milligrams",
    "lb": "lb lbs",
    "oz": "oz ounce ounces",
    "t": "tonne tonnes",
    "km": "km kilometer kilometers kilometre kilometres",
    "m": "meter meters metre metres",
    "cm": "cm centimeter centimeters centimetre centimetres",
    "mm": "mm millimeter millimeters millimetre millimetres",
    "mi": "mi mile miles",
    "ft": "ft foot feet",
    "inch": "inch inches",
    "l": "l liter liters litre litres",
    "ml": "ml milliliter milliliters millilitre millilitres",
    "s": "s sec secs second seconds",
    "ms": "ms millisecond milliseconds",
    "us": "µs us microsecond microseconds",
    "min": "min mins minute minutes",
    "h": "h hr hrs hour hours",
    "d": "day days",
    "wk": "week weeks",
    "mo": "month months",
    "yr": "year years",
    "px": "px pixel pixels",
    "c": "°c celsius",
    "f": "°f fahrenheit",
    "kelvin": "kelvin",
    "b": "byte bytes",
    "kb": "kb",
    "mb": "mb",
    "gb": "gb",
    "tb": "tb",
    "w": "watt watts",
    "kw": "kw kilowatt kilowatts",
    "kwh": "kwh",
    "v": "volt volts",
    "hz": "hz hertz",
    "khz": "khz",
    "mhz": "mhz",
    "ghz": "ghz",
}
_SCALES = "thousand thousands million millions billion billions percent percentage pct permille ratio fraction bps"


def _by_alias(units: Mapping[str, str]) -> dict[str, str]:
    return {alias: unit for unit, aliases in units.items() for alias in aliases.split()}


MONEY = _by_alias(_MONEY)
UNITS = _by_alias(_UNITS)
_KNOWN = {**UNITS, **MONEY, **{scale: scale for scale in _SCALES.split()}}
_LETTERS = "|".join(sorted(map(re.escape, MONEY), key=len, reverse=True))
_FIGURE = re.compile(
    rf"(?P<minus>-?)(?P<before>[$€£¥₹₩₽]|\b(?:{_LETTERS})\b)?\s?{_NUMBER}\s?(?P<after>[$€£¥₹₩₽]|[^\W\d_]+|°[CFcf])?",
    re.I,
)

_PLAIN = re.compile(r"[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?|\.[0-9]+")
_POINT = re.compile(r"[1-9][0-9]{0,2}\.[0-9]{3}")
_COMMAS = re.compile(r"[1-9][0-9]{0,2}(?:,[0-9]{3})+(?:\.[0-9]+)?")
_POINTS = re.compile(r"[1-9][0-9]{0,2}(?:\.[0-9]{3})+,[0-9]+")
_DECIMAL = re.compile(r"(?:0|[1-9][0-9]*),[0-9]+")
_SPACED = re.compile(r"[1-9][0-9]{0,2}(?:[ \u00a0\u202f][0-9]{3}|['\u2019][0-9]{3})+(?:[.,][0-9]+)?")
LONGEST = 100


@dataclass(frozen=True, slots=True)
class Figure:
    """A number read out of a text, and the kinds of edit that took."""

    value: int | float
    kinds: tuple[str, ...]


def figure(text: str, about: str = "", *, whole: bool = False) -> Figure | None:
    """The number a text says, None if it says none or could say two.

    about  what the schema says of it: a unit named there and another one in the text contradict each other
    whole  an integer is wanted
    """
    found = _FIGURE.fullmatch(text.strip()) if len(text) <= LONGEST else None
    if found is None or (found["minus"] and found["sign"]):
        return None
    affixes = _affixes(found, about)
    written = _written(found["digits"].strip())
    if affixes is None or written is None:
        return None
    digits, kind = written
    value = _value(found["minus"] + found["sign"].replace("\u2212", "-") + digits, whole=whole)
    if value is None or (whole and kind == "decimal_point"):
        return None
    return Figure(value, (kind, *affixes))


def _affixes(found: re.Match[str], about: str) -> tuple[str, ...] | None:
    """Currency and unit around a number; None if unknown, two of them, or not what is asked for."""
    said = [one.casefold() for one in (found["before"], found["after"]) if one]
    if not said:
        return ()
    unit = _SIGNS.get(said[0]) or _KNOWN.get(said[0])
    if len(said) > 1 or unit is None or unit in _SCALES.split():
        return None
    asked = {_KNOWN[word] for word in _words(about) if word in _KNOWN}
    if asked and asked != {unit}:
        return None
    return ("currency",) if unit in _MONEY else ("unit",)


def _words(about: str) -> list[str]:
    return re.findall(r"°[cf]|[^\W\d_]+|[$€£¥₹₩₽]", re.sub(r"(?<=[a-z])(?=[A-Z])", " ", about).casefold())


def _written(digits: str) -> tuple[str, str] | None:
    """The digits as JSON writes them, and how they were written."""
    if _PLAIN.fullmatch(digits):
        return digits, "decimal_point" if _POINT.fullmatch(digits) else "number_text"
    if _COMMAS.fullmatch(digits):
        return digits.replace(",", ""), "thousands_comma"
    if _POINTS.fullmatch(digits) or _DECIMAL.fullmatch(digits):
        return digits.replace(".", "").replace(",", "."), "decimal_comma"
    if _SPACED.fullmatch(digits):
        return re.sub(r"[ \u00a0\u202f'\u2019]", "", digits).replace(",", "."), "spaced_number"
    return None


def _value(digits: str, *, whole: bool) -> int | float | None:
    if digits.lstrip("+-").isdigit():
        return int(digits)
    value = float(digits)
    if value in {float("inf"), float("-inf")}:
        return None
    if not whole:
        return value
    return int(value) if value.is_integer() and abs(value) < 2**53 else None
