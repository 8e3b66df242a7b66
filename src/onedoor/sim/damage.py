"""How an answer in JSON is spoilt. Pure functions: what the answer should have been stays known."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from typing import Any

from onedoor.sim.dice import Dice
from onedoor.sim.mistakes import mistaken
from onedoor.sim.profiles import Damage
from onedoor.sim.world import CURRENCIES, LABELS, as_json

_TOKEN = re.compile(r'"((?:[^"\\]|\\.)*)"(\s*:)?|(?<![\[{])([\]}])')
_NAME = re.compile(r"[A-Za-z_]\w*")
_CHOICES = frozenset((*CURRENCIES, *LABELS))


def spoilt(text: str, damage: Damage, dice: Dice) -> str:
    """The answer with that damage; as it is where the damage is none to JSON, or the answer isn't."""
    spoil = _SPOILS.get(damage)
    return text if spoil is None or text[:1] not in {"{", "["} else spoil(json.loads(text), dice)


def _prose_around(value: Any, dice: Dice) -> str:
    return f"I read the document carefully. Here is the result:\n\n{as_json(value)}\n\nI hope that helps!"


def _single_quotes(value: Any, dice: Dice) -> str:
    def quoted(found: re.Match[str]) -> str:
        if found[1] is None:
            return found[0]
        inner = found[1].replace('\\"', '"').replace("'", "\\'")
        return f"'{inner}'{found[2] or ''}"

    return _TOKEN.sub(quoted, as_json(value))


def _trailing_comma(value: Any, dice: Dice) -> str:
    return _TOKEN.sub(lambda found: f",{found[3]}" if found[3] else found[0], as_json(value))


def _python_literals(value: Any, dice: Dice) -> str:
    return repr(value)


def _unquoted_keys(value: Any, dice: Dice) -> str:
    def bare(found: re.Match[str]) -> str:
        return found[1] + found[2] if found[2] and _NAME.fullmatch(found[1]) else found[0]

    return _TOKEN.sub(bare, as_json(value))


def _wrapped(value: Any, dice: Dice) -> str:
    return as_json({"answer": value})


def _numbers_as_text(value: Any, dice: Dice) -> str:
    return as_json(_each(value, leaf=lambda one: f"{one:,}" if type(one) in {int, float} else one))


def _key_case(value: Any, dice: Dice) -> str:
    return as_json(_each(value, key=lambda name: name.title().replace("_", "")))


def _comments(value: Any, dice: Dice) -> str:
    opening, rest = as_json(value)[0], as_json(value)[1:]
    return f"{opening}\n  // as the document says\n  {rest[:-1]} /* that is all */\n{rest[-1]}"


def _missing_field(value: Any, dice: Dice) -> str:
    if not isinstance(value, dict) or not value:
        return as_json(value)
    missing = dice.pick("missing", list(value))
    return as_json({name: part for name, part in value.items() if name != missing})


def _enum_case(value: Any, dice: Dice) -> str:
    return as_json(_each(value, leaf=lambda one: one.swapcase() if one in _CHOICES else one))


def _doubled(value: Any, dice: Dice) -> str:
    """A draft with a mistake in it, then the answer."""
    draft = mistaken(value, dice) if isinstance(value, dict) and {"total", "label"} & value.keys() else value
    return f"{as_json(draft)}\n\nWait, let me check that against the document.\n\n{as_json(value)}"


def _same(one: Any) -> Any:
    return one


def _each(value: Any, *, leaf: Callable[[Any], Any] = _same, key: Callable[[str], str] = _same) -> Any:
    """The value with each key and each text, number, truth value and null made into another."""
    if isinstance(value, dict):
        return {key(name): _each(part, leaf=leaf, key=key) for name, part in value.items()}
    if isinstance(value, list):
        return [_each(part, leaf=leaf, key=key) for part in value]
    return leaf(value)


_SPOILS: Mapping[Damage, Callable[[Any, Dice], str]] = {
    "prose_around": _prose_around,
    "single_quotes": _single_quotes,
    "trailing_comma": _trailing_comma,
    "python_literals": _python_literals,
    "unquoted_keys": _unquoted_keys,
    "wrapped": _wrapped,
    "numbers_as_text": _numbers_as_text,
    "key_case": _key_case,
    "comments": _comments,
    "missing_field": _missing_field,
    "enum_case": _enum_case,
    "doubled": _doubled,
}
