"""Answers with a known truth, and the ways models damage them."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from random import Random
from typing import Any

WORDS = ["blue", "Loire", "it's fine", 'say "hi" now', "a, b", "x: y", "{}", "[1]", "null", "yes", "12", "1,5", "", " ",
         "naïve", "日本", "line\nbreak", "tab\there", "C:\\dir", "https://x.org/a?b=c#d", "// no", "# no", "```", "…",
         "end.", "O'Neil", "“so”", "\\d+", "</think>", "emoji 😀", "True", "a 'b' c", "done}", 'ends "so"']  # fmt: skip
LABELS = ["in_progress", "done", "on hold", "Not Started"]
NAMES = ["id", "first_name", "total_amount", "isActive", "tags", "status", "unit_price", "note", "due_date", "owner",
         "line_items", "quantity", "ratio", "kind"]  # fmt: skip


@dataclass(frozen=True)
class Case:
    """An answer that is right, and its schema."""

    schema: dict[str, Any]
    value: Any


def case(random: Random) -> Case:
    """A random object schema and an object that fits it."""
    schema = _object(random, 2)
    return Case(schema, _value(random, schema))


def _object(random: Random, depth: int) -> dict[str, Any]:
    names = random.sample(NAMES, random.randint(1, 6))
    properties = {name: _schema(random, depth) for name in names}
    required = [name for name in names if random.random() < 0.7] or names[:1]
    closed = {"additionalProperties": False} if random.random() < 0.6 else {}
    return {"type": "object", "properties": properties, "required": required, **closed}


def _schema(random: Random, depth: int) -> dict[str, Any]:
    plain: list[dict[str, Any]] = [
        {"type": "string"},
        {"type": "integer"},
        {"type": "number"},
        {"type": "boolean"},
        {"enum": LABELS},
        {"type": ["number", "null"]},
        {"anyOf": [{"type": "integer"}, {"type": "null"}]},
        {"type": "array", "items": {"type": "string"}},
    ]
    if depth and random.random() < 0.35:
        inner = _object(random, depth - 1)
        return inner if random.random() < 0.5 else {"type": "array", "items": inner}
    return random.choice(plain)


def _value(random: Random, schema: Mapping[str, Any]) -> Any:
    if "enum" in schema:
        return random.choice(schema["enum"])
    kind = schema.get("type", "integer")
    kind = kind[0] if isinstance(kind, list) else kind
    if ("anyOf" in schema or isinstance(schema["type"], list)) and random.random() < 0.3:
        return None
    if kind == "object":
        return {
            name: _value(random, inner)
            for name, inner in schema["properties"].items()
            if name in schema["required"] or random.random() < 0.6
        }
    if kind == "array":
        return [_value(random, schema["items"]) for _ in range(random.choice([0, 1, 1, 2, 3]))]
    scalars: dict[str, Callable[[], Any]] = {
        "string": lambda: random.choice(WORDS),
        "integer": lambda: random.choice([0, 7, -3, 1234, 1234567, 20]),
        "number": lambda: random.choice([0.5, 12.25, -1.75, 1234.5, 3, 1e-7, 99.125, 1.234]),
        "boolean": lambda: random.random() < 0.5,
    }
    return scalars[kind]()


Damage = Callable[[Random, Case], str | None]
"""The damaged text; None where this damage can't be done to the case."""


@dataclass(frozen=True)
class Style:
    """How a value is written down."""

    quote: str = '"'
    close: str = '"'
    bare_keys: bool = False
    python: bool = False
    comma: str = ", "
    trailing: str = ""
    raw: bool = False
    escape: bool = True


def write(value: Any, style: Style) -> str:
    if isinstance(value, dict):
        members = [f"{_key(key, style)}: {write(item, style)}" for key, item in value.items()]
        return "{" + style.comma.join(members) + (style.trailing if members else "") + "}"
    if isinstance(value, list):
        return "[" + style.comma.join(write(item, style) for item in value) + (style.trailing if value else "") + "]"
    if isinstance(value, str):
        return _text(value, style)
    return repr(value) if style.python else json.dumps(value)


