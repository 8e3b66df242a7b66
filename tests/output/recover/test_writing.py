"""What is mended in the writing, kind by kind, and beside each the case that must be refused."""

from __future__ import annotations

from typing import Any

import pytest

from onedoor.errors import Unrecoverable
from onedoor.output.recover import recover

WHOLE: list[tuple[str, str, Any]] = [
    ("bom", '\ufeff{"a": 1}', {"a": 1}),
    ("fence", '```json\n{"a": 1}\n```', {"a": 1}),
    ("fence", "```\n[1, 2]\n```", [1, 2]),
    ("fence", "Two:\n```python\nprint('x')\n```\n```json\n{\"a\": 1}\n```", {"a": 1}),
    ("prose", 'Here it is: {"a": 1}. It\'s done!', {"a": 1}),
    ("prose", 'In set {x} and [note], {"a": "}{"} is it', {"a": "}{"}),
    ("reasoning", '<think>{"a": 2}, or [</think>{"a": 1}', {"a": 1}),
    ("reasoning", '{"a": 2}, or {"b": 3}</think>\n{"a": 1}', {"a": 1}),
    ("repeated", '{"a": 1}\n\n{"a": 1}', {"a": 1}),
    ("other_value", 'Draft: {"a": 1}\nFinal: {"a": 2}', {"a": 2}),
    ("other_value", 'See [1].\n```json\n{"a": 2}\n```', {"a": 2}),
    ("other_value", 'The answer: {"a": 2}. For example {"a": 1} is wrong.', {"a": 2}),
    ("comment", '{"a": 1, // one\n "b": 2 /* two */} # end', {"a": 1, "b": 2}),
    ("trailing_comma", '{"a": [1, 2,],}', {"a": [1, 2]}),
    ("extra_comma", '{, "a": 1,, "b": 2}', {"a": 1, "b": 2}),
    ("single_quotes", "{'a': 'b \"c\" d'}", {"a": 'b "c" d'}),
    ("quote_escape", r"{'a': 'it\'s'}", {"a": "it's"}),
    ("inner_quotes", "{'a': 'it's O'Neil'}", {"a": "it's O'Neil"}),
    ("smart_quotes", "{“a”: “b”}", {"a": "b"}),
    ("unquoted_key", "{a: 1, $b: 2, c-d: 3, 4: 5}", {"a": 1, "$b": 2, "c-d": 3, "4": 5}),
    ("literal", '{"a": True, "b": None, "c": FALSE}', {"a": True, "b": None, "c": False}),
    ("undefined", '{"a": undefined}', {"a": None}),
    ("tuple", '{"a": (1, 2), "b": (3,)}', {"a": [1, 2], "b": [3]}),
    ("missing_comma", '{"a": 1 "b": "x" "c": [] "d": 2}', {"a": 1, "b": "x", "c": [], "d": 2}),
    ("missing_comma", '["a"\n"b",\n"c"]', ["a", "b", "c"]),
    ("missing_comma", '[{"a": 1} {"a": 2}]', [{"a": 1}, {"a": 2}]),
    ("raw_control", '{"a": "b\nc\td"}', {"a": "b\nc\td"}),
    ("bad_escape", r'{"a": "\d+ C:\Users"}', {"a": r"\d+ C:\Users"}),
    ("inner_quotes", '{"a": "he said "hi" to me", "b": 1}', {"a": 'he said "hi" to me', "b": 1}),
    ("inner_quotes", '{"a": "he said "hi""}', {"a": 'he said "hi"'}),
    ("number_form", "[+5, .5, 5.]", [5, 0.5, 5.0]),
    ("duplicate_key", '{"a": 1, "a": 1,}', {"a": 1}),
    ("unclosed", '{"a": {"b": "c"', {"a": {"b": "c"}}),
    ("unclosed_array", '{"a": ["b", "c"]}, '[:-4] + ", true", {"a": ["b", "c", True]}),
    ("unclosed", '```json\n{"a": 12\n```', {"a": 12}),
    ("missing_bracket", '{"a": [1, 2}', {"a": [1, 2]}),
    ("stray_bracket", '{"a": 1}}', {"a": 1}),
    ("doubled_brace", '{{"a": {{"b": 1}}}}', {"a": {"b": 1}}),
    ("doubled_brace", '{"{"a": 1}', {"a": 1}),
    ("unopened", '"a": {"b": 1}, "c": 2}', {"a": {"b": 1}, "c": 2}),
    ("literal", "True", True),
    ("single_quotes", "'yes'", "yes"),
]

