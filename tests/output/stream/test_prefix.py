from __future__ import annotations

import copy
import json
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from onedoor.output.stream.prefix import Prefix

SCALARS = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text()
VALUES = st.recursive(SCALARS, lambda part: st.lists(part) | st.dictionaries(st.text(), part), max_leaves=12)
DOCUMENTS = st.lists(VALUES) | st.dictionaries(st.text(), VALUES)
CUTS = st.lists(st.integers(0, 400), max_size=30)
STYLES = st.sampled_from([{}, {"indent": 2}, {"separators": (",", ":")}, {"ensure_ascii": False}])
BEFORE = (
    "",
    "\n",
    "Sure, here it is:\n```json\n",
    '<think>perhaps {"a": 1}? or [2]</think>',
    "<b>As [asked]</b> {% so %}: ",
)


def pieces(text: str, cuts: list[int]) -> list[str]:
    places = sorted({0, len(text), *(cut for cut in cuts if cut < len(text))})
    return [text[start:end] for start, end in pairwise(places)]


def partials(text: str, cuts: list[int], schema: dict[str, Any] | None = None) -> list[Any]:
    prefix, shown = Prefix(schema), []
    for piece in pieces(text, cuts):
        before = shown[-1] if shown else None
        grew = prefix.feed(piece)
        shown.append(copy.deepcopy(prefix.value))
        assert grew or shown[-1] == before
    assert prefix.hopeless is None
    return shown


def extends(old: Any, new: Any) -> bool:
    """Nothing vanished, nothing changed; only the last part of each container may have grown."""
    if old is None or type(old) is not type(new):
        return old is None and old is new
    if isinstance(old, str):
        return new.startswith(old)
    if isinstance(old, list):
        return len(old) <= len(new) and _parts(old, new[: len(old)])
    if isinstance(old, dict):
        same = list(old) == list(new)[: len(old)]
        return same and _parts(list(old.values()), list(new.values())[: len(old)])
    return bool(old == new)


def _parts(old: list[Any], new: list[Any]) -> bool:
    return old[:-1] == new[: len(old) - 1] and all(map(extends, old[-1:], new[-1:]))


@settings(max_examples=100, deadline=None)
@given(DOCUMENTS, STYLES, CUTS, st.sampled_from(BEFORE))
def test_each_partial_extends_the_one_before_and_the_last_is_the_document(
    document: Any, style: dict[str, Any], cuts: list[int], before: str
) -> None:
    text = json.dumps(document, **style)
    shown = partials(f"{before}{text}\n```\nAnything {{else}}?", cuts)
    begun = [value for value in shown if value is not None]
    assert all(extends(old, new) for old, new in pairwise(begun))
    assert shown[len(shown) - len(begun) :] == begun
    assert begun[-1] == json.loads(text)


@settings(max_examples=30, deadline=None)
@given(DOCUMENTS)
def test_every_cut_shows_nothing_that_is_not_so(document: Any) -> None:
    text = json.dumps(document)
    for shown in partials(text, list(range(len(text)))):
        assert shown is None or extends(shown, json.loads(text))


@settings(max_examples=30, deadline=None)
@given(DOCUMENTS, CUTS)
def test_a_schema_that_is_fulfilled_is_never_hopeless(document: Any, cuts: list[int]) -> None:
    shown = partials(json.dumps(document), cuts, fitting(document))
    assert shown[-1] == document


def fitting(value: Any) -> dict[str, Any]:
    """The tightest schema a value fulfils, beside one that it doesn't."""
    if isinstance(value, dict):
        own = {"type": "object", "properties": {key: fitting(part) for key, part in value.items()}}
        own |= {"additionalProperties": False, "maxProperties": len(value)}
    elif isinstance(value, list):
        own = {"type": "array", "items": {"anyOf": [fitting(part) for part in value]}, "maxItems": len(value)}
    elif isinstance(value, str):
        own = {"type": "string", "maxLength": len(value)}
    else:
        own = {"const": value}
    return {"anyOf": [{"type": "object", "properties": {}, "additionalProperties": False}, own]}


