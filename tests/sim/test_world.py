from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from onedoor.errors import InvalidCall
from onedoor.sim import LABELS, Case, invoices, is_right, tickets
from onedoor.sim.dice import Dice
from onedoor.sim.mistakes import mistaken
from onedoor.sim.world import as_json, find

CASES = (*invoices(3), *tickets(3))
SEEDS = st.integers(0, 10**18 - 1)


def test_same_seed_same_cases_other_seed_others() -> None:
    assert invoices(20, seed=7) == invoices(20, seed=7)
    assert tickets(20, seed=7) == tickets(20, seed=7)
    assert {case.prompt for case in invoices(20, seed=7)}.isdisjoint(case.prompt for case in invoices(20, seed=8))


def test_more_cases_begin_with_the_fewer() -> None:
    assert invoices(9)[:4] == invoices(4)


@settings(deadline=None)
@given(SEEDS, st.text(), st.text())
def test_a_document_is_found_in_any_surroundings(seed: int, before: str, after: str) -> None:
    for case in (*invoices(2, seed=seed), *tickets(2, seed=seed)):
        assert find(f"{before}\n{case.prompt}\n{after}") == case


def test_the_last_of_several_documents_is_found() -> None:
    assert find("\n".join(case.prompt for case in CASES)) == CASES[-1]


def test_no_document_is_found_in_other_words() -> None:
    assert find("invoice INV-1-S0, ticket TCK, XINV-00001-S0") is None


@pytest.mark.parametrize("case", invoices(50), ids=lambda case: case.id)
def test_the_invoice_shows_its_truth(case: Case) -> None:
    truth = case.truth
    shown = [truth["number"], truth["supplier"], truth["currency"], f"Total due: {truth['total']:.2f}"]
    shown += [f"{item['quantity']} x {item['description']} at {item['unit_price']:.2f}" for item in truth["items"]]
    assert [words for words in shown if words not in case.prompt] == []


def test_every_label_occurs() -> None:
    assert {case.truth["label"] for case in tickets(100)} == set(LABELS)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_only_the_whole_truth_and_nothing_else_is_right(case: Case) -> None:
    text = as_json(case.truth)
    assert is_right(case, text)
    assert is_right(case, f"\n\t {json.dumps(case.truth, indent=2)} \n")
    wrong = (f"```json\n{text}\n```", text[:-1], text + ".", f"[{text}]", as_json({**case.truth, "more": 1}), "", "{}")
    assert [words for words in wrong if is_right(case, words)] == []


@pytest.mark.parametrize("text", ["[" * 100_000, "NaN", "\ud800", '"\\ud800"', "null", "true"])
def test_any_text_can_be_judged(text: str) -> None:
    assert not is_right(CASES[0], text)


def test_true_is_not_one_but_two_point_nought_is_two() -> None:
    case = Case("x", "invoice", "", {"quantity": 1, "total": 2.0})
    assert is_right(case, '{"total": 2, "quantity": 1.0}')
    assert not is_right(case, '{"total": 2, "quantity": true}')


@settings(deadline=None)
@given(SEEDS, st.text(max_size=5))
def test_a_mistake_is_never_right(seed: int, key: str) -> None:
    for case in (*invoices(2, seed=seed), *tickets(2, seed=seed)):
        said = mistaken(case.truth, Dice(key))
        assert said.keys() == case.truth.keys()
        assert not is_right(case, as_json(said))


@pytest.mark.parametrize("seed", [-1, 10**18])
def test_a_seed_that_fits_no_document_is_refused(seed: int) -> None:
    with pytest.raises(InvalidCall, match="whole number"):
        invoices(1, seed=seed)
