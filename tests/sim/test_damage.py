from __future__ import annotations

import ast
import json
import re
from collections.abc import Callable
from math import sqrt
from typing import Any, get_args

import msgspec
import pytest

from onedoor.output.build import contract
from onedoor.output.hints import hint, objection
from onedoor.output.validate import diagnose
from onedoor.sim import PROFILES, Case, invoices, is_right, tickets
from onedoor.sim.damage import spoilt
from onedoor.sim.dice import Dice
from onedoor.sim.profiles import Spelling, Substance
from onedoor.sim.request import parse
from onedoor.sim.wire import answer
from onedoor.sim.world import as_json

CASES = (*invoices(20), *tickets(20))
DAMAGES = (*get_args(Spelling), *get_args(Substance))
HINT = "That was not what I asked for. Answer again with JSON and nothing else."


def _ask(model: str, *turns: tuple[str, str], seed: int = 0, **fields: Any) -> str:
    messages = [{"role": role, "content": text} for role, text in turns]
    body = msgspec.json.encode({"model": model, "messages": messages, **fields})
    script = answer(parse("POST", "/chat/completions", body), seen=9, seed=seed)
    return str(json.loads(script.pieces[0].body)["choices"][0]["message"]["content"])


def _read(text: str) -> object:
    try:
        return json.loads(text)
    except ValueError:
        return None


MENDED: dict[str, Callable[[str], object]] = {
    "prose_around": lambda text: json.loads(text.split("\n\n")[1]),
    "single_quotes": ast.literal_eval,
    "trailing_comma": lambda text: json.loads(re.sub(r",([}\]])", r"\1", text)),
    "python_literals": ast.literal_eval,
    "unquoted_keys": lambda text: json.loads(re.sub(r"([{ ])(\w+): ", r'\1"\2": ', text)),
    "comments": lambda text: json.loads(re.sub(r"//.*|/\*.*\*/", "", text)),
    "wrapped": lambda text: json.loads(text)["answer"],
    "numbers_as_text": lambda text: json.loads(
        re.sub(r'"([\d,]+(\.\d+)?)"', lambda one: one[1].replace(",", ""), text)
    ),
    "key_case": lambda text: json.loads(re.sub(r'"(\w+)":', lambda one: _snake(one[0]), text)),
    "enum_case": lambda text: json.loads(re.sub(r'"(label|currency)": "\w+"', lambda one: _swapped(one[0]), text)),
    "doubled": lambda text: json.loads(text.split("\n\n")[2]),
}


def _snake(name: str) -> str:
    return name.replace("UnitPrice", "unit_price").lower()


def _swapped(pair: str) -> str:
    key, _, value = pair.partition(":")
    return f"{key}:{value.swapcase()}"


@pytest.mark.parametrize("damage", MENDED)
def test_the_truth_is_still_to_be_read(damage: str) -> None:
    for case in CASES:
        assert MENDED[damage](_ask(damage, ("user", case.prompt))) == case.truth


@pytest.mark.parametrize("damage", DAMAGES)
def test_no_damaged_answer_is_right(damage: str) -> None:
    spared = {"numbers_as_text": "ticket"}.get(damage)
    for case in CASES:
        assert is_right(case, _ask(damage, ("user", case.prompt))) == (case.kind == spared)


@pytest.mark.parametrize("damage", get_args(Spelling))
def test_bad_spelling_is_no_json(damage: str) -> None:
    assert {_read(_ask(damage, ("user", case.prompt))) for case in CASES} == {None}


@pytest.mark.parametrize("damage", sorted({*get_args(Substance)} - {"doubled"}))
def test_bad_substance_is_json(damage: str) -> None:
    assert all(isinstance(_read(_ask(damage, ("user", case.prompt))), dict) for case in CASES)


def test_one_key_is_missing_and_the_rest_is_true() -> None:
    for case in CASES:
        said = json.loads(_ask("missing_field", ("user", case.prompt)))
        assert len(said) == len(case.truth) - 1
        assert said.items() <= case.truth.items()


def test_a_draft_comes_before_the_answer() -> None:
    for case in CASES:
        draft, _, last = _ask("doubled", ("user", case.prompt)).split("\n\n")
        assert json.loads(draft) != json.loads(last) == case.truth