SCHEMA: dict[str, Any] = {
    "type": "object",
    "properties": {
        "label": {"enum": ["billing", "shipping", "not-sure"]},
        "kind": {"const": "ticket"},
        "count": {"type": "integer"},
        "sure": {"type": "boolean"},
        "note": {"type": "string", "maxLength": 5},
        "who": {"$ref": "#/$defs/who"},
        "tags": {"type": "array", "items": {"type": "string"}, "maxItems": 2},
        "shape": {"anyOf": [{"$ref": "#/$defs/circle"}, {"$ref": "#/$defs/box"}, {"type": "null"}]},
        "few": {"type": "object", "maxProperties": 1},
    },
    "additionalProperties": False,
    "$defs": {
        "who": {"type": "object", "properties": {"name": {"type": "string"}, "of": {"$ref": "#/$defs/who"}}},
        "circle": {"type": "object", "properties": {"is": {"const": "circle"}, "radius": {"type": "number"}}},
        "box": {"type": "object", "properties": {"is": {"const": "box"}, "sides": {"type": "array", "maxItems": 2}}},
    },
}
HOPELESS = [
    ('{"label": "bx', "/label", "must be one of"),
    ('{"label": 7,', "/label", "must be one of"),
    ('{"label": {"a": 1, "b"', "/label", "must be one of"),
    ('{"kind": "i', "/kind", "must be one of"),
    ('{"count": {"a": 1, "b"', "/count", "must be an integer"),
    ('{"count": [1, 2', "/count", "must be an integer"),
    ('{"count": 1.5,', "/count", "must be an integer"),
    ('{"count": "a dozen"', "/count", "must be an integer"),
    ('{"count": true,', "/count", "must be an integer"),
    ('{"sure": 12,', "/sure", "must be a boolean"),
    ('{"sure": "perhaps"', "/sure", "must be a boolean"),
    ('{"note": "123456', "/note", "at most 5 characters"),
    ('{"note": ["a", "', "/note", "must be a text"),
    ('{"who": 1,', "/who", "must be an object"),
    ('{"who": "m', "/who", "must be an object"),
    ('{"who": {"of": {"of": {"name": {"a": 1, "b"', "/who/of/of/name", "must be a text"),
    ('{"tags": ["a", "b", "', "/tags", "at most 2 items"),
    ('{"tags": ["a", ["b", "', "/tags/1", "must be a text"),
    ('{"shape": {"is": "t', "/shape/is", "must be one of"),
    ('{"shape": {"is": "circle", "radius": ["a"', "/shape/radius/0", "must be a number"),
    ('{"shape": {"is": "box", "sides": [1, 2, 3', "/shape/sides", "at most 2 items"),
    ('{"few": {"a": 1, "b"', "/few", "at most 1 keys"),
    ('{"count": {"value": "a dozen"', "/count/value", "must be an integer"),
    ('{"a": 1, "b": 2, "c": 3, "d": 4, "e": 5, "f"', "/f", "doesn't know"),
    ('{"count"::', "", "must be JSON"),
]


@pytest.mark.parametrize(("text", "path", "rule"), HOPELESS)
@pytest.mark.parametrize("size", [1, 7, 1000])
def test_hopeless_as_soon_as_recovery_could_not_mend_it(text: str, path: str, rule: str, size: int) -> None:
    prefix = Prefix(SCHEMA)
    for place in range(0, len(text), size):
        assert prefix.hopeless is None
        prefix.feed(text[place : place + size])
    assert prefix.hopeless is not None
    assert (prefix.hopeless.path, rule in prefix.hopeless.rule) == (path, True)
    assert prefix.malformed == (rule == "must be JSON")