REFUSED: list[tuple[str, str]] = [
    ("nothing", ""),
    ("nothing", "I can't do that."),
    ("nothing", "{name} and [see]"),
    ("ambiguous", '{"a": 1}\n{"a": 2}'),
    ("ambiguous", 'Final: {"a": 1}\nor {"a": 2}'),
    ("ambiguous", 'The answer is {"a": 1}. Another answer is {"a": 2}'),
    ("ambiguous", '{"a": 1} {"b": [1, x]}'),
    ("nothing", '{"a": 2}</think>'),
    ("truncated", '<think>{"a": 2}'),
    ("duplicate", '{"a": 1, "a": 2}'),
    ("duplicate", '{"a": 1, "a": 1.0,}'),
    ("placeholder", '{"a": [1, 2, ...]}'),
    ("placeholder", '{"a": 1, …}'),
    ("placeholder", '{"a": [1, // ... and so on\n 2]}'),
    ("syntax", '{"a": 1, // "b": 2}'),
    ("syntax", '{"color": #fff, "b": 1}'),
    ("syntax", "[1, #fff,\n 2]"),
    ("syntax", "[1,, 2]"),
    ("syntax", "[1 2]"),
    ("ambiguous", '["a" "b", "c"]'),
    ("syntax", '{"a": 1 b: 2}'),
    ("syntax", '{"a": maybe}'),
    ("syntax", '{"a": 2024-01-01}'),
    ("syntax", '{"a": 1,234 kg}'),
    ("syntax", '{"a": Infinity}'),
    ("syntax", '{"a": [1, 2}, "b": 3}'),
    ("syntax", "[1, 2}"),
    ("syntax", '{"a": {"b": 1}}, "c": 2}'),
    ("syntax", 'result "a": {"b": 1}, "c": 2}'),
    ("number", '{"a": NaN}'),
    ("number", '{"a": 1e999}'),
    ("number", '{"a": ' + "1" * 5000 + "}"),
    ("ambiguous", '{"a": 007}'),
    ("ambiguous", '{"a": (1)}'),
    ("ambiguous", r'{"a": "C:\Users\name"}'),
    ("ambiguous", r'{"a": "5\$"}'),
    ("ambiguous", r'{"a": "\x41"}'),
    ("ambiguous", '{"a": "he said "yes", then left", "b": 1}'),
    ("ambiguous", '{"a": "x, "b": "y"}'),
    ("ambiguous", '["a, "b", "c"]'),
    ("ambiguous", '{"a": """x"""}'),
    ("surrogate", '{"a": "\\ud83d"}'),
    ("surrogate", '{"a": "\ud83d",}'),
    ("truncated", '{"a": "b'),
    ("truncated", '{"a": 12'),
    ("truncated", '{"a": 1, "b": -'),
    ("truncated", '{"a": 1, "b": tru'),
    ("truncated", '{"a": 1, "b"'),
    ("truncated", '{"a": 1,'),
    ("truncated", "[1, 2"),
    ("truncated", '["a", "b",'),
    ("truncated", '{"a": ['),
    ("truncated", "{'a': 'it'"),
    ("depth", "[" * 100),
    ("depth", '{"a":' * 100),
    ("ambiguous", '{"a": 1}\n{"a"'),
]


@pytest.mark.parametrize(("kind", "text", "value"), WHOLE)
def test_writing_is_mended(kind: str, text: str, value: Any) -> None:
    found = recover(text)
    assert found.value == value
    assert repr(found.value) == repr(value)
    assert kind in {one.kind for one in found.edits}
    assert found.cost == pytest.approx(sum(one.cost for one in found.edits))


@pytest.mark.parametrize(("reason", "text"), REFUSED)
def test_a_guess_is_refused(reason: str, text: str) -> None:
    with pytest.raises(Unrecoverable) as caught:
        recover(text)
    assert caught.value.reason == reason
    assert 0 <= caught.value.position <= len(text)


def test_an_edit_says_where() -> None:
    found = recover('{"a": [{"b/c": (1, 2)}]}')
    assert [(one.kind, one.path) for one in found.edits] == [("tuple", "/a/0/b~1c")]


def test_harmless_edits_are_counted() -> None:
    found = recover("['a', 'b', 'c']")
    assert [(one.kind, one.cost, one.note) for one in found.edits] == [("single_quotes", 0.0, "3 times")]


def test_what_is_left_of_a_cut_text_is_taken_only_when_asked_for() -> None:
    found = recover('{"a": [{"b": 1}, {"b": 2', partial=True)
    assert found.value == {"a": [{"b": 1}]}
    assert {"unclosed_array", "dropped_item"} == {one.kind for one in found.edits}


def test_of_a_cut_item_nothing_is_kept() -> None:
    found = recover('{"rows": [{"id": 1, "tags": ["a"]}, {"id": 2, "tags": ["b", "c', partial=True)
    assert found.value == {"rows": [{"id": 1, "tags": ["a"]}]}