def _key(key: str, style: Style) -> str:
    return key if style.bare_keys else _text(key, style)


def _text(text: str, style: Style) -> str:
    inner = json.dumps(text, ensure_ascii=False)[1:-1]
    if style.raw:
        inner = inner.replace("\\n", "\n").replace("\\t", "\t")
    if style.quote != '"' or not style.escape:
        inner = inner.replace('\\"', '"')
    if style.escape and style.quote == "'":
        inner = inner.replace("'", "\\'")
    return style.quote + inner + style.close


def styled(style: Style) -> Damage:
    return lambda random, given: write(given.value, style)


def _json(given: Case, **options: Any) -> str:
    return json.dumps(given.value, ensure_ascii=False, **options)


def _smart(random: Random, given: Case) -> str | None:
    text = _json(given)
    return None if re.search(r"“|”|\\", text) else write(given.value, Style(quote="“", close="”"))


def _comments(random: Random, given: Case) -> str:
    lines = _json(given, indent=2).split("\n")
    notes = ["  // a note, with a comma", "  # see {above}", '  /* as "asked" */']
    return "\n".join(line + (random.choice(notes) if line[-1:] in {",", "{", "["} else "") for line in lines)


def _missing_comma(random: Random, given: Case) -> str | None:
    lines = _json(given, indent=1).split("\n")
    places = [place for place, line in enumerate(lines) if line.endswith(",")]
    if not places:
        return None
    place = random.choice(places)
    return "\n".join([*lines[:place], lines[place][:-1], *lines[place + 1 :]])


def _draft(random: Random, given: Case) -> str:
    first = next(iter(given.value))
    other = {key: item for key, item in given.value.items() if key != first}
    return f"First draft: {json.dumps(other)}\n\nThe final answer:\n```json\n{_json(given)}\n```"


TEXT: dict[str, Damage] = {
    "fence": lambda random, given: f"```json\n{_json(given, indent=2)}\n```",
    "fence_bare": lambda random, given: f"Here you are:\n```\n{_json(given)}\n```\nAnything else?",
    "prose": lambda random, given: f"Sure! It's the JSON you asked for:\n\n{_json(given)}\n\nHope it's what you need.",
    "reasoning": lambda random, given: f'<think>maybe {{"id": 9}} or [1, 2</think>\n{_json(given)}',
    "orphan_reasoning": lambda random, given: f"It may be {{1}}.\n</think>\n\n{_json(given)}",
    "bom": lambda random, given: "\ufeff" + _json(given),
    "doubled": lambda random, given: _json(given) + random.choice(["", "\n", "\n\n"]) + _json(given),
    "single_quotes": styled(Style(quote="'", close="'")),
    "single_quotes_naive": styled(Style(quote="'", close="'", escape=False)),
    "python": lambda random, given: repr(given.value),
    "literals": styled(Style(python=True)),
    "trailing_comma": styled(Style(trailing=",")),
    "unquoted_keys": styled(Style(bare_keys=True)),
    "raw_newlines": styled(Style(raw=True)),
    "inner_quotes": styled(Style(escape=False)),
    "smart_quotes": _smart,
    "comments": _comments,
    "missing_comma": _missing_comma,
    "extra_brace": lambda random, given: _json(given) + "}",
    "unopened": lambda random, given: _json(given)[1:],
    "double_braces": lambda random, given: "{" + _json(given) + "}",
    "javascript": styled(Style(quote="'", close="'", bare_keys=True, comma=",\n  ", trailing=",", raw=True)),
    "final_brace": lambda random, given: _json(given)[:-1],
    "draft": _draft,
}
"""Damage that leaves the meaning, with or without a schema; the last two may need one."""


