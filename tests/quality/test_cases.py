"""A file of cases is read and checked whole before anything is spent, and says what a right answer is."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given as for_all
from hypothesis import strategies as st

from onedoor.errors import InvalidCall
from onedoor.prompt.template import Template
from onedoor.quality.cases import Case, given, lines, read
from onedoor.quality.opinions import normalised, opinion, same
from onedoor.types import Document, Reply


def written(path: Path, *rows: object) -> Path:
    file = path / "cases.jsonl"
    file.write_text("".join((row if isinstance(row, str) else json.dumps(row)) + "\n" for row in rows))
    return file


def test_a_file_of_every_kind_of_line(tmp_path: Path) -> None:
    file = written(
        tmp_path,
        {"prompt": "What is 2 + 2?", "expected": "4"},
        "",
        {"id": "talk", "messages": [{"role": "system", "content": "Be brief."}, {"role": "user", "content": "Hi"}]},
        {"id": 7, "prompt": "Sum it up.", "context": ["a text", {"text": "another", "name": "b"}], "expected": None},
    )
    plain, talk, about = read(file)
    assert (plain.id, plain.question(), plain.expected) == ("1", "What is 2 + 2?", "4")
    assert (talk.id, talk.system, talk.known) == ("talk", "Be brief.", False)
    assert (about.id, about.context, about.known) == ("7", (Document("a text"), Document("another", "b")), True)


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        (['{"prompt": '], ":1 is not valid JSON"),
        (["[1]"], ":1 must be a JSON object"),
        ([{"prompt": "a"}, {"promt": "b"}], ":2: promt: unknown key; did you mean 'prompt'?"),
        ([{"prompt": 1}], ":1: prompt: must be a text"),
        ([{"prompt": "a", "check": {"contain": ["b"]}}], ":1: check.contain: unknown key; did you mean 'contains'?"),
        ([{"prompt": "a", "check": {}}], ":1: check is empty"),
        ([{"prompt": "a", "check": {"contains": [" "]}}], ":1: check.contains: ' ' is blank"),
        ([{"prompt": "a", "check": {"pattern": "("}}], ":1: check.pattern: '(' is no regular expression"),
        ([{"prompt": "a", "check": {"schema": {"type": "nothing"}}}], ":1: "),
        ([{"prompt": "a", "check": {"function": "no_such:thing"}}], ":1: check.function: 'no_such:thing'"),
        ([{"expected": "b"}], ":1: give a prompt or messages"),
        ([{"prompt": "a", "messages": [{"role": "user", "content": "b"}]}], ":1: give prompt or messages, not both"),
        ([{"messages": [{"role": "usr", "content": "b"}]}], ":1: messages[0].role is 'usr'"),
        ([{"prompt": "   "}], ":1: the prompt is empty"),
        ([{"prompt": "a", "context": [3]}], ":1: context[0]"),
        ([{"id": "x", "prompt": "a"}, "", {"id": "x", "prompt": "b"}], ":3: id 'x' is taken by"),
        ([{"id": 2, "prompt": "a"}, {"prompt": "b"}], ":2: id '2' is taken by"),
        ([], "holds no case"),
    ],
)
def test_what_is_wrong_is_named_with_its_line_and_field(tmp_path: Path, rows: list[object], told: str) -> None:
    with pytest.raises(InvalidCall) as raised:
        read(written(tmp_path, *rows))
    assert told in str(raised.value)


def test_a_file_that_is_not_there() -> None:
    with pytest.raises(InvalidCall, match="can't be read: No such file"):
        read("nowhere.jsonl")


def test_values_fill_every_template_or_are_refused(tmp_path: Path) -> None:
    short, long = Template("Sum up: {text}", name="short"), Template("In {words} words: {text}", name="long")
    file = written(tmp_path, {"values": {"text": "a tale", "words": 5}})
    with pytest.raises(InvalidCall, match=r":1: template short@\w+: no gap 'words'"):
        read(file, templates=(short, long))
    (case,) = read(written(tmp_path, {"values": {"text": "a tale"}}), templates=(short,))
    assert case.question(short) == "Sum up: a tale"


def test_mappings_are_cases_as_well() -> None:
    first, second = given([{"prompt": "a"}, Case("own", read_one("b"))])
    assert (first.id, second.id) == ("1", "own")
    with pytest.raises(InvalidCall, match=r"cases\[0\]: prompt: must be a text"):
        given([{"prompt": None}])


def read_one(prompt: str) -> Any:
    return given([{"prompt": prompt}])[0].messages


def test_a_question_and_what_is_right_have_marks_of_their_own() -> None:
    def marks(**row: Any) -> tuple[str, str]:
        (case,) = given([{"prompt": "a", **row}])
        return case.asked, case.wanted

    plain = marks()
    assert marks(metadata={"by": "me"}) == plain
    assert marks(context="b")[0] != plain[0]
    assert marks(expected=None) == (plain[0], marks(expected=None)[1])
    assert len({marks()[1], marks(expected=None)[1], marks(expected="x")[1], marks(check={"pattern": "x"})[1]}) == 4


NAMES = st.text("abc é\n\"'", min_size=1, max_size=8).filter(str.strip)


@for_all(
    st.lists(st.tuples(NAMES, st.none() | st.integers() | st.text(max_size=5), st.lists(NAMES, max_size=2)), min_size=1)
)
def test_written_cases_are_read_as_they_were(rows: list[tuple[str, object, list[str]]]) -> None:
    cases = given([{"prompt": prompt, "expected": expected, "context": context} for prompt, expected, context in rows])
    again = given([msgspec.json.decode(line) for line in lines(cases)])
    assert [(case.id, case.asked, case.wanted) for case in again] == [
        (case.id, case.asked, case.wanted) for case in cases
    ]


def verdict(reply: Reply, **row: Any) -> Any:
    (case,) = given([{"prompt": "a", **row}])
    return asyncio.run(opinion(case, reply, "me"))


@pytest.mark.parametrize(
    ("expected", "text", "data", "right"),
    [
        ("Paris", "  paris. ", None, True),
        ("Paris", "Paris is it", None, False),
        ("\u201cyes\u201d", "Yes", None, True),
        ({"a": 1}, 'Sure!\n```json\n{"a": 1.0}\n```', None, True),
        ({"a": 1}, '{"a": true}', None, False),
        ({"a": [1, 2]}, '{"a": [2, 1]}', None, False),
        ({"a": 1}, "no idea", None, False),
        (None, "null", None, True),
        ({"a": 1}, "whatever", {"a": 1}, True),
        ("billing", '"billing"', "billing", True),
        (4, "4", None, True),
    ],
)
def test_what_was_expected(expected: object, text: str, data: object, right: bool) -> None:
    said = verdict(Reply(text, data=data), expected=expected)
    assert (said.verdict, said.kind, said.by) == ("accepted" if right else "rejected", "check", "me")
    assert bool(said.reason) != right


def test_near_is_scored_above_far() -> None:
    near = verdict(Reply('{"a": 1, "b": 2}'), expected={"a": 1, "b": 3})
    far = verdict(Reply('{"a": 9, "b": 9}'), expected={"a": 1, "b": 3})
    assert near.score > far.score


@pytest.mark.parametrize(
    ("check", "text", "told"),
    [
        ({"contains": ["Loire", "Seine"]}, "the loire and the SEINE", ""),
        ({"contains": ["Loire", "Seine"]}, "the Loire", "it doesn't say 'Seine'"),
        ({"contains": ["art"]}, "a party", "it doesn't say 'art'"),
        ({"pattern": r"^\d+$"}, "12", ""),
        ({"pattern": r"^\d+$"}, "twelve", r"it doesn't match ^\d+$"),
        ({"schema": {"type": "object", "required": ["a"]}}, '{"a": 1}', ""),
        ({"schema": {"type": "object", "required": ["a"]}}, '{"b": 1}', "schema"),
        ({"function": "math:isnan"}, "x", "TypeError"),
    ],
)
def test_checks(check: dict[str, Any], text: str, told: str) -> None:
    said = verdict(Reply(text), check=check)
    assert (told in said.reason) if told else said.verdict == "accepted"
    assert said.verdict == ("unknown" if "function" in check else "rejected" if told else "accepted")


def test_expected_and_check_both_have_to_hold() -> None:
    both = {"expected": "yes", "check": {"pattern": "[.]$"}}
    assert verdict(Reply("yes."), **both).verdict == "accepted"
    assert verdict(Reply("yes"), **both).verdict == "rejected"


def test_a_case_that_says_nothing_has_no_opinion() -> None:
    assert verdict(Reply("x")) is None


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 5) | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=2), inner, max_size=3),
)


@for_all(VALUES, VALUES)
def test_equal_as_json(one: Any, other: Any) -> None:
    assert same(one, one)
    assert same(one, other) == same(other, one)
    assert same(one, other) == (json.dumps(one, sort_keys=True) == json.dumps(other, sort_keys=True))


@for_all(st.text())
def test_normalising_twice_changes_nothing(text: str) -> None:
    assert normalised(normalised(text)) == normalised(text)