MENDABLE = [
    '{"label": "Billing ", "kind": "TICKET"}',
    '{"label": "not sure"}',
    '{"label": 2}',
    '{"label": "2"}',
    '{"label": null, "count": null}',
    '{"Label": "billing"}',
    '{"count": "1,234", "sure": "Yes"}',
    '{"count": 12.0, "sure": 1}',
    '{"note": 12}',
    '{"tags": "one"}',
    '{"who": "{\\"name\\": 1}"}',
    '{"answer": {"label": "billing"}}',
    '[{"label": "billing"}]',
    '{"label": "billing", "extra": {"a": [1, 2]}}',
    '{"count": [1], "label": {"label": "billing"}, "who": [{"name": "x"}]}',
    '{"count": {"value": 1}, "few": {"a": 1}}',
    "{'label': 'x', }",
    "{label: 'x'}",
    '{"label": billing}',
    '{"label": "billing",}',
    '{"label": "billing" // it is\n}',
    '{"sure": True, "count": NaN}',
    '{"label": "billing", "label": "x"}',
    '{"note": "\\q"}',
    '{{"label": "billing"}}',
    'I think [it] is {clear}: {"label": "billing"}',
    '{"label": "billing"} and then {"label": "x", "count": {}}',
    "",
    "no JSON at all",
]


@pytest.mark.parametrize("text", MENDABLE)
def test_what_recovery_mends_is_not_hopeless(text: str) -> None:
    prefix = Prefix(SCHEMA)
    for letter in text:
        prefix.feed(letter)
    assert prefix.hopeless is None


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("{", None),
        ('{"', {}),
        ('{"a', {}),
        ('{"a": ', {}),
        ('{"a": 12', {}),
        ('{"a": 12 ', {"a": 12}),
        ('{"a": "', {"a": ""}),
        ('{"a": "x\\', {"a": "x"}),
        ('{"a": "x\\u00e', {"a": "x"}),
        ('{"a": "x\\ud83d', {"a": "x"}),
        ('{"a": "x\\ud83d\\ude0', {"a": "x"}),
        ('{"a": "x\\ud83d\\ude00', {"a": "x\U0001f600"}),
        ('{"a": "x\\ud83dy', {"a": "x\ud83dy"}),
        ('{"a": "x\ud83d', {"a": "x"}),
        ('{"a": tru', {}),
        ("[true", None),
        ("[", None),
        ("[[", [[]]),
        ('{"label": "billing', {}),
        ('{"label": "billing"', {"label": "billing"}),
        ('{"count": "1', {}),
        ('{"note": "1', {"note": "1"}),
        ("<think>{}</think>", None),
        ("<thinking>[1]", None),
        ("[link](address) {", None),
        ("[1] as said", [1]),
        ('{// so\n"a": [1]}', None),
        ("{'a': [1]}", None),
        ("{a: [1]}", None),
        ("['a', [1]]", None),
        ("[None, [1]]", None),
        ("\\frac{\\a}{(b)} [x] {{%}} [1,", [1]),
    ],
)
def test_only_what_is_certain_is_shown(text: str, shown: Any) -> None:
    for size in (1, 3, 100):
        prefix = Prefix({"properties": SCHEMA["properties"]})
        for place in range(0, len(text), size):
            prefix.feed(text[place : place + size])
        assert prefix.value == shown