def _changed(random: Random, given: Case, change: Callable[[Any, Mapping[str, Any]], Any]) -> str | None:
    changed = _walk(given.value, given.schema, change)
    return None if changed == given.value and repr(changed) == repr(given.value) else json.dumps(changed)


def _walk(value: Any, schema: Mapping[str, Any], change: Callable[[Any, Mapping[str, Any]], Any]) -> Any:
    if isinstance(value, dict):
        value = {key: _walk(item, schema["properties"].get(key, {}), change) for key, item in value.items()}
    elif isinstance(value, list):
        value = [_walk(item, schema["items"], change) for item in value]
    return change(value, schema)


def _number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _keys(respell: Callable[[str], str]) -> Damage:
    def change(value: Any, schema: Mapping[str, Any]) -> Any:
        if not isinstance(value, dict):
            return value
        closed = schema.get("additionalProperties") is False
        return {respell(key) if closed or key in schema["required"] else key: item for key, item in value.items()}

    return lambda random, given: _changed(random, given, change)


def camel(key: str) -> str:
    first, *rest = key.split("_")
    return first + "".join(word.capitalize() for word in rest)


def per(change: Callable[[Any, Mapping[str, Any]], Any]) -> Damage:
    return lambda random, given: _changed(random, given, change)


def _single(value: Any, schema: Mapping[str, Any]) -> Any:
    return value[0] if isinstance(value, list) and len(value) == 1 else value


def _extra(value: Any, schema: Mapping[str, Any]) -> Any:
    closed = isinstance(value, dict) and schema.get("additionalProperties") is False
    return {**value, "confidence": 0.9} if closed else value


SCHEMA: dict[str, Damage] = {
    "key_case": _keys(str.upper),
    "key_camel": _keys(camel),
    "key_kebab": _keys(lambda key: key.replace("_", "-")),
    "number_text": per(lambda value, schema: json.dumps(value) if _number(value) else value),
    "number_commas": per(lambda value, schema: f"{value:,}" if _number(value) else value),
    "number_dollars": per(lambda value, schema: f"${value:,}" if _number(value) and value >= 0 else value),
    "number_units": per(lambda value, schema: f"{value} kg" if _number(value) else value),
    "boolean_text": per(lambda value, schema: ("yes" if value else "No") if isinstance(value, bool) else value),
    "null_text": per(lambda value, schema: "null" if value is None else value),
    "enum_case": per(lambda value, schema: value.upper() if "enum" in schema else value),
    "enum_punctuation": per(lambda value, schema: f"{value.replace('_', '-')}." if "enum" in schema else value),
    "text_number": per(lambda value, schema: 12 if value == "12" and "enum" not in schema else value),
    "wrapper": lambda random, given: json.dumps({"invoice": given.value}),
    "wrapper_result": lambda random, given: json.dumps({"result": given.value}),
    "listed": lambda random, given: json.dumps([given.value]),
    "single_item": per(_single),
    "json_text": lambda random, given: json.dumps(json.dumps(given.value)),
    "extra_key": per(_extra),
    "echo": lambda random, given: f"Schema: {json.dumps(given.schema)}\nAnswer: {_json(given)}",
}
"""Damage that only a schema can undo."""


def truncated(random: Random, given: Case) -> str:
    text = _json(given, indent=random.choice([None, 2]))
    return text[: random.randint(1, len(text) - 1)]


def grown_from(part: Any, whole: Any) -> bool:
    """Whether a value is the beginning of another: no text or number in it changed, no item but the last ones gone."""
    if isinstance(part, dict):
        same = isinstance(whole, dict) and part.keys() <= whole.keys()
        return same and all(grown_from(item, whole[key]) for key, item in part.items())
    if isinstance(part, list):
        same = isinstance(whole, list) and len(part) <= len(whole)
        return same and all(grown_from(item, other) for item, other in zip(part, whole, strict=False))
    return type(part) is type(whole) and bool(part == whole)
