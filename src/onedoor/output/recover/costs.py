"""What each edit costs: how far it takes the value from what was written."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace

from onedoor.output.recovered import Edit
from onedoor.output.words import one_line

COSTS: Mapping[str, float] = {
    "bom": 0.0,
    "reasoning": 0.0,
    "fence": 0.0,
    "prose": 0.0,
    "repeated": 0.0,
    "comment": 0.0,
    "trailing_comma": 0.0,
    "single_quotes": 0.0,
    "smart_quotes": 0.0,
    "unquoted_key": 0.0,
    "literal": 0.0,
    "raw_control": 0.0,
    "quote_escape": 0.0,
    "number_form": 0.0,
    "other_value": 1.0,
    "extra_comma": 1.0,
    "duplicate_key": 1.0,
    "tuple": 1.0,
    "bad_escape": 1.0,
    "undefined": 1.0,
    "missing_comma": 1.0,
    "rows": 1.0,
    "bare": 1.0,
    "stray_bracket": 2.0,
    "doubled_brace": 2.0,
    "unopened": 2.0,
    "missing_bracket": 2.0,
    "inner_quotes": 2.0,
    "not_a_number": 2.0,
    "unclosed": 2.0,
    "unclosed_array": 4.0,
    "unclosed_reasoning": 4.0,
    "dropped_member": 5.0,
    "dropped_item": 2.0,
    "key_case": 0.5,
    "enum_case": 0.5,
    "number_text": 0.5,
    "decimal_point": 0.5,
    "boolean_text": 0.5,
    "text_number": 1.0,
    "text_boolean": 1.0,
    "thousands_comma": 1.0,
    "decimal_comma": 2.0,
    "spaced_number": 1.0,
    "unit": 2.0,
    "currency": 2.0,
    "null_text": 1.5,
    "boolean_number": 2.0,
    "json_text": 1.5,
    "wrapped": 1.5,
    "unwrapped": 1.5,
    "wrapper": 2.0,
    "extra_key": 2.0,
    "null_member": 1.5,
    "default": 3.0,
}
"""The cost of one edit at the top; one that is a tenth dearer for every level below it. 0 is harmless."""

LOSES = frozenset({"extra_key", "null_member", "default", "dropped_member", "dropped_item", "inner_quotes"})
"""Kinds that leave something out, or are a decision of their own each time."""

_PLACE = re.compile(r"/\d+(?=/|\Z)")


def edit(kind: str, path: str = "", note: str = "") -> Edit:
    """An edit with the cost of its kind at that depth."""
    return Edit(kind, path, round(COSTS[kind] * (1 + path.count("/") / 10), 3), one_line(note, 120))


def charged(edits: Iterable[Edit]) -> tuple[Edit, ...]:
    """The edits as they count together: a habit is dear once.

    The same edit at another item of a list costs nothing more, the same kind at another place a quarter, unless
    something is left out by it.
    """
    places: set[tuple[str, str]] = set()
    kinds: set[str] = set()
    return tuple(_counted(one, places, kinds) for one in edits)


def _counted(one: Edit, places: set[tuple[str, str]], kinds: set[str]) -> Edit:
    place = (one.kind, _PLACE.sub("/*", one.path))
    known = one.kind in kinds and one.kind not in LOSES
    share = 0.0 if place in places else 0.25 if known else 1.0
    places.add(place)
    kinds.add(one.kind)
    return replace(one, cost=round(one.cost * share, 3)) if share < 1 else one


def total(edits: Iterable[Edit]) -> float:
    """What charged edits cost together."""
    return round(sum(one.cost for one in edits), 3)
