"""The rules that a beginning can break, in the words the validation of the whole uses too."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from onedoor.output.stream.rules import Rules
from onedoor.output.words import listed, type_words

_WORDS: Mapping[str, Callable[[Rules], str]] = {
    "type": lambda rules: f"must be {type_words(sorted(rules.kinds or ()))}",
    "enum": lambda rules: f"must be one of {listed(list(rules.choices or ()))}",
    "maxItems": lambda rules: f"must have at most {rules.most_items} items",
    "maxLength": lambda rules: f"must have at most {rules.most_characters} characters",
    "maxProperties": lambda rules: f"must have at most {rules.most_properties} keys",
    "additionalProperties": lambda rules: "is a key its schema doesn't know",
}


def said(rule: str, rules: Rules) -> str:
    """What must hold."""
    return _WORDS[rule](rules)
