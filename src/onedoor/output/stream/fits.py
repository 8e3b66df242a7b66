"""Whether a value begun can still fulfil one alternative. Each answer is the rule broken beyond cheap repair, or None.

Recovery mends a lone value where an array is due and one value in an array or object too many, a number or truth
value in quotes, a label in another case, with other punctuation or by its place, a number where a text is due, and a
null. None of that is hopeless.
"""

from __future__ import annotations

from typing import Any

from onedoor.output.stream.rules import Rules, fold

SLACK = 32
"""Characters of punctuation and white space a label may carry too many."""
LONGEST_SCALAR = 64
"""Characters within which a number or truth value in quotes is expected."""
_WORDS = frozenset({"", "true", "false", "yes", "no", "on", "off", "y", "n", "t", "f", "null", "none"})


def opening(rules: Rules, kind: str) -> str | None:
    """A container of `kind` begins here, and has more than one part."""
    if rules.choices is not None:
        return None if any(_is(choice, kind) for choice in rules.choices) or rules.listed else "enum"
    if rules.allows(kind) or (kind == "object" and rules.listed):
        return None
    return "type"


def written(rules: Rules, text: str, count: int) -> str | None:
    """A string of `count` characters so far begins with `text`."""
    if rules.choices is not None:
        return _label(rules, text, count)
    if rules.allows("string"):
        return "maxLength" if rules.most_characters is not None and count > rules.most_characters else None
    if rules.listed or (rules.allows("object") and text.lstrip()[:1] in {"", "{", "["}):
        return None
    return "type" if count > LONGEST_SCALAR or rules.kinds == frozenset({"object"}) else None


def ended(rules: Rules, text: str) -> str | None:
    """A string is over that begins with `text`."""
    if rules.choices is not None or {"string", "array", "object"} & (rules.kinds or {"string"}):
        return None
    return None if fold(text) in _WORDS or any(map(str.isdigit, text)) else "type"


def scalar(rules: Rules, value: Any) -> str | None:
    """A number, truth value or null stands here."""
    if value is None or rules.listed or (rules.choices is None and rules.allows("string")):
        return None
    if rules.choices is not None:
        return None if _chosen(rules, value) else "enum"
    if isinstance(value, bool):
        return None if rules.allows("boolean") else "type"
    return None if _counts(rules, value) else "type"


def _counts(rules: Rules, number: float) -> bool:
    if rules.allows("number") or (rules.allows("integer") and number == number // 1):
        return True
    return rules.allows("boolean") and number in {0, 1}


def _chosen(rules: Rules, value: float) -> bool:
    """A member, a member in words, or the place of one."""
    if value in rules.choices or fold(str(value)) in rules.folded:  # type: ignore[operator]
        return True
    return not isinstance(value, bool) and value in range(len(rules.folded) + 1)


def _label(rules: Rules, text: str, count: int) -> str | None:
    said = fold(text)
    if count > rules.longest + SLACK:
        return "enum"
    place = said.isdigit() and len(said) <= len(str(len(rules.folded)))
    return None if place or any(one.startswith(said) for one in rules.folded) else "enum"


def _is(value: Any, kind: str) -> bool:
    return isinstance(value, dict if kind == "object" else list)