@pytest.mark.parametrize(
    ("schema", "text", "hopeless"),
    [
        ({"type": "array", "items": {"type": "integer"}}, '[1, "x"]', True),
        ({"type": "array", "items": {"type": "integer"}}, '{"is": [1]}', False),
        ({"type": ["object", "null"], "properties": {"a": False}}, '{"a": 1}', False),
        ({"properties": {"a": {"$ref": "https://example.com/a"}}}, '{"a": 1}', False),
        ({"properties": {"a": {"$ref": "#/nowhere"}}}, '{"a": 1}', False),
        ({"properties": {"a": {"$ref": "#/properties/a"}}}, '{"a": 1}', False),
        ({"allOf": [{"properties": {"a": {"const": "b"}}}]}, '{"a": "c"}', True),
        ({"allOf": [{"properties": {"a": {"const": "b"}}}, {"required": ["a"]}]}, '{"a": "c"}', False),
        ({"oneOf": [{"$ref": "#"}, {"type": "object"}]}, '{"a": 1}', False),
        ({"patternProperties": {"^x": {}}, "additionalProperties": False}, '{"b": 1, "c": 2}', False),
        ({"additionalProperties": {"type": "array", "items": {"type": "array"}}}, '{"b": {"c": 1}}', False),
        ({"additionalProperties": {"type": "integer"}}, '{"b": {"c": 1, "d": 2}}', True),
        ({"properties": {"a": {"type": "array", "prefixItems": [{}], "items": False}}}, '{"a": [1]}', False),
        ({"properties": {"a/b": {"type": "null"}}}, '{"a/b": ["x", 1]}', True),
        ({"properties": {"a": {"enum": [1, "one"]}}}, '{"a": 3}', True),
        ({"properties": {"a": {"enum": [True]}}}, '{"a": false}', True),
        ({"properties": {"a": {"const": {"b": 1}}}}, '{"a": {"b": 2}}', False),
        ({"properties": {"a": {"anyOf": [{"const": "auto"}, {"type": "integer"}]}}}, '{"a": 3}', False),
        (
            {"anyOf": [{"additionalProperties": False}, {"properties": {"f": {"const": 1}}}]},
            '{"a": 1, "b": 1, "c": 1, "d": 1, "e": 1, "g": {"x": 1}, "f": 1}',
            False,
        ),
        (
            {"anyOf": [{"additionalProperties": False}, {"properties": {"f": {"const": 1}}}]},
            '{"a": 1, "b": 1, "c": 1, "d": 1, "e": 1, "g": {"x": 1}, "f": "x"}',
            True,
        ),
        (
            {"type": "object", "properties": {"b": {}}, "anyOf": [{"required": ["b"]}, {"properties": {"a": {}}}]}
            | {"additionalProperties": False},
            '{"b": 1, "a": 1}',
            False,
        ),
    ],
)
def test_the_keywords(schema: dict[str, Any], text: str, hopeless: bool) -> None:
    prefix = Prefix(schema)
    for letter in text:
        prefix.feed(letter)
    assert (prefix.hopeless is not None) == hopeless


def test_a_member_shown_of_two_kinds_waits_for_its_end() -> None:
    prefix = Prefix({"properties": {"a": {"anyOf": [{"const": "x"}, {"type": "string"}]}}})
    prefix.feed('{"a": "xy')
    assert prefix.value == {}
    prefix.feed('z"')
    assert prefix.value == {"a": "xyz"}


@pytest.mark.parametrize("sign", ["[", '{"a":'])
def test_nesting_is_bounded(sign: str) -> None:
    prefix = Prefix({})
    prefix.feed(sign * 100_000)
    assert prefix.hopeless is not None
    assert "128 levels" in prefix.hopeless.rule
    assert prefix.malformed
    assert prefix.value is not None


def test_at_the_bound_it_is_read() -> None:
    prefix = Prefix({"$ref": "#"})
    prefix.feed("[" * 128 + "]" * 128)
    assert prefix.done


def test_a_number_of_too_many_digits_is_left_to_recovery() -> None:
    prefix = Prefix()
    for _ in range(600):
        prefix.feed("[" if not prefix.value else "1234567890")
    prefix.feed("1" * 5_000 + "]")
    assert (prefix.hopeless, prefix.done) == (None, False)


def test_lost_keeps_what_was_certain() -> None:
    prefix = Prefix()
    prefix.feed('{"a": 1, b: 2')
    assert (prefix.value, prefix.lost, prefix.done, prefix.hopeless) == ({"a": 1}, True, False, None)


def test_reset_begins_again() -> None:
    prefix = Prefix(SCHEMA)
    prefix.feed('{"count": {')
    prefix.reset()
    assert (prefix.value, prefix.hopeless, prefix.lost) == (None, None, False)
    assert prefix.feed('{"count": 1}')
    assert (prefix.value, prefix.done) == ({"count": 1}, True)


@settings(max_examples=100, deadline=None)
@given(st.text(st.sampled_from('{}[]",:\\u0d8 1.e-tfn\n<>/think')), CUTS)
def test_any_text_can_be_read_and_cuts_make_no_difference(text: str, cuts: list[int]) -> None:
    whole, cut = Prefix(SCHEMA), Prefix(SCHEMA)
    whole.feed(text)
    for piece in pieces(text, cuts):
        cut.feed(piece)
    assert (whole.value, whole.hopeless, whole.done, whole.lost) == (cut.value, cut.hopeless, cut.done, cut.lost)