@pytest.mark.parametrize("damage", DAMAGES)
@pytest.mark.parametrize("value", [[], {}, [{}], {"a": {"b": [None, True, "it's", 'a "b"', "}],x:"]}}, [1, {"c d": 2}]])
def test_any_json_can_be_spoilt(damage: Any, value: Any) -> None:
    text = spoilt(as_json(value), damage, Dice("x"))
    assert text == spoilt(as_json(value), damage, Dice("x"))
    if damage in {"single_quotes", "python_literals"} and "null" not in text:
        assert ast.literal_eval(text) == value


@pytest.mark.parametrize("damage", DAMAGES)
def test_words_are_left_alone(damage: str) -> None:
    assert _ask(damage, ("user", "hello")).startswith("This is a simulated answer")


def test_a_refusal_and_an_empty_answer_are_so_whatever_was_asked() -> None:
    for prompt in ("hello", CASES[0].prompt):
        assert _ask("refusal", ("user", prompt)) == "I'm sorry, but I can't help with that."
        assert _ask("empty", ("user", prompt)) == ""


def _retry(model: str, case: Case, seed: int) -> bool:
    first = _ask(model, ("user", case.prompt), seed=seed)
    again = _ask(model, ("user", case.prompt), ("assistant", first), ("user", HINT), seed=seed)
    return is_right(case, again)


@pytest.mark.parametrize("model", [name for name, profile in PROFILES.items() if profile.mends])
def test_asked_again_it_is_right_as_often_as_stated(model: str) -> None:
    """Within three standard deviations on 120 invoices; a whole answer is also right as often as its accuracy says."""
    profile = PROFILES[model]
    stated = profile.mends * profile.accuracy
    right = sum(_retry(model, case, seed=1) for case in invoices(120, seed=1))
    assert right == pytest.approx(120 * stated, abs=3 * sqrt(120 * stated * (1 - stated)))


def test_every_damage_to_json_can_be_mended_by_asking_again() -> None:
    assert all(0 < PROFILES[name].mends < 1 for name in DAMAGES)
    assert len(DAMAGES) >= 10


def test_what_counts_as_asking_again() -> None:
    prompt = CASES[0].prompt

    def mended(*turns: tuple[str, str]) -> bool:
        return any(is_right(CASES[0], _ask("fenced", *turns, seed=seed)) for seed in range(10))

    assert mended(("user", prompt), ("assistant", "?"), ("user", HINT))
    assert mended(("system", "be exact"), ("user", prompt), ("user", HINT))
    assert not mended(("system", "be exact"), ("user", prompt))
    assert not mended(("user", prompt), ("assistant", "?"))
    assert not mended(("user", CASES[1].prompt), ("assistant", as_json(CASES[1].truth)), ("user", prompt))


def test_a_hint_that_quotes_the_answer_is_still_a_hint() -> None:
    case = invoices(1)[0]
    turns = (("user", case.prompt), ("user", f"Your answer was {as_json(case.truth)[:40]}. {HINT}"))
    assert any(is_right(case, _ask("fenced", *turns, seed=seed)) for seed in range(5))


def test_a_correction_in_one_turn_with_the_question_is_asking_again() -> None:
    """So it arrives where user turns that follow each other are sent as one."""
    case = invoices(1)[0]
    wanted = contract({"type": "object"})
    broken = diagnose(wanted, "no")
    assert broken is not None

    def mended(said: str) -> bool:
        turn = ("user", f"{case.prompt}\n\n{said}")
        return any(is_right(case, _ask("fenced", turn, seed=seed)) for seed in range(5))

    assert mended(hint(wanted, broken, "no"))
    assert mended(objection(["It is wrong."], "no"))
    assert not mended("Thanks.")


def test_without_a_document_any_second_turn_is_a_retry() -> None:
    form = {"type": "json_schema", "json_schema": {"schema": {"type": "object", "properties": {"a": {"const": 1}}}}}
    said = [_ask("fenced", ("user", "a"), ("user", HINT), seed=seed, response_format=form) for seed in range(10)]
    assert '{"a": 1}' in said
